/* SPDX-License-Identifier: ISC */
/* Emergency stops, as the log has them; see stops.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auditor/stops.h"
#include "common/field.h"

static void
end_same(struct estops *s, const struct estop *e)
{
	struct estop *at;

	if ((at = estops_find(s, e->scope, e->user, e->name)) != NULL)
		estops_del(s, at);
}

/* The members that estop_get() reads, out of a line. */
static void
fields_of(struct buf *b, const struct record_view *v)
{
	static const char *const texts[] = { "scope", "name" };
	char text[PLAN_MAXNAME + 1];
	uint64_t user;
	size_t i;

	buf_init(b, 4096);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (record_member_str(v->json, v->jsonlen, texts[i], text,
		    sizeof(text)) > 0)
			field_str(b, texts[i], text);
	if (record_member_u64(v->json, v->jsonlen, "user", &user) == 0)
		field_u64(b, "user", user);
}

/*
 * A string of a line, where only quotes, backslashes and what nobody can see
 * are escaped.  -1 if it is none, or is too long.
 */
static int
plain_text(const struct record_view *v, const char *path, char *out,
    size_t size)
{
	const char *p, *end;
	size_t len, n = 0;

	if (record_member(v->json, v->jsonlen, path, &p, &len) != 1 ||
	    len < 2 || *p != '"')
		return (-1);
	for (end = p + len - 1, p++; p < end; p++) {
		if (n == size - 1)
			return (-1);
		out[n++] = *p;
		if (*p != '\\')
			continue;
		if (*++p != 'u')
			out[n - 1] = *p;
		else {
			out[n - 1] = '?';
			p += 4;
		}
	}
	out[n] = '\0';
	return (0);
}

void
stops_read(struct estops *s, const struct record_view *v)
{
	char ev[16], word[16];
	struct estop e;
	uint64_t uid = 0;
	struct buf b;
	int bad;

	if (v->kind != RECORD_STOP || record_member_str(v->json, v->jsonlen,
	    "ev", ev, sizeof(ev)) == -1)
		return;
	fields_of(&b, v);
	bad = estop_get(b.data, b.len, &e);
	buf_free(&b);
	if (bad == -1)
		return;
	if (strcmp(ev, "resume") == 0) {
		end_same(s, &e);
		return;
	}
	if (plain_text(v, "reason", e.why, sizeof(e.why)) == -1)
		(void)snprintf(e.why, sizeof(e.why), "see record %llu",
		    (unsigned long long)v->number);
	e.by_signal = record_member_str(v->json, v->jsonlen, "by.signal",
	    word, sizeof(word)) > 0;
	(void)record_member_u64(v->json, v->jsonlen, "by.uid", &uid);
	e.by = (uint32_t)uid;
	e.time_us = v->time_us;
	(void)estops_add(s, &e);
}

/* Is it a record of a stop of this kind, and of what? */
static int
is_about(unsigned kind, const char *want, const void *fields, size_t len,
    struct estop *e)
{
	char *ev;
	int same;

	if (kind != RECORD_STOP)
		return (0);
	ev = field_get_str(fields, len, "ev");
	same = strcmp(ev, want) == 0;
	free(ev);
	return (same && estop_get(fields, len, e) == 0);
}

void
stops_begin(struct estops *s, unsigned kind, const void *fields, size_t len)
{
	struct estop e;

	if (is_about(kind, "stop", fields, len, &e))
		(void)estops_add(s, &e);
}

void
stops_end(struct estops *s, unsigned kind, const void *fields, size_t len)
{
	struct estop e;

	if (is_about(kind, "resume", fields, len, &e))
		end_same(s, &e);
}
