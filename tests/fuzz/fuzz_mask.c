/* SPDX-License-Identifier: ISC */
/*
 * mask_check and the ids that people type: the input is two strings with a
 * NUL in between.  A text that passes and has no mark is the original.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/plan.h"
#include "tests/fuzz/fuzz.h"

static void
ids(const char *s)
{
	char text[RUNID_TEXT];
	uint64_t id;

	if (runid_parse(s, &id) == -1)
		return;
	runid_text(text, id);
	if (id == 0 || (id & ~RUNID_MASK) != 0 || strcmp(text, s) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *orig, *text, *plain;
	const uint8_t *mid;

	if ((mid = n != 0 ? memchr(p, '\0', n) : NULL) == NULL)
		return (0);
	orig = xstrdup((const char *)p);
	text = xstrndup((const char *)mid + 1, n - (size_t)(mid + 1 - p));
	if (mask_check(orig, orig) != 0 || mask_check(orig, MASK_MARK) != 0)
		abort();
	plain = xstrdup(text);
	mask_plain(plain);
	/* what passes and tells of nothing hidden is all of it */
	if (mask_check(orig, text) == 0 && strcmp(plain, text) == 0 &&
	    strcmp(text, orig) != 0 && strcmp(text, MASK_MARK) != 0)
		abort();
	if (strlen(plain) > strlen(text))
		abort();
	free(plain);
	ids(orig);
	ids(text);
	free(orig);
	free(text);
	return (0);
}
