/* SPDX-License-Identifier: ISC */
/*
 * Who a peer has logged in as, and in which session of the kernel's audit: what
 * su(1), sudo(8) and a daemon's change of account leave as it was.
 */
#ifndef SUPERVISOR_LOGIN_H
#define SUPERVISOR_LOGIN_H

#include <sys/types.h>

#include <stddef.h>

#include "supervisor/client/origin.h"

/*
 * As root, once, before there are many descriptors: a /proc of its own that
 * has processes and nothing else and is mounted nowhere, so no path leads out
 * of it, as ROLEFILTER_PROC.  0, or -1 and the reason in err: nothing is known
 * of anybody then.
 */
int	login_open(char *err, size_t errlen);
/*
 * Of who has connected to this socket.  Unset where nobody has logged in, and
 * where it is not sure: the process has ended, or the kernel (before 6.5) does
 * not say which it was but by a number that another one may have by now.
 */
void	login_read(int sock, pid_t, struct origin *);

#endif
