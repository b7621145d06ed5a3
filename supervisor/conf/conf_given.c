/* SPDX-License-Identifier: ISC */
/* What a profile says of skills, which counts where they do not say it. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "supervisor/conf/conf_priv.h"

/*
 * What a profile may say of a skill that does not say it itself: nothing that
 * names a place, a secret or a channel of this host.
 */
static int
is_given(const char *path)
{
	static const char *const names[] = { "default", "execsDefault", "home",
	    "protect", "network", "env", "runAs" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(path, names[i]) == 0)
			return (1);
	return (strncmp(path, "limits.", 7) == 0);
}

static const struct key *
row_of(const struct key_table *t, const char *path)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (strcmp(t->k[i].path, path) == 0)
			return (&t->k[i]);
	return (NULL);
}

/* Variables are added to those of the skill, which has its own of a name. */
static void
skip_own(const struct value *given, const struct value *own)
{
	size_t i;

	for (i = 0; own != NULL && i < given->nkids; i++)
		if (given->kids[i]->key != NULL &&
		    value_key(own, given->kids[i]->key) != NULL)
			given->kids[i]->skip = 1;
}

/* One key with its whole path; 0, or -1 and an error. */
static int
give(struct cx *cx, const struct value *v, const char *path,
    const struct given *g)
{
	const struct key *k = row_of(g->table, path);
	const struct value *has = value_find(g->own, path);

	if (k == NULL || !is_given(path)) {
		cx_err(cx, v, k == NULL ? "is no key of a skill" :
		    "is for each skill to say");
		return (-1);
	}
	if (strcmp(path, "env") == 0)
		skip_own(v, has);
	else if (has != NULL)
		return (0);
	return (k->kind->get(cx, v, k, g->skill));
}

int
given_add(struct cx *cx, const struct value *given, const struct given *to)
{
	const struct value *v;
	char path[256];
	size_t i, k;
	int rc = 0;

	if (!get_is_object(cx, given))
		return (-1);
	for (i = 0; i < given->nkids; i++) {
		v = given->kids[i];
		if (v->skip)
			continue;
		if (strcmp(v->key, "limits") != 0) {
			rc |= give(cx, v, v->key, to);
			continue;
		}
		if (!get_is_object(cx, v))
			return (-1);
		for (k = 0; k < v->nkids; k++) {
			(void)snprintf(path, sizeof(path), "limits.%s",
			    v->kids[k]->key);
			if (!v->kids[k]->skip)
				rc |= give(cx, v->kids[k], path, to);
		}
	}
	return (rc);
}

/* It is read when the rest of the profile was, for one skill. */
static int
given_get(struct cx *cx, const struct value *v, const struct key *k, void *of)
{
	const struct value **to = key_at(k, of);

	(void)cx;
	*to = v;
	return (0);
}

const struct key_kind kind_GIVEN = { .name = "skill", .get = given_get };
