/* SPDX-License-Identifier: ISC */
/* Changes of a text that is TOML; see tomledit.h. */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "client/connect/tomledit.h"
#include "common/buf.h"
#include "common/xmalloc.h"

#define BEGIN		"# begin of what clawbot connect has added\n"
#define BEGIN_CUT	"# begin of what clawbot connect has added, on a new " \
			"line\n"
#define END		"# end of what clawbot connect has added\n"
#define TOML_MAX	(64U * 1024 * 1024)
#define TOML_KEYS	16	/* of a path */

/* Where a table or a value is: its keys. */
struct tomlpath {
	char		*keys[TOML_KEYS];
	size_t		 n;
};

static void
path_cut(struct tomlpath *p, size_t n)
{
	while (p->n > n)
		free(p->keys[--p->n]);
}

static const char *
blanks(const char *p)
{
	return (p + strspn(p, " \t"));
}

/* Behind a string of any kind; NULL if it has no end. */
static const char *
string(const char *p)
{
	const char q = *p;
	const int three = p[1] == q && p[2] == q;

	for (p += three ? 3 : 1; *p != '\0'; p++) {
		if (q == '"' && *p == '\\' && p[1] != '\0')
			p++;
		else if (!three && *p == '\n')
			return (NULL);
		else if (*p == q && (!three || (p[1] == q && p[2] == q)))
			return (p + (three ? 3 : 1));
	}
	return (NULL);
}

/* One key of a path; a quoted one with escapes is nobody's we look for. */
static const char *
one_key(const char *p, struct tomlpath *path)
{
	const char *end;

	if (path->n == TOML_KEYS)
		return (NULL);
	if (*p == '"' || *p == '\'') {
		if ((end = string(p)) == NULL || end - p < 2)
			return (NULL);
		if (memchr(p, '\\', (size_t)(end - p)) != NULL)
			return (NULL);
		path->keys[path->n++] = xstrndup(p + 1,
		    (size_t)(end - p) - 2);
		return (end);
	}
	for (end = p; isalnum((unsigned char)*end) || *end == '_' ||
	    *end == '-'; end++)
		;
	if (end == p)
		return (NULL);
	path->keys[path->n++] = xstrndup(p, (size_t)(end - p));
	return (end);
}

static const char *
keys(const char *p, struct tomlpath *path)
{
	for (;;) {
		if ((p = one_key(blanks(p), path)) == NULL)
			return (NULL);
		p = blanks(p);
		if (*p != '.')
			return (p);
		p++;
	}
}

/* Behind a value, which may go over lines in brackets. */
static const char *
value(const char *p)
{
	size_t depth = 0;

	for (;;) {
		if (*p == '"' || *p == '\'') {
			if ((p = string(p)) == NULL)
				return (NULL);
			continue;
		}
		if (*p == '#')
			p += strcspn(p, "\n");
		if (*p == '\0' || (*p == '\n' && depth == 0))
			return (depth == 0 ? p : NULL);
		if (*p == '[' || *p == '{')
			depth++;
		if ((*p == ']' || *p == '}') && depth-- == 0)
			return (NULL);
		p++;
	}
}

/* How many keys the two have in common from the beginning. */
static size_t
common(const struct tomlpath *p, const struct tomltable *t, size_t *tn)
{
	size_t i = 0;

	for (*tn = 0; *tn < 4 && t->keys[*tn] != NULL;)
		++*tn;
	while (i < *tn && i < p->n && strcmp(t->keys[i], p->keys[i]) == 0)
		i++;
	return (i);
}

/* kind: [ a table, { a list of tables, = a value. */
static int
clashes(const struct tomlpath *p, char kind, const struct tomltable *t)
{
	size_t n, tn;

	for (; t->keys[0] != NULL; t++) {
		n = common(p, t, &tn);
		if (n == tn && kind == '{' && t->list)
			continue;	/* one more of them */
		if (n == tn && p->n > tn && t->list && kind != '=')
			continue;	/* inside of another one */
		if (n == tn || (n == p->n && kind != '['))
			return (1);
	}
	return (0);
}

/* "[a.b]" or "[[a.b]]" */
static const char *
header(const char *p, struct tomlpath *path, char *kind)
{
	*kind = p[1] == '[' ? '{' : '[';
	path_cut(path, 0);
	p = keys(p + (*kind == '{' ? 2 : 1), path);
	if (p == NULL || *p != ']' || (*kind == '{' && p[1] != ']'))
		return (NULL);
	p = blanks(p + (*kind == '{' ? 2 : 1));
	if (*p == '#')
		p += strcspn(p, "\n");
	return (*p == '\n' || *p == '\r' || *p == '\0' ? p : NULL);
}

/* The tables of a list have values of the same names, all inside of it. */
static int
in_list(const struct tomlpath *p, size_t n, const struct tomltable *t)
{
	struct tomlpath table = *p;
	size_t tn;

	table.n = n;
	for (; t->keys[0] != NULL; t++)
		if (t->list && common(&table, t, &tn) == tn)
			return (1);
	return (0);
}

/* 0, or -1 and why nothing can be added. */
static int
look(const char *p, const struct tomltable *t, const char **why)
{
	struct tomlpath path = { { NULL }, 0 };
	size_t table = 0;
	char kind;

	*why = "is not TOML that can be changed with care";
	for (p += strspn(p, " \t\r\n"); p != NULL && *p != '\0';
	    p += p == NULL ? 0 : strspn(p, " \t\r\n")) {
		if (*p == '#') {
			p += strcspn(p, "\n");
			continue;
		}
		if (*p == '[') {
			p = header(p, &path, &kind);
			table = path.n;
		} else {
			path_cut(&path, table);
			kind = '=';
			if ((p = keys(p, &path)) != NULL && *p == '=')
				p = value(p + 1);
			else
				p = NULL;
		}
		if (p == NULL)
			break;
		if ((kind != '=' || !in_list(&path, table, t)) &&
		    clashes(&path, kind, t)) {
			*why = "has something of these names already, which "
			    "is not ours";
			p = NULL;
			break;
		}
	}
	path_cut(&path, 0);
	return (p == NULL ? -1 : 0);
}

/* From the first comment to behind the last, at beginnings of lines. */
static int
block_at(const char *text, const char **from, const char **to, int *was_cut)
{
	static const char *const begins[] = { BEGIN, BEGIN_CUT };
	const char *p;
	int i;

	for (i = 0; i < 2; i++) {
		if ((p = strstr(text, begins[i])) == NULL ||
		    (p != text && p[-1] != '\n'))
			continue;
		*from = p;
		*was_cut = i;
		if ((p = strstr(p, END)) == NULL)
			return (-1);
		*to = p + strlen(END);
		return (1);
	}
	return (0);
}

int
tomledit_remove(const char *text, char **out, const char **why)
{
	const char *from, *to;
	struct buf b;
	int r, was_cut;

	*out = NULL;
	if ((r = block_at(text, &from, &to, &was_cut)) != 1) {
		*why = "has lost the end of what was added";
		return (r);
	}
	/* the end of the line that was put there for it */
	if (was_cut && from > text && *to == '\0')
		from--;
	buf_init(&b, TOML_MAX);
	buf_put(&b, text, (size_t)(from - text));
	buf_put(&b, to, strlen(to));
	*out = buf_text(&b);
	*why = "is too long";
	return (*out == NULL ? -1 : 1);
}

int
tomledit_add(const char *text, const char *block,
    const struct tomltable *tables, char **out, const char **why)
{
	const size_t n = strlen(text);
	char *without;
	struct buf b;
	int r;

	if ((r = tomledit_remove(text, &without, why)) == -1)
		return (-1);
	if (r == 1) {
		r = tomledit_add(without, block, tables, out, why);
		free(without);
		if (r == 1 && strcmp(*out, text) == 0) {
			free(*out);
			*out = NULL;
			return (0);
		}
		return (r);
	}
	*out = NULL;
	if (look(text, tables, why) == -1)
		return (-1);
	buf_init(&b, TOML_MAX);
	buf_put(&b, text, n);
	if (n != 0 && text[n - 1] != '\n')
		buf_printf(&b, "\n%s", BEGIN_CUT);
	else
		buf_printf(&b, "%s", BEGIN);
	buf_printf(&b, "%s%s", block, END);
	*out = buf_text(&b);
	*why = "is too long";
	return (*out == NULL ? -1 : 1);
}
