/* SPDX-License-Identifier: ISC */
/*
 * What a sandbox tells its runner, a runner the executor, and the other way:
 * all codecs of executor/inside.h, by the first byte, which is the letter.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/inside.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static uint8_t again[INSIDE_ROOM];
	struct buf b;

	if (n == 0 || n > sizeof(again))
		return (0);
	if (inside_recode(p, n, again, &b) == -1)
		return (0);
	if (b.bad || b.len != n || memcmp(again, p, n) != 0)
		abort();
	return (0);
}
