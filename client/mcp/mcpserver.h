/* SPDX-License-Identifier: ISC */
/* A line of an MCP client, and what is done about it. */
#ifndef CLIENT_MCPSERVER_H
#define CLIENT_MCPSERVER_H

#include "client/mcp/mcpcall.h"

struct mcpserver {
	struct mcpera	era;
	struct mcpcalls	calls;
	struct jsonline_out *out;
};

void	mcpserver_line(struct mcpserver *, const char *, size_t);
/* One was longer than it may be. */
void	mcpserver_long(struct mcpserver *);

#endif
