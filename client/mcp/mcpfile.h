/* SPDX-License-Identifier: ISC */
/*
 * read_file and write_file: each is a run of clawbot-file (common/fileop.h),
 * in the sandbox and by the policy of every command.  Nothing here opens the
 * file.
 */
#ifndef CLIENT_MCPFILE_H
#define CLIENT_MCPFILE_H

#include <jansson.h>

#include <stddef.h>

#include "client/mcp/execution.h"
#include "client/mcp/tooltable.h"

/*
 * The arguments of run_command that come to the same as these of read_file or
 * write_file, which were checked; or NULL and what is wrong.
 */
json_t	*mcpfile_command(enum tool, const json_t *args, char *why,
	    size_t len);
/* Its record. */
json_t	*mcpfile_record(struct execution *);

#endif
