/* SPDX-License-Identifier: ISC */
/*
 * How each agent is started without a terminal, with a model on a port of
 * 127.0.0.1, in a home that is not its user's, and with its own questions
 * off: THE table of that.
 */
#ifndef CLIENT_AGENTSTART_H
#define CLIENT_AGENTSTART_H

#include "client/connect/jsonedit.h"
#include "common/xmalloc.h"

struct agentstart {
	const char	*agent;
	const char	*words[12];
	const char	*vars[12];
	const char	*file;		/* in its home, or NULL: this */
	struct jsonedit	 edit;		/* says how it logs in, or where */
};

/* What there is of that agent, or NULL. */
const struct agentstart *agentstart_find(const char *agent);
/* A word or a text of it with its @URL@ and @KEY@ filled in; to be freed. */
char	*agentstart_fill(const char *, unsigned port, const char *key);
/* The environment of this process becomes the agent's, in that home. */
void	agentstart_environ(const struct agentstart *, const char *home,
	    unsigned port, const char *key);

#endif
