/* SPDX-License-Identifier: ISC */
/*
 * The last bytes of something that comes in pieces, with the kind and the time
 * of each: a ring, which costs the same whatever comes.
 */
#ifndef EXECUTOR_RUNNER_LATELY_H
#define EXECUTOR_RUNNER_LATELY_H

#include <stddef.h>
#include <stdint.h>

#define LATELY_PIECES	1024U	/* that are told apart */

struct lately;

typedef void (*lately_cb)(void *arg, unsigned kind, int64_t us,
	    const uint8_t *, size_t);

struct lately	*lately_new(size_t size);
void		 lately_free(struct lately *);
/* Bytes that it takes before the first one is lost. */
size_t		 lately_room(const struct lately *);
/* What comes within 5 ms of one kind is one piece. */
void		 lately_add(struct lately *, unsigned kind, int64_t us,
		    const uint8_t *, size_t);
/* How many were lost. */
uint64_t	 lately_lost(const struct lately *);
/* What there is, in its order. */
void		 lately_each(const struct lately *, lately_cb, void *arg);

#endif
