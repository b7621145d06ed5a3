/* SPDX-License-Identifier: ISC */
/*
 * JSON-RPC 2.0 as MCP has it: what a line is, and the documents that are
 * answers.  Whoever sent the line may be anybody.
 */
#ifndef CLIENT_JSONRPC_H
#define CLIENT_JSONRPC_H

#include <jansson.h>

#include <stddef.h>

#define RPC_DEPTH	64	/* of arrays and objects in a line */
#define RPC_ID_MAX	256	/* bytes of an id, or of a token */

/* Codes of errors; the last one is MCP's own. */
#define RPC_PARSE	(-32700)
#define RPC_INVALID	(-32600)
#define RPC_METHOD	(-32601)
#define RPC_PARAMS	(-32602)
#define RPC_INTERNAL	(-32603)
#define RPC_VERSION	(-32022)

enum rpc_kind {
	RPC_REQUEST,		/* id, method */
	RPC_NOTIFICATION,	/* method */
	RPC_RESPONSE,		/* of something that was never asked */
	RPC_BAD			/* code, why, and id if there is one */
};

struct rpc {
	enum rpc_kind	 kind;
	json_t		*doc;		/* all of it, which owns the others */
	json_t		*id;		/* string or integer, or NULL */
	const char	*method;
	json_t		*params;	/* an object, or NULL */
	int		 code;
	const char	*why;		/* static */
};

/*
 * The document of a line, an object or an array, or NULL and what it is
 * instead: no JSON, or JSON that is no message.  Keys that come
 * twice are no JSON here: whoever looks at one of them sees another than who
 * looks at the other.
 */
json_t	*rpc_load(const char *, size_t, struct rpc *);
/* What it is; takes the document over. */
void	 rpc_look(struct rpc *, json_t *);
void	 rpc_free(struct rpc *);

/* Is it fit to be an id, or a token of progress? */
int	 rpc_is_id(const json_t *);
int	 rpc_same_id(const json_t *, const json_t *);
/* Answers.  They take result and data over, which may be NULL; not id. */
json_t	*rpc_result(json_t *id, json_t *result);
json_t	*rpc_error(json_t *id, int code, const char *why, json_t *data);
json_t	*rpc_notify(const char *method, json_t *params);

#endif
