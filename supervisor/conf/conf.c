/* SPDX-License-Identifier: ISC */
/*
 * Loading the configuration: the file with its own checks, then values with
 * their places, the rows of keys, and the checks of the whole.  And printing
 * it: what is printed loads again, and prints the same.
 */
#include "config.h"

#include <sys/random.h>

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/conf/conf_priv.h"

#define DRAFT_MAXTOLD	10000

void
conf_free(struct conf *c)
{
	if (c == NULL)
		return;
	keys_free(&conf_table, c);
	while (c->nfiles > 0)
		free(c->files[--c->nfiles].path);
	free(c->files);
	free(c->path);
	freezero(c->text, c->textlen);
	free(c);
}

/*
 * jansson draws its seed when the first object is made; do it here, while
 * /dev/urandom or getrandom still are at hand.
 */
static void
seed_json(void)
{
	static int seeded;
	size_t seed = 0;

	if (seeded)
		return;
	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = (size_t)getpid();
	json_object_seed(seed | 1);
	seeded = 1;
}

struct conf_told {
	struct cx	*cx;
};

void
conf_tell(struct conf_told *t, int note, const struct conf_place *at,
    const char *fmt, ...)
{
	const struct value *v = t->cx->root, *kid;
	char *text;
	va_list ap;
	size_t i;

	for (i = 0; i < 3 && at->key[i] != NULL; i++) {
		if ((kid = value_key(v, at->key[i])) == NULL)
			break;
		v = kid;
	}
	/* what a list has by default stands nowhere */
	if (at->entry >= 0 && i == 3 && (size_t)at->entry < v->nkids)
		v = v->kids[at->entry];
	else if (at->text != NULL && (kid = value_entry(v, at->text)) != NULL)
		v = kid;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) == -1)
		text = xstrdup("out of memory");
	va_end(ap);
	(note ? cx_note : cx_err)(t->cx, v, "%s", text);
	free(text);
}

/* other: NULL, or what is told of who else could have written it. */
static struct conf *
parse(const char *path, const char *text, size_t len,
    const struct conf_ear *ear, conf_look *look, size_t max,
    const char *other)
{
	struct cx cx = { .errs = { .file = path, .max = max }, .ear = ear };
	struct conf_told told = { &cx };
	struct conf *c;

	c = cx.c = xcalloc(1, sizeof(*c));
	c->path = xstrdup(path);
	c->text = xmalloc(len + 1);
	memcpy(c->text, text, len);
	c->text[len] = '\0';
	c->textlen = len;
	seed_json();
	keys_init(&conf_table, c);
	if (len > CONF_MAXFILE)
		errs_add(&cx.errs, 1, 1, "larger than %d bytes", CONF_MAXFILE);
	else if ((cx.root = value_read(&cx.errs, text, len)) != NULL) {
		(void)keys_get(&cx, cx.root, &conf_table, c);
		if (json_is_object(cx.root->json))
			conf_check(&cx);
	}
	if (other != NULL && cx.root != NULL)
		cx_note(&cx, cx.root, "the file %s: the daemon will not take "
		    "it like that", other);
	if (look != NULL && cx.errs.n == cx.errs.notes)
		look(c, &told);
	value_free(cx.root);
	if (cx.errs.n > cx.errs.notes) {
		conf_free(c);
		c = NULL;
	}
	errs_tell(&cx.errs, ear);
	errs_free(&cx.errs);
	strv_free(&cx.told);
	return (c);
}

struct conf *
conf_parse(const char *path, const char *text, size_t len, FILE *errs)
{
	const struct conf_ear ear = { .out = errs };

	return (parse(path, text, len, &ear, NULL, 0, NULL));
}

void
conf_print(const struct conf *c, FILE *f)
{
	json_t *root = keys_show(&conf_table, c);

	(void)json_dumpf(root, f, JSON_INDENT(2));
	(void)fputc('\n', f);
	json_decref(root);
}

static struct conf *
load(const char *path, const struct conf_ear *ear, conf_look *look,
    int is_draft)
{
	struct conf_said s = { path, 1, 1, 0, 1, "", NULL };
	struct conf *c = NULL;
	const char *other = NULL;
	int64_t mtime = 0;
	size_t len;
	char *buf;

	buf = conf_ops->read(path, &len, &mtime, &s.text,
	    is_draft ? &other : NULL);
	if (buf == NULL) {
		conf_hear(ear, &s);
		return (NULL);
	}
	c = parse(path, buf, len, ear, look, is_draft ? DRAFT_MAXTOLD : 0,
	    other);
	if (c != NULL)
		conf_add_file(c, path, mtime);
	freezero(buf, CONF_FILEROOM);
	return (c);
}

struct conf *
conf_load(const char *path, FILE *errs, conf_look *look)
{
	const struct conf_ear ear = { .out = errs };

	return (load(path, &ear, look, 0));
}

struct conf *
conf_draft(const char *path, const struct conf_ear *ear, conf_look *look)
{
	return (load(path, ear, look, 1));
}

struct conf *
conf_draft_text(const char *path, const char *text, size_t len,
    const struct conf_ear *ear, conf_look *look)
{
	return (parse(path, text, len, ear, look, DRAFT_MAXTOLD, NULL));
}
