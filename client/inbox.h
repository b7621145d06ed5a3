/* SPDX-License-Identifier: ISC */
/*
 * What waits for an approver, kept up to date by the rows of APPROVALS as
 * they come: what is new, and what is over and how.  What is over stays for a
 * while, as a line.
 */
#ifndef CLIENT_INBOX_H
#define CLIENT_INBOX_H

#include <sys/queue.h>

#include <stddef.h>
#include <stdint.h>

#include "client/pending.h"

#define INBOX_MAX	8192	/* no daemon has more that wait */
#define INBOX_OVER	50	/* that are kept */

struct inbox_item {
	TAILQ_ENTRY(inbox_item) entry;
	uint64_t	 id;
	unsigned	 serial;	/* of the row that it is from */
	struct pending	 p;		/* while it waits */
	size_t		 told;		/* so long is its row, as it came */
	/* as they are shown */
	char		*who;
	char		*channel;
	char		*skill;
	char		*command;
	char		*over;		/* how; NULL: it waits */
	int64_t		 since;		/* as inbox_now() */
	int64_t		 expires;
};

TAILQ_HEAD(inbox_items, inbox_item);

struct inbox {
	struct inbox_items items;	/* those that wait first, by age */
	size_t		 waiting;
	size_t		 over;
	unsigned	 came;		/* how many were new, ever */
};

void	inbox_init(struct inbox *);
void	inbox_free(struct inbox *);
/* Milliseconds on the clock that approvals expire on. */
int64_t	inbox_now(void);
/*
 * Takes a row.  0, or -1 and *f.  One that there is already is what the row
 * says from now on, and counts as new.
 */
int	inbox_row(struct inbox *, const void *, size_t, struct fail *);
struct inbox_item *inbox_find(const struct inbox *, uint64_t id);
/* Is this text in what is shown of it?  An empty one always is. */
int	inbox_matches(const struct inbox_item *, const char *);

#endif
