/* SPDX-License-Identifier: ISC */
/*
 * The reader: one pass over the text, in which every value gets its place.
 *
 * jansson does not tell where a value stands, stops at the first mistake, and
 * knows neither comments nor a comma after the last element.  So what is
 * between the values (braces, commas, comments) is read here, and each string,
 * number or word in there is handed to jansson, which alone says what it is.
 * Nothing is read by both.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "supervisor/conf/conf_priv.h"

/* Of a number. */
#define MAXDIGITS	17
#define MAXREAL		64

struct scan {
	struct errs	*errs;
	const char	*t;
	size_t		 len;
	size_t		 i;
	unsigned	 line;
	unsigned	 col;
	int		 failed;	/* there is no going on */
	int		 unread;	/* some string could not be read */
};

static struct value *scan_value(struct scan *, struct value *, int);

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
skip_line(struct scan *s)
{
	while (at(s) != -1 && at(s) != '\n')
		step(s);
}

static void
skip_comment(struct scan *s)
{
	unsigned line = s->line, col = s->col;

	step(s);
	step(s);
	while (at(s) != -1 && !(at(s) == '*' && at_next(s) == '/'))
		step(s);
	if (at(s) == -1) {
		errs_add(s->errs, line, col, "comment is not closed");
		s->failed = 1;
		return;
	}
	step(s);
	step(s);
}

static void
skip_space(struct scan *s)
{
	int c;

	while (!s->failed && (c = at(s)) != -1) {
		if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
			step(s);
		else if (c == '#' || (c == '/' && at_next(s) == '/'))
			skip_line(s);
		else if (c == '/' && at_next(s) == '*')
			skip_comment(s);
		else
			return;
	}
}

static struct value *
value_new(const struct scan *s, struct value *parent)
{
	struct value *p = xcalloc(1, sizeof(*p));

	p->parent = parent;
	p->line = p->kline = s->line;
	p->col = p->kcol = s->col;
	return (p);
}

void
value_free(struct value *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < p->nkids; i++)
		value_free(p->kids[i]);
	json_decref(p->json);
	free(p->kids);
	free(p->key);
	free(p);
}

struct value *
value_key(const struct value *p, const char *key)
{
	size_t i;

	for (i = p->nkids; i > 0; i--)
		if (p->kids[i - 1]->key != NULL &&
		    strcmp(p->kids[i - 1]->key, key) == 0)
			return (p->kids[i - 1]);
	return (NULL);
}

const struct value *
value_entry(const struct value *v, const char *text)
{
	const char *s;
	size_t i;

	for (i = 0; i < v->nkids; i++) {
		s = json_string_value(v->kids[i]->json);
		if (s != NULL && strcmp(s, text) == 0)
			return (v->kids[i]);
	}
	return (NULL);
}

const struct value *
value_find(const struct value *v, const char *path)
{
	size_t i, n;

	for (; v != NULL && *path != '\0'; path += n + (path[n] == '.')) {
		n = strcspn(path, ".");
		for (i = v->nkids; i > 0; i--)
			if (v->kids[i - 1]->key != NULL &&
			    strncmp(v->kids[i - 1]->key, path, n) == 0 &&
			    v->kids[i - 1]->key[n] == '\0')
				break;
		v = i > 0 ? v->kids[i - 1] : NULL;
	}
	return (v);
}

/* From the place of text to that of text[off]. */
static void
place_at(const char *text, size_t off, unsigned *line, unsigned *col)
{
	size_t i;

	for (i = 0; i < off; i++) {
		if (text[i] == '\n') {
			(*line)++;
			*col = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80)
			(*col)++;
	}
}

static void
add_kid(struct value *p, struct value *kid)
{
	size_t cap = p->cap == 0 ? 8 : p->cap * 2;

	if (p->nkids == p->cap) {
		p->kids = xrecallocarray(p->kids, p->cap, cap,
		    sizeof(struct value *));
		p->cap = cap;
	}
	kid->index = p->nkids;
	p->kids[p->nkids++] = kid;
}

/* What jansson reads there, or NULL and where it could not. */
static json_t *
decode(struct scan *s, size_t start, json_error_t *err)
{
	return (json_loadb(s->t + start, s->i - start, JSON_DECODE_ANY, err));
}

/* A string that is closed, whatever is in it; where it begins. */
static int
skip_string(struct scan *s, size_t *start)
{
	int c;

	*start = s->i;
	step(s);
	while ((c = at(s)) != '"') {
		if (c == -1 || c == '\n') {
			fail(s, "string is not closed");
			return (-1);
		}
		if (c == '\\' && at_next(s) != -1)
			step(s);
		step(s);
	}
	step(s);
	return (0);
}

/* The one that begins there; others are still looked at, but no key is. */
static void
refuse_string(struct scan *s, size_t start, unsigned line, unsigned col,
    const json_error_t *err)
{
	size_t off = err->position > 0 ? (size_t)err->position - 1 : 0;

	place_at(s->t + start, off < s->i - start ? off : s->i - start, &line,
	    &col);
	if (json_error_code(err) == json_error_null_character)
		errs_add(s->errs, line, col, "\\u0000 is not allowed");
	else
		errs_add(s->errs, line, col, "%s", err->text);
	s->unread = 1;
}

static int
scan_string(struct scan *s, struct value *v)
{
	json_error_t err;
	size_t start;

	if (skip_string(s, &start) == -1)
		return (-1);
	if ((v->json = decode(s, start, &err)) == NULL) {
		refuse_string(s, start, v->line, v->col, &err);
		v->json = json_string("");
	}
	return (0);
}

/* NULL if it could not be read. */
static char *
scan_key(struct scan *s)
{
	unsigned line = s->line, col = s->col;
	json_error_t err;
	json_t *json;
	size_t start;
	char *key;

	if (at(s) != '"') {
		fail(s, "expected a key in double quotes");
		return (NULL);
	}
	if (skip_string(s, &start) == -1)
		return (NULL);
	if ((json = decode(s, start, &err)) != NULL) {
		key = xstrdup(json_string_value(json));
		json_decref(json);
		return (key);
	}
	if (memchr(s->t + start, '\\', s->i - start) != NULL) {
		errs_add(s->errs, line, col, "invalid escape in key");
		s->failed = 1;
		return (NULL);
	}
	refuse_string(s, start, line, col, &err);
	return (xstrndup(s->t + start + 1, s->i - start - 2));
}

static void
check_dup(struct scan *s, struct value *obj, struct value *kid)
{
	struct value *old = value_key(obj, kid->key);

	if (old == NULL)
		return;
	errs_add(s->errs, kid->kline, kid->kcol,
	    "duplicate key \"%s\", first given at line %u", kid->key,
	    old->kline);
	old->skip = 1;
}

/* "key": value */
static int
scan_member(struct scan *s, struct value *obj, int depth)
{
	unsigned kline = s->line, kcol = s->col;
	struct value *kid;
	char *key;

	if ((key = scan_key(s)) == NULL)
		return (-1);
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
scan_entry(struct scan *s, struct value *p, int close, int depth)
{
	struct value *kid;

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
scan_list(struct scan *s, struct value *p, int close, int depth)
{
	p->json = close == '}' ? json_object() : json_array();
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
		step(s);
		skip_space(s);
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

static int
is_one_of(const char *w, size_t len, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strlen(*words) == len && memcmp(*words, w, len) == 0)
			return (1);
	return (0);
}

/* Is a number of a length that anybody could mean? */
static int
fits(const json_t *json, size_t len)
{
	return (json_is_integer(json) ? len <= MAXDIGITS :
	    !json_is_real(json) || len < MAXREAL);
}

/*
 * A bare word.  Numbers out of any range become 0 after the complaint, so
 * that the rest of the file is still checked.
 */
static int
scan_bare(struct scan *s, struct value *v)
{
	static const char *const nonum[] = { "NaN", "nan", "-NaN", "-nan",
	    "Infinity", "-Infinity", "+Infinity", "inf", "-inf", NULL };
	size_t start = s->i;
	json_error_t err;

	while (at(s) != -1 && is_bare(at(s)))
		s->i++;
	if ((v->json = decode(s, start, &err)) == NULL &&
	    json_error_code(&err) != json_error_numeric_overflow &&
	    !is_one_of(s->t + start, s->i - start, nonum)) {
		fail(s, "expected a value; text must be in double quotes");
		return (-1);
	}
	s->col += (unsigned)(s->i - start);
	if (v->json != NULL && fits(v->json, s->i - start))
		return (0);
	errs_add(s->errs, v->line, v->col, "number out of range");
	v->bad = 1;
	json_decref(v->json);
	v->json = json_integer(0);
	return (0);
}

static struct value *
scan_value(struct scan *s, struct value *parent, int depth)
{
	struct value *p = value_new(s, parent);
	int c = at(s), rc;

	if (depth >= CONF_MAXDEPTH) {
		fail(s, "nested too deeply");
		rc = -1;
	} else if (c == '{')
		rc = scan_list(s, p, '}', depth + 1);
	else if (c == '[')
		rc = scan_list(s, p, ']', depth + 1);
	else if (c == '"')
		rc = scan_string(s, p);
	else if (c != -1 && is_bare(c))
		rc = scan_bare(s, p);
	else {
		fail(s, c == -1 ? "the file ends too early" :
		    "expected a value");
		rc = -1;
	}
	if (rc == -1) {
		value_free(p);
		return (NULL);
	}
	return (p);
}

/* What editors write without showing it; NULL, or what is wrong. */
static const char *
bad_encoding(const char *text, size_t len)
{
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		return ("begins with a byte order mark: save it without one");
	if (len >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 ||
	    memcmp(text, "\xfe\xff", 2) == 0))
		return ("is UTF-16: save it as UTF-8");
	return (NULL);
}

struct value *
value_read(struct errs *errs, const char *text, size_t len)
{
	struct scan s = { .errs = errs, .t = text, .len = len, .line = 1,
	    .col = 1 };
	const char *why;
	struct value *v;

	if ((why = bad_encoding(text, len)) != NULL) {
		fail(&s, why);
		return (NULL);
	}
	if (memchr(text, '\0', len) != NULL) {
		s.i = (size_t)((const char *)memchr(text, '\0', len) - text);
		place_at(text, s.i, &s.line, &s.col);
		fail(&s, "NUL byte");
		return (NULL);
	}
	skip_space(&s);
	if (s.failed)
		return (NULL);
	if ((v = scan_value(&s, NULL, 0)) == NULL)
		return (NULL);
	skip_space(&s);
	if (!s.failed && at(&s) != -1)
		fail(&s, "text after the end of the configuration");
	if (s.failed || s.unread) {
		value_free(v);
		return (NULL);
	}
	return (v);
}
