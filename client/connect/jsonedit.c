/* SPDX-License-Identifier: ISC */
/* Changes of a text that is JSON, more or less; see jsonedit.h. */
#include "config.h"

#include <jansson.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "client/connect/jsonedit.h"
#include "common/buf.h"
#include "common/xmalloc.h"

#define JSONEDIT_MAX	(64U * 1024 * 1024)
#define VALUE_HOLE	'\001'	/* is in no text of ours */

/* A part of the text. */
struct span {
	const char	*from;
	const char	*to;
};

/* What there was in a container. */
enum room {
	ROOM_FULL,
	ROOM_EMPTY,
	ROOM_LINES,		/* nothing, and the end of a line */
	ROOMS
};

/* Behind blanks and comments; NULL if a comment has no end. */
static const char *
skip(const char *p)
{
	for (;;) {
		p += strspn(p, " \t\r\n");
		if (strncmp(p, "//", 2) == 0)
			p += strcspn(p, "\n");
		else if (strncmp(p, "/*", 2) == 0) {
			if ((p = strstr(p + 2, "*/")) == NULL)
				return (NULL);
			p += 2;
		} else
			return (p);
	}
}

static const char *
skip_string(const char *p)
{
	const char quote = *p++;

	for (; *p != quote; p++) {
		if (*p == '\0' || *p == '\n')
			return (NULL);
		if (*p == '\\' && *++p == '\0')
			return (NULL);
	}
	return (p + 1);
}

/* A number, a word, a bare key. */
static const char *
skip_bare(const char *p)
{
	const char *from = p;

	while (isalnum((unsigned char)*p) || (*p != '\0' &&
	    strchr("_$+-.", *p) != NULL))
		p++;
	return (p == from ? NULL : p);
}

static const char *
skip_scalar(const char *p)
{
	return (*p == '"' || *p == '\'' ? skip_string(p) : skip_bare(p));
}

static const char *skip_value(const char *, int);

/*
 * The next member or element of a container, p being behind what opens it or
 * behind the one before; 0 at its end, which *p then is at, -1 if it is none.
 */
static int
next(const char **p, int keys, int depth, struct span *key,
    struct span *value)
{
	const char *s = skip(*p);

	/* not in front of the first */
	if (s != NULL && *s == ',' && (*p)[-1] != '{' && (*p)[-1] != '[')
		s = skip(s + 1);
	if (s == NULL || *s == '\0')
		return (-1);
	*p = s;
	if (*s == '}' || *s == ']')
		return ((*s == '}') == keys ? 0 : -1);
	key->from = s;
	key->to = s;
	if (keys) {
		if ((s = skip_scalar(s)) == NULL)
			return (-1);
		key->to = s;
		if ((s = skip(s)) == NULL || *s != ':' ||
		    (s = skip(s + 1)) == NULL)
			return (-1);
	}
	value->from = s;
	if ((s = skip_value(s, depth + 1)) == NULL)
		return (-1);
	value->to = *p = s;
	if ((s = skip(s)) == NULL || (*s != ',' && *s != '}' && *s != ']'))
		return (-1);
	return (1);
}

static const char *
skip_value(const char *p, int depth)
{
	struct span key, value;
	const int keys = *p == '{';
	int r;

	if (*p != '{' && *p != '[')
		return (skip_scalar(p));
	if (depth > JSONEDIT_DEPTH)
		return (NULL);
	for (p++; (r = next(&p, keys, depth, &key, &value)) == 1;)
		;
	return (r == 0 ? p + 1 : NULL);
}

/* Is all of it one object?  Where that begins; NULL if not. */
static const char *
root(const char *text)
{
	const char *p = skip(text), *end;

	if (p == NULL || *p != '{' || (end = skip_value(p, 0)) == NULL ||
	    (end = skip(end)) == NULL || *end != '\0')
		return (NULL);
	return (p);
}

static int
is_key(const struct span *k, const char *name)
{
	struct span s = *k;

	if (s.from < s.to && (*s.from == '"' || *s.from == '\'')) {
		s.from++;
		s.to--;
	}
	return ((size_t)(s.to - s.from) == strlen(name) &&
	    memcmp(s.from, name, strlen(name)) == 0);
}

/* The member of that name of the object at p; 1, 0, or 2 if it comes twice. */
static int
member(const char *p, const char *name, struct span *all, struct span *value)
{
	struct span k, v;
	int n = 0;

	for (p++; next(&p, 1, 0, &k, &v) == 1;)
		if (is_key(&k, name)) {
			all->from = k.from;
			all->to = v.to;
			*value = v;
			n++;
		}
	return (n > 1 ? 2 : n);
}

static int
contains(const struct span *s, const char *mark)
{
	return (memmem(s->from, (size_t)(s->to - s->from), mark,
	    strlen(mark)) != NULL);
}

/* One of ours in the array at p, or else nothing. */
static int
element(const char *p, const char *mark, struct span *all)
{
	struct span k, v;

	for (p++; next(&p, 0, 0, &k, &v) == 1;)
		if (contains(&v, mark)) {
			*all = v;
			return (1);
		}
	return (0);
}

static int
same(const struct span *s, const char *value)
{
	json_t *a, *b;
	int r;

	a = json_loadb(s->from, (size_t)(s->to - s->from), JSON_DECODE_ANY,
	    NULL);
	b = json_loads(value, JSON_DECODE_ANY, NULL);
	r = a != NULL && json_equal(a, b);
	json_decref(a);
	json_decref(b);
	return (r);
}

/* What a level is indented by in this text. */
static const char *
unit(const char *text)
{
	const char *p = strchr(text, '\n');

	if (p != NULL && p[1] == '\t')
		return ("\t");
	if (p != NULL && strncmp(p + 1, "    ", 4) == 0)
		return ("    ");
	return ("  ");
}

static void
put_indent(struct buf *b, const char *by, size_t levels)
{
	while (levels-- > 0)
		buf_printf(b, "%s", by);
}

/* The value with that indentation in place of two spaces a level. */
static void
put_value(struct buf *b, const char *value, const char *by, size_t levels)
{
	size_t n;

	for (;; value++) {
		n = strcspn(value, "\n");
		buf_put(b, value, n);
		value += n;
		if (*value == '\0')
			return;
		buf_put_u8(b, '\n');
		n = strspn(value + 1, " ");
		put_indent(b, by, levels + n / 2);
		value += n;
	}
}

static size_t
path_len(const struct jsonedit *e)
{
	size_t n = 0;

	while (n < 4 && e->path[n] != NULL)
		n++;
	return (n);
}

/*
 * What goes behind the bracket of the container that the first at keys of the
 * path lead to: the rest of the path, and it.  In an empty one there is no new
 * line behind it, or one more than there was: so it is told from one that was
 * made.
 */
static void
put_insert(struct buf *b, const struct jsonedit *e, size_t at,
    const char *by, enum room room)
{
	const size_t n = path_len(e);
	size_t i;

	for (i = at; i < n; i++) {
		buf_put_u8(b, '\n');
		put_indent(b, by, i + 1);
		buf_printf(b, "\"%s\": %c", e->path[i],
		    i + 1 == n && e->key == NULL ? '[' : '{');
	}
	buf_put_u8(b, '\n');
	put_indent(b, by, n + 1);
	if (e->key != NULL)
		buf_printf(b, "\"%s\": ", e->key);
	put_value(b, e->value, by, n + 1);
	for (i = n; i > at; i--) {
		buf_put_u8(b, '\n');
		put_indent(b, by, i);
		buf_put_u8(b, i == n && e->key == NULL ? ']' : '}');
	}
	if (room == ROOM_FULL)
		buf_put_u8(b, ',');
	else if (room == ROOM_LINES)
		buf_put_u8(b, '\n');
}

/* Of what is behind a bracket. */
static enum room
room_of(const char *inner)
{
	const char *p = skip(inner);

	if (p == NULL || (*p != '}' && *p != ']'))
		return (ROOM_FULL);
	return (inner[strspn(inner, " \t\r")] == '\n' ? ROOM_LINES :
	    ROOM_EMPTY);
}

/* The containers on the way, as far as there are any: where[0] is the root. */
static int
walk(const char *text, const struct jsonedit *e, const char **where,
    size_t *n, const char **why)
{
	struct span all, value;
	size_t i;
	int r;

	*n = 0;
	if ((where[0] = root(text)) == NULL) {
		*why = "is not JSON that can be changed with care";
		return (-1);
	}
	for (i = 0; i < path_len(e); i++) {
		if ((r = member(where[i], e->path[i], &all, &value)) == 0)
			return (0);
		if (r == 2 || *value.from !=
		    (i + 1 == path_len(e) && e->key == NULL ? '[' : '{')) {
			*why = r == 2 ? "has one of its keys twice" :
			    "has something else under one of these keys";
			return (-1);
		}
		where[i + 1] = value.from;
		*n = i + 1;
	}
	return (0);
}

/* Without it, and the comma that it had. */
static char *
cut(const char *text, const struct span *s)
{
	const char *from = s->from, *to = skip(s->to);
	struct buf b;

	while (from > text && strchr(" \t\r\n", from[-1]) != NULL)
		from--;
	if (to != NULL && *to == ',')
		to++;
	else {
		to = s->to;
		if (from > text && from[-1] == ',')
			from--;
	}
	buf_init(&b, JSONEDIT_MAX);
	buf_put(&b, text, (size_t)(from - text));
	buf_put(&b, to, strlen(to));
	return (buf_text(&b));
}

/* Where one of ours is: 1, 0, or -1: what is there is not ours. */
static int
find(const struct jsonedit *e, const char *container, struct span *all,
    struct span *value)
{
	int r;

	if (e->key == NULL) {
		r = element(container, e->mark, all);
		*value = *all;
		return (r);
	}
	if ((r = member(container, e->key, all, value)) == 0)
		return (0);
	return (r == 1 && contains(value, e->mark) ? 1 : -1);
}

static char *
insert(const char *text, const struct jsonedit *e, const char *container,
    size_t at)
{
	struct buf b;

	buf_init(&b, JSONEDIT_MAX);
	buf_put(&b, text, (size_t)(container + 1 - text));
	put_insert(&b, e, at, unit(text), room_of(container + 1));
	buf_put(&b, container + 1, strlen(container + 1));
	return (buf_text(&b));
}

/* A document of its own: the empty line tells it from one that was there. */
static char *
whole(const struct jsonedit *e)
{
	struct buf b;

	buf_init(&b, JSONEDIT_MAX);
	buf_put_u8(&b, '{');
	put_insert(&b, e, 0, "  ", ROOM_EMPTY);
	buf_printf(&b, "\n}\n\n");
	return (buf_text(&b));
}

static int
is_blank(const char *text)
{
	return (text[strspn(text, " \t\r\n")] == '\0');
}

/* No text grows beyond what is read. */
static int
made(char **out, char *s, const char **why)
{
	*out = s;
	*why = "is too long";
	return (s == NULL ? -1 : 1);
}

int
jsonedit_add(const char *text, const struct jsonedit *e, char **out,
    const char **why)
{
	const char *where[5];
	struct span all, value;
	char *earlier;
	size_t n;
	int r = 0;

	*out = NULL;
	if (is_blank(text))
		return (made(out, whole(e), why));
	if (walk(text, e, where, &n, why) == -1)
		return (-1);
	if (n == path_len(e))
		r = find(e, where[n], &all, &value);
	if (r == -1) {
		*why = "has something else of that name, which is not ours";
		return (-1);
	}
	if (r == 0)
		return (made(out, insert(text, e, where[n], n), why));
	if (same(&value, e->value))
		return (0);
	/* as if the earlier one had never been there */
	if ((r = jsonedit_remove(text, e, &earlier, why)) != 1)
		return (r);
	r = jsonedit_add(earlier, e, out, why);
	free(earlier);
	return (r);
}

/*
 * What stands around a value, whatever that is by now: is it around this one,
 * from from on?  Then the end of it, else NULL.
 */
static const char *
around(const struct buf *b, const char *from, const struct span *value)
{
	const char *text = (const char *)b->data, *hole;
	size_t before, behind;

	if (b->bad || (hole = memchr(text, VALUE_HOLE, b->len)) == NULL)
		return (NULL);
	before = (size_t)(hole - text);
	behind = b->len - before - 1;
	if ((size_t)(value->from - from) != before ||
	    memcmp(from, text, before) != 0 ||
	    strncmp(value->to, hole + 1, behind) != 0)
		return (NULL);
	return (value->to + behind);
}

static char *
without(const char *text, const char *from, const char *to)
{
	struct buf b;

	buf_init(&b, JSONEDIT_MAX);
	buf_put(&b, text, (size_t)(from - text));
	buf_put(&b, to, strlen(to));
	return (buf_text(&b));
}

/* Is it where it was added, at one of the places on the way? */
static char *
exact_by(const char *by, const char *text, const struct jsonedit *e,
    const char *const *where, size_t n, const struct span *value)
{
	struct jsonedit hole = *e;
	const char *from, *to;
	char none[] = { VALUE_HOLE, '\0' };
	struct buf b;
	enum room room;
	size_t i;

	hole.value = none;
	for (i = 0; i < ROOMS * (n + 1); i++) {
		from = where[i / ROOMS] + 1;
		room = (enum room)(i % ROOMS);
		buf_init(&b, JSONEDIT_MAX);
		put_insert(&b, &hole, i / ROOMS, by, room);
		to = around(&b, from, value);
		buf_free(&b);
		if (to != NULL && room_of(to) == room)
			return (without(text, from, to));
	}
	return (NULL);
}

/* What was added may have changed how the text seems to be indented. */
static char *
exact(const char *text, const struct jsonedit *e, const char *const *where,
    size_t n, const struct span *value)
{
	static const char *const by[] = { "  ", "    ", "\t" };
	char *s = NULL;
	size_t i;

	for (i = 0; i < 3 && s == NULL; i++)
		s = exact_by(by[i], text, e, where, n, value);
	return (s);
}

/* Is it all that there is, in a document that was made for it? */
static int
alone(const char *text, const struct jsonedit *e, const struct span *value)
{
	struct jsonedit hole = *e;
	char none[] = { VALUE_HOLE, '\0' };
	const char *to;
	struct buf b;
	char *s;

	hole.value = none;
	s = whole(&hole);
	buf_init(&b, JSONEDIT_MAX);
	buf_printf(&b, "%s", s != NULL ? s : "");
	to = around(&b, text, value);
	buf_free(&b);
	free(s);
	return (to != NULL && *to == '\0');
}

int
jsonedit_remove(const char *text, const struct jsonedit *e, char **out,
    const char **why)
{
	const char *where[5];
	struct span all, value;
	char *s;
	size_t n;

	*out = NULL;
	if (is_blank(text))
		return (0);
	if (walk(text, e, where, &n, why) == -1)
		return (-1);
	if (n != path_len(e) || find(e, where[n], &all, &value) != 1)
		return (0);
	if (alone(text, e, &value))
		s = xstrdup("");
	else if ((s = exact(text, e, where, n, &value)) == NULL)
		s = cut(text, &all);
	return (made(out, s, why));
}
