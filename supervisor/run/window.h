/* SPDX-License-Identifier: ISC */
/* A sliding window: when things of one kind have happened. */
#ifndef SUPERVISOR_WINDOW_H
#define SUPERVISOR_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#define WINDOW_MINUTE_MS	60000

/* The newest cap times, oldest first from head on. */
struct window {
	int64_t	*t;
	size_t	 cap;
	size_t	 head;
	size_t	 n;
	int64_t	 span;
};

/* Room for so many; cap 0 keeps none.  What was in there is not freed. */
void	 window_init(struct window *, size_t cap, int64_t span);
void	 window_free(struct window *);
/* For a limit of the configuration: none need be kept where there is none. */
size_t	 window_cap(uint32_t limit);
/* Forgets what is older than its span. */
void	 window_expire(struct window *, int64_t now);
/* One more, in its place where it is older than what is there already. */
void	 window_add(struct window *, int64_t when);
/* With room for another number: the newest that have a place stay. */
void	 window_renew(struct window *, size_t cap);
/* Until the oldest has left it; 0 where there is none. */
int64_t	 window_wait(struct window *, int64_t now);

#endif
