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
#include "supervisor/conf/conftell.h"

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
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) == -1)
		text = xstrdup("out of memory");
	va_end(ap);
	(note ? cx_note : cx_err)(t->cx, v, "%s", text);
	free(text);
}

static struct conf *
parse(const char *path, const char *text, size_t len, FILE *errs,
    conf_look *look)
{
	struct cx cx = { .errs = { .file = path }, .out = errs };
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
	if (look != NULL && cx.errs.n == cx.errs.notes)
		look(c, &told);
	value_free(cx.root);
	if (cx.errs.n > cx.errs.notes) {
		conf_free(c);
		c = NULL;
	}
	errs_print(&cx.errs, errs);
	errs_free(&cx.errs);
	strv_free(&cx.told);
	return (c);
}

struct conf *
conf_parse(const char *path, const char *text, size_t len, FILE *errs)
{
	return (parse(path, text, len, errs, NULL));
}

void
conf_print(const struct conf *c, FILE *f)
{
	json_t *root = keys_show(&conf_table, c);

	(void)json_dumpf(root, f, JSON_INDENT(2));
	(void)fputc('\n', f);
	json_decref(root);
}

struct conf *
conf_load(const char *path, FILE *errs, conf_look *look)
{
	struct conf *c = NULL;
	const char *why;
	int64_t mtime = 0;
	size_t len;
	char *buf;

	if ((buf = conf_ops->read(path, &len, &mtime, &why)) == NULL) {
		fprintf(errs, "%s:1:1: %s\n", path, why);
		return (NULL);
	}
	if ((c = parse(path, buf, len, errs, look)) != NULL)
		conf_add_file(c, path, mtime);
	freezero(buf, CONF_FILEROOM);
	return (c);
}
