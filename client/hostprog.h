/* SPDX-License-Identifier: ISC */
/*
 * Programs of the caller's: by its own PATH, which runs do not have, so that
 * they are asked for by their files.
 */
#ifndef CLIENT_HOSTPROG_H
#define CLIENT_HOSTPROG_H

#include <stddef.h>

#include "common/xmalloc.h"

/*
 * Adds the canonical path of that program to argv; in front of that of its
 * interpreter, where it is a script that has its own found by env(1) and runs
 * would not find that one; options in its first line are then left out.  The
 * name has no slash.  0, or -1 if there is no such program.
 */
int	hostprog_add(struct strv *argv, const char *name);
/*
 * The first line that a program prints, without its newline, to be freed, or
 * NULL where there is none; its errors go nowhere.
 */
char	*hostprog_line(const char *const *argv);

#endif
