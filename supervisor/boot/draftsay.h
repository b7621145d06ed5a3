/* SPDX-License-Identifier: ISC */
/* What is to be said of a configuration before anybody starts with it. */
#ifndef SUPERVISOR_DRAFTSAY_H
#define SUPERVISOR_DRAFTSAY_H

/*
 * Writes all that is wrong with the file, and all that is worth saying, on
 * standard output, for clawbot(1): fields, behind a u32 with their length,
 * with "file", "line", "column", "key", "text", "note" and "unread".  Returns
 * the exit status.
 */
int	draft_check(const char *path);

#endif
