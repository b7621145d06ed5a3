/* SPDX-License-Identifier: ISC */
/*
 * The two eras of the Model Context Protocol.  Up to 2025-11-25 a client
 * begins with initialize, and what was agreed on holds for the connection;
 * from 2026-07-28 each request says in _meta what it speaks, and nothing is
 * remembered.  One process serves both, request by request.
 */
#ifndef CLIENT_MCPERA_H
#define CLIENT_MCPERA_H

#include <jansson.h>

#include "client/claim.h"
#include "client/mcp/jsonrpc.h"

#define MCP_MODERN	"2026-07-28"
#define MCP_META	"io.modelcontextprotocol/"

struct mcpera {
	const char	*version;	/* that initialize agreed on, or NULL */
};

/* Versions that are served, the newest first; ends with NULL. */
extern const char *const mcpera_versions[];

/* Whose rules a request goes by. */
enum era {
	ERA_LEGACY,		/* after initialize, or what may come before */
	ERA_MODERN,
	ERA_NONE		/* neither: *error is the answer */
};

enum era mcpera_of(const struct mcpera *, const struct rpc *,
	    json_t **error);
/* Does the version that was agreed on have batches? */
int	 mcpera_batches(const struct mcpera *);
/* The answer to initialize, which it agrees with. */
json_t	*mcpera_initialize(struct mcpera *, const struct rpc *);
/*
 * What the client calls itself, its name and version, where this request says
 * so; else to stays as it is.
 */
void	 mcpera_client(enum era, const struct rpc *, char to[CLAIM_MAX + 1]);
/* The result of server/discover. */
json_t	*mcpera_discover(void);
/* Adds to a result what that era's results have; for a list, how long it may
 * be kept. */
void	 mcpera_finish(enum era, json_t *result, int is_list);
/* The answer to a request. */
json_t	*mcpera_answer(enum era, json_t *id, json_t *result);

#endif
