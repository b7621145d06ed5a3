/* SPDX-License-Identifier: ISC */
/* From the arguments of a tool to what the daemon is asked. */
#ifndef CLIENT_MCPREQUEST_H
#define CLIENT_MCPREQUEST_H

#include <jansson.h>

#include <stddef.h>

#include "common/buf.h"

/*
 * RUN, or WHY, of run_command's or check_policy's arguments, which were
 * checked, into b, which is initialised here.  0, or -1 and what is wrong.
 */
int	mcprequest_run(struct buf *b, const json_t *args, const char *skill,
	    char *why, size_t len);
int	mcprequest_why(struct buf *b, const json_t *args, const char *skill,
	    char *why, size_t len);
/* The command in a line for people, as much as there is room for. */
void	mcprequest_show(const json_t *args, char *to, size_t len);

#endif
