/* SPDX-License-Identifier: ISC */
/* Members of a record; see members.h. */
#include "config.h"

#include <string.h>

#include "common/record/members.h"

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
