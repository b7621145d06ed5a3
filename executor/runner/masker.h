/* SPDX-License-Identifier: ISC */
/*
 * Masks a run's own secrets in what it prints: every occurrence of a value,
 * byte for byte, also when it comes in pieces, becomes MASK_MARK.  A value
 * that is written in another form, reversed or encoded, is not found.
 */
#ifndef EXECUTOR_RUNNER_MASKER_H
#define EXECUTOR_RUNNER_MASKER_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

#define MASKER_MIN	4	/* shorter values would hide ordinary text */
#define MASKER_CHUNK	65536U	/* bytes at a time */

struct masker;
struct masker_stream;

/* One for the life of a runner. */
struct masker		*masker_new(void);
/* A value of at least MASKER_MIN bytes; it must stay where it is. */
void			 masker_add(struct masker *, const uint8_t *, size_t);

/* After the last masker_add. */
struct masker_stream	*masker_open(const struct masker *);
void			 masker_close(struct masker_stream *);
/*
 * At most MASKER_CHUNK bytes in; what is certain by now is appended to out,
 * what may be the start of a value is kept back.
 */
void			 masker_feed(struct masker_stream *, const uint8_t *,
			    size_t, struct buf *out);
/* The end of the stream: what was kept back goes out. */
void			 masker_finish(struct masker_stream *, struct buf *out);
/* A text as anybody may read it; what it was is overwritten and freed. */
char			*masker_text(const struct masker *, char *);
/* Marks written so far. */
uint32_t		 masker_count(const struct masker_stream *);
/* Room that masker_feed and masker_finish may need in out, at most. */
size_t			 masker_room(const struct masker *);

#endif
