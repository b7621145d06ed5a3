/* SPDX-License-Identifier: ISC */
/*
 * Requests of an MCP client that are under way.  Each is answered once, or
 * not at all if the client takes it back.
 */
#ifndef CLIENT_MCPCALL_H
#define CLIENT_MCPCALL_H

#include <sys/queue.h>

#include <jansson.h>

#include <poll.h>
#include <stdint.h>

#include "client/mcp/execution.h"
#include "client/mcp/jsonline.h"
#include "client/mcp/mcpera.h"
#include "client/mcp/mcpquery.h"
#include "client/mcp/mcpstate.h"
#include "client/mcp/tooltable.h"

#define MCPCALLS_MAX	512	/* more are answered at once, by a refusal */

struct mcpcall {
	TAILQ_ENTRY(mcpcall) entry;
	json_t		*id;
	enum era	 era;
	enum tool	 tool;		/* TOOL_N: tools/list */
	int		 prompts;	/* as of mcpcalls */
	int		 asks;		/* its user can be asked */
	uint8_t		 call[MCPSTATE_CALL]; /* where elicits */
	json_t		*args;		/* of the tool; NULL: none */
	enum execution_of of;
	uint64_t	 from;		/* of a file */
	json_t		*ignored;	/* names of those it does not know */
	json_t		*token;		/* of progress, or NULL */
	int64_t		 began;
	int64_t		 until;
	int64_t		 progress;	/* when to tell it next */
	struct mcpquery	*query;		/* comes before the execution, or
					   confirms it */
	struct execution *execution;
};

struct mcpcalls {
	TAILQ_HEAD(, mcpcall) list;
	unsigned	 n;
	struct executions executions;
	const struct cli *cli;
	const char	*skill;		/* "": the channel's default */
	int		 prompts;	/* permission_prompt is served */
	int		 elicits;	/* --elicit */
	int		 client_elicits; /* a client of the handshake can */
	uint64_t	 questions;	/* that were asked */
	uint8_t		 key[MCPSTATE_KEY];
	char		*agent;		/* the account's name, once asked for */
	struct jsonline_out *out;
};

void	mcpcalls_init(struct mcpcalls *, const struct cli *,
	    const char *skill, int prompts, struct jsonline_out *);
void	mcpcalls_free(struct mcpcalls *);
/* Is a request with this id under way? */
int	mcpcalls_has(const struct mcpcalls *, const json_t *id);
/* tools/list and tools/call; answers, now or later. */
void	mcpcalls_list(struct mcpcalls *, enum era, const struct rpc *);
void	mcpcalls_call(struct mcpcalls *, enum era, const struct rpc *);
/* The client has taken one back; nothing, if there is none of that id. */
void	mcpcalls_cancel(struct mcpcalls *, const json_t *id);

size_t	mcpcalls_poll(const struct mcpcalls *, struct pollfd *, size_t n);
void	mcpcalls_turn(struct mcpcalls *, const struct pollfd *);
/* Answers what can be answered, and tells progress. */
void	mcpcalls_tick(struct mcpcalls *);
/* When that is next, or INT64_MAX. */
int64_t	mcpcalls_next(const struct mcpcalls *);
/* Nothing that was asked for goes on: all of it is told to end. */
void	mcpcalls_end(struct mcpcalls *);

#endif
