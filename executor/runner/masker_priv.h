/* SPDX-License-Identifier: ISC */
/*
 * Inside of the masker: what it has read, and in which ways.
 *
 * One reading takes the output as it is, but for line breaks and what indents
 * the next line.  The others read through an escape as well; each is the same
 * as the first one until its escape comes, begins there where the first one
 * stands, and ends when both see the same again.  So ordinary output costs
 * one step a byte.
 */
#ifndef EXECUTOR_RUNNER_MASKER_PRIV_H
#define EXECUTOR_RUNNER_MASKER_PRIV_H

#include "executor/runner/masker.h"
#include "executor/runner/needles.h"

#define READ_DROP	32U	/* bytes that a form may have in between */
#define READ_LINE	6U	/* symbols that are held at a line's end */
#define READ_ESC	8U	/* bytes of an escape, at most */

enum {
	SPECIAL = 1,		/* another reading begins, or ... */
	SPECIAL_WITHIN		/* ... where some form has begun */
};

enum reading_kind {
	READ_PLAIN,
	READ_PERCENT,		/* %XX */
	READ_QUERY,		/* and + for a blank */
	READ_ESCAPE,		/* JSON, C, $'' of shells */
	READ_SINGLE,		/* words of shells that begin in '' */
	READ_DOUBLE,		/* in "" */
	READ_BARE,		/* and in none */
	READ_ZEROS,		/* UTF-16 and UTF-32 of ASCII */
	READINGS
};

/* Offsets are those of the stream's bytes, from its beginning. */
struct masker_reading {
	int		 on;
	uint32_t	 node;
	uint32_t	 dropped;	/* bytes since the last symbol */
	uint64_t	 nsym;
	uint64_t	 plain;		/* symbols since the last escape */
	uint64_t	 floor;		/* nothing before it is held */
	uint64_t	*pos;		/* of the last symbols */
	int		 broken;	/* at the start of a line */
	uint8_t		 esc[READ_ESC];	/* of an escape so far */
	unsigned	 nesc;
	uint64_t	 escpos;
	uint32_t	 high;		/* first half of a surrogate pair */
	uint64_t	 highpos;	/* of its escape */
	int		 quote;		/* ', " or 0 */
};

struct masker_span {
	uint64_t	from;
	uint64_t	to;
};

struct masker {
	const uint8_t	**p;
	size_t		 *len;
	size_t		  n;
	int		  built;
	struct needles	  needles;
	uint32_t	  ring;		/* of positions; a power of two */
	uint8_t		  special[256];	/* not one symbol in every reading */
	uint8_t		  begins[256];	/* readings, a bit for each */
	uint8_t		  begins_within[256]; /* likewise, in a form */
};

struct masker_stream {
	const struct masker *h;
	struct masker_reading	 r[READINGS];
	int		 others;	/* readings beside the plain one */
	uint64_t	 now;		/* of the byte that is read */
	uint64_t	 base;		/* of the first held byte */
	uint8_t		*hold;
	size_t		 nhold;
	size_t		 room;		/* of hold */
	struct masker_span *spans;	/* what is to be hidden, in order */
	size_t		 head;
	size_t		 nspans;
	size_t		 maxspans;
	int		 marked;	/* the last thing was a mark */
	uint32_t	 count;
};

/* maskread.c: one more byte, at s->now, for every reading. */
void	 maskread_byte(struct masker_stream *, uint8_t);
/*
 * The same for bytes that concern the plain reading alone, for as long as
 * there are any: how many; s->now stays.
 */
size_t	 maskread_plain(struct masker_stream *, const uint8_t *, size_t);
/* Which readings begin with which bytes. */
void	 maskread_kinds(struct masker *);
/* The first byte that a reading still waits with. */
uint64_t maskread_held(const struct masker_stream *);

#endif
