/* SPDX-License-Identifier: ISC */
/*
 * How each agent wants to be answered.  What it does not understand it takes
 * for nothing, and runs the tool: so no answer is left to chance.
 */
#ifndef CLIENT_HOOKANSWER_H
#define CLIENT_HOOKANSWER_H

#include <stddef.h>

enum hookverdict {
	HOOK_ALLOW,
	HOOK_DENY,
	HOOK_ASK,	/* the person at the agent's terminal */
	HOOK_SILENT	/* the agent's own rules hold */
};

struct dialect {
	const char	*agent;		/* "claude" */
	const char	*name;		/* for people */
	int		 wait_s;	/* within the time that it gives */
	int		 asks;		/* HOOK_ASK exists */
};

/* NULL if there is none. */
const struct dialect *dialect_find(const char *agent);
/* Each of them in turn, NULL past the last. */
const struct dialect *dialect_at(size_t);

struct hookanswer {
	char	*text;		/* for standard output; may be empty */
	int	 status;
};

/*
 * The answer; HOOK_ASK is HOOK_DENY where the agent does not know it, and a
 * refusal always has a reason.
 */
void	hookanswer_make(struct hookanswer *, const struct dialect *,
	    enum hookverdict, const char *why);
void	hookanswer_free(struct hookanswer *);

#endif
