/* SPDX-License-Identifier: ISC */
/* cancel_execution, of what this process asked for and of other processes'. */
#ifndef CLIENT_MCPCANCEL_H
#define CLIENT_MCPCANCEL_H

#include "client/mcp/mcpcall.h"

/* Tells it to end; NULL, or the answer if there is nothing to wait for. */
json_t	*mcpcancel_begin(struct mcpcalls *, struct mcpcall *);
/* The answer for one that nobody here waits for, when its query is done. */
json_t	*mcpcancel_told(const struct mcpcall *);

#endif
