/* SPDX-License-Identifier: ISC */
/* A word for who sits at a terminal, before the time of a run is over. */
#ifndef CLIENT_TIMEWORD_H
#define CLIENT_TIMEWORD_H

#include <stddef.h>
#include <stdint.h>

struct timeword {
	int64_t	at;		/* ms, when it is said; 0: not any more */
	int64_t	ends;		/* of the run */
	int	later;		/* by what its programs were held */
};

/* ms, which go on while the machine sleeps */
int64_t	timeword_now(void);
/* From what STARTED says of its limit. */
void	timeword_set(struct timeword *, const void *, size_t);
/* Says it if it is time. */
void	timeword_say(struct timeword *, const char *id);

#endif
