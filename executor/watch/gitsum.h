/* SPDX-License-Identifier: ISC */
/*
 * The sum at the end of an index of git's: SHA-1 (FIPS 180-4), as its format
 * has it against damage.  It proves nothing, and nothing else may use it.
 */
#ifndef EXECUTOR_WATCH_GITSUM_H
#define EXECUTOR_WATCH_GITSUM_H

#include <stddef.h>
#include <stdint.h>

#define GITSUM_SIZE	20U

void	gitsum(uint8_t out[GITSUM_SIZE], const uint8_t *, size_t);

#endif
