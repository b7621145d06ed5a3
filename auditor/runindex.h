/* SPDX-License-Identifier: ISC */
/*
 * Where the records of a run begin, for the runs of late: a question about one
 * of them need not read the whole log.  It is made while records are, in memory
 * alone; of a run that it does not know nothing is said, and so all is read.
 */
#ifndef AUDITOR_RUNINDEX_H
#define AUDITOR_RUNINDEX_H

#include <stddef.h>
#include <stdint.h>

/* Run ids are random, so some of their bits choose the row. */
#define RUNINDEX_ROWS	2048
#define RUNINDEX_WAYS	8

struct runindex {
	struct {
		uint64_t	 run;		/* 0: free */
		uint64_t	 first;		/* its first record */
		int		 waits;		/* for an approver: it stays */
	} v[RUNINDEX_ROWS][RUNINDEX_WAYS];
	int		 lost;		/* one that waits found no place */
};

/*
 * A record of these fields has got that number.  Records of a run come in their
 * order, and all of them are told.
 */
void	runindex_see(struct runindex *, const void *fields, size_t len,
	    uint64_t number);
/* 0 and *first, or -1: it is not known. */
int	runindex_find(const struct runindex *, uint64_t run,
	    uint64_t *first);

#endif
