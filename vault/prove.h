/* SPDX-License-Identifier: ISC */
/*
 * That somebody has what opens the vault: keys of slots come by a pipe and are
 * tried, one after the other.  One at a time, and after keys that opened
 * nothing not before some time has passed, which doubles, whoever asks.
 */
#ifndef VAULT_PROVE_H
#define VAULT_PROVE_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/cberr.h"
#include "common/keyin.h"
#include "vault/derive.h"
#include "vault/keyring.h"
#include "vault/store.h"

struct event;
struct vault;

/* In guarded memory. */
struct prove_mem {
	uint8_t		in[KEYIN_BYTES + 1];
	uint8_t		kek[STORE_MAXSLOTS][AEAD_KEY];	/* of those opened */
	uint8_t		out[AEAD_KEY];
	struct keyring	k;		/* opened, with its master key */
	struct keyring	next;		/* room for other keys */
};

/* Which keys are tried. */
enum prove_how {
	PROVE_ANY,		/* until a slot opens */
	PROVE_PHRASE,		/* the same, passphrases only */
	PROVE_EACH		/* all of them */
};

struct prove {
	struct vault	*v;
	uint64_t	 id;
	enum prove_how	 how;
	int		 fd;
	struct event	*ev;
	uint64_t	 deadline;
	struct prove_mem *m;
	size_t		 len;
	struct keyin	 keys[KEYIN_MAX];
	size_t		 nkeys;
	size_t		 key;		/* that is tried now */
	size_t		 slot;		/* at this slot */
	struct derive	 d;
	int		 tried;		/* this key, and it opened one */
	int		 fits;
	unsigned	 wrong;		/* keys that opened nothing */
	uint32_t	 opened;	/* slots, 1 << index */
	int		 error;		/* of one that could not be tried, or
					   0: which, from 1, and its cost */
	size_t		 dear;
	uint32_t	 dear_kib;
	int		 off;		/* nobody wants it any more */
	int		 waits;		/* for V_COMMIT or V_ABORT, or its
					   deadline */
	int		 sends;		/* a file, to who has to take it */
	struct store	*bundle;	/* whose slots are tried, in place of
					   the vault's */
	/* Called once keys are there, and to call prove_try; or NULL. */
	void		 (*there)(struct prove *);
	/* Called once slots are opened; ends it by prove_end. */
	void		 (*done)(struct prove *);
	/* done's */
	unsigned	 kind;
	uint32_t	 keep;
	uint8_t		 seen[STORE_DIGEST];
	char		*text;
	int		 second_fd;	/* for what goes out, or comes */
	/* of the key that is made for somebody, cost or NULL of a file's */
	void		 (*made)(struct prove *, const struct slot_cost *);
	/* a bundle that comes or goes, how much went, its digest */
	struct buf	 file;
	size_t		 sent;
	uint8_t		 digest[STORE_DIGEST];
};

/*
 * Takes fd, the read end of a pipe.  NULL and answered if it cannot be now.
 * What fails later is answered, too.
 */
struct prove	*prove_start(struct vault *, uint64_t id, int fd,
		    enum prove_how, void (*done)(struct prove *));
/*
 * V_PREPARED is about to be sent: nothing else is proved before V_COMMIT or
 * V_ABORT, or, if neither comes in time, its end without an answer.
 */
void		 prove_wait(struct prove *);
/* Whose slots are tried. */
const struct store *prove_store(const struct prove *);
/* The keys are tried on them. */
void		 prove_try(struct prove *);
/* Waits for its event until its deadline. */
void		 prove_arm(struct prove *);
/* The entry for the slot that is to be made, or NULL. */
const struct keyin *prove_new(const struct prove *);
/* Wipes and releases it; m goes to whoever has set it NULL. */
void		 prove_end(struct prove *);
/* The answer, and the end of it. */
void		 prove_fail(struct prove *, enum cberr, const char *, ...)
		    __attribute__((__format__ (printf, 3, 4)));
/* V_ABORT: 1 if that was the id. */
int		 prove_abort(struct vault *, uint64_t id);
/*
 * What still waits for its keys or a bundle, or for somebody to take one, ends,
 * and is answered why.
 */
void		 prove_unread(struct vault *, const char *why);
/* The vault ends. */
void		 prove_stop(struct vault *);

#endif
