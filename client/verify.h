/* SPDX-License-Identifier: ISC */
/*
 * Checking a log, from a directory or from a pipe, with nothing but the
 * bytes and, where there is one, the head that a running daemon names.
 *
 * The head is what makes the check complete: each record is covered by the
 * one that follows it, and the last one by the head alone.  Without a head a
 * log that was cut off at the end of a line, or whose last line was replaced
 * by another well-formed one, cannot be told from a whole one; the report
 * says so in its note.
 */
#ifndef CLIENT_VERIFY_H
#define CLIENT_VERIFY_H

#include <stddef.h>
#include <stdint.h>

#include "common/record/logscan.h"

/* Exit statuses of clawbot audit verify. */
enum verify_status {
	VERIFY_OK = 0,
	VERIFY_TAMPERED = 2,	/* a record was changed */
	VERIFY_TRUNCATED = 3,	/* the last line has no end */
	VERIFY_ROLLBACK = 4,	/* another end than the head: older, or fork */
	VERIFY_MISSING = 6,	/* a range of records is not there */
	VERIFY_IO = 8		/* not everything could be read */
};

struct verify_report {
	enum verify_status	 status;
	struct logscan_result	 res;
	char			 line[320];	/* the verdict, for people */
	char			 note[160];	/* what it leaves open, or "" */
};

/* head: NULL or number 0 where it is not known. */
void		 verify_dir(const char *dir, const struct record_head *head,
		    struct verify_report *);

struct cli;
struct fail;
/* verifycmd.c: the daemon's own log. 0, or -1 and why it is not known. */
int		 verify_daemon(const struct cli *, struct verify_report *,
		    struct fail *);

struct verify;

/* The same for a stream; its name stands where a file's would. */
struct verify	*verify_new(const char *name);
/* 0 to go on; -1 when the verdict is clear and the rest need not be read. */
int		 verify_feed(struct verify *, const void *, size_t);
/*
 * The end of the stream, and what the head is if it became known meanwhile.
 * Frees it.
 */
void		 verify_end(struct verify *, const struct record_head *,
		    struct verify_report *);

#endif
