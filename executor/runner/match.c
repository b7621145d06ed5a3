/* SPDX-License-Identifier: ISC */
/* What the executor asks for, against what the skill has. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "executor/env.h"
#include "executor/hook.h"
#include "executor/runner/match.h"

static int
differs(const struct job *j, struct trouble *t, const char *what)
{
	trouble_set(t, CBE_REFUSED, "the executor asked for another %s than "
	    "skill %s has", what, j->skill->name);
	return (-1);
}

static const struct xid *
id_of(const struct job *j, uint32_t uid)
{
	size_t i;

	for (i = 0; i < j->nids; i++)
		if (j->ids[i].uid == uid)
			return (&j->ids[i]);
	return (NULL);
}

/* The one that the skill names, or one of those that may be its callers. */
static int
account_is(const struct job *j, uint32_t uid, uint32_t gid)
{
	const struct xskill *s = j->skill;
	const struct xid *id = id_of(j, uid);

	if (uid == 0 || id == NULL)
		return (0);
	return (s->run_as_caller ? gid == id->gid :
	    uid == s->uid && gid == s->gid);
}

int
match_profile(const struct job *j, struct trouble *t)
{
	if (!hook_without("profile") &&
	    !account_is(j, j->profile.uid, j->profile.gid))
		return (differs(j, t, "account"));
	return (0);
}

/* What a caller may not choose is made anew, as it was when it was asked. */
static int
same_env(const struct job *j, const struct plan *p, struct trouble *t)
{
	struct runreq q;
	struct plan again;
	size_t i, n;
	int r, same;
	char *name;

	memset(&q, 0, sizeof(q));
	memset(&again, 0, sizeof(again));
	again.account = p->account;
	again.uid = p->uid;
	for (i = 0; i < p->env.n; i++) {
		n = strcspn(p->env.v[i], "=");
		name = xstrndup(p->env.v[i], n);
		strv_add(strv_has(&p->asked_env, name) ? &q.env : &q.locale,
		    p->env.v[i]);
		free(name);
	}
	r = env_build(&again, j->skill, &q, t);
	same = r == 0 && again.env.n == p->env.n &&
	    again.asked_env.n == p->asked_env.n;
	for (i = 0; same && i < p->env.n; i++)
		same = strcmp(again.env.v[i], p->env.v[i]) == 0;
	for (i = 0; same && i < p->asked_env.n; i++)
		same = strcmp(again.asked_env.v[i], p->asked_env.v[i]) == 0;
	again.account = NULL;
	plan_free(&again);
	runreq_free(&q);
	return (r == -1 ? -1 : same ? 0 : differs(j, t, "environment"));
}

/* The ticket says which limits were decided on; none is wider than these. */
static const char *
terms_wrong(const struct job *j, const struct plan *p)
{
	struct terms terms = j->skill->terms;	/* a view */
	const char *what;

	if ((what = limits_beyond(&p->limits, &terms.limits)) != NULL)
		return (what);
	terms.limits = p->limits;
	return (terms_differ(&terms, &p->terms));
}

static int
match_run(const struct job *j, const struct plan *p, struct trouble *t)
{
	const struct xid *id = id_of(j, p->uid);
	const char *what;

	if (id == NULL || strcmp(p->account, id->name) != 0 ||
	    (j->skill->run_as_caller && p->caller != p->uid))
		return (differs(j, t, "account"));
	if (!j->skill->run_as_caller && p->umask != PLAN_UMASK)
		return (differs(j, t, "umask"));
	/* from outside, an account can read the memory of what it runs */
	if (p->secrets.n != 0 && p->caller == p->uid)
		return (differs(j, t, "account for its secrets"));
	if (p->rotates[0] != '\0' && p->caller == p->uid)
		return (differs(j, t, "account for a new value"));
	if ((what = terms_wrong(j, p)) != NULL)
		return (differs(j, t, what));
	return (same_env(j, p, t));
}

int
match_plan(const struct job *j, const struct plan *p, struct trouble *t)
{
	struct profile profile;

	if (p->uid != j->profile.uid || p->gid != j->profile.gid) {
		trouble_set(t, CBE_REFUSED, "plan for another sandbox");
		return (-1);
	}
	if (hook_without("terms"))
		return (0);
	if (strcmp(p->skill, j->skill->name) != 0)
		return (differs(j, t, "skill"));
	/* the battery executes nothing, and is given nothing */
	if (j->profile.probe)
		return (p->secrets.n == 0 ? 0 : differs(j, t, "secrets"));
	profile_of(&profile, p->uid, p->gid, &p->limits);
	if (profile.tmp_mb != j->profile.tmp_mb)
		return (differs(j, t, "size of /tmp"));
	if (profile.shm_mb != j->profile.shm_mb)
		return (differs(j, t, "size of /dev/shm"));
	if (profile.memory_mb != j->profile.memory_mb)
		return (differs(j, t, "memory in /proc/meminfo"));
	return (match_run(j, p, t));
}
