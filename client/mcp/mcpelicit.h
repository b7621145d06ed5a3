/* SPDX-License-Identifier: ISC */
/*
 * Elicitation: the client's user is asked about what waits for an approver,
 * if the policy lets the account that asks confirm it.  The answer is the
 * client's, and no proof of a person; it is worth what that confirmation is
 * worth to the daemon.  A no, and no answer, leave the request waiting.
 */
#ifndef CLIENT_MCPELICIT_H
#define CLIENT_MCPELICIT_H

#include "client/mcp/mcpcall.h"

/* Do these capabilities of a client have forms that a user answers? */
int	mcpelicit_can(const json_t *capabilities);
/*
 * What is to be done about a call whose execution waits: NULL, or the answer
 * that asks (2026-07-28), after which the call is over.  Before that version
 * the client is sent a request, and the call goes on.  What was accepted is
 * confirmed by c->query.
 */
json_t	*mcpelicit_step(struct mcpcalls *, struct mcpcall *);
/* The client's answer to a request of ours; nothing, if it is to none. */
void	mcpelicit_answer(struct mcpcalls *, const struct rpc *);
/*
 * A call that comes back with requestState: it goes on with its execution.
 * 0; or -1, and it is to be refused.
 */
int	mcpelicit_resume(struct mcpcalls *, struct mcpcall *,
	    const struct rpc *);

#endif
