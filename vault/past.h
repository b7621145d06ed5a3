/* SPDX-License-Identifier: ISC */
/*
 * What the index says of versions of a secret besides their values: in the
 * bytes that an entry has for more, see clawbot-vault(5), an earlier version
 * has the time until which it is kept, and the one in force a list of those
 * that are gone.  Bytes of any other form count as none.
 */
#ifndef VAULT_PAST_H
#define VAULT_PAST_H

#include <stddef.h>
#include <stdint.h>

#include "vault/store.h"

#define PAST_MAX	40U		/* the oldest is forgotten first */

/* A version that is gone; times in seconds since 1970. */
struct past_version {
	uint64_t	version;
	uint64_t	changed;	/* when it came */
	uint64_t	ended;
};

/* How many the entry in force knows of, ascending. */
size_t	 past_get(const struct store_entry *, struct past_version *v);
/* Adds one, old, to what the entry in force knows. */
void	 past_add(struct store_entry *, const struct store_entry *old,
	    uint64_t ended);
/* To an entry that is not in the store yet: all that the name has had. */
void	 past_take(const struct store *, struct store_entry *, uint64_t now);
/* What old knows goes to the one that takes its place. */
void	 past_hand_on(struct store_entry *old, struct store_entry *);

/* How many earlier versions of a name there are. */
size_t	 past_kept(const struct store *, const char *name);
/* The one before that version, or NULL. */
const struct store_entry *past_before(const struct store *, const char *name,
	    uint64_t version);
/* Until when an earlier version is kept; 0 if it does not say. */
uint64_t past_until(const struct store_entry *);
void	 past_set_until(struct store_entry *, uint64_t);
/* Is it an earlier version, and its time over? */
int	 past_over(const struct store_entry *, uint64_t now);
/* The earlier version of which the time is over first, or NULL. */
const struct store_entry *past_first(const struct store *);

#endif
