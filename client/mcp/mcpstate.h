/* SPDX-License-Identifier: ISC */
/*
 * requestState of MCP: what a server gives a client that is to come back with
 * an answer.  The client may be anybody, so it is authenticated, and bound to
 * the call that it was given for and to this process.
 */
#ifndef CLIENT_MCPSTATE_H
#define CLIENT_MCPSTATE_H

#include <jansson.h>

#include <stdint.h>

#include "common/plan.h"

#define MCPSTATE_KEY	32
#define MCPSTATE_TEXT	128	/* bytes of one, with its NUL */
#define MCPSTATE_CALL	32

struct mcpstate {
	char		id[RUNID_TEXT];	/* of the execution */
	uint64_t	round;		/* of that; each is taken once */
	int64_t		expires;	/* s since 1970 */
};

/* Random, and this process's alone. */
void	mcpstate_key(uint8_t key[MCPSTATE_KEY]);
/* What a call is: channel, skill, tool and arguments, in any order of keys. */
void	mcpstate_call(uint8_t call[MCPSTATE_CALL], const char *channel,
	    const char *skill, const char *tool, const json_t *args);
void	mcpstate_seal(char text[MCPSTATE_TEXT], const struct mcpstate *,
	    const uint8_t key[MCPSTATE_KEY],
	    const uint8_t call[MCPSTATE_CALL]);
/*
 * 0, or -1: it is none, is not of this process, is another call's, or has
 * expired.  That it was not taken before is for whoever knows the rounds.
 */
int	mcpstate_open(struct mcpstate *, const json_t *text,
	    const uint8_t key[MCPSTATE_KEY],
	    const uint8_t call[MCPSTATE_CALL], int64_t now);

#endif
