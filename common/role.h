/* SPDX-License-Identifier: ISC */
/*
 * The processes of clawbot.  The numbers are part of clawbotd's exit codes
 * (80+role: a role broke the protocol, 90+role: a role died).  These are
 * beyond 64 to 78, the sysexits(3) codes, and below 200, where systemd begins
 * to have names of its own, so that nobody gives them another meaning.
 */
#ifndef COMMON_ROLE_H
#define COMMON_ROLE_H

enum role {
	ROLE_SUPERVISOR = 0,
	ROLE_EXECUTOR = 2,
	ROLE_AUDITOR = 3,
	ROLE_VAULT = 5,
	ROLE_CLIENT = 6,
	ROLE_NOTIFIER = 7,
	ROLE_FORWARDER = 8
};

/* Bit of a role in the direction masks of the message table. */
#define ROLE_BIT(r)	(1U << (unsigned)(r))

/* Descriptors that every role is started with. */
#define ROLE_FD_IPC	3	/* SOCK_SEQPACKET to the supervisor */
#define ROLE_FD_LOG	4	/* pipe, write end: one line a write */

/* sysexits(3) codes that clawbotd and the roles end with */
#define EXIT_USAGE	64
#define EXIT_NODAEMON	69
#define EXIT_SYSTEM	71
#define EXIT_IO		74
#define EXIT_TEMPFAIL	75
#define EXIT_NOPERM	77
#define EXIT_CONFIG	78
#define EXIT_HOST	79	/* not one of them; see hostlack.h */
#define EXIT_ROLE_PROTO(r)	(80 + (int)(r))
#define EXIT_ROLE_DIED(r)	(90 + (int)(r))

/* "supervisor", "executor", ...; a static string, never NULL. */
const char	*role_name(enum role);

#endif
