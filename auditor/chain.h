/* SPDX-License-Identifier: ISC */
/*
 * The chain of records and its group commit: records are appended to a batch
 * in memory, and one write and one sync make the whole batch durable.  Only
 * then may anybody be told about them.
 */
#ifndef AUDITOR_CHAIN_H
#define AUDITOR_CHAIN_H

#include <stddef.h>
#include <stdint.h>

#include "auditor/segment.h"
#include "common/buf.h"
#include "common/record/seal.h"

/* A batch of this size is committed before more is taken. */
#define CHAIN_BATCH	(4U * 1024 * 1024)

struct chain {
	struct segment	 seg;
	struct record_head tail;	/* of what was appended */
	struct record_head durable;
	struct tree	 tree;		/* over what was appended */
	struct buf	 batch;
	size_t		 stops;		/* used of the room for these */
	const char	*bad;		/* with CHAIN_BAD: static text */
};

enum chain_append {
	CHAIN_OK,
	CHAIN_FULL,	/* no room: nothing was appended */
	CHAIN_BAD	/* no record, bad tells why: nothing was appended */
};

void	chain_init(struct chain *);
/*
 * Appends a record that a role in by (RECORD_BY_*) makes to the batch.  open
 * is the number of runs that will still need their result behind it.  Its
 * number goes to *number.  That an emergency stop begins or ends, and that room
 * is low, has room of its own where there is no other.
 */
enum chain_append chain_append(struct chain *, unsigned kind, unsigned by,
	    const struct buf *fields, size_t open, uint64_t *number);
/*
 * The same for what the auditor itself makes and what has its room already,
 * and so cannot meet a full disk: a result, or the last record of a session.
 * At most RECORD_RESULT bytes.
 */
enum chain_append chain_append_reserved(struct chain *, unsigned kind,
	    const struct buf *fields, uint64_t *number);
/*
 * Seals all that was appended, with that key: fills in what the seal says of
 * it.  Where the room is reserved, it is that of the session's end.
 */
enum chain_append chain_seal(struct chain *, struct seal *,
	    const uint8_t secret[64], size_t open, int reserved);
/* Up to where it goes; what is appended behind that can be taken back. */
struct chain_mark {
	struct record_head tail;
	struct tree	 tree;
	size_t		 len;
};
struct chain_mark chain_mark(const struct chain *);
void	chain_back(struct chain *, const struct chain_mark *);
/* 1 if there is something to commit. */
int	chain_pending(const struct chain *);
/* Makes the batch durable or ends the process with EXIT_IO. */
void	chain_commit(struct chain *);
/* What can wait until the answers are out: exec.log, rotation. */
void	chain_tidy(struct chain *, size_t open);

#endif
