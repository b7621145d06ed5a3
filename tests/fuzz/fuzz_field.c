/* SPDX-License-Identifier: ISC */
/*
 * Fields and their JSON.  Whatever the bytes are, what comes out has no
 * control character, no bidi override and no record kind before a colon; and
 * a document without a key twice is one that the log's reader takes.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "common/record/record.h"
#include "tests/fuzz/fuzz.h"

static void
clean(const struct buf *b)
{
	static const char *const bad[] = {
		"exec:", "auth:", "session:", "\xe2\x80\xae", "\xe2\x80\x8b",
		"\xef\xbb\xbf", "\xc2\x9b",
	};
	size_t i;

	for (i = 0; i < b->len; i++)
		if (b->data[i] < 0x20 || b->data[i] == 0x7f)
			abort();
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (b->len != 0 && memmem(b->data, b->len, bad[i],
		    strlen(bad[i])) != NULL)
			abort();
}

/* Reads every field in every way that there is. */
static void
walk(const uint8_t *p, size_t n)
{
	struct strv sv = { NULL, 0 };
	struct field f;
	char key[65];
	struct rd r;

	rd_init(&r, p, n);
	while (field_next(&r, &f) == 1) {
		memcpy(key, f.key, f.keylen);
		key[f.keylen] = '\0';
		free(field_get_str(p, n, key));
		(void)field_get_u64(p, n, key, 0);
		field_get_list(p, n, key, &sv);
		strv_free(&sv);
	}
}

/* What is a record of one role is one of both, and not of the other. */
static void
forms(const uint8_t *p, size_t n)
{
	int any, auditor, supervisor;
	unsigned kind;

	for (kind = 0; kind <= RECORD_KINDS; kind++) {
		auditor = record_form_check(kind, RECORD_BY_AUDITOR, p, n) ==
		    NULL;
		supervisor = record_form_check(kind, RECORD_BY_SUPERVISOR, p,
		    n) == NULL;
		any = record_form_check(kind, RECORD_BY_AUDITOR |
		    RECORD_BY_SUPERVISOR, p, n) == NULL;
		if (any != (auditor || supervisor) || (auditor && supervisor))
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct record_head head = { 0, { 0 } };
	struct buf b;

	walk(p, n);
	forms(p, n);
	buf_init(&b, 1024 * 1024);
	if (field_json(&b, p, n, 0) == 0)
		clean(&b);
	buf_reset(&b);
	json_str(&b, (const char *)p, n);
	if (!b.bad)
		clean(&b);
	buf_reset(&b);
	/* a line that record_line makes is one that record_check takes */
	if (record_line(&b, &head, 0, RECORD_EXEC, p, n) == 0 &&
	    record_check((const char *)b.data, b.len, &head,
	    &(uint64_t){ 0 }) != NULL)
		abort();
	buf_free(&b);
	return (0);
}
