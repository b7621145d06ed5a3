/* SPDX-License-Identifier: ISC */
/*
 * THE table of tools: what a model reads of them, and what their arguments
 * are.  What tools/list shows and what tools/call takes come from the same
 * rows.
 */
#ifndef CLIENT_TOOLTABLE_H
#define CLIENT_TOOLTABLE_H

#include <jansson.h>

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

#define TOOL_WAIT_S	45	/* two clients end a call after 60 */
#define TOOL_WAIT_MAX_S	300
#define TOOL_OUTPUT	30000
#define TOOL_OUTPUT_MAX	1048576
#define TOOL_COMMAND_MAX 131072

enum tool {
	TOOL_RUN, TOOL_WAIT, TOOL_CANCEL, TOOL_CHECK, TOOL_STATUS,
	TOOL_READ, TOOL_WRITE, TOOL_PROMPT, TOOL_N
};

/* The tool of this name, or TOOL_N. */
enum tool tooltable_find(const char *name);
/* The tools of a channel, always in the same order; executes: it may run
 * something; prompts: with permission_prompt. */
json_t	*tooltable_list(int executes, int prompts);
/*
 * Are these arguments (NULL: none) what the tool takes?  0, and in *ignored
 * the names of those that it does not know; or -1 and what is wrong, for the
 * model.
 */
int	 tooltable_check(enum tool, const json_t *args, json_t **ignored,
	    char *why, size_t len);
/* An argument that was checked, or its default. */
const char *tooltable_str(const json_t *args, const char *key);
uint64_t tooltable_int(enum tool, const json_t *args, const char *key);
int	 tooltable_bool(const json_t *args, const char *key);

#endif
