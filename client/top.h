/* SPDX-License-Identifier: ISC */
/* top on a terminal: its state, for the files that keep and draw it. */
#ifndef CLIENT_TOP_H
#define CLIENT_TOP_H

#include <stddef.h>
#include <stdint.h>

#include "client/cli.h"
#include "client/keyseq.h"
#include "client/runs.h"

/* What the daemon is asked, one at a time. */
enum top_asked { TOP_NOTHING, TOP_RUNS, TOP_KILL };

struct top {
	struct conn	*conn;
	enum top_asked	 asked;
	struct runs	 coming;
	struct runs	 runs;		/* sorted */
	int64_t		 looked_us;	/* when; 0: not yet */
	int64_t		 next_us;
	uint32_t	 delay_s;
	enum runs_cell	 by;

	/* the list; ids, for rows come and go */
	char		 chosen[RUNID_TEXT];	/* "": the first */
	size_t		 top;		/* the first that is on the screen */

	/* is this one to end? */
	int		 asks;
	char		 about[RUNID_TEXT];
	char		 line[4];	/* what was typed to it */
	size_t		 len;
	uint64_t	 kill;		/* to be asked for; 0: none */

	char		 note[512];
	struct keyseq	 keys;
	int		 quit;
	int		 sig;		/* which ended it, or 0 */
	int		 status;
	struct fail	 f;		/* with a status */
};

/* topdraw.c */
void	top_draw(struct top *);
/* The place of the chosen one; the first if it is not there. */
size_t	top_place(const struct top *);

#endif
