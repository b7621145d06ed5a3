/* SPDX-License-Identifier: ISC */
/* Inside of the rounds; see rounds.h. */
#ifndef AUDITOR_ROUNDS_PRIV_H
#define AUDITOR_ROUNDS_PRIV_H

#include <stddef.h>
#include <stdint.h>

#include "auditor/known.h"
#include "auditor/packcheck.h"
#include "auditor/rounds.h"

struct event;

struct rounds {
	struct auditor	*a;
	struct event	*ev;
	uint64_t	 every_ms;	/* 0: never */
	uint64_t	 due_ms;	/* all of it is read */
	uint64_t	 looked_ms;
	uint64_t	 sealed;	/* record of the seal then */
	uint64_t	 hurry;		/* bytes that are left of that */
	uint64_t	 hurried_ms;	/* since when */
	int		 looking;	/* 2: and once more */
	size_t		 look;		/* the next to be looked at */
	uint64_t	*todo;		/* segments that look different */
	size_t		 ntodo;
	struct round_left {
		uint64_t	 first;
		struct known_file was;
		struct known_file behind;	/* the one behind it, then */
		int		 found;		/* that is good since */
	}		*left;		/* see rounds_left() */
	size_t		 nleft;
	/* a round: it goes on with that segment, 0: there is none */
	uint64_t	 next;
	uint64_t	 oldest;	/* record that was there */
	int		 left_out;	/* some of it could not be read */
	struct record_head held;	/* read so far, without a gap */
	struct sealcheck seals;		/* up to there */
	struct sealcheck now;		/* in the segment that is read */
	/* the segment that is read, while in is not NULL */
	struct packfile	*in;
	uint64_t	 first;
	int		 in_round;
	int		 current;	/* the one that is written */
	int		 touched;	/* somebody was at it meanwhile */
	unsigned	 tries;
	struct known_file was;
	uint64_t	 at;
	uint64_t	 size;
	struct record_head head;	/* the last record then */
	struct packcheck check;
	/* what follows it is another log, or is damaged itself; 0: none */
	uint64_t	 doubt;
	struct known_file doubt_was;
	uint64_t	 seen;		/* the last record at the last piece */
};

/* roundlook.c: what looks different, and is to be read. */
/* Its place among all, the current one behind them; or -1. */
int	rounds_place(const struct rounds *, uint64_t first, size_t *i);
/* The segment behind that, which may be gone; 0: it is the last one. */
uint64_t rounds_behind(const struct rounds *, uint64_t first);
/* It is to be read by itself. */
void	rounds_suspect(struct rounds *, uint64_t first);
/* Looks at some of those that are known, where look goes on. */
void	rounds_look(struct rounds *);
/* At one of them. */
void	rounds_look_at(struct rounds *, size_t i);
/*
 * That one, which looks like this, is whole by itself, and the one behind it
 * is missing, cannot be read or is damaged, so that nothing more can be said:
 * it is not read again while both look so, unless that one is found good.  1 if
 * that is new.
 */
int	rounds_left(struct rounds *, uint64_t first,
	    const struct known_file *was);
/* That one is good: so may be what was left in front of it, which is read. */
void	rounds_good(struct rounds *, uint64_t first);
/*
 * The rule that a segment breaks which cannot be read.  NULL: it may be so for
 * lack of memory or the like, and for now alone.  Who is not allowed to read it
 * has had the account or the mode of it changed.
 */
const char *rounds_rule(int error);

/* roundread.c: reading one, and what is found then. */
/* Begins with first; in is not NULL afterwards where there is more to do. */
void	rounds_begin(struct rounds *);
/* Reads a piece of it, and at its end says what there is to say. */
void	rounds_piece(struct rounds *);
/* What looks different is read at once, as far as that goes. */
int	rounds_hurry(const struct rounds *);

#endif
