/* SPDX-License-Identifier: ISC */
/* What commands would get by a configuration that is not in force. */
#ifndef SUPERVISOR_TRIAL_H
#define SUPERVISOR_TRIAL_H

#include <stdio.h>

#include "common/buf.h"

#define TRIAL_MAX	20000	/* commands; the others are counted */

/*
 * For clawbot(1), on standard input lines of the log, or {"skill":"NAME",
 * "line":"COMMAND"}: whatever stands in front of the first "{" says nothing.
 * Writes rows, fields behind a u32 with their length: each command once, and
 * those of the file's own tests, with "skill" and "line", and "verdict", "rule"
 * and "where"; or with "gone", if there is no such skill, or "unread", if the
 * line is no command.  A row with "more" has the number of those that were
 * too many, or whose words are no text.  Returns the exit status.
 */
int	trial(const char *path);
/* Writes such a row, and frees it. */
void	draft_put(FILE *, struct buf *);

#endif
