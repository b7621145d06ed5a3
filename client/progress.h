/* SPDX-License-Identifier: ISC */
/* How far it is, on standard error, if that is a terminal. */
#ifndef CLIENT_PROGRESS_H
#define CLIENT_PROGRESS_H

#include <stdint.h>

struct progress {
	int		 shown;		/* on a terminal */
	const char	*what;
	uint64_t	 total;
	uint64_t	 done;
	unsigned	 percent;	/* that is there to be seen */
	int64_t		 next;		/* ms: when a count is shown again */
	int		 counted;	/* one is there to be seen */
};

void	progress_begin(struct progress *, const char *what, uint64_t total);
void	progress_add(struct progress *, uint64_t n);
/*
 * So many more records, where nobody knows how many there are: shown once it
 * has taken a second.  total is 0 then.
 */
void	progress_records(struct progress *, uint64_t n);
/* Takes it away until it is shown again: before a line is printed. */
void	progress_hide(struct progress *);
/* Takes it away again. */
void	progress_end(struct progress *);

#endif
