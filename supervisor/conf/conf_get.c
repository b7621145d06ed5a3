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

/* Takes the text over. */
static void
errs_put(struct errs *es, unsigned line, unsigned col, int note,
    const char *key, char *text)
{
	size_t cap = es->cap == 0 ? 16 : es->cap * 2;
	size_t max = es->max != 0 ? es->max : CONF_MAXERRS;
	struct conf_err *e;

	/* one more, of which there are too many: if it is an error */
	if (es->n >= max + !note) {
		es->left += (size_t)note;
		free(text);
		return;
	}
	if (es->n == max) {
		free(text);
		text = xstrdup("too many errors, the others are not listed");
		key = "";
	}
	if (es->n == es->cap) {
		es->e = xrecallocarray(es->e, es->cap, cap, sizeof(*es->e));
		es->cap = cap;
	}
	e = &es->e[es->n++];
	e->line = line;
	e->col = col;
	e->note = note;
	e->key = printable(xstrdup(key));
	e->text = printable(text);
	es->notes += (size_t)note;
}

static char * __attribute__((__format__ (printf, 1, 0)))
format(const char *fmt, va_list ap)
{
	char *text;

	if (vasprintf(&text, fmt, ap) == -1)
		text = xstrdup("out of memory");
	return (text);
}

void
errs_add(struct errs *es, unsigned line, unsigned col, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	errs_put(es, line, col, 0, "", format(fmt, ap));
	va_end(ap);
}

void
errs_drop(struct errs *es, unsigned line, unsigned col)
{
	size_t i, n = 0;

	for (i = 0; i < es->n; i++)
		if (es->e[i].line == line && es->e[i].col == col &&
		    !es->e[i].note) {
			free(es->e[i].key);
			free(es->e[i].text);
		} else
			es->e[n++] = es->e[i];
	es->n = n;
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
conf_hear(const struct conf_ear *ear, const struct conf_said *s)
{
	if (ear->out == NULL)
		ear->hear(ear->arg, s);
	else
		fprintf(ear->out, "%s:%u:%u: %s%s%s%s\n", s->file, s->line,
		    s->col, s->key, s->key[0] != '\0' ? ": " : "",
		    s->note ? "note: " : "", s->text);
}

void
errs_tell(struct errs *es, const struct conf_ear *ear)
{
	struct conf_said s = { .file = es->file };
	char more[64];
	size_t i;

	errs_sort(es);
	for (i = 0; i < es->n; i++) {
		s.line = es->e[i].line;
		s.col = es->e[i].col;
		s.note = es->e[i].note;
		s.key = es->e[i].key;
		s.text = es->e[i].text;
		conf_hear(ear, &s);
	}
	if (es->left == 0)
		return;
	(void)snprintf(more, sizeof(more), "%zu more notes are not listed",
	    es->left);
	s.note = 1;
	s.key = "";
	s.text = more;
	conf_hear(ear, &s);
}

void
errs_free(struct errs *es)
{
	size_t i;

	for (i = 0; i < es->n; i++) {
		free(es->e[i].key);
		free(es->e[i].text);
	}
	free(es->e);
	es->e = NULL;
	es->n = es->cap = es->notes = es->left = 0;
}

/* skills.dev.allow[2] */
void
value_name(const struct value *p, char *out, size_t size)
{
	size_t len;

	out[0] = '\0';
	if (p == NULL || p->parent == NULL)
		return;
	value_name(p->parent, out, size);
	len = strlen(out);
	if (p->key == NULL)
		(void)snprintf(out + len, size - len, "[%zu]", p->index);
	else
		(void)snprintf(out + len, size - len, "%s%s",
		    len > 0 ? "." : "", p->key);
}

static void __attribute__((__format__ (printf, 4, 0)))
cx_verr(struct cx *cx, const struct value *p, int note, const char *fmt,
    va_list ap)
{
	char name[512];

	value_name(p, name, sizeof(name));
	errs_put(&cx->errs, p->line, p->col, note, name, format(fmt, ap));
}

void
cx_err(struct cx *cx, const struct value *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	cx_verr(cx, p, 0, fmt, ap);
	va_end(ap);
}

void
cx_note(struct cx *cx, const struct value *p, const char *fmt, ...)
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

int
get_is_object(struct cx *cx, const struct value *v)
{
	if (json_is_object(v->json))
		return (1);
	cx_err(cx, v, "must be an object, { ... }");
	return (0);
}

int
get_uint(struct cx *cx, const struct value *v, uint32_t min, uint32_t max,
    uint32_t *to)
{
	json_int_t n = json_integer_value(v->json);

	if (!v->bad && json_is_integer(v->json) && n >= (json_int_t)min &&
	    n <= (json_int_t)max) {
		*to = (uint32_t)n;
		return (0);
	}
	if (json_is_number(v->json))
		cx_err(cx, v, "out of range: must be a whole number from "
		    "%u to %u", min, max);
	else
		cx_err(cx, v, "must be a number from %u to %u", min, max);
	return (-1);
}

int
get_word(struct cx *cx, const struct value *v, const char *const *words,
    uint32_t *to)
{
	char list[256] = "";
	const char *s;
	size_t i, len;

	s = json_string_value(v->json);
	for (i = 0; words[i] != NULL; i++) {
		if (s != NULL && strcmp(s, words[i]) == 0) {
			*to = (uint32_t)i;
			return (0);
		}
		len = strlen(list);
		(void)snprintf(list + len, sizeof(list) - len, "%s\"%s\"",
		    i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ",
		    words[i]);
	}
	cx_err(cx, v, "must be %s", list);
	return (-1);
}

const char *
get_text(struct cx *cx, const struct value *v)
{
	const char *s = json_string_value(v->json);

	if (s == NULL)
		cx_err(cx, v, "must be a string");
	else if (json_string_length(v->json) > CONF_MAXTEXT) {
		cx_err(cx, v, "longer than %u bytes", CONF_MAXTEXT);
		s = NULL;
	}
	return (s);
}

int
get_array(struct cx *cx, const struct value *v, size_t max)
{
	if (!json_is_array(v->json)) {
		cx_err(cx, v, "must be a list, [ ... ]");
		return (-1);
	}
	if (v->nkids > max) {
		cx_err(cx, v, "more than %zu entries", max);
		return (-1);
	}
	return (0);
}

int
get_texts(struct cx *cx, const struct value *v, size_t max, struct strv *to)
{
	const struct value *kid;
	const char *s;
	int rc = 0;
	size_t i;

	strv_free(to);
	if (get_array(cx, v, max) == -1)
		return (-1);
	for (i = 0; i < v->nkids; i++) {
		kid = v->kids[i];
		if ((s = get_text(cx, kid)) == NULL) {
			rc = -1;
		} else if (s[0] == '\0') {
			cx_err(cx, kid, "is empty");
			rc = -1;
		} else if (strv_has(to, s)) {
			cx_err(cx, kid, "\"%s\" is in this list already",
			    s);
			rc = -1;
		} else
			strv_add(to, s);
	}
	return (rc);
}

int
get_list(struct cx *cx, const struct value *v, size_t max,
    const char *(*wrong)(const char *), int quote, struct strv *to)
{
	int rc = get_texts(cx, v, max, to);
	const char *s, *why;
	size_t i;

	if (!json_is_array(v->json))
		return (-1);
	for (i = 0; wrong != NULL && i < v->nkids; i++) {
		s = json_string_value(v->kids[i]->json);
		if (s == NULL || s[0] == '\0' || (why = wrong(s)) == NULL)
			continue;
		if (quote)
			cx_err(cx, v->kids[i], "\"%s\": %s", s, why);
		else
			cx_err(cx, v->kids[i], "%s", why);
		rc = -1;
	}
	return (rc);
}

json_t *
show_texts(const struct strv *sv)
{
	json_t *a = json_array();
	size_t i;

	for (i = 0; i < sv->n; i++)
		(void)json_array_append_new(a, json_string(sv->v[i]));
	return (a);
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
