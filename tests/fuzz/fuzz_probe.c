/* SPDX-License-Identifier: ISC */
/*
 * The report of the battery; the first byte says how many attempts the
 * table has.  What is taken must come out as it went in.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "executor/battery/probe.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct probe_result r[PROBE_ATTEMPTS_MAX];
	struct buf b;
	size_t count;

	if (n == 0)
		return (0);
	count = p[0];
	p++;
	n--;
	if (probe_get(p, n, r, count) == -1)
		return (0);
	buf_init(&b, PROBE_REPORT_MAX);
	probe_put(&b, r, count);
	if (b.bad || b.len != n || memcmp(b.data, p, n) != 0)
		abort();
	buf_free(&b);
	return (0);
}
