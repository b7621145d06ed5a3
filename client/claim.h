/* SPDX-License-Identifier: ISC */
/*
 * What we say of ourselves to the daemon: the agent's session, its model, what
 * it calls itself.  It is recorded as claims, and decides nothing.
 */
#ifndef CLIENT_CLAIM_H
#define CLIENT_CLAIM_H

#include "client/conn.h"
#include "common/buf.h"
#include "common/payload.h"

struct claim_set {
	char	session[CLAIM_MAX + 1];
	char	model[CLAIM_MAX + 1];
	char	client[CLAIM_MAX + 1];
};

/* NAME=VALUE of an option; -1: neither session, model nor client, or not one
 * that can be said. */
int	claim_arg(struct claim_set *, const char *);
/*
 * Of what an agent says itself: without control characters, and cut between
 * two characters to what may be said; NULL: nothing.
 */
void	claim_text(char to[CLAIM_MAX + 1], const char *);
int	claim_any(const struct claim_set *);
/* The payload of CLAIMS. */
void	claim_put(struct buf *, const struct claim_set *);
/* Says them, if there are any, and waits for the answer: 0 or -1. */
int	claim_say(struct conn *, const struct claim_set *, struct fail *);

#endif
