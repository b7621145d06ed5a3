/* SPDX-License-Identifier: ISC */
/* Records of refusals: at most one a second for the same uid and cause. */
#ifndef SUPERVISOR_REFUSAL_H
#define SUPERVISOR_REFUSAL_H

#include <sys/types.h>

#include <stdint.h>

struct daemon;

struct refusal {
	unsigned	 kind;		/* RECORD_* */
	const char	*cause;		/* static: "rate", "channel", ... */
	const char	*channel;
	uid_t		 uid;
	pid_t		 pid;
	uint64_t	 argc;		/* of a command, 0: none */
	const char	*reason;
};
void	refusal_record(struct daemon *, const struct refusal *);
/* Writes what was held back and is due; all of it with force. */
void	refusal_flush(struct daemon *, int force);

#endif
