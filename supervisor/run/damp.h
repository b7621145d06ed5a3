/* SPDX-License-Identifier: ISC */
/* Records of refusals: at most one a second for the same uid and cause. */
#ifndef SUPERVISOR_DAMP_H
#define SUPERVISOR_DAMP_H

#include <sys/types.h>

#include <stdint.h>

struct daemon;

struct damp {
	unsigned	 kind;		/* RECORD_* */
	const char	*cause;		/* static: "rate", "channel", ... */
	const char	*channel;
	uid_t		 uid;
	pid_t		 pid;
	uint64_t	 argc;		/* of a command, 0: none */
	const char	*reason;
};
void	damp_record(struct daemon *, const struct damp *);
/* Writes what was held back and is due; all of it with force. */
void	damp_flush(struct daemon *, int force);

#endif
