/* SPDX-License-Identifier: ISC */
/*
 * What a client says of itself: the agent's session, its model, and what it
 * calls itself.  It is recorded as its claims, and nothing is decided by it.
 */
#ifndef SUPERVISOR_CLAIMS_H
#define SUPERVISOR_CLAIMS_H

#include "common/buf.h"
#include "common/payload.h"

/* Texts without what must not be recorded; NULL: it says nothing. */
struct claims {
	char	*session;
	char	*model;
	char	*client;
};

/* As one text, for whoever looks what of it is a secret; the caller's. */
char	*claims_join(const struct msg_claims *);
/*
 * The reverse; where that has become another number of lines, each that was
 * there is hidden.  What was in *c is freed.
 */
void	claims_split(struct claims *, const char *);
void	claims_copy(struct claims *to, const struct claims *from);
void	claims_free(struct claims *);
/* An object "claims", if there are any. */
void	claims_put(struct buf *, const struct claims *);

#endif
