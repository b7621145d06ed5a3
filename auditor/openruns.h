/* SPDX-License-Identifier: ISC */
/*
 * The runs whose intent is written and whose result is not.  Each of them
 * has room for its result set aside, so there is a highest number of them.
 */
#ifndef AUDITOR_OPENRUNS_H
#define AUDITOR_OPENRUNS_H

#include <stddef.h>
#include <stdint.h>

#define OPEN_RUNS_MAX	4096

struct open_run {
	uint64_t	 id;
	uint64_t	 record;	/* of the intent */
	char		*skill;		/* whose runs it is one of; NULL: of
					   an earlier session */
	uint32_t	 uid;		/* who has asked; with a skill */
};

struct open_runs {
	struct open_run	*v;		/* in the order of their intents */
	size_t		 n;
};

/* NULL where there is none. */
const struct open_run *openruns_find(const struct open_runs *, uint64_t id);
/* Replaces one of the same id; a copy of skill is kept. */
void	openruns_add(struct open_runs *, uint64_t id, uint64_t record,
	    const char *skill, uint32_t uid);
void	openruns_del(struct open_runs *, uint64_t id);

#endif
