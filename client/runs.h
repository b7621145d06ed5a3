/* SPDX-License-Identifier: ISC */
/* Runs as ps and top show them: what the daemon tells, and what the host. */
#ifndef CLIENT_RUNS_H
#define CLIENT_RUNS_H

#include <stddef.h>
#include <stdint.h>

#include "client/cli.h"
#include "client/hostrun.h"
#include "common/buf.h"
#include "common/plan.h"

struct runitem {
	char		 id[RUNID_TEXT];
	struct buf	 row;		/* as it came */
	int		 seen;		/* host is known */
	struct hostrun	 host;
	uint64_t	 cpu;		/* with it: tenths of a percent of one
					   processor, since it began */
};

struct runs {
	struct runitem	*v;
	size_t		 n;
};

/* A row of PS.  0, or -1 and *f. */
int	runs_row(struct runs *, const void *, size_t, struct fail *);
/* All rows came: what the host tells of each by now. */
void	runs_look(struct runs *, pid_t daemon);
void	runs_free(struct runs *);

enum runs_cell {
	RUNS_ID, RUNS_STATE, RUNS_CHANNEL, RUNS_SKILL, RUNS_USER, RUNS_NAME,
	RUNS_PID, RUNS_PROCS, RUNS_CPU, RUNS_MEM, RUNS_TIME, RUNS_AGE,
	RUNS_COMMAND
};

/* What is to be shown, escaped; nothing where it is not known. */
void	runs_cell(struct buf *, const struct runitem *, enum runs_cell);
/* Appends "12.3M" and the like. */
void	runs_memory(struct buf *, uint64_t kb);

/*
 * On standard output, all of them: as a document on one line, or as a table of
 * this width (0: as wide as it is).  0, or -1 and *f.
 */
int	runs_print(const struct runs *, int json, size_t width,
	    struct fail *);

#endif
