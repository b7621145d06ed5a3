/* SPDX-License-Identifier: ISC */
/*
 * The position scanner: reads the configuration's shape once, before jansson
 * does.  It blanks what JSON does not know (comments, trailing commas), finds
 * every duplicate key, and remembers where each value stands.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "supervisor/conf/conf_priv.h"

struct scan {
	struct errs	*errs;
	char		*t;
	size_t		 len;
	size_t		 i;
	unsigned	 line;
	unsigned	 col;
	int		 failed;
};

static struct pos *scan_value(struct scan *, struct pos *, int);

static int
at(const struct scan *s)
{
	return (s->i < s->len ? (unsigned char)s->t[s->i] : -1);
}

static int
at_next(const struct scan *s)
{
	return (s->i + 1 < s->len ? (unsigned char)s->t[s->i + 1] : -1);
}

/* One byte on; continuation bytes of UTF-8 are not columns. */
static void
step(struct scan *s)
{
	unsigned char c = (unsigned char)s->t[s->i++];

	if (c == '\n') {
		s->line++;
		s->col = 1;
		return;
	}
	if (s->i < s->len && ((unsigned char)s->t[s->i] & 0xc0) == 0x80)
		return;
	s->col++;
}

static void
fail(struct scan *s, const char *what)
{
	if (!s->failed)
		errs_add(s->errs, s->line, s->col, "%s", what);
	s->failed = 1;
}

static void
blank(struct scan *s)
{
	char *c = &s->t[s->i];

	step(s);
	if (*c != '\n' && *c != '\r' && *c != '\t')
		*c = ' ';
}

static void
blank_line(struct scan *s)
{
	while (at(s) != -1 && at(s) != '\n')
		blank(s);
}

static void
blank_comment(struct scan *s)
{
	unsigned line = s->line, col = s->col;

	blank(s);
	blank(s);
	while (at(s) != -1 && !(at(s) == '*' && at_next(s) == '/'))
		blank(s);
	if (at(s) == -1) {
		errs_add(s->errs, line, col, "comment is not closed");
		s->failed = 1;
		return;
	}
	blank(s);
	blank(s);
}

static void
skip_space(struct scan *s)
{
	int c;

	while (!s->failed && (c = at(s)) != -1) {
		if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
			step(s);
		else if (c == '#' || (c == '/' && at_next(s) == '/'))
			blank_line(s);
		else if (c == '/' && at_next(s) == '*')
			blank_comment(s);
		else
			return;
	}
}

static struct pos *
pos_new(const struct scan *s, struct pos *parent)
{
	struct pos *p = xcalloc(1, sizeof(*p));

	p->parent = parent;
	p->line = p->kline = s->line;
	p->col = p->kcol = s->col;
	return (p);
}

void
pos_free(struct pos *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < p->nkids; i++)
		pos_free(p->kids[i]);
	free(p->kids);
	free(p->key);
	free(p);
}

struct pos *
pos_key(const struct pos *p, const char *key)
{
	size_t i;

	for (i = p->nkids; i > 0; i--)
		if (p->kids[i - 1]->key != NULL &&
		    strcmp(p->kids[i - 1]->key, key) == 0)
			return (p->kids[i - 1]);
	return (NULL);
}

void
pos_at(const char *text, size_t off, unsigned *line, unsigned *col)
{
	size_t i;

	*line = *col = 1;
	for (i = 0; i < off; i++) {
		if (text[i] == '\n') {
			(*line)++;
			*col = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80)
			(*col)++;
	}
}

static void
add_kid(struct pos *p, struct pos *kid)
{
	size_t cap = p->cap == 0 ? 8 : p->cap * 2;

	if (p->nkids == p->cap) {
		p->kids = xrecallocarray(p->kids, p->cap, cap,
		    sizeof(struct pos *));
		p->cap = cap;
	}
	kid->index = p->nkids;
	p->kids[p->nkids++] = kid;
}

/* Past a string; *start and *end are set to what is between the quotes. */
static int
scan_string(struct scan *s, size_t *start, size_t *end)
{
	int c;

	step(s);
	*start = s->i;
	while ((c = at(s)) != '"') {
		if (c == -1 || c == '\n') {
			fail(s, "string is not closed");
			return (-1);
		}
		if (c == '\\' && at_next(s) != -1)
			step(s);
		step(s);
	}
	*end = s->i;
	step(s);
	return (0);
}

static int
hex4(const char *p, const char *end, unsigned *out)
{
	int i, d;

	if (end - p < 4)
		return (-1);
	for (*out = 0, i = 0; i < 4; i++) {
		if (p[i] >= '0' && p[i] <= '9')
			d = p[i] - '0';
		else if ((p[i] | 0x20) >= 'a' && (p[i] | 0x20) <= 'f')
			d = (p[i] | 0x20) - 'a' + 10;
		else
			return (-1);
		*out = *out << 4 | (unsigned)d;
	}
	return (0);
}

/*
 * A key as jansson will see it.  NULL for what no key of ours can be:
 * unknown escapes, NUL, characters beyond the first plane as escapes.
 */
static char *
decode_key(const char *p, const char *end)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *e;
	char *key, *o;
	unsigned c;

	key = o = xmalloc((size_t)(end - p) + 1);
	while (p < end) {
		if (*p != '\\') {
			*o++ = *p++;
		} else if (++p < end && *p == 'u') {
			if (hex4(++p, end, &c) == -1 || c == 0 ||
			    (c >= 0xd800 && c < 0xe000))
				goto bad;
			o += text_put(o, c);
			p += 4;
		} else {
			if (p == end || *p == '\0' ||
			    (e = strchr(from, *p)) == NULL)
				goto bad;
			*o++ = to[e - from];
			p++;
		}
	}
	*o = '\0';
	return (key);
bad:
	free(key);
	return (NULL);
}

static void
check_dup(struct scan *s, struct pos *obj, struct pos *kid)
{
	struct pos *old = pos_key(obj, kid->key);

	if (old == NULL)
		return;
	errs_add(s->errs, kid->kline, kid->kcol,
	    "duplicate key \"%s\", first given at line %u", kid->key,
	    old->kline);
	old->skip = 1;
}

/* "key": value */
static int
scan_member(struct scan *s, struct pos *obj, int depth)
{
	unsigned kline = s->line, kcol = s->col;
	struct pos *kid;
	size_t start, end;
	char *key;

	if (at(s) != '"') {
		fail(s, "expected a key in double quotes");
		return (-1);
	}
	if (scan_string(s, &start, &end) == -1)
		return (-1);
	if ((key = decode_key(s->t + start, s->t + end)) == NULL) {
		errs_add(s->errs, kline, kcol, "invalid escape in key");
		s->failed = 1;
		return (-1);
	}
	skip_space(s);
	if (at(s) != ':')
		fail(s, "expected \":\" after the key");
	else
		step(s);
	skip_space(s);
	kid = s->failed ? NULL : scan_value(s, obj, depth);
	if (kid == NULL) {
		free(key);
		return (-1);
	}
	kid->key = key;
	kid->kline = kline;
	kid->kcol = kcol;
	check_dup(s, obj, kid);
	add_kid(obj, kid);
	return (0);
}

static int
scan_entry(struct scan *s, struct pos *p, int close, int depth)
{
	struct pos *kid;

	if (p->nkids >= CONF_MAXKIDS) {
		fail(s, "too many entries");
		return (-1);
	}
	if (close == '}')
		return (scan_member(s, p, depth));
	if ((kid = scan_value(s, p, depth)) == NULL)
		return (-1);
	add_kid(p, kid);
	return (0);
}

static int
scan_list(struct scan *s, struct pos *p, int close, int depth)
{
	size_t comma;

	step(s);
	skip_space(s);
	while (!s->failed && at(s) != close) {
		if (scan_entry(s, p, close, depth) == -1)
			return (-1);
		skip_space(s);
		if (s->failed || at(s) == close)
			break;
		if (at(s) != ',') {
			fail(s, close == '}' ? "expected \",\" or \"}\"" :
			    "expected \",\" or \"]\"");
			return (-1);
		}
		comma = s->i;
		step(s);
		skip_space(s);
		if (at(s) == close)
			s->t[comma] = ' ';
	}
	if (s->failed)
		return (-1);
	step(s);
	return (0);
}

static int
is_bare(int c)
{
	return ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '+' || c == '-' || c == '.' ||
	    c == '_');
}

static size_t
digits(const char *w, size_t len, size_t i)
{
	while (i < len && w[i] >= '0' && w[i] <= '9')
		i++;
	return (i);
}

/* A number as RFC 8259 has it? */
static int
is_number(const char *w, size_t len)
{
	size_t i = 0, j;

	if (i < len && w[i] == '-')
		i++;
	j = digits(w, len, i);
	if (j == i || (w[i] == '0' && j > i + 1))
		return (0);
	if ((i = j) < len && w[i] == '.') {
		if ((j = digits(w, len, i + 1)) == i + 1)
			return (0);
		i = j;
	}
	if (i < len && (w[i] | 0x20) == 'e') {
		i++;
		if (i < len && (w[i] == '+' || w[i] == '-'))
			i++;
		if ((j = digits(w, len, i)) == i)
			return (0);
		i = j;
	}
	return (i == len);
}

/* Does it fit into what we count with, however it is written? */
static int
number_fits(const char *w, size_t len)
{
	char copy[64];

	if (len >= sizeof(copy))
		return (0);
	memcpy(copy, w, len);
	copy[len] = '\0';
	if (strpbrk(copy, ".eE") == NULL)
		return (len <= 17);
	return (isfinite(strtod(copy, NULL)));
}

static int
is_one_of(const char *w, size_t len, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strlen(*words) == len && memcmp(*words, w, len) == 0)
			return (1);
	return (0);
}

/*
 * A bare word.  Numbers out of any range become 0 after the complaint, so
 * that the rest of the file is still checked.
 */
static int
scan_bare(struct scan *s, struct pos *p)
{
	static const char *const literals[] = { "true", "false", "null",
	    NULL };
	static const char *const nonum[] = { "NaN", "nan", "-NaN", "-nan",
	    "Infinity", "-Infinity", "+Infinity", "inf", "-inf", NULL };
	char *w = s->t + s->i;
	size_t len = 0;

	while (s->i + len < s->len && is_bare((unsigned char)w[len]))
		len++;
	if (!is_one_of(w, len, literals) && !is_one_of(w, len, nonum) &&
	    !is_number(w, len)) {
		fail(s, "expected a value; text must be in double quotes");
		return (-1);
	}
	s->i += len;
	s->col += (unsigned)len;
	if (is_one_of(w, len, literals) ||
	    (is_number(w, len) && number_fits(w, len)))
		return (0);
	errs_add(s->errs, p->line, p->col, "number out of range");
	p->bad = 1;
	memset(w, ' ', len);
	w[0] = '0';
	return (0);
}

static struct pos *
scan_value(struct scan *s, struct pos *parent, int depth)
{
	struct pos *p = pos_new(s, parent);
	size_t start, end;
	int c = at(s), rc;

	if (depth >= CONF_MAXDEPTH) {
		fail(s, "nested too deeply");
		rc = -1;
	} else if (c == '{')
		rc = scan_list(s, p, '}', depth + 1);
	else if (c == '[')
		rc = scan_list(s, p, ']', depth + 1);
	else if (c == '"')
		rc = scan_string(s, &start, &end);
	else if (c != -1 && is_bare(c))
		rc = scan_bare(s, p);
	else {
		fail(s, c == -1 ? "the file ends too early" :
		    "expected a value");
		rc = -1;
	}
	if (rc == -1) {
		pos_free(p);
		return (NULL);
	}
	return (p);
}

struct pos *
pos_scan(struct errs *errs, char *text, size_t len)
{
	struct scan s = { .errs = errs, .t = text, .len = len, .line = 1,
	    .col = 1 };
	struct pos *p;

	if (memchr(text, '\0', len) != NULL) {
		s.i = (size_t)((char *)memchr(text, '\0', len) - text);
		pos_at(text, s.i, &s.line, &s.col);
		fail(&s, "NUL byte");
		return (NULL);
	}
	skip_space(&s);
	if (s.failed)
		return (NULL);
	if ((p = scan_value(&s, NULL, 0)) == NULL)
		return (NULL);
	skip_space(&s);
	if (!s.failed && at(&s) != -1)
		fail(&s, "text after the end of the configuration");
	if (s.failed) {
		pos_free(p);
		return (NULL);
	}
	return (p);
}
