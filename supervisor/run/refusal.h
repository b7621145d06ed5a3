/* SPDX-License-Identifier: ISC */
/*
 * Records of refusals that cost the caller nothing: at most one a second for
 * the same uid and cause, with the number of those that it stands for, so
 * that nobody can fill the log by being refused.  Accounts that no channel
 * names can be any number, so all of them together are one.
 */
#ifndef SUPERVISOR_REFUSAL_H
#define SUPERVISOR_REFUSAL_H

#include <sys/types.h>

#include <stdint.h>

struct daemon;
struct lineage;
struct origin;

struct refusal {
	unsigned	 kind;		/* RECORD_* */
	const char	*cause;		/* static: "rate", "channel", ... */
	const char	*channel;
	uid_t		 uid;
	pid_t		 pid;
	const struct lineage *line;
	const struct origin *from;
	int		 stranger;	/* one record for all such accounts */
	uint64_t	 argc;		/* of a command, 0: none */
	const char	*reason;
};
void	refusal_record(struct daemon *, const struct refusal *);

/* What was refused last, for status; NULL: nothing since the start. */
struct refusal_newest {
	uint64_t	 time_s;	/* since the Unix epoch */
	uid_t		 uid;
	char		 channel[129];
	char		 skill[129];	/* "": there is none yet */
	char		 reason[256];	/* for who asked */
	char		 logged[256];	/* as the log has it */
};
void	refusal_note(uid_t, const char *channel, const char *skill,
	    const char *reason, const char *logged);
const struct refusal_newest *refusal_newest(void);
/* Writes what was held back and is due; all of it with force. */
void	refusal_flush(struct daemon *, int force);

#endif
