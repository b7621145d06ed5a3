/* SPDX-License-Identifier: ISC */
/*
 * The vault's parsers.  The first byte picks: the file, or a bundle, which when
 * it is taken must be written back byte for byte, or the index of a file, for
 * which the same holds.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "tests/fuzz/fuzz.h"
#include "vault/store.h"

static void
fuzz_file(const char *text, size_t len, int bundle)
{
	struct store *st, *again;
	struct buf b;
	unsigned line;

	(void)store_is_dotenv(text, len);
	if ((bundle ? store_parse_bundle : store_parse)(text, len, &st,
	    &line) != NULL) {
		if (st != NULL)
			abort();
		return;
	}
	again = store_clone(st);
	buf_init(&b, STORE_MAX);
	store_put(&b, again);
	store_put_mac(&b, again->mac);
	if (store_is_vault(text, len) == bundle || b.bad || b.len != len ||
	    memcmp(b.data, text, len) != 0 || again->macoff != st->macoff)
		abort();
	buf_free(&b);
	store_free(again);
	store_free(st);
}

static void
fuzz_index(const uint8_t *text, size_t len)
{
	struct store *st;
	struct buf b;
	size_t i;

	if (len < 4)
		return;
	st = store_new();
	st->version = 5;
	/* As many records as it says, as far as a file could have them. */
	st->nentries = (size_t)text[2] << 8 | text[3];
	if (st->nentries > STORE_MAXRECORDS)
		st->nentries = STORE_MAXRECORDS;
	st->entries = xcalloc(st->nentries + 1, sizeof(*st->entries));
	if (store_get_index(st, text, len) == 0) {
		/* the next of each is one that is taken, too */
		for (i = 0; i < st->nentries; i++)
			if (st->entries[i].version - 1 >= STORE_VERSION_MAX)
				abort();
		buf_init(&b, STORE_MAXINDEX);
		store_put_index(&b, st);
		if (b.bad || b.len != len || memcmp(b.data, text, len) != 0)
			abort();
		buf_free(&b);
	}
	store_free(st);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static int up;

	if (!up && sodium_init() == -1)
		abort();
	up = 1;
	if (len == 0)
		return (0);
	if (data[0] == 'i')
		fuzz_index(data + 1, len - 1);
	else
		fuzz_file((const char *)data + 1, len - 1, data[0] == 'b');
	return (0);
}
