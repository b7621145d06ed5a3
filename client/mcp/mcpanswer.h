/* SPDX-License-Identifier: ISC */
/* The documents that answer tools/list and tools/call. */
#ifndef CLIENT_MCPANSWER_H
#define CLIENT_MCPANSWER_H

#include "client/mcp/mcpcall.h"

/*
 * The record, once as it is and once as text, with the names of arguments that
 * were ignored; takes it over.  error: as isError has it.
 */
json_t	*mcpanswer_record(const struct mcpcall *, json_t *record, int error);
/* What is wrong with the call, for the model to read. */
json_t	*mcpanswer_wrong(const struct mcpcall *, const char *why);
/* There is no execution of that id, or it is not this account's. */
json_t	*mcpanswer_nobodys(const struct mcpcall *);
/* How far its execution is, and what of its output was not told. */
json_t	*mcpanswer_execution(const struct mcpcall *);
/* The daemon has not answered in time. */
json_t	*mcpanswer_late(const struct mcpcall *);
/* tools/list: what this channel may use. */
json_t	*mcpanswer_list(const struct mcpcall *);
/* check_policy, and run_command's dry_run. */
json_t	*mcpanswer_check(const struct mcpcall *);
json_t	*mcpanswer_dry_run(const struct mcpcall *);
/* get_status */
json_t	*mcpanswer_status(const struct mcpcall *, const struct mcpcalls *);
/* The notification of how far it is. */
json_t	*mcpanswer_progress(const struct mcpcall *, int64_t now);

#endif
