/* SPDX-License-Identifier: ISC */
/* The kinds of records: see kind.h. */
#include "config.h"

#include <string.h>

#include "common/defs.h"
#include "common/record/kind.h"

#define WORD(name, word)	[RECORD_##name] = word,
static const char *const words[RECORD_KINDS] = { RECORD_KINDS_TABLE(WORD) };

/* Not written yet, but what is logged now must not look like them. */
static const char *const kept[] = {
	"api", "file", "net", "seal", "redact"
};

const char *
record_kind_name(unsigned kind)
{
	return (kind < RECORD_KINDS ? words[kind] : NULL);
}

unsigned
record_kind_find(const char *s, size_t n)
{
	unsigned k;

	for (k = RECORD_NONE + 1; k < RECORD_KINDS; k++)
		if (strlen(words[k]) == n && memcmp(words[k], s, n) == 0)
			return (k);
	return (RECORD_NONE);
}

static int
ends_in(const char *s, size_t n, const char *word)
{
	size_t len = strlen(word);

	return (n >= len && memcmp(s + n - len, word, len) == 0);
}

int
record_kind_ends(const void *data, size_t n)
{
	size_t k;

	for (k = RECORD_NONE + 1; k < RECORD_KINDS; k++)
		if (ends_in(data, n, words[k]))
			return (1);
	for (k = 0; k < NELEM(kept); k++)
		if (ends_in(data, n, kept[k]))
			return (1);
	return (0);
}
