/* SPDX-License-Identifier: ISC */
/*
 * Fingerprints of all secrets (common/fingerprint.h), on their way to the
 * runners of a daemon that stores output, in memory that is sealed; each looks
 * for them in what its own run has printed.
 */
#ifndef EXECUTOR_PRINTFILE_H
#define EXECUTOR_PRINTFILE_H

#include <stdint.h>

#include "common/payload.h"

struct fingerprints;

/* key: MSG_PRINT_KEY bytes.  A descriptor, or -1 and errno. */
int	printfile_new(const struct msg_prints *, const uint8_t *key);
/* The descriptor stays open.  To be freed, or NULL and errno. */
struct fingerprints *printfile_read(int fd);

#endif
