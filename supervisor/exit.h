/* SPDX-License-Identifier: ISC */
/* The end of the daemon, from wherever it is found to be due. */
#ifndef SUPERVISOR_EXIT_H
#define SUPERVISOR_EXIT_H

struct daemon;
struct proc;

/*
 * Closes everything, gives the roles a moment to end, exits with code.
 */
void	daemon_exit(struct daemon *, int code) __attribute__((__noreturn__));
/* A role broke the protocol: logs it, ends the daemon with 80+role. */
void	daemon_breach(struct daemon *, const struct proc *, const char *, ...)
	    __attribute__((__noreturn__, __format__ (printf, 3, 4)));

#endif
