/* SPDX-License-Identifier: ISC */
/*
 * A seal: the record that ends an epoch of the log.  It signs, with that
 * epoch's Ed25519 key, which records the epoch has, the tree over all records
 * up to there (tree.h), the digest of the last one, and the public key of the
 * next epoch, which no other key may take the place of.
 *
 * What is signed is a checkpoint of C2SP (c2sp.org/tlog-checkpoint), and with
 * its signature a signed note (c2sp.org/signed-note):
 *
 *	clawbot/4ee4a6a16d2e4ee1b3c2f2a8d0a1e6c7
 *	1024
 *	<root, base64>
 *	epoch 3
 *	records 731 1024
 *	time 2026-01-02T03:04:05.678901Z
 *	chain <digest of record 1024, base64>
 *	next <public key, base64>
 *
 * The first line is the name of the log, a digest of its first public key; a
 * log that was restored without its keys has a series of others from there on,
 * under another name, whose first seal is of epoch 0 again.  The size of the
 * tree is the number of the last record, and the seal is the one
 * behind it.  Needs libsodium.
 */
#ifndef COMMON_RECORD_SEAL_H
#define COMMON_RECORD_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/record/record.h"
#include "common/record/tree.h"

#define SEAL_KEY	32
#define SEAL_SIG	64
#define SEAL_NAME	40	/* "clawbot/" and 32 digits */
#define SEAL_VKEY	128	/* a public key with its name, as text */
#define SEAL_NOTE	1024	/* a note is shorter */

struct seal {
	char		 log[SEAL_NAME + 1];
	uint64_t	 epoch;
	uint64_t	 first;		/* records of the epoch */
	uint64_t	 last;
	uint64_t	 time_us;	/* of the seal itself */
	uint8_t		 chain[RECORD_DIGEST];
	uint8_t		 root[TREE_HASH];
	uint8_t		 key[SEAL_KEY];
	uint8_t		 next[SEAL_KEY];
	uint8_t		 sig[SEAL_SIG];
};

/* The name of a log whose first epoch has that key. */
void	seal_name(char out[SEAL_NAME + 1], const uint8_t key[SEAL_KEY]);
/* Appends what is signed; to note also the signature. */
void	seal_text(struct buf *, const struct seal *);
void	seal_note(struct buf *, const struct seal *);
/* Appends what its record has, field.h fields. */
void	seal_fields(struct buf *, const struct seal *);
/*
 * Out of a line that passed record_check.  0, or -1 if it is not, to the
 * byte, the line that has this seal.
 */
int	seal_read(struct seal *, const char *line, size_t len);
/* Is the signature that of the key, which the seal names itself? */
int	seal_signed(const struct seal *);

/* A public key as a signed note's verifier takes it: NAME+ID+KEY. */
void	seal_vkey(char out[SEAL_VKEY], const char *log,
	    const uint8_t key[SEAL_KEY]);
/* 0, or -1 if that is none of a log. */
int	seal_vkey_parse(char log[SEAL_NAME + 1], uint8_t key[SEAL_KEY],
	    const char *);

/* What one seal after the other is held to. */
struct sealcheck {
	struct tree	 tree;		/* of all records so far */
	uint64_t	 seals;
	uint64_t	 at;		/* record of the last one, 0: none */
	uint64_t	 series;	/* record of the first of its name */
	struct seal	 last;
};

void	sealcheck_init(struct sealcheck *);
/*
 * The next record, a line that passed record_check behind that head, and its
 * digest.  NULL, or the name of the rule that its seal breaks:
 * "seal", or "key" where another key signed than the one that had to.
 */
const char *sealcheck_line(struct sealcheck *, const char *line, size_t len,
	    const struct record_head *before,
	    const uint8_t digest[RECORD_DIGEST]);

#endif
