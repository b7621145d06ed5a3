/* SPDX-License-Identifier: ISC */
/* What status tells of the log and where it is kept. */
#ifndef SUPERVISOR_STATUSLOG_H
#define SUPERVISOR_STATUSLOG_H

struct client;

void	status_log(struct client *);
/* A row in words, of whatever kind. */
void	status_row(struct client *, const char *kind, const char *name,
	    const char *state, const char *fmt, ...)
	    __attribute__((__format__ (printf, 5, 6)));

#endif
