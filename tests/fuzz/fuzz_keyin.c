/* SPDX-License-Identifier: ISC */
/*
 * Keys of slots as a client has sent them: what is taken apart lies inside of
 * what was sent, and put together again it is the same.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/keyin.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static uint8_t again[KEYIN_BYTES];
	struct keyin v[KEYIN_MAX];
	size_t i, n, m = 0;

	if (keyin_get(p, len, v, &n) == -1) {
		if (n != 0)
			abort();
		return (0);
	}
	for (i = 0; i < n; i++) {
		if (v[i].len == 0 || v[i].len > KEYFILE_MAX || v[i].p < p ||
		    (size_t)(v[i].p - p) + v[i].len > len)
			abort();
		if (keyin_put(again, &m, &v[i]) == -1)
			abort();
	}
	if (m != len || (len != 0 && memcmp(again, p, len) != 0))
		abort();
	return (0);
}
