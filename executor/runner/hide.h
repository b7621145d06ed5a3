/* SPDX-License-Identifier: ISC */
/*
 * Hides a run's own secrets in what it prints: every occurrence of a value,
 * byte for byte, also when it comes in pieces, becomes MASK_MARK.  A value
 * that is written in another form, reversed or encoded, is not found.
 */
#ifndef EXECUTOR_RUNNER_HIDE_H
#define EXECUTOR_RUNNER_HIDE_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

#define HIDE_MIN	4	/* shorter values would hide ordinary text */
#define HIDE_CHUNK	65536U	/* bytes at a time */

struct hide;
struct hide_stream;

/* One for the life of a runner. */
struct hide		*hide_new(void);
/* A value of at least HIDE_MIN bytes; it must stay where it is. */
void			 hide_add(struct hide *, const uint8_t *, size_t);

/* After the last hide_add. */
struct hide_stream	*hide_open(const struct hide *);
void			 hide_close(struct hide_stream *);
/*
 * At most HIDE_CHUNK bytes in; what is certain by now is appended to out,
 * what may be the start of a value is kept back.
 */
void			 hide_feed(struct hide_stream *, const uint8_t *,
			    size_t, struct buf *out);
/* The end of the stream: what was kept back goes out. */
void			 hide_finish(struct hide_stream *, struct buf *out);
/* Marks written so far. */
uint32_t		 hide_count(const struct hide_stream *);
/* Room that hide_feed and hide_finish may need in out, at most. */
size_t			 hide_room(const struct hide *);

#endif
