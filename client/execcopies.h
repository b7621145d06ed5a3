/* SPDX-License-Identifier: ISC */
/*
 * The daemon's exec.log and its numbered ones against the lines of its log, as
 * they come.  Of each copy so much is kept as tells its lines from others: a
 * keyed digest of each, by a key that nobody else has.
 */
#ifndef CLIENT_EXECCOPIES_H
#define CLIENT_EXECCOPIES_H

#include <stddef.h>
#include <stdint.h>

#include "client/cli.h"
#include "client/verify.h"
#include "common/record/record.h"

struct execcopies;

struct execcopies	*execcopies_new(void);
void			 execcopies_free(struct execcopies *);
/*
 * What QUERY_COPIES answers, a piece: 0, or -1 where it is no such thing.  And
 * its end: 0, or -1 if that is not one.
 */
int			 execcopies_feed(struct execcopies *, const void *,
			    size_t);
int			 execcopies_end(struct execcopies *);
/* All of that from the daemon, before its log is read.  0, or -1 and *f. */
int			 execcopies_ask(struct execcopies *,
			    const struct cli *, struct fail *);
/* A good line of the log, in their order. */
void			 execcopies_line(struct execcopies *, uint64_t record,
			    const char *line, size_t len);
/* Has v tell it of each; before the first piece. */
void			 execcopies_lines(struct execcopies *,
			    struct verify *);
/*
 * The log was good: has the report say what is wrong with one.  Copies of what
 * is not in the log any more are passed over.
 */
void			 execcopies_report(const struct execcopies *,
			    struct verify_report *);

#endif
