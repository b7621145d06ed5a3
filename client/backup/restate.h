/* SPDX-License-Identifier: ISC */
/*
 * What was removed in front of a log is said by a record, of which
 * gateway.pruned is a copy.  Where that record is lost with the end of the log
 * another one says the same, so that what is left is still a log.
 */
#ifndef CLIENT_RESTATE_H
#define CLIENT_RESTATE_H

#include "client/backup/logadd.h"
#include "client/backup/setaside.h"
#include "client/cli.h"

/*
 * Adds that record, made of the copy, to the lines that are to be appended, and
 * makes the copy one of it, durably: a log with that copy and without the lines
 * does not start.  0, or -1 and *f.
 */
int	restate(struct logadd *, const struct setaside *, const char *why,
	    struct fail *);

#endif
