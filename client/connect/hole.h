/* SPDX-License-Identifier: ISC */
/* What connect --check tells, a line each. */
#ifndef CLIENT_HOLE_H
#define CLIENT_HOLE_H

/* On standard output: what, and how that is.  How many holes: 0 or 1. */
int	hole_tell(int well, const char *what, const char *how);

#endif
