/* SPDX-License-Identifier: ISC */
/* The orderly end; see stop.c. */
#ifndef SUPERVISOR_STOP_H
#define SUPERVISOR_STOP_H

struct daemon;

void	stop_begin(struct daemon *, const char *why);
/* Goes on as far as what has happened allows. */
void	stop_advance(struct daemon *);

#endif
