/* SPDX-License-Identifier: ISC */
/* From a record's members to words of a command; see execline.h. */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "client/esc.h"
#include "client/execline.h"
#include "client/recwalk.h"

static void
put_utf8(struct buf *b, uint32_t c)
{
	if (c < 0x80)
		buf_put_u8(b, (uint8_t)c);
	else if (c < 0x800)
		buf_put_u8(b, (uint8_t)(0xc0 | c >> 6));
	else if (c < 0x10000)
		buf_put_u8(b, (uint8_t)(0xe0 | c >> 12));
	else
		buf_put_u8(b, (uint8_t)(0xf0 | c >> 18));
	if (c >= 0x10000)
		buf_put_u8(b, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
	if (c >= 0x800)
		buf_put_u8(b, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
	if (c >= 0x80)
		buf_put_u8(b, (uint8_t)(0x80 | (c & 0x3f)));
}

/* The number of a "\uXXXX" at p; 0 and no other if there is none. */
static int
unit_at(const char *p, const char *end, uint32_t *c)
{
	uint32_t v = 0;
	int i;

	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return (0);
	for (i = 2; i < 6; i++) {
		if (!isxdigit((unsigned char)p[i]))
			return (0);
		v = v << 4 | (uint32_t)(isdigit((unsigned char)p[i]) ?
		    p[i] - '0' : (p[i] | 0x20) - 'a' + 10);
	}
	*c = v;
	return (1);
}

/* What an escape at p stands for; the bytes that it takes. */
static size_t
put_escape(struct buf *b, const char *p, const char *end)
{
	uint32_t c, low;

	if (end - p == 1)
		return (1);
	if (!unit_at(p, end, &c)) {
		buf_put_u8(b, (uint8_t)p[1]);	/* a quote or itself */
		return (2);
	}
	if (c >= 0xd800 && c < 0xdc00 && unit_at(p + 6, end, &low) &&
	    low >= 0xdc00 && low < 0xe000) {
		put_utf8(b, 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00)));
		return (12);
	}
	put_utf8(b, c);
	return (6);
}

/* A string behind its first quote, as it was; where its last one is. */
static const char *
put_string(struct buf *b, const char *p, const char *end)
{
	while (p < end && *p != '"')
		if (*p == '\\')
			p += put_escape(b, p, end);
		else
			buf_put_u8(b, (uint8_t)*p++);
	return (p);
}

/*
 * The next string of a list, from *at on: 1 and the word as it was; or 0.
 * What is no UTF-8 is an object in the list, and stays as it is.
 */
static int
next_word(const char **at, const char *end, struct buf *word)
{
	const char *p = *at;

	buf_reset(word);
	while (p < end && strchr("[,", *p) != NULL)
		p++;
	if (p >= end || *p == ']')
		return (0);
	if (*p == '{') {
		for (; p < end && *p != '}'; p++)
			buf_put_u8(word, (uint8_t)*p);
		*at = p + (p < end);
		buf_put_u8(word, '}');
		return (1);
	}
	for (; p < end && *p != '"'; p++)
		;
	if (p < end)
		p = put_string(word, p + 1, end);
	*at = p + (p < end);
	return (1);
}

void
execline_words(const struct record_view *v, const char *path,
    struct strv *words)
{
	const char *at, *end;
	struct buf word;
	size_t len;

	if (!record_member(v->json, v->jsonlen, path, &at, &len) || len == 0 ||
	    strchr("[\"", *at) == NULL)
		return;
	end = at + len;
	buf_init(&word, RECORD_MAX);
	while (next_word(&at, end, &word))
		strv_addn(words, (const char *)word.data, word.len);
	buf_free(&word);
}

void
execline_argv(const struct record_view *v, struct strv *argv)
{
	execline_words(v, "argv", argv);
}

static void
put_words(struct buf *b, const struct record_view *v)
{
	struct strv argv = { NULL, 0 };
	const char *val;
	size_t i, len;

	execline_argv(v, &argv);
	if (argv.n == 0 && record_member(v->json, v->jsonlen, "excerpt", &val,
	    &len))
		buf_printf(b, " " RECORD_UNSHOWN);
	for (i = 0; i < argv.n; i++) {
		buf_put_u8(b, ' ');
		esc_word(b, argv.v[i], strlen(argv.v[i]));
	}
	strv_free(&argv);
}

/* A member that is a string. */
static void
put_text(struct buf *b, const struct record_view *v, const char *key)
{
	struct buf text;
	const char *val;
	size_t len;

	if (!record_member(v->json, v->jsonlen, key, &val, &len) || len < 2 ||
	    *val != '"')
		return;
	buf_init(&text, RECORD_MAX);
	(void)put_string(&text, val + 1, val + len);
	esc_text(b, text.data, text.len);
	buf_free(&text);
}

/* Is that member this string? */
static int
is_text(const struct record_view *v, const char *key, const char *text)
{
	char is[16];

	return (record_member_str(v->json, v->jsonlen, key, is,
	    sizeof(is)) != -1 && strcmp(is, text) == 0);
}

/* By which rule; and why it was refused, where that alone does not tell. */
static void
put_reasons(struct buf *b, const struct record_view *v)
{
	const char *val;
	size_t len;
	int has_rule, has_why, answered;

	has_rule = record_member(v->json, v->jsonlen, "rule", &val, &len);
	has_why = is_text(v, "verdict", "deny") &&
	    record_member(v->json, v->jsonlen, "reason", &val, &len) &&
	    len > 2 && !(has_rule && is_text(v, "reason", "denied"));
	answered = record_member(v->json, v->jsonlen, "answered", &val, &len);
	if (!has_rule && !has_why && !answered)
		return;
	buf_printf(b, "  (");
	put_text(b, v, "rule");
	if (has_why) {
		buf_printf(b, has_rule ? "; " : "");
		put_text(b, v, "reason");
	}
	if (answered)
		buf_printf(b, has_rule || has_why ? ", answered" : "answered");
	buf_put_u8(b, ')');
}

/* A name, which may be none that is UTF-8. */
static void
put_name(struct buf *b, const struct record_view *v, const char *key)
{
	const char *at;
	struct buf word;
	size_t len;

	if (!record_member(v->json, v->jsonlen, key, &at, &len))
		return;
	buf_init(&word, RECORD_MAX);
	if (next_word(&at, at + len, &word))
		esc_word(b, word.data, word.len);
	buf_free(&word);
}

static int
file_line(struct buf *b, const struct record_view *v)
{
	const char *val;
	uint64_t seq;
	size_t len;
	char ev[16];

	if (record_member_str(v->json, v->jsonlen, "ev", ev,
	    sizeof(ev)) == -1 ||
	    record_member_u64(v->json, v->jsonlen, "seq", &seq) == -1)
		return (0);
	buf_printf(b, "%llu %.*s ", (unsigned long long)v->number, RECORD_TIME,
	    v->time);
	put_text(b, v, "run");
	buf_printf(b, " file %llu %s ", (unsigned long long)seq, ev);
	if (record_member(v->json, v->jsonlen, "excerpt", &val, &len))
		buf_printf(b, RECORD_UNSHOWN);
	put_name(b, v, "path");
	if (record_member(v->json, v->jsonlen, "to", &val, &len)) {
		buf_printf(b, " -> ");
		put_name(b, v, "to");
	}
	return (1);
}

int
execline_show(struct buf *b, const struct record_view *v)
{
	uint64_t seq, parent;
	char ev[8];

	if (v->kind == RECORD_FILE)
		return (file_line(b, v));
	if (v->kind != RECORD_EXEC || record_member_str(v->json, v->jsonlen,
	    "ev", ev, sizeof(ev)) == -1 || strcmp(ev, "exec") != 0 ||
	    record_member_u64(v->json, v->jsonlen, "seq", &seq) == -1)
		return (0);
	buf_printf(b, "%llu %.*s ", (unsigned long long)v->number, RECORD_TIME,
	    v->time);
	put_text(b, v, "run");
	buf_printf(b, " #%llu", (unsigned long long)seq);
	if (record_member_u64(v->json, v->jsonlen, "parent", &parent) == 0)
		buf_printf(b, "<%llu", (unsigned long long)parent);
	buf_put_u8(b, ' ');
	put_text(b, v, "verdict");
	put_words(b, v);
	put_reasons(b, v);
	return (1);
}
