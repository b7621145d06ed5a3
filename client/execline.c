/* SPDX-License-Identifier: ISC */
/* From a record's members to words of a command; see execline.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/esc.h"
#include "client/execline.h"

/*
 * The next string of a list, from *at on: 1 and the word, with its escapes
 * undone but for those that stand for what nobody sees; or 0.  What is no
 * UTF-8 is an object in the list, and stays as it is.
 */
static int
next_word(const char **at, const char *end, struct buf *word)
{
	const char *p = *at;
	int in = 0;

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
	for (; p < end && !(in && *p == '"'); p++) {
		if (!in) {
			in = 1;
			continue;
		}
		if (*p == '\\' && p + 1 < end && strchr("\"\\", p[1]) != NULL)
			p++;
		buf_put_u8(word, (uint8_t)*p);
	}
	*at = p + (p < end);
	return (1);
}

static void
put_words(struct buf *b, const struct record_view *v)
{
	const char *at, *end;
	struct buf word;
	size_t len;

	if (!record_member(v->json, v->jsonlen, "argv", &at, &len))
		return;
	end = at + len;
	buf_init(&word, RECORD_MAX);
	while (next_word(&at, end, &word)) {
		buf_put_u8(b, ' ');
		esc_word(b, word.data, word.len);
	}
	buf_free(&word);
}

/* A member that is a string, as its own JSON has it but the quotes. */
static void
put_text(struct buf *b, const struct record_view *v, const char *key)
{
	const char *val;
	size_t len;

	if (record_member(v->json, v->jsonlen, key, &val, &len) && len > 2 &&
	    *val == '"')
		esc_text(b, val + 1, len - 2);
}

int
execline_show(struct buf *b, const struct record_view *v)
{
	const char *val;
	uint64_t seq, parent;
	char ev[8];
	size_t len;

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
	if (record_member(v->json, v->jsonlen, "rule", &val, &len)) {
		buf_printf(b, "  (");
		put_text(b, v, "rule");
		if (record_member(v->json, v->jsonlen, "answered", &val, &len))
			buf_printf(b, ", answered");
		buf_put_u8(b, ')');
	}
	return (1);
}
