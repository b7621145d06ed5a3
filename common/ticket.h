/* SPDX-License-Identifier: ISC */
/*
 * A ticket: the auditor's word that a record is durable.  No run starts and
 * the vault opens nothing without one.  MAC: keyed BLAKE2b-256 (RFC 7693)
 * over all that stands before it, under a key that only the auditor and the
 * addressee hold: the vault, or the processes that start the runs of one
 * skill.  Needs libsodium.
 *
 * Encoding, TICKET_SIZE bytes: "CBT1", u8 kind, u8 0, u64 run, u64 record,
 * u64 expiry, 32 bytes digest, 20 bytes 0, 32 bytes MAC.
 */
#ifndef COMMON_TICKET_H
#define COMMON_TICKET_H

#include <stdint.h>

#define TICKET_SIZE	114
#define TICKET_KEY	32

/* One of each pair that has one; in guarded memory, and wiped. */
struct ticket_keys {
	uint8_t		exec[TICKET_KEY];
	uint8_t		vault[TICKET_KEY];
};

enum ticket_kind {
	TICKET_EXEC = 1,	/* digest: the plan's */
	TICKET_SECRET = 2,	/* digest: BLAKE2b-256 of the secret and its
				   version, see ticket_secret_digest() */
	TICKET_COMMIT = 3,	/* digest: of the vault file to put in force */
	TICKET_ANSWER = 4,	/* digest: BLAKE2b-256 of the EXEC that may go
				   on; sealed with the key of its run */
	TICKET_RULES = 5,	/* digest: BLAKE2b-256 of the XSKILL that a
				   skill's runs have from now on; run is 0 */
	TICKET_REVEAL = 6,	/* digest: BLAKE2b-256 of a secret's name; its
				   value is shown to whoever has asked */
	TICKET_EXPORT = 7	/* digest: of the file for another machine that
				   whoever has asked is given */
};

struct ticket {
	uint8_t		kind;
	uint64_t	run;		/* or request: COMMIT, REVEAL,
					   EXPORT */
	uint64_t	record;
	uint64_t	expires_ms;	/* CLOCK_BOOTTIME */
	uint8_t		digest[32];
};

/*
 * The key of one skill's runs, from the one for runs (keyed BLAKE2b-256 of
 * its name): what is sealed for one skill is nothing to another.
 */
void	ticket_skill_key(uint8_t out[TICKET_KEY], const uint8_t key[TICKET_KEY],
	    const char *skill);
/*
 * The key of the answers to one run, from that of its skill's runs: keyed
 * BLAKE2b-256 of the run, 8 bytes, big-endian.
 */
void	ticket_run_key(uint8_t out[TICKET_KEY],
	    const uint8_t skill_key[TICKET_KEY], uint64_t run);
void	ticket_make(uint8_t out[TICKET_SIZE], const struct ticket *,
	    const uint8_t key[TICKET_KEY]);
/*
 * 0 if in is a ticket of this kind for this run and digest, not expired,
 * with a good MAC; else -1 and *why (static text), which is ticket_expired
 * if that alone is wrong.  That it was not used before is the caller's to
 * know.
 */
extern const char ticket_expired[];
int	ticket_check(const uint8_t in[TICKET_SIZE], uint8_t kind, uint64_t run,
	    const uint8_t digest[32], const uint8_t key[TICKET_KEY],
	    const char **why);
/*
 * Of a secret in one of its versions, as the record of its run names it, see
 * varname_versioned(): so nothing else is released than what stands there.
 */
void	ticket_secret_digest(uint8_t digest[32], const char *text);
/* The record that a ticket is of; to be believed once it was checked. */
uint64_t ticket_record(const uint8_t in[TICKET_SIZE]);
/* Now, on the clock of tickets. */
uint64_t ticket_now(void);

#endif
