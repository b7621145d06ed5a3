/* SPDX-License-Identifier: ISC */
/* skills.NAME.protect: names that stay as they are in writable grants. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/protect.h"
#include "supervisor/conf/conf_priv.h"

static void
names_init(const struct key *k, void *of)
{
	const char *const *s;

	for (s = protect_usual; *s != NULL; s++)
		strv_add(key_at(k, of), *s);
}

static int
is_change(const char *s)
{
	return (s[0] == '+' || s[0] == '-');
}

/* Of a name, or of a change of the usual ones. */
static const char *
change_wrong(const char *s)
{
	return (protect_wrong(is_change(s) ? s + 1 : s));
}

static int
is_usual(const char *name)
{
	const char *const *s;

	for (s = protect_usual; *s != NULL; s++)
		if (strcmp(*s, name) == 0)
			return (1);
	return (0);
}

/*
 * Either changes or names: in a list of both nobody could tell what the rest
 * of it is.  0, or -1 and an error.
 */
static int
check_changes(struct cx *cx, const struct value *v, const struct strv *in)
{
	const char *s;
	size_t i;
	int rc = 0;

	for (i = 0; i < in->n; i++) {
		s = in->v[i];
		if (!is_change(s))
			cx_err(cx, v->kids[i], "\"%s\": in a list that "
			    "changes the default every name has \"+\" or "
			    "\"-\" before it", s);
		else if (s[0] == '-' && !is_usual(s + 1))
			cx_err(cx, v->kids[i], "\"%s\": the default does not "
			    "have that name", s);
		else if (s[0] == '+' && is_usual(s + 1))
			cx_err(cx, v->kids[i], "\"%s\": the default has that "
			    "name", s);
		else
			continue;
		rc = -1;
	}
	return (rc);
}

/* The usual names that are not taken away, and what is added. */
static void
apply_changes(struct strv *to, const struct strv *in)
{
	const char *const *s;
	char *minus;
	size_t i;

	for (s = protect_usual; *s != NULL; s++) {
		xasprintf(&minus, "-%s", *s);
		if (!strv_has(in, minus))
			strv_add(to, *s);
		free(minus);
	}
	for (i = 0; i < in->n; i++)
		if (in->v[i][0] == '+')
			strv_add(to, in->v[i] + 1);
}

static int
names_get(struct cx *cx, const struct value *v, const struct key *k, void *of)
{
	struct strv *to = key_at(k, of), in = { NULL, 0 };
	size_t i, changes = 0;
	int rc;

	rc = get_list(cx, v, k->max, change_wrong, 1, to);
	for (i = 0; rc == 0 && i < to->n; i++)
		changes += is_change(to->v[i]) != 0;
	if (rc == -1 || changes == 0)
		return (rc);
	if (check_changes(cx, v, to) == -1)
		return (-1);
	in = *to;
	to->v = NULL;
	to->n = 0;
	apply_changes(to, &in);
	strv_free(&in);
	if (to->n <= k->max)
		return (0);
	cx_err(cx, v, "more than %u names, with those of the default",
	    k->max);
	return (-1);
}

const struct key_kind kind_NAMES = { .name = "names", .get = names_get,
    .show = list_show, .init = names_init, .free = list_free };
