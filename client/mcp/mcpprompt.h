/* SPDX-License-Identifier: ISC */
/*
 * permission_prompt: what an agent asks before it uses a tool of its own,
 * which acts outside of every sandbox.  So none of these is allowed to do that:
 * a command is made one that clawbot runs, for the rest the tool here that does
 * it is named, and what reaches nothing goes on.
 */
#ifndef CLIENT_MCPPROMPT_H
#define CLIENT_MCPPROMPT_H

#include <jansson.h>

#include "client/cli.h"
#include "client/mcp/mcpquery.h"

/*
 * Of its arguments, which were checked: the record that answers, or NULL and
 * the arguments of check_policy for what is to be judged first.
 */
json_t	*mcpprompt_record(const json_t *args, json_t **judged);
/* The record, when it was. */
json_t	*mcpprompt_judged(const json_t *args, const struct mcpquery *);
/* It cannot be. */
json_t	*mcpprompt_deny(const char *why);

#endif
