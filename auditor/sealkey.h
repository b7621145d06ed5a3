/* SPDX-License-Identifier: ISC */
/*
 * The keys that seal the log, those of the epoch that goes on and of the one
 * behind it: in locked memory, and in seal.key in the log directory, so that a
 * restart can go on.  Each is drawn fresh and is there, durable, before the
 * seal that names its public half; each is overwritten in both places as soon
 * as its own seal is durable.  Nobody can sign an earlier epoch again.
 *
 * The file (common/record/sealfile.h) has two places.  The key that is written
 * next takes that of the one that was used, so one write and one sync both wipe
 * and prepare.
 */
#ifndef AUDITOR_SEALKEY_H
#define AUDITOR_SEALKEY_H

#include <stddef.h>
#include <stdint.h>

#include "common/record/logseg.h"
#include "common/record/seal.h"

#define SEALKEY_FILE	LOG_SEALKEY

/* An Ed25519 key pair, as libsodium has them. */
struct sealkey_pair {
	uint8_t		 secret[64];
	uint8_t		 public[SEAL_KEY];
};

/* In locked memory. */
struct sealkeys {
	uint64_t	 epoch;		/* the one that goes on */
	int		 ready;		/* the next one's key is durable */
	struct sealkey_pair pair[2];	/* by epoch modulo 2 */
};

enum sealkey_found {
	SEALKEY_OK,
	SEALKEY_NONE,	/* there is no such file */
	SEALKEY_OTHER,	/* the key that is wanted is not in it */
	SEALKEY_ERROR	/* errno */
};

/*
 * Makes the file, with the key of epoch 0 and of the one behind it.  0, or -1
 * with errno.
 */
int	sealkey_make(struct sealkeys *, int dirfd);
/*
 * Reads it: the key of that epoch, with that public half, or any if want is
 * NULL.  The next one is drawn anew, and takes the place of whatever else is
 * there; until that is durable, ready is 0.
 */
enum sealkey_found sealkey_read(struct sealkeys *, int dirfd,
	    uint64_t epoch, const uint8_t want[SEAL_KEY]);
const struct sealkey_pair *sealkey_now(const struct sealkeys *);
const struct sealkey_pair *sealkey_next(const struct sealkeys *);
/*
 * The seal of the epoch is durable: its key is wiped, the next one goes on.
 * Forgets the key even where the file cannot be written: see ready.
 */
void	sealkey_step(struct sealkeys *);
/* Makes ready what is not.  0, or -1 with errno. */
int	sealkey_prepare(struct sealkeys *, int dirfd);

#endif
