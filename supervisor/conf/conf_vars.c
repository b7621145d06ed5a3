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

/* How each is handed over, in the order in which they are sorted. */
static void
secrets_how(const struct value *v, struct terms *t)
{
	const char *how;
	size_t i;

	strv_sort(&t->secrets);
	for (i = 0; i < t->secrets.n; i++) {
		how = json_string_value(value_key(v, t->secrets.v[i])->json);
		t->secret_how[i] = strcmp(how, "env") == 0 ? PLAN_SECRET_ENV :
		    PLAN_SECRET_FILE;
	}
}

static int
take_secret(struct cx *cx, const struct value *kid, void *to)
{
	uint32_t how;

	if (get_word(cx, kid, term_secret_words, &how) == -1)
		return (-1);
	strv_add(to, kid->key);
	return (0);
}

static int
secrets_get(struct cx *cx, const struct value *v, const struct key *k,
    void *of)
{
	struct terms *t = key_at(k, of);
	int rc;

	rc = each_name(cx, v, k, "secret", take_secret, &t->secrets);
	secrets_how(v, t);
	return (rc);
}

static json_t *
secrets_show(const struct key *k, const void *of)
{
	const struct terms *t = key_at(k, of);
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < t->secrets.n; i++)
		(void)json_object_set_new(o, t->secrets.v[i],
		    json_string(term_secret_words[t->secret_how[i] - 1]));
	return (o);
}

static void
secrets_free(const struct key *k, void *of)
{
	strv_free(&((struct terms *)key_at(k, of))->secrets);
}

const struct key_kind kind_VARS = { .name = "variables", .get = vars_get,
    .show = vars_show, .free = list_free };
/* The member is all of the terms: there are two for this one key. */
const struct key_kind kind_SECRETS = { .name = "secrets", .get = secrets_get,
    .show = secrets_show, .free = secrets_free };
