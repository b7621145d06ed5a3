/* SPDX-License-Identifier: ISC */
/*
 * gitconf: the input is two texts with a NUL in between.  What may take the
 * place of nothing is harmless, and what is harmless may always be written,
 * as it stands.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "executor/watch/gitconf.h"
#include "tests/fuzz/fuzz.h"

static int
replace(const char *old, size_t oldlen, const char *text, size_t len,
    struct buf *out)
{
	buf_init(out, GITCONF_MAX);
	return (gitconf_replace(old, oldlen, text, len, out));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const char *old = (const char *)p, *text;
	const uint8_t *mid;
	struct buf out;
	size_t oldlen, len;
	int r;

	if ((mid = n != 0 ? memchr(p, '\0', n) : NULL) == NULL)
		return (0);
	text = (const char *)mid + 1;
	oldlen = (size_t)(mid - p);
	len = n - oldlen - 1;
	r = replace("", 0, text, len, &out);
	if (gitconf_harmless(text, len) != (r == 0))
		abort();
	if (r == 1 && !gitconf_harmless((char *)out.data, out.len))
		abort();
	buf_free(&out);
	r = replace(old, oldlen, text, len, &out);
	/* what came of it may be written once more */
	if (r >= 0 && gitconf_harmless(old, oldlen) &&
	    !gitconf_harmless((char *)out.data, out.len))
		abort();
	buf_free(&out);
	return (0);
}
