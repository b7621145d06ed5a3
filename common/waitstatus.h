/* SPDX-License-Identifier: ISC */
/* How a process ended, in words. */
#ifndef COMMON_WAITSTATUS_H
#define COMMON_WAITSTATUS_H

#include <stddef.h>

/*
 * From what wait(2) said of it: "exited with status 3", "was ended by signal
 * 9 (Killed)".  Of what a filter has ended, where it stands which call it
 * was.
 */
void	waitstatus_text(int status, char *buf, size_t len);

#endif
