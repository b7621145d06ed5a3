/* SPDX-License-Identifier: ISC */
/*
 * Masks a run's own secrets in what it prints: every occurrence of a value
 * becomes MASK_MARK, also when it comes in pieces.  It is found as it is, in
 * each line of FORMS_LINE bytes or more, whatever ends its lines and indents
 * them, folded into lines, in hexadecimal, base64 and base64url behind
 * anything, in UTF-16, and escaped for URLs, JSON, C and shells, wholly or in
 * part.  A value that is written in another way, reversed or encrypted, is
 * not found.
 *
 * Held is only what may be the beginning of a form: no form begins with a
 * blank, and a line's end holds less than READ_LINE symbols of none, so
 * prompts and lines that wait for an answer go out at once.
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

struct masker		*masker_new(void);
/* NULL is fine; streams are closed before. */
void			 masker_free(struct masker *);
/* A value of at least MASKER_MIN bytes; it must stay until masker_build. */
void			 masker_add(struct masker *, const uint8_t *, size_t);
/* After the last masker_add.  0, or -1 and errno: memory cannot be locked. */
int			 masker_build(struct masker *);

/* After masker_build. */
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
