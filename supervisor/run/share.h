/* SPDX-License-Identifier: ISC */
/*
 * Places that accounts share.  Whoever is alone may have all of them; but who
 * finds none is owed the next one before any account that has more than he
 * has, for a while.  So nobody keeps the others out by asking more often.
 */
#ifndef SUPERVISOR_SHARE_H
#define SUPERVISOR_SHARE_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#define SHARE_OWED_MS	30000	/* since he was refused last */
#define SHARE_MAX	256	/* accounts that are owed one */

struct share_account {
	uid_t		 uid;
	uint32_t	 has;
	int		 owed;
	int64_t		 since;		/* that it is */
};

/* All zeros is nobody. */
struct share {
	struct share_account *v;
	size_t		 n;
};

enum share_verdict { SHARE_FREE, SHARE_FULL, SHARE_KEPT };

void	share_free(struct share *);
/*
 * May this account have one of so many places that are free?  SHARE_KEPT:
 * they are for others.  Where it may not, it is owed one.
 */
enum share_verdict share_check(struct share *, uid_t, uint32_t left,
	    int64_t now);
/* It has one more, or one less, which it has. */
void	share_take(struct share *, uid_t, int64_t now);
void	share_give(struct share *, uid_t, int64_t now);

#endif
