/* SPDX-License-Identifier: ISC */
/* The first and the last line of a closed segment, which comes in pieces. */
#ifndef CLIENT_SEGENDS_H
#define CLIENT_SEGENDS_H

#include <stddef.h>
#include <stdint.h>

#include "common/record/lines.h"
#include "common/record/record.h"

struct segends {
	uint8_t		 behind[RECORD_DIGEST];	/* what the first follows */
	struct record_head first;		/* number 0: there is none */
	struct record_head last;
};

struct segends_read {
	struct segends	 ends;
	struct record_lines lines;
	struct unpack	*unpack;	/* or NULL: it is not packed */
	int		 bad;		/* this is no segment */
};

void	segends_begin(struct segends_read *, int packed);
void	segends_feed(struct segends_read *, const void *, size_t);
/*
 * All of it has come; once for each segends_begin.  0 and its ends, or -1: this
 * is no segment, or not all of one.
 */
int	segends_end(struct segends_read *, struct segends *);
/* All at once of a file, from where it stands; likewise. */
int	segends_file(struct segends *, int fd, int packed);

#endif
