/* SPDX-License-Identifier: ISC */
/* The record of an execution, as a model reads it. */
#ifndef CLIENT_EXECUTIONJSON_H
#define CLIENT_EXECUTIONJSON_H

#include <jansson.h>

#include "client/mcp/execution.h"

/* Text as JSON has it: what is not UTF-8 becomes U+FFFD. */
json_t	*executionjson_text(const void *, size_t);
/* One of a refusal that no execution came of. */
json_t	*executionjson_refused(const char *status, const char *id,
	    const char *why);
/*
 * What is to be told of it now; of its output what comes behind the offsets
 * that are told of, as much as it may be, which are moved on.  There is none in
 * it of one that reads or writes a file.
 */
json_t	*executionjson(struct execution *);
/* Its status, as in the record. */
const char *executionjson_status(const struct execution *);
/* Does this record tell of a command that was not executed? */
int	 executionjson_is_error(const json_t *record);

#endif
