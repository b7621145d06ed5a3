/* SPDX-License-Identifier: ISC */
/*
 * Errors with a place, and typed access to values: every mistake is reported
 * where it stands, with the dotted name of the key, and reading goes on.
 */
#include "config.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "supervisor/conf/conf_priv.h"

/* What a terminal must not see raw is printed as \xNN. */
static char *
printable(char *s)
{
	size_t i, n = strlen(s);
	char *out, *o;

	out = o = xmalloc(n * 4 + 1);
	for (i = 0; i < n; i++) {
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			o += snprintf(o, 5, "\\x%02x", (unsigned char)s[i]);
		else
			*o++ = s[i];
	}
	*o = '\0';
	free(s);
	return (out);
}

static void __attribute__((__format__ (printf, 4, 0)))
errs_vadd(struct errs *es, unsigned line, unsigned col, const char *fmt,
    va_list ap)
{
	size_t cap = es->cap == 0 ? 16 : es->cap * 2;
	char *text;

	if (es->n > CONF_MAXERRS)
		return;
	if (es->n == CONF_MAXERRS)
		text = xstrdup("too many errors, the others are not listed");
	else if (vasprintf(&text, fmt, ap) == -1)
		text = xstrdup("out of memory");
	if (es->n == es->cap) {
		es->e = xrecallocarray(es->e, es->cap, cap, sizeof(*es->e));
		es->cap = cap;
	}
	es->e[es->n].line = line;
	es->e[es->n].col = col;
	es->e[es->n++].text = printable(text);
}

void
errs_add(struct errs *es, unsigned line, unsigned col, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	errs_vadd(es, line, col, fmt, ap);
	va_end(ap);
}

void
errs_note(struct errs *es, unsigned line, unsigned col, const char *fmt, ...)
{
	size_t before = es->n;
	va_list ap;

	if (es->n >= CONF_MAXERRS)
		return;
	va_start(ap, fmt);
	errs_vadd(es, line, col, fmt, ap);
	va_end(ap);
	es->notes += es->n - before;
}

/* By place; insertion sort keeps the order of what is at the same one. */
static void
errs_sort(struct errs *es)
{
	struct conf_err t;
	size_t i, j;

	for (i = 1; i < es->n; i++) {
		t = es->e[i];
		for (j = i; j > 0 && (es->e[j - 1].line > t.line ||
		    (es->e[j - 1].line == t.line &&
		    es->e[j - 1].col > t.col)); j--)
			es->e[j] = es->e[j - 1];
		es->e[j] = t;
	}
}

void
errs_print(struct errs *es, FILE *f)
{
	size_t i;

	errs_sort(es);
	for (i = 0; i < es->n; i++)
		fprintf(f, "%s:%u:%u: %s\n", es->file, es->e[i].line,
		    es->e[i].col, es->e[i].text);
}

void
errs_free(struct errs *es)
{
	size_t i;

	for (i = 0; i < es->n; i++)
		free(es->e[i].text);
	free(es->e);
	es->e = NULL;
	es->n = es->cap = es->notes = 0;
}

/* skills.dev.allow[2] */
static void
pos_name(const struct pos *p, char *out, size_t size)
{
	size_t len;

	out[0] = '\0';
	if (p == NULL || p->parent == NULL)
		return;
	pos_name(p->parent, out, size);
	len = strlen(out);
	if (p->key == NULL)
		(void)snprintf(out + len, size - len, "[%zu]", p->index);
	else
		(void)snprintf(out + len, size - len, "%s%s",
		    len > 0 ? "." : "", p->key);
}

static void __attribute__((__format__ (printf, 4, 0)))
cx_verr(struct cx *cx, const struct pos *p, int note, const char *fmt,
    va_list ap)
{
	char name[512], *text;

	if (vasprintf(&text, fmt, ap) == -1)
		text = xstrdup("out of memory");
	pos_name(p, name, sizeof(name));
	(note ? errs_note : errs_add)(&cx->errs, p->line, p->col, "%s%s%s",
	    name, name[0] != '\0' ? ": " : "", text);
	free(text);
}

void
cx_err(struct cx *cx, const struct pos *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	cx_verr(cx, p, 0, fmt, ap);
	va_end(ap);
}

void
cx_note(struct cx *cx, const struct pos *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	cx_verr(cx, p, 1, fmt, ap);
	va_end(ap);
}

const char *
get_nearest(const char *s, const char *const *words, size_t n)
{
	size_t i, d, best = SIZE_MAX;
	const char *w = NULL;

	for (i = 0; i < n; i++) {
		d = text_distance(s, words[i]);
		if (d < best) {
			best = d;
			w = words[i];
		}
	}
	if (w == NULL || best > 1 + strlen(w) / 3)
		return (NULL);
	return (w);
}

static void
unknown_key(struct cx *cx, const struct pos *p, const struct key *keys)
{
	const char *names[32], *near;
	char where[512];
	size_t n;

	for (n = 0; n < 32 && keys[n].name != NULL; n++)
		names[n] = keys[n].name;
	near = get_nearest(p->key, names, n);
	pos_name(p->parent, where, sizeof(where));
	errs_add(&cx->errs, p->kline, p->kcol,
	    "unknown key \"%s\"%s%s%s%s%s", p->key,
	    where[0] != '\0' ? " in " : "", where,
	    near != NULL ? ", did you mean \"" : "",
	    near != NULL ? near : "", near != NULL ? "\"?" : "");
}

int
get_is_object(struct cx *cx, struct node n)
{
	if (json_is_object(n.v))
		return (1);
	cx_err(cx, n.p, "must be an object, { ... }");
	return (0);
}

static int
get_rate_number(struct cx *cx, struct node n, const struct key *k,
    uint32_t *to)
{
	if (json_is_null(n.v)) {
		*to = CONF_UNSET;
		return (0);
	}
	return (get_uint(cx, n, k->min, k->max, to));
}

static int
get_by_key(struct cx *cx, struct node n, const struct key *k, void *target)
{
	void *to = (char *)target + k->off;

	switch (k->type) {
	case K_UINT:
		return (get_uint(cx, n, k->min, k->max, to));
	case K_RATE:
		return (get_rate_number(cx, n, k, to));
	case K_WORD:
		return (get_word(cx, n, k->words, to));
	case K_BOOL:
		if (!json_is_boolean(n.v)) {
			cx_err(cx, n.p, "must be true or false");
			return (-1);
		}
		*(int *)to = json_is_true(n.v);
		return (0);
	case K_FN:
		return (k->fn(cx, n, to));
	}
	return (-1);
}

int
get_object(struct cx *cx, struct node n, const struct key *keys, void *target)
{
	const struct key *k;
	struct node kid;
	int rc = 0;
	size_t i;

	if (!get_is_object(cx, n))
		return (-1);
	for (i = 0; i < n.p->nkids; i++) {
		kid = get_node(n, i);
		if (kid.p->skip || kid.v == NULL)
			continue;
		for (k = keys; k->name != NULL; k++)
			if (strcmp(k->name, kid.p->key) == 0)
				break;
		if (k->name == NULL) {
			unknown_key(cx, kid.p, keys);
			rc = -1;
		} else if (kid.p->bad ||
		    get_by_key(cx, kid, k, target) == -1)
			rc = -1;
	}
	return (rc);
}

struct node
get_node(struct node n, size_t i)
{
	struct node kid = { NULL, n.p->kids[i] };

	if (kid.p->key != NULL)
		kid.v = json_object_get(n.v, kid.p->key);
	else
		kid.v = json_array_get(n.v, i);
	return (kid);
}

int
get_uint(struct cx *cx, struct node n, uint32_t min, uint32_t max,
    uint32_t *to)
{
	json_int_t v = json_integer_value(n.v);

	if (n.p->bad)
		return (-1);
	if (json_is_integer(n.v) && v >= (json_int_t)min &&
	    v <= (json_int_t)max) {
		*to = (uint32_t)v;
		return (0);
	}
	if (json_is_number(n.v))
		cx_err(cx, n.p, "out of range: must be a whole number from "
		    "%u to %u", min, max);
	else
		cx_err(cx, n.p, "must be a number from %u to %u", min, max);
	return (-1);
}

int
get_word(struct cx *cx, struct node n, const char *const *words, int *to)
{
	char list[256] = "";
	const char *s;
	size_t i, len;

	s = json_string_value(n.v);
	for (i = 0; words[i] != NULL; i++) {
		if (s != NULL && strcmp(s, words[i]) == 0) {
			*to = (int)i;
			return (0);
		}
		len = strlen(list);
		(void)snprintf(list + len, sizeof(list) - len, "%s\"%s\"",
		    i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ",
		    words[i]);
	}
	cx_err(cx, n.p, "must be %s", list);
	return (-1);
}

const char *
get_text(struct cx *cx, struct node n)
{
	const char *s = json_string_value(n.v);

	if (s == NULL)
		cx_err(cx, n.p, "must be a string");
	else if (json_string_length(n.v) > CONF_MAXTEXT) {
		cx_err(cx, n.p, "longer than %u bytes", CONF_MAXTEXT);
		s = NULL;
	}
	return (s);
}

int
get_array(struct cx *cx, struct node n, size_t max)
{
	if (!json_is_array(n.v)) {
		cx_err(cx, n.p, "must be a list, [ ... ]");
		return (-1);
	}
	if (n.p->nkids > max) {
		cx_err(cx, n.p, "more than %zu entries", max);
		return (-1);
	}
	return (0);
}

int
get_texts(struct cx *cx, struct node n, size_t max, struct strv *to)
{
	struct node kid;
	const char *s;
	int rc = 0;
	size_t i;

	strv_free(to);
	if (get_array(cx, n, max) == -1)
		return (-1);
	for (i = 0; i < n.p->nkids; i++) {
		kid = get_node(n, i);
		if ((s = get_text(cx, kid)) == NULL) {
			rc = -1;
		} else if (s[0] == '\0') {
			cx_err(cx, kid.p, "is empty");
			rc = -1;
		} else if (strv_has(to, s)) {
			cx_err(cx, kid.p, "\"%s\" is in this list already",
			    s);
			rc = -1;
		} else
			strv_add(to, s);
	}
	return (rc);
}

int
get_name_ok(const char *s)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	static const char rest[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	return (s[0] != '\0' && strchr(first, s[0]) != NULL &&
	    strspn(s, rest) == strlen(s) && strlen(s) <= CONF_MAXNAME);
}

int
get_each(struct cx *cx, struct node n, const char *what, size_t max,
    int (*one)(struct cx *, struct node, void *), void *t)
{
	struct node kid;
	int rc = 0;
	size_t i;

	if (!get_is_object(cx, n))
		return (-1);
	if (n.p->nkids == 0) {
		cx_err(cx, n.p, "names no %s", what);
		return (-1);
	}
	if (n.p->nkids > max) {
		cx_err(cx, n.p, "too many %ss", what);
		return (-1);
	}
	for (i = 0; i < n.p->nkids; i++) {
		kid = get_node(n, i);
		if (kid.p->skip)
			continue;
		if (!get_name_ok(kid.p->key)) {
			errs_add(&cx->errs, kid.p->kline, kid.p->kcol,
			    "bad name of a %s \"%s\"", what, kid.p->key);
			rc = -1;
		} else if (one(cx, kid, t) == -1)
			rc = -1;
	}
	return (rc);
}
