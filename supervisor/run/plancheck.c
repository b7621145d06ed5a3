/* SPDX-License-Identifier: ISC */
/*
 * Is the executor's plan one for what was asked?  The executor is where the
 * commands run; what it says is checked like anything else.  The digest is
 * carried, not checked: auditor and executor compute it themselves.
 */
#include "config.h"

#include <string.h>

#include "supervisor/run/run.h"

static int
same_strv(const struct strv *a, const struct strv *b)
{
	size_t i;

	if (a->n != b->n)
		return (0);
	for (i = 0; i < a->n; i++)
		if (strcmp(a->v[i], b->v[i]) != 0)
			return (0);
	return (1);
}

static int
flag(const struct resolve *q, uint32_t bit)
{
	return ((q->req.flags & bit) != 0);
}

/* What the plan has for the variable of this name; of two the later counts. */
static int
has_value(const struct strv *env, size_t i, size_t n, const struct strv *plan)
{
	size_t k;

	for (k = i + 1; k < env->n; k++)
		if (strncmp(env->v[k], env->v[i], n + 1) == 0)
			return (1);
	return (strv_has(plan, env->v[i]));
}

/*
 * Every variable that was asked for is named as such, with the value that was
 * asked for, and no other.
 */
static int
same_asked_env(const struct strv *env, const struct strv *names,
    const struct strv *plan)
{
	size_t i, k, n;

	for (i = 0; i < env->n; i++) {
		n = strcspn(env->v[i], "=");
		for (k = 0; k < names->n; k++)
			if (strlen(names->v[k]) == n &&
			    memcmp(names->v[k], env->v[i], n) == 0)
				break;
		if (k == names->n || !has_value(env, i, n, plan))
			return (0);
	}
	return (names->n <= env->n);
}

static int
same_account(const struct resolve *q, const struct conf_skill *sk,
    const struct plan *p)
{
	if (sk->run_as_caller)
		return (p->uid == q->uid && p->uid != 0);
	return (p->uid == sk->uid && p->gid == sk->gid);
}

const char *
plan_mismatch(const struct resolve *q, const struct conf_skill *sk,
    const struct plan *p)
{
	struct terms terms = sk->terms;	/* a view */
	const char *what;

	if (!same_strv(&q->req.argv, &p->argv))
		return ("arguments");
	if (strcmp(q->channel, p->channel) != 0)
		return ("channel");
	if (strcmp(q->skill, p->skill) != 0)
		return ("skill");
	if (p->caller != q->uid)
		return ("caller");
	if (!same_account(q, sk, p))
		return ("account");
	if (!same_asked_env(&q->req.env, &p->asked_env, &p->env))
		return ("variables");
	terms.limits = q->limits;
	if ((what = terms_differ(&terms, &p->terms)) != NULL)
		return (what);
	if (p->tty != flag(q, RUNREQ_TTY) ||
	    p->detach != flag(q, RUNREQ_DETACH))
		return ("terminal");
	if (strcmp(p->rotates, q->req.rotates) != 0)
		return ("secret");
	if (p->umask != (sk->run_as_caller ? q->req.umask : PLAN_UMASK))
		return ("umask");
	if (p->bind != q->bind ||
	    (!p->bind && (p->nbound != 0 || p->unbound != 0)))
		return ("operands");
	if (p->exe.path[0] != '/')
		return ("executable");
	return (NULL);
}
