/* SPDX-License-Identifier: ISC */
/* By what the execs of a run are judged, and how. */
#include "config.h"

#include <string.h>

#include "common/policy/wrap.h"
#include "executor/runner/arbiter_priv.h"

/* The skill's rules; the same for every run of it. */
static struct patterns allow, ask, deny, destructive;
static struct wraps wrappers;

static int
read_patterns(struct patterns *to, const struct strv *from)
{
	const char *why;
	size_t i;

	to->p = xcalloc(from->n / 3 + 1, sizeof(*to->p));
	for (i = 0; i + 2 < from->n; i += 3) {
		if ((to->p[to->n] = pattern_new(from->v[i], &why)) == NULL)
			return (-1);
		pattern_written(to->p[to->n], from->v[i + 1]);
		if (from->v[i + 2][0] != '\0')
			pattern_belongs(to->p[to->n], from->v[i + 2]);
		to->n++;
	}
	return (i == from->n ? 0 : -1);
}

static void
forget_patterns(struct patterns *ps)
{
	while (ps->n > 0)
		pattern_free(ps->p[--ps->n]);
	free(ps->p);
	ps->p = NULL;
}

static int
read_wrappers(const struct strv *from)
{
	size_t i;

	for (i = 0; i + 1 < from->n; i += 2) {
		if (gram_wrong(from->v[i + 1]) != NULL)
			return (-1);
		strv_add(&wrappers.names, from->v[i]);
		strv_add(&wrappers.grammars, from->v[i + 1]);
	}
	wraps_set(&wrappers);
	return (i == from->n ? 0 : -1);
}

int
arbiter_rules(const struct xskill *s)
{
	forget_patterns(&allow);
	forget_patterns(&ask);
	forget_patterns(&deny);
	forget_patterns(&destructive);
	wraps_free(&wrappers);
	return (read_wrappers(&s->wrappers) == -1 ||
	    read_patterns(&allow, &s->allow) == -1 ||
	    read_patterns(&ask, &s->ask) == -1 ||
	    read_patterns(&deny, &s->deny) == -1 ||
	    read_patterns(&destructive, &s->destructive) == -1 ? -1 : 0);
}

int
arbiterrules_line(const struct plan *p)
{
	return (p->script.path[0] == '\0' && p->argv.n >= 2 &&
	    policy_shell(&p->argv, p->exe.path));
}

static void
rules_of(const struct runner *r, struct rules *u)
{
	const struct xskill *s = r->job->skill;

	memset(u, 0, sizeof(*u));
	u->skill = s->name;
	u->allow = &allow;
	u->ask = &ask;
	u->deny = &deny;
	u->destructive = &destructive;
	u->dflt = (enum verdict)s->dflt;
	u->approval = (enum approval)s->approval;
	u->write = &s->write;
	u->wraps = &wrappers;
}

int
arbiterrules_was_asked(const struct runner *r, const struct strv *argv,
    const char *rule)
{
	struct circumstances c = { .how = JUDGE_REQUEST, .execs = 1,
	    .top = r->plan.cwd };
	struct rules u;

	rules_of(r, &u);
	return (policy_was_asked(&u, &r->plan, &c, argv, rule));
}

int
arbiterrules_shows(const struct strv *argv, const struct strv *words)
{
	return (policy_shows(&wrappers, argv, words));
}

/* Whatever patterns may call it. */
static void
all_names(struct strv *to, const struct known *k)
{
	to->v = xcalloc(k->names.n + k->same.n + 1, sizeof(*to->v));
	for (to->n = 0; to->n < k->names.n; to->n++)
		to->v[to->n] = k->names.v[to->n];
	for (; to->n < k->names.n + k->same.n; to->n++)
		to->v[to->n] = k->same.v[to->n - k->names.n];
}

void
arbiterrules_decide(const struct runner *r, struct decision *d,
    const struct held_exec *h, enum exec_how how, const struct known *exe,
    const struct known *script, const struct known *loader)
{
	static char none[] = "";
	const struct xskill *s = r->job->skill;
	const struct strv *names, *same;
	struct strv interp = { NULL, 0 };
	struct circumstances c;
	struct rules u;
	struct plan v;

	memset(&c, 0, sizeof(c));
	c.how = how == EXEC_NESTED ? JUDGE_NESTED : JUDGE_DIRECT;
	c.execs = 1;
	c.execs_default = (enum verdict)s->execs_dflt;
	c.top = r->plan.cwd;
	c.linked = (h->has & HELD_STRAIGHT) == 0;
	memset(&v, 0, sizeof(v));
	v.argv = h->argv;
	v.exe = exe->id;
	v.script.path = script != NULL ? script->id.path : none;
	v.interp_arg = h->interp_arg;
	v.cwd = h->cwd;
	rules_of(r, &u);
	names = script != NULL ? &script->names : &exe->names;
	same = script != NULL ? &script->same : &exe->same;
	if (script != NULL) {
		all_names(&interp, exe);
		c.interp = &interp;
	}
	policy_begin(d);
	policy_decide(d, &u, &v, names, same, &c);
	policy_end(d);
	/* nobody knows whose it is: the strictest of both */
	if (how == EXEC_ORPHAN) {
		c.how = JUDGE_NESTED;
		policy_decide(d, &u, &v, names, same, &c);
		policy_end(d);
	}
	free(interp.v);
	c.interp = NULL;
	if (loader == NULL || loader->names.n + loader->same.n == 0)
		return;
	v.exe = loader->id;
	v.script.path = none;
	c.how = JUDGE_NESTED;
	c.execs_default = VERDICT_ALLOW;
	policy_decide(d, &u, &v, &loader->names, &loader->same, &c);
	policy_end(d);
}

