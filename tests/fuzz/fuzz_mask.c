/* SPDX-License-Identifier: ISC */
/*
 * mask_check and the ids that people type: the input is two strings with a
 * NUL in between.  A text that passes really is the original with pieces
 * taken out: its literal bytes are never more than the original has.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/plan.h"
#include "tests/fuzz/fuzz.h"

/* Bytes of text that are not a mark. */
static size_t
literal(const char *text)
{
	size_t n = 0;

	while (*text != '\0')
		if (strncmp(text, MASK_MARK, strlen(MASK_MARK)) == 0)
			text += strlen(MASK_MARK);
		else {
			n++;
			text++;
		}
	return (n);
}

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
	char *orig, *text;
	const uint8_t *mid;

	if ((mid = n != 0 ? memchr(p, '\0', n) : NULL) == NULL)
		return (0);
	orig = xstrdup((const char *)p);
	text = xstrndup((const char *)mid + 1, n - (size_t)(mid + 1 - p));
	if (mask_check(orig, orig) != 0 || mask_check(orig, MASK_MARK) != 0)
		abort();
	if (mask_check(orig, text) == 0 && literal(text) > strlen(orig))
		abort();
	ids(orig);
	ids(text);
	free(orig);
	free(text);
	return (0);
}
