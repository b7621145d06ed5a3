/* SPDX-License-Identifier: ISC */
/*
 * seal.key, the keys that seal a log.  It has two places, 4,096 bytes apart; an
 * epoch's key is in the one of its number modulo 2.  What belongs where, and
 * when it is wiped, is in auditor/sealkey.h.
 */
#ifndef COMMON_RECORD_SEALFILE_H
#define COMMON_RECORD_SEALFILE_H

#include <stdint.h>

#include "common/record/logseg.h"
#include "common/record/seal.h"

/* An Ed25519 secret key, as libsodium has it. */
#define SEALFILE_SECRET	64

/* The key of that epoch into its place; not synced.  0, or -1 with errno. */
int	sealfile_put(int fd, uint64_t epoch,
	    const uint8_t secret[SEALFILE_SECRET]);
/* 1 if its place has the key of that epoch, which is given; 0, or -1. */
int	sealfile_get(int fd, uint64_t epoch, uint8_t secret[SEALFILE_SECRET],
	    uint8_t public[SEAL_KEY]);
/* Is there a key, of whatever epoch?  1 or 0, or -1 with errno. */
int	sealfile_any(int dirfd);
/*
 * Does the directory say that the log, whose seals are those and whose last
 * record is tail, goes on with other keys behind its last seal?
 */
int	sealfile_restored(int dirfd, const struct sealcheck *, uint64_t tail);
/*
 * Can a daemon go on behind the last seal, with the key that is there or with
 * one that it makes?  1 or 0, or -1 with errno.
 */
int	sealfile_fits(int dirfd, const struct sealcheck *, uint64_t tail);

#endif
