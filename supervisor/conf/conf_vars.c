/* SPDX-License-Identifier: ISC */
/* Objects of names that are chosen: variables and secrets of a skill. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/varname.h"
#include "supervisor/conf/conf_priv.h"

static int
vars_get(struct cx *cx, const struct value *v, const struct key *k, void *of)
{
	struct strv *to = key_at(k, of);
	const char *why, *s;
	struct value *kid;
	int rc = 0;
	char *line;
	size_t i;

	if (!get_is_object(cx, v))
		return (-1);
	if (v->nkids > k->max) {
		cx_err(cx, v, "more than %u variables", k->max);
		return (-1);
	}
	for (i = 0; i < v->nkids; i++) {
		kid = v->kids[i];
		if (kid->skip)
			continue;
		if ((why = varname_wrong(kid->key)) != NULL) {
			cx_err(cx, kid, "bad variable: %s", why);
			rc = -1;
		} else if ((s = get_text(cx, kid)) == NULL) {
			rc = -1;
		} else {
			xasprintf(&line, "%s=%s", kid->key, s);
			strv_add(to, line);
			free(line);
		}
	}
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
secrets_get(struct cx *cx, const struct value *v, const struct key *k,
    void *of)
{
	struct terms *t = key_at(k, of);
	struct value *kid;
	const char *why;
	uint32_t how;
	int rc = 0;
	size_t i;

	if (!get_is_object(cx, v))
		return (-1);
	for (i = 0; i < v->nkids; i++) {
		kid = v->kids[i];
		if (kid->skip)
			continue;
		if ((why = varname_wrong(kid->key)) != NULL) {
			cx_err(cx, kid, "bad name of a secret: %s", why);
			rc = -1;
		} else if (get_word(cx, kid, term_secret_words, &how) == -1) {
			rc = -1;
		} else if (t->secrets.n == k->max) {
			cx_err(cx, kid, "more than %u secrets", k->max);
			return (-1);
		} else
			strv_add(&t->secrets, kid->key);
	}
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
