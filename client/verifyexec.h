/* SPDX-License-Identifier: ISC */
/*
 * exec.log and its numbered ones against the segments that they are copies of
 * the exec lines of.  One may end too early, since it is not synced, and the
 * next start completes it; what is in it must be what the segment says.
 */
#ifndef CLIENT_VERIFYEXEC_H
#define CLIENT_VERIFYEXEC_H

#include "client/verify.h"

/* The log in dir is good: the report says it if a copy is not. */
void	verifyexec_dir(const char *dir, struct verify_report *);

#endif
