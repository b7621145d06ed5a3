/* SPDX-License-Identifier: ISC */
/* tools.exec.wrappers: programs that run others, and how. */
#include "config.h"

#include <string.h>

#include "common/policy/wrap.h"
#include "supervisor/conf/conf_priv.h"

#define WRAP_MAXNAME	255	/* of a file */
#define WRAP_MAXGRAMMAR	1024

static const char *
name_wrong(const char *s)
{
	size_t i;

	if (s[0] == '\0' || strlen(s) > WRAP_MAXNAME)
		return ("a program's name has 1 to 255 bytes");
	for (i = 0; s[i] != '\0'; i++)
		if (s[i] == '/' || (unsigned char)s[i] <= 0x20 ||
		    s[i] == 0x7f)
			return ("a program's name has neither \"/\" nor "
			    "blanks");
	return (NULL);
}

static int
wrappers_get(struct cx *cx, const struct value *v, const struct key *k,
    void *of)
{
	struct wraps *to = key_at(k, of);
	const char *why, *s;
	struct value *kid;
	int rc = 0;
	size_t i;

	if (!get_is_object(cx, v))
		return (-1);
	if (v->nkids > k->max) {
		cx_err(cx, v, "more than %u programs", k->max);
		return (-1);
	}
	for (i = 0; i < v->nkids; i++) {
		kid = v->kids[i];
		if (kid->skip)
			continue;
		if ((why = name_wrong(kid->key)) != NULL) {
			cx_err(cx, kid, "%s", why);
			rc = -1;
		} else if ((s = get_text(cx, kid)) == NULL) {
			rc = -1;
		} else if (strlen(s) > WRAP_MAXGRAMMAR ||
		    (why = gram_wrong(s)) != NULL) {
			cx_err(cx, kid, "bad grammar \"%.200s\": %s", s,
			    why != NULL ? why : "is too long");
			rc = -1;
		} else {
			strv_add(&to->names, kid->key);
			strv_add(&to->grammars, s);
		}
	}
	wraps_set(to);
	return (rc);
}

static json_t *
wrappers_show(const struct key *k, const void *of)
{
	const struct wraps *w = key_at(k, of);
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < w->names.n; i++)
		(void)json_object_set_new(o, w->names.v[i],
		    json_string(w->grammars.v[i]));
	return (o);
}

static void
wrappers_free(const struct key *k, void *of)
{
	wraps_free(key_at(k, of));
}

const struct key_kind kind_WRAPPERS = { .name = "wrappers",
    .get = wrappers_get, .show = wrappers_show, .free = wrappers_free };
