/* SPDX-License-Identifier: ISC */
/* Heads of long texts and lists; see cut.h. */
#include "config.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "auditor/cut.h"
#include "common/field.h"
#include "common/record/record.h"
#include "common/xmalloc.h"

/* Of the words that a list may have, besides its text. */
#define WORD_COST	8

/* How much of a text is kept: not in the middle of a character. */
static size_t
head_of(const char *s, size_t len, size_t max)
{
	if (len <= max)
		return (len);
	while (max > 0 && ((uint8_t)s[max] & 0xc0) == 0x80)
		max--;
	return (max);
}

static void
put_digest(struct buf *b, const uint8_t digest[RECORD_DIGEST])
{
	char hex[2 * RECORD_DIGEST + 1];

	(void)sodium_bin2hex(hex, sizeof(hex), digest, RECORD_DIGEST);
	buf_printf(b, "BLAKE2b-256 of all: %s]", hex);
}

/* The text itself, or its head, how much is left out, and its digest. */
static void
cut_text(struct buf *out, const char *s, size_t len, size_t max)
{
	size_t n = head_of(s, len, max);
	uint8_t digest[RECORD_DIGEST];

	buf_put(out, s, n);
	if (n == len)
		return;
	buf_printf(out, "[%zu bytes more, ", len - n);
	record_digest(digest, s, len);
	put_digest(out, digest);
}

/* The text in b, which is freed, as one of v. */
static void
add_text(struct strv *v, struct buf *b)
{
	buf_put_u8(b, 0);
	strv_add(v, b->bad ? "" : (const char *)b->data);
	buf_free(b);
}

static void
cut_str(struct buf *b, const char *key, const struct field *f)
{
	struct strv v = { NULL, 0 };
	struct buf text;

	buf_init(&text, CUT_TEXT + 256);
	cut_text(&text, (const char *)f->val, f->len, CUT_TEXT);
	add_text(&v, &text);
	field_str(b, key, v.v[0]);
	strv_free(&v);
}

/* Of the words of a list, each with the NUL that ends it. */
static void
words_digest(const struct strv *v, uint8_t digest[RECORD_DIGEST])
{
	crypto_generichash_state st;
	size_t i;

	(void)crypto_generichash_init(&st, NULL, 0, RECORD_DIGEST);
	for (i = 0; i < v->n; i++)
		(void)crypto_generichash_update(&st,
		    (const uint8_t *)v->v[i], strlen(v->v[i]) + 1);
	(void)crypto_generichash_final(&st, digest, RECORD_DIGEST);
}

/* Words, until they are too many together; then only how many, and which. */
static void
cut_list(struct buf *b, const char *key, const struct strv *in)
{
	uint8_t digest[RECORD_DIGEST];
	struct strv v = { NULL, 0 };
	size_t i, len, left = CUT_WORDS;
	struct buf text;

	for (i = 0; i < in->n && left > 0; i++) {
		len = strlen(in->v[i]);
		buf_init(&text, CUT_TEXT + 256);
		cut_text(&text, in->v[i], len,
		    left < CUT_TEXT ? left : CUT_TEXT);
		add_text(&v, &text);
		len += WORD_COST;
		left -= len < left ? len : left;
	}
	if (i < in->n) {
		words_digest(in, digest);
		buf_init(&text, 256);
		buf_printf(&text, "[%zu words more, ", in->n - i);
		put_digest(&text, digest);
		add_text(&v, &text);
	}
	field_list(b, key, &v);
	strv_free(&v);
}

int
cut_fields(struct buf *b, const void *fields, size_t len)
{
	char key[FIELD_KEY + 1];
	struct strv v = { NULL, 0 };
	const uint8_t *from;
	struct field f;
	struct rd rd;
	int r;

	rd_init(&rd, fields, len);
	for (from = rd.p; (r = field_next(&rd, &f)) == 1; from = rd.p) {
		(void)snprintf(key, sizeof(key), "%.*s", (int)f.keylen, f.key);
		if (f.type == FIELD_STR)
			cut_str(b, key, &f);
		else if (f.type == FIELD_LIST) {
			field_get_list(fields, len, key, &v);
			cut_list(b, key, &v);
			strv_free(&v);
		} else
			buf_put(b, from, (size_t)(rd.p - from));
	}
	return (r);
}
