/* SPDX-License-Identifier: ISC */
/*
 * The codecs of plan.h and xconf.h, and from 128 on the shapes of all types
 * of msg.h; the first byte picks one.  What a decoder takes must come out of
 * the encoder as it went in.
 */
#include "config.h"

#include <stdlib.h>

#include "common/payload.h"
#include "tests/fuzz/fuzz.h"
#include "tests/sample.h"

static int
recode_shape(unsigned i, const uint8_t *p, size_t n, struct buf *b)
{
	const struct msg_row *row = msg_row_at(i);
	const struct shape *s;
	void *v;
	int r;

	if (row == NULL || (s = row->shape) == NULL)
		return (-1);
	v = xcalloc(1, s->size);
	if ((r = shape_get(s, v, p, n)) == 0)
		shape_put(s, b, v);
	shape_free(s, v);
	free(v);
	return (r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	unsigned which;
	struct buf b;
	int r;

	if (n == 0)
		return (0);
	which = *p++;
	n--;
	buf_init(&b, MSG_CONFIG_MAX);
	r = which >= 128 ? recode_shape(which - 128, p, n, &b) :
	    codecs[which % NCODECS].recode(p, n, &b);
	if (r == 0 && (b.bad || b.len != n ||
	    (n != 0 && memcmp(b.data, p, n) != 0)))
		abort();
	buf_free(&b);
	return (0);
}
