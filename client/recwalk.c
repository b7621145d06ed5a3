/* SPDX-License-Identifier: ISC */
/* Members of a record; see recwalk.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "client/esc.h"
#include "client/execline.h"
#include "client/recwalk.h"

/* Behind the string that begins at p. */
static const char *
skip_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		if (*p == '\\' && p + 1 < end)
			p++;
	return (p < end ? p + 1 : end);
}

/* Behind the value that begins at p. */
static const char *
skip_value(const char *p, const char *end)
{
	unsigned depth = 0;

	while (p < end) {
		if (*p == '"')
			p = skip_string(p, end);
		else if (*p == '{' || *p == '[') {
			depth++;
			p++;
		} else if (*p == '}' || *p == ']') {
			if (depth == 0)
				return (p);
			depth--;
			p++;
		} else if (*p == ',' && depth == 0)
			return (p);
		else
			p++;
		if (depth == 0 && p < end && (*p == ',' || *p == '}'))
			return (p);
	}
	return (end);
}

void
recwalk_init(struct recwalk *w, const char *json, size_t len)
{
	w->p = len != 0 ? json + 1 : json;
	w->end = json + len;
}

int
recwalk_next(struct recwalk *w, struct recmember *m)
{
	const char *p = w->p;

	if (p < w->end && *p == ',')
		p++;
	if (p >= w->end || *p != '"')
		return (0);
	m->key = p + 1;
	p = skip_string(p, w->end);
	m->keylen = (size_t)(p - m->key) - 1;
	if (p >= w->end || *p != ':')
		return (0);
	m->val = p + 1;
	w->p = skip_value(p + 1, w->end);
	m->len = (size_t)(w->p - m->val);
	return (1);
}

int
recwalk_element(struct recwalk *w, struct recmember *m)
{
	if (w->p < w->end && *w->p == ',')
		w->p++;
	if (w->p >= w->end || *w->p == ']')
		return (0);
	m->key = NULL;
	m->keylen = 0;
	m->val = w->p;
	w->p = skip_value(w->p, w->end);
	m->len = (size_t)(w->p - m->val);
	return (1);
}

int
recmember_is(const struct recmember *m, const char *key)
{
	return (m->keylen == strlen(key) && memcmp(m->key, key,
	    m->keylen) == 0);
}

int
record_text(const struct record_view *v, const char *path, char *out,
    size_t size)
{
	struct strv words = { NULL, 0 };
	int r = -1;

	execline_words(v, path, &words);
	if (words.n != 0) {
		(void)snprintf(out, size, "%s", words.v[0]);
		r = 0;
	}
	strv_free(&words);
	return (r);
}

int
record_has(const struct record_view *v, const char *path)
{
	const char *val;
	size_t len;

	return (record_member(v->json, v->jsonlen, path, &val, &len));
}

int
record_show(struct buf *b, const struct record_view *v, const char *path)
{
	struct strv words = { NULL, 0 };
	const char *val;
	size_t len;

	if (!record_member(v->json, v->jsonlen, path, &val, &len))
		return (-1);
	execline_words(v, path, &words);
	if (words.n != 0)
		esc_words(b, &words);
	else if (len != 2 || *val != '[')
		esc_text(b, val, len);
	strv_free(&words);
	return (0);
}
