/* SPDX-License-Identifier: ISC */
/* Lists of command patterns: allow, ask, deny, and tools.exec. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/policy/pattern_priv.h"
#include "common/policy/policy.h"
#include "supervisor/conf/conf_priv.h"

static void
patterns_free(const struct key *k, void *of)
{
	struct patterns *ps = key_at(k, of);
	size_t i;

	for (i = 0; i < ps->n; i++)
		pattern_free(ps->p[i]);
	free(ps->p);
	ps->p = NULL;
	ps->n = 0;
}

/*
 * What would make a pattern of allow, ask or deny say something else than it
 * seems to.  approvalPatterns may hold any text.
 */
static const char *
pattern_wrong(const struct pattern *p, int allow)
{
	if (p->shell_word)
		return ("a pattern is one command; put shell operators in "
		    "quotes if they are meant as words");
	if (p->assigns)
		return ("a pattern begins with the program, not with a "
		    "variable");
	if (!p->prog_any && strchr(p->prog, '/') != NULL &&
	    path_form_wrong(p->prog) != NULL)
		return ("the program must be a name or an absolute path in "
		    "normal form");
	if (allow && p->prog_glob && !p->prog_any && p->prog[0] != '/')
		return ("the program must be named in full here, or be \"*\"");
	return (NULL);
}

/* NULL and an error, or the pattern. */
static struct pattern *
pattern_get(struct cx *cx, const struct value *v, uint32_t kind)
{
	const char *s, *why = NULL;
	struct pattern *p;
	char *where;

	if ((s = get_text(cx, v)) == NULL)
		return (NULL);
	p = pattern_new(s, &why);
	if (p != NULL && kind != PATTERNS_APPROVAL)
		why = pattern_wrong(p, kind == PATTERNS_ALLOW);
	if (p != NULL && why == NULL) {
		(void)xasprintf(&where, "%s:%u", cx->errs.file, v->line);
		pattern_written(p, where);
		free(where);
		return (p);
	}
	cx_err(cx, v, "bad pattern \"%s\": %s", s, why);
	pattern_free(p);
	return (NULL);
}

static int
patterns_get(struct cx *cx, const struct value *v, const struct key *k,
    void *of)
{
	struct patterns *ps = key_at(k, of);
	int rc = 0;
	size_t i;

	patterns_free(k, of);
	if (get_array(cx, v, k->max) == -1) {
		cx->bad_patterns = 1;
		return (-1);
	}
	ps->p = xcalloc(v->nkids, sizeof(*ps->p));
	for (i = 0; i < v->nkids; i++) {
		ps->p[ps->n] = pattern_get(cx, v->kids[i], k->min);
		if (ps->p[ps->n] != NULL)
			ps->n++;
		else
			rc = -1;
	}
	if (rc == -1)
		cx->bad_patterns = 1;
	return (rc);
}

static json_t *
patterns_show(const struct key *k, const void *of)
{
	const struct patterns *ps = key_at(k, of);
	json_t *a = json_array();
	size_t i;

	for (i = 0; i < ps->n; i++)
		(void)json_array_append_new(a,
		    json_string(pattern_text(ps->p[i])));
	return (a);
}

const struct key_kind kind_PATTERNS = { .name = "patterns",
    .get = patterns_get, .show = patterns_show, .free = patterns_free };
