/* SPDX-License-Identifier: ISC */
/*
 * What an MCP client wants to know of the daemon: what may be asked for, and
 * what would become of a command.  Over a connection of its own that nobody
 * waits for.
 */
#ifndef CLIENT_MCPQUERY_H
#define CLIENT_MCPQUERY_H

#include <jansson.h>

#include <poll.h>

#include "client/conn.h"
#include "common/buf.h"

/* What the rows say of the channel that is asked on, and of one skill. */
struct mcprules {
	int		 known;		/* the account may ask there */
	int		 executes;	/* and something may be executed */
	char		*skill;		/* "": there is none */
	char		*dflt_skill;	/* of the channel */
	char		*access;
	char		*account;	/* as which its runs act */
	char		*network;
	char		*refused;	/* why nothing can run now, or "" */
	int		 stopped;
	json_t		*roots;		/* arrays */
	json_t		*secrets;
	json_t		*quotas;
};

struct mcpquery {
	struct conn	*conn;
	int		 done;
	int64_t		 at;		/* unconnected: when it begins */
	const struct cli *cli;
	const char	*skill;		/* that is meant, "": the default */
	struct buf	 why;		/* WHY to be asked after RULES, or "" */
	int		 asked_why;
	unsigned	 alone;		/* 0, or what why is sent as, and
					   nothing else */
	struct mcprules	 rules;
	json_t		*verdict;	/* what WHY answered, or NULL */
	int		 failed;
	struct fail	 fail;
};

/* One that has not begun; why, which is taken over, may be NULL. */
struct mcpquery *mcpquery_new(const struct cli *, const char *skill,
	    struct buf *why);
/* One that asks nothing but that, whose payload is taken over. */
struct mcpquery *mcpquery_alone(const struct cli *, unsigned type,
	    struct buf *);
/* Asks, if it has no connection and it is time for that. */
void	mcpquery_begin(struct mcpquery *, int64_t now);
void	mcpquery_free(struct mcpquery *);
/* The first of these names that is no secret of the skill, or NULL. */
const char *mcpquery_no_secret(const struct mcpquery *, const json_t *names);
int	mcpquery_done(const struct mcpquery *);
void	mcpquery_poll(const struct mcpquery *, struct pollfd *);
void	mcpquery_turn(struct mcpquery *);

#endif
