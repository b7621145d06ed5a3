/* SPDX-License-Identifier: ISC */
/*
 * The codecs of plan.h and xconf.h; the first byte picks one.  What a
 * decoder takes must come out of the encoder as it went in.
 */
#include "config.h"

#include <stdlib.h>

#include "common/msg.h"
#include "tests/fuzz/fuzz.h"
#include "tests/sample.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct codec *c;
	struct buf b;

	if (n == 0)
		return (0);
	c = &codecs[p[0] % NCODECS];
	p++;
	n--;
	buf_init(&b, MSG_CONFIG_MAX);
	if (c->recode(p, n, &b) == 0 && (b.bad || b.len != n ||
	    (n != 0 && memcmp(b.data, p, n) != 0)))
		abort();
	buf_free(&b);
	return (0);
}
