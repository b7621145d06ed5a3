/* SPDX-License-Identifier: ISC */
/*
 * Whose stored output takes how much, of this session: an account has no more
 * than half of what the others leave of it all, so that whatever one has run,
 * what others run is stored, too.
 */
#ifndef AUDITOR_OUTSHARE_H
#define AUDITOR_OUTSHARE_H

#include <stddef.h>
#include <stdint.h>

struct outshare {
	struct outshare_file {
		uint64_t	 intent;
		uint64_t	 takes;		/* bytes of the disk */
		uint32_t	 uid;		/* who has asked for the run */
	}		*files;		/* by their intents */
	size_t		 nfiles;
	size_t		 room;
	struct outshare_account {
		uint32_t	 uid;
		uint64_t	 takes;
	}		*accounts;
	size_t		 naccounts;
};

/* A file begins, with nothing in it; intents come in their order. */
void	 outshare_add(struct outshare *, uint64_t intent, uint32_t uid);
/* It takes that much more, and less.  One of an earlier session is nobody's. */
void	 outshare_sized(struct outshare *, uint64_t intent, uint64_t more,
	    uint64_t less);
/* The files of intents before that one are gone. */
void	 outshare_gone(struct outshare *, uint64_t first);
uint64_t outshare_of(const struct outshare *, uint32_t uid);
/*
 * May it have so many bytes more, where total of max is taken?  1 or 0.
 */
int	 outshare_fits(const struct outshare *, uint32_t uid, uint64_t more,
	    uint64_t total, uint64_t max);

#endif
