/* SPDX-License-Identifier: ISC */
/*
 * A key of a passphrase, by Argon2id: as slow as it is meant to be, so it is
 * made by a thread beside the loop, which goes on answering meanwhile.  One at
 * a time.
 */
#ifndef VAULT_DERIVE_H
#define VAULT_DERIVE_H

#include <stddef.h>
#include <stdint.h>

#include "vault/aead.h"
#include "vault/slot.h"

struct event_base;

/* What one is made of.  All of it stays where it is until it is done. */
struct derive {
	const uint8_t	*phrase;	/* guarded */
	size_t		 len;
	struct slot_cost cost;
	/* 1: cost is to be chosen first, for about a second on this machine */
	int		 choose;
	uint8_t		*out;		/* AEAD_KEY bytes, guarded */
	/* 0, or an error number: there was not the memory for it. */
	void		 (*done)(void *, int error);
	void		*arg;
};

/* 0, and done is called by the loop; or an error number, and it is not. */
int	derive_start(struct derive *, struct event_base *);
/* The one under way, if there is one, is waited for and forgotten. */
void	derive_end(void);

#endif
