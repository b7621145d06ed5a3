/* SPDX-License-Identifier: ISC */
/* Objects of names that are chosen: variables and secrets of a skill. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/varname.h"
#include "supervisor/conf/conf_priv.h"

/*
 * Each member, but those that a later one replaces, to take(), which
 * complains itself, as long as the name is one.  what: of one of them.
 */
static int
each_name(struct cx *cx, const struct value *v, const struct key *k,
    const char *what, int (*take)(struct cx *, const struct value *, void *),
    void *to)
{
	const struct value *kid;
	const char *why;
	int rc = 0;
	size_t i;

	if (!get_is_object(cx, v))
		return (-1);
	if (v->nkids > k->max) {
		cx_err(cx, v, "more than %u %ss", k->max, what);
		return (-1);
	}
	for (i = 0; i < v->nkids; i++) {
		kid = v->kids[i];
		if (kid->skip)
			continue;
		if ((why = varname_wrong(kid->key)) != NULL) {
			cx_err(cx, kid, "bad name of a %s: %s", what, why);
			rc = -1;
		} else if (take(cx, kid, to) == -1)
			rc = -1;
	}
	return (rc);
}

static int
take_var(struct cx *cx, const struct value *kid, void *to)
{
	const char *s;
	char *line;

	if ((s = get_text(cx, kid)) == NULL)
		return (-1);
	xasprintf(&line, "%s=%s", kid->key, s);
	strv_add(to, line);
	free(line);
	return (0);
}

static int
vars_get(struct cx *cx, const struct value *v, const struct key *k, void *of)
{
	struct strv *to = key_at(k, of);
	int rc;

	rc = each_name(cx, v, k, "variable", take_var, to);
	strv_sort(to);
	return (rc);
}

static json_t *
vars_show(const struct key *k, const void *of)
{
	const struct strv *vars = key_at(k, of);
	json_t *o = json_object();
	const char *eq;
	char *name;
	size_t i;

	for (i = 0; i < vars->n; i++) {
		eq = strchr(vars->v[i], '=');
		name = xstrndup(vars->v[i], (size_t)(eq - vars->v[i]));
		(void)json_object_set_new(o, name, json_string(eq + 1));
		free(name);
	}
	return (o);
}

#define SECRET_ROW(kind, path, member, min, max, dflt, more, what)	\
	KEY_ROW(conf_secret, kind, path, member, min, max, dflt, more)
static const struct key secret_rows[] = { SECRET_KEYS(SECRET_ROW) };
static const struct key_table secret_table = KEY_TABLE(secret_rows);

static int
by_name(const void *a, const void *b)
{
	const struct conf_secret *x = a, *y = b;

	return (strcmp(x->name, y->name));
}

/* A word says how it is handed over, and that all else is as by default. */
static int
take_secret(struct cx *cx, const struct value *kid, void *to)
{
	struct conf_skill *sk = to;
	struct conf_secret *one = &sk->releases[sk->secrets.n];
	uint32_t how;

	keys_init(&secret_table, one);
	if (json_is_object(kid->json)) {
		if (keys_get(cx, kid, &secret_table, one) == -1)
			return (-1);
	} else if (json_is_string(kid->json)) {
		if (get_word(cx, kid, term_secret_words, &how) == -1)
			return (-1);
		one->as = PLAN_SECRET_ENV + how;
	} else {
		cx_err(cx, kid, "must be \"env\", \"file\" or an object");
		return (-1);
	}
	one->name = xstrdup(kid->key);
	strv_add(&sk->secrets, kid->key);
	return (0);
}

static int
secrets_get(struct cx *cx, const struct value *v, const struct key *k,
    void *of)
{
	struct conf_skill *sk = of;
	size_t i;
	int rc;

	rc = each_name(cx, v, k, "secret", take_secret, sk);
	strv_sort(&sk->secrets);
	qsort(sk->releases, sk->secrets.n, sizeof(sk->releases[0]), by_name);
	for (i = 0; i < sk->secrets.n; i++)
		sk->secret_how[i] = (uint8_t)sk->releases[i].as;
	return (rc);
}

static json_t *
secrets_show(const struct key *k, const void *of)
{
	const struct conf_skill *sk = of;
	json_t *o = json_object();
	size_t i;

	(void)k;
	for (i = 0; i < sk->secrets.n; i++)
		(void)json_object_set_new(o, sk->secrets.v[i],
		    keys_show(&secret_table, &sk->releases[i]));
	return (o);
}

static void
secrets_free(const struct key *k, void *of)
{
	struct conf_skill *sk = of;
	size_t i;

	(void)k;
	for (i = 0; i < sk->secrets.n; i++)
		free(sk->releases[i].name);
	strv_free(&sk->secrets);
}

const struct key_kind kind_VARS = { .name = "variables", .get = vars_get,
    .show = vars_show, .free = list_free };
/* "of" is a skill, which has three members for this one key. */
const struct key_kind kind_SECRETS = { .name = "secrets", .get = secrets_get,
    .show = secrets_show, .free = secrets_free, .each = &secret_table };
