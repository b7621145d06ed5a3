/* SPDX-License-Identifier: ISC */
/*
 * Decimal numbers as others write them: digits alone, of ASCII, one at least.
 * Zeros in front count for nothing; a sign or a blank is no part of a number.
 */
#ifndef COMMON_DECIMAL_H
#define COMMON_DECIMAL_H

#include <stdint.h>

/*
 * All of s is a number, and it is no more than max: 0, or -1 and *v is what it
 * was.
 */
int	decimal(const char *s, uint64_t max, uint64_t *v);
/*
 * The number that s begins with: what stands behind its digits, or NULL where
 * there are none.  One that has no room in *v is UINT64_MAX there, so whoever
 * asks has a bound below that.
 */
const char *decimal_front(const char *s, uint64_t *v);

#endif
