/* SPDX-License-Identifier: ISC */
/*
 * Objects by the rows of their keys.  A row has the whole path to its key, so
 * the objects on the way are those that some row goes through.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "supervisor/conf/conf_priv.h"

/* An object on the way: the first n bytes of a path, "tools.exec." */
struct key_way {
	const char	*path;
	size_t		 n;
};

/* What follows in a path after the way, or NULL if it goes elsewhere. */
static const char *
after(const struct key *k, struct key_way w)
{
	return (strncmp(k->path, w.path, w.n) == 0 ? k->path + w.n : NULL);
}

static void
unknown_key(struct cx *cx, const struct value *v, const struct key_table *t,
    struct key_way w)
{
	struct strv names = { NULL, 0 };
	const char *near, *name;
	char where[512];
	size_t i, n = 0;

	for (i = 0; i < t->n; i++) {
		if ((name = after(&t->k[i], w)) == NULL)
			continue;
		/* once, though some rows go through it */
		if (names.n == 0 || strncmp(name, names.v[names.n - 1], n) !=
		    0 || strcspn(name, ".") != n) {
			n = strcspn(name, ".");
			strv_addn(&names, name, n);
		}
	}
	near = get_nearest(v->key, (const char *const *)names.v, names.n);
	value_name(v->parent, where, sizeof(where));
	errs_add(&cx->errs, v->kline, v->kcol,
	    "unknown key \"%s\"%s%s%s%s%s", v->key,
	    where[0] != '\0' ? " in " : "", where,
	    near != NULL ? ", did you mean \"" : "",
	    near != NULL ? near : "", near != NULL ? "\"?" : "");
	strv_free(&names);
}

static int get_object(struct cx *, const struct value *,
    const struct key_table *, struct key_way, void *);

/* By the row that it has, or as an object on the way to some. */
static int
get_member(struct cx *cx, const struct value *v, const struct key_table *t,
    struct key_way w, void *of)
{
	size_t i, n = strlen(v->key);
	const char *name;

	for (i = 0; i < t->n && strchr(v->key, '.') == NULL; i++) {
		name = after(&t->k[i], w);
		if (name == NULL || strncmp(name, v->key, n) != 0 ||
		    (name[n] != '\0' && name[n] != '.'))
			continue;
		/* which key it is, and what it may be, is known here */
		if (v->bad)
			errs_drop(&cx->errs, v->line, v->col);
		if (name[n] == '\0')
			return (t->k[i].kind->get(cx, v, &t->k[i], of));
		w.path = t->k[i].path;
		w.n += n + 1;
		return (get_object(cx, v, t, w, of));
	}
	unknown_key(cx, v, t, w);
	return (-1);
}

static int
get_object(struct cx *cx, const struct value *v, const struct key_table *t,
    struct key_way w, void *of)
{
	int rc = 0;
	size_t i;

	if (!get_is_object(cx, v))
		return (-1);
	for (i = 0; i < v->nkids; i++)
		if (!v->kids[i]->skip &&
		    get_member(cx, v->kids[i], t, w, of) == -1)
			rc = -1;
	return (rc);
}

int
keys_get(struct cx *cx, const struct value *v, const struct key_table *t,
    void *of)
{
	int rc = get_object(cx, v, t, (struct key_way){ "", 0 }, of);
	const struct key *k;
	size_t i;

	for (i = 0; i < t->n && json_is_object(v->json); i++) {
		k = &t->k[i];
		if (k->kind->absent != NULL && value_find(v, k->path) == NULL)
			k->kind->absent(cx, v, k, of);
	}
	return (rc);
}

void
keys_absent(struct cx *cx, const struct value *in, const struct key_table *t,
    void *of)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (t->k[i].kind->absent != NULL)
			t->k[i].kind->absent(cx, in, &t->k[i], of);
}

int
keys_each(struct cx *cx, const struct value *v, const struct key *k,
    const char *what,
    int (*one)(struct cx *, const struct value *, struct conf *))
{
	struct value *kid;
	int rc = 0;
	size_t i;

	if (!get_is_object(cx, v))
		return (-1);
	if (v->nkids < k->min) {
		cx_err(cx, v, "names no %s", what);
		return (-1);
	}
	if (v->nkids > k->max) {
		cx_err(cx, v, "too many %ss", what);
		return (-1);
	}
	for (i = 0; i < v->nkids; i++) {
		kid = v->kids[i];
		if (kid->skip)
			continue;
		if (!get_name_ok(kid->key)) {
			errs_add(&cx->errs, kid->kline, kid->kcol,
			    "bad name of a %s \"%s\"", what, kid->key);
			rc = -1;
		} else if (one(cx, kid, cx->c) == -1)
			rc = -1;
	}
	return (rc);
}

/* The object that has the last part of a path, and that part. */
static json_t *
object_of(json_t *o, const char **path)
{
	const char *dot;
	json_t *kid;
	char *name;

	while ((dot = strchr(*path, '.')) != NULL) {
		name = xstrndup(*path, (size_t)(dot - *path));
		if ((kid = json_object_get(o, name)) == NULL) {
			kid = json_object();
			(void)json_object_set_new(o, name, kid);
		}
		free(name);
		o = kid;
		*path = dot + 1;
	}
	return (o);
}

json_t *
keys_show(const struct key_table *t, const void *of)
{
	json_t *all = json_object(), *o;
	const char *name;
	size_t i;

	for (i = 0; i < t->n; i++) {
		name = t->k[i].path;
		o = object_of(all, &name);
		(void)json_object_set_new(o, name,
		    t->k[i].kind->show(&t->k[i], of));
	}
	return (all);
}

void
keys_init(const struct key_table *t, void *of)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (t->k[i].kind->init != NULL)
			t->k[i].kind->init(&t->k[i], of);
}

void
keys_free(const struct key_table *t, void *of)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (t->k[i].kind->free != NULL)
			t->k[i].kind->free(&t->k[i], of);
}
