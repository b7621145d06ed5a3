/* SPDX-License-Identifier: ISC */
/*
 * A line of the log, by record_check and by the whole reader.  A line that
 * is taken has all its parts, and taken or not, the reader comes to an end
 * with a verdict that names what it read.
 */
#include "config.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/record/logscan.h"
#include "common/record/record.h"
#include "common/record/seal.h"
#include "tests/fuzz/fuzz.h"

/* A seal that is read is the line, to the byte: no other one reads as it. */
static void
one_seal(const char *p, size_t n)
{
	char vkey[SEAL_VKEY], log[SEAL_NAME + 1];
	uint8_t key[SEAL_KEY];
	struct seal s, again;
	struct buf b;

	if (seal_read(&s, p, n) == -1)
		return;
	(void)seal_signed(&s);
	buf_init(&b, SEAL_NOTE);
	seal_note(&b, &s);
	if (b.bad || seal_read(&again, p, n) == -1 ||
	    memcmp(&s, &again, sizeof(s)) != 0)
		abort();
	buf_free(&b);
	if (strlen(s.log) != SEAL_NAME || strchr(s.log, '+') != NULL)
		return;
	seal_vkey(vkey, s.log, s.key);
	if (seal_vkey_parse(log, key, vkey) == -1 ||
	    memcmp(key, s.key, sizeof(key)) != 0)
		abort();
}

static void
one_line(const char *p, size_t n)
{
	struct record_head start;
	struct record_view v;
	const char *rule, *val;
	uint64_t got;
	size_t len;

	record_start(&start);
	rule = record_check(p, n, &start, &got);
	if (rule == NULL && (got != 1 || record_check(p, n, NULL,
	    &got) != NULL))
		abort();
	if (record_check(p, n, NULL, &got) != NULL)
		return;
	if (record_view(&v, p, n) == -1 || v.number != got ||
	    v.json + v.jsonlen + 1 != p + n ||
	    record_kind_name(v.kind) == NULL ||
	    record_begins(p, n, v.kind) != 1 ||
	    !record_member(v.json, v.jsonlen, "p", &val, &len) ||
	    len != RECORD_P + 2 || val + 1 != v.p)
		abort();
	one_seal(p, n);
}

/* In pieces of any size the verdict is the same. */
static void
whole(const uint8_t *p, size_t n)
{
	struct logscan_result a, b;
	struct logscan *s;
	size_t i;

	s = logscan_new(NULL, NULL);
	(void)logscan_file(s, "-", 0, 1);
	(void)logscan_feed(s, p, n);
	(void)logscan_end(s, &a);
	logscan_free(s);
	s = logscan_new(NULL, NULL);
	(void)logscan_file(s, "-", 0, 1);
	for (i = 0; i < n; i++)
		if (logscan_feed(s, p + i, 1) == -1)
			break;
	(void)logscan_end(s, &b);
	logscan_free(s);
	if (a.status != b.status || a.record != b.record ||
	    a.offset != b.offset || a.records != b.records ||
	    memcmp(&a.last, &b.last, sizeof(a.last)) != 0)
		abort();
	if (a.offset > n ||
	    (a.status == LOGSCAN_OK && a.records != a.last.number))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static int ready;

	if (!ready && sodium_init() == -1)
		abort();
	ready = 1;
	one_line((const char *)p, n);
	whole(p, n);
	return (0);
}
