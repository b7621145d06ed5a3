/* SPDX-License-Identifier: ISC */
/*
 * The runs whose intent is written and whose result is not.  Each of them
 * has room for its result set aside, so there is a highest number of them.
 */
#ifndef AUDITOR_RUNS_H
#define AUDITOR_RUNS_H

#include <stddef.h>
#include <stdint.h>

#define RUNS_MAX	4096

struct run {
	uint64_t	 id;
	uint64_t	 record;	/* of the intent */
};

struct runs {
	struct run	*v;		/* in the order of their intents */
	size_t		 n;
};

/* NULL where there is none. */
const struct run *runs_find(const struct runs *, uint64_t id);
/* Replaces one of the same id. */
void	runs_add(struct runs *, uint64_t id, uint64_t record);
void	runs_del(struct runs *, uint64_t id);

#endif
