/* SPDX-License-Identifier: ISC */
/*
 * Two configurations: what of the one can become the other while everything
 * runs.  What a process was started with, a directory, a grant, an account, a
 * socket, only a start can change; each key is the one or the other, and one
 * that has no row here is the latter.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "supervisor/conf/conf_differ.h"

static const struct key_when when[] = {
	{ "conf", "tools.exec.approval", AT_ONCE },
	{ "conf", "tools.exec.approvalPatterns", AT_ONCE },
	{ "conf", "tools.exec.wrappers", AT_ONCE },
	/* whether there is one of that name; its keys are below */
	{ "conf", "skills", AT_START },
	{ "conf", "channels", AT_START },
	{ "conf", "approvals.approvers", AT_ONCE },
	{ "conf", "approvals.timeoutSeconds", AT_ONCE },
	{ "conf", "approvals.waitSeconds", AT_ONCE },
	{ "conf", "approvals.deniedSeconds", AT_ONCE },
	{ "conf", "approvals.maxPending", AT_ONCE },
	{ "conf", "rateLimit.maxExecutionsPerMinute", AT_ONCE },
	{ "conf", "rateLimit.maxAPICallsPerHour", AT_ONCE },
	{ "conf", "rateLimit.maxConcurrent", AT_ONCE },
	{ "conf", "circuitBreaker.failures", AT_ONCE },
	{ "conf", "circuitBreaker.windowSeconds", AT_ONCE },
	{ "conf", "circuitBreaker.cooldownSeconds", AT_ONCE },
	{ "conf", "circuitBreaker.repeats", AT_ONCE },
	{ "conf", "logging.directory", AT_START },
	{ "conf", "logging.redact", AT_START },
	{ "conf", "logging.segmentMB", AT_START },
	{ "conf", "logging.output", AT_START },
	{ "conf", "socketDirectory", AT_START },
	{ "conf", "vault.directory", AT_START },
	{ "conf", "vault.unlock", AT_START },
	{ "conf", "vault.cipher", AT_START },
	{ "conf", "sandbox.acceptMissing", AT_START },
	{ "conf", "sandbox.warm", AT_START },
	{ "conf", "sandbox.hostNetwork", AT_START },
	{ "conf", "sandbox.cgroup", AT_START },
	{ "conf", "detached.keepSeconds", AT_ONCE },
	{ "conf", "detached.maxRuns", AT_ONCE },
	{ "conf", "detached.maxMB", AT_ONCE },
	{ "conf", "detached.outputMB", AT_ONCE },
	{ "skills", "profile", AT_ONCE },
	{ "skills", "allow", AT_ONCE },
	{ "skills", "ask", AT_ONCE },
	{ "skills", "deny", AT_ONCE },
	{ "skills", "approvalPatterns", AT_ONCE },
	{ "skills", "default", AT_ONCE },
	{ "skills", "execs", AT_ONCE },
	{ "skills", "execsDefault", AT_ONCE },
	{ "skills", "files", AT_START },
	{ "skills", "shell", AT_ONCE },
	{ "skills", "trace", AT_START },
	{ "skills", "read", AT_START },
	{ "skills", "write", AT_START },
	{ "skills", "protect", AT_START },
	{ "skills", "network", AT_START },
	{ "skills", "secrets", AT_START },
	{ "skills", "env", AT_START },
	{ "skills", "runAs", AT_START },
	{ "skills", "limits.timeoutSeconds", AT_ONCE },
	{ "skills", "limits.cpuSeconds", AT_ONCE },
	{ "skills", "limits.memoryMB", AT_ONCE },
	{ "skills", "limits.processes", AT_ONCE },
	{ "skills", "limits.openFiles", AT_ONCE },
	{ "skills", "limits.fileMB", AT_ONCE },
	{ "skills", "limits.outputMB", AT_ONCE },
	{ "skills", "limits.tmpMB", AT_ONCE },
	{ "skills", "limits.shmMB", AT_ONCE },
	{ "skills", "limits.cpuPercent", AT_ONCE },
	{ "skills", "limits.ioWeight", AT_ONCE },
	{ "skills", "limits.nice", AT_ONCE },
	{ "skills", "limits.ioClass", AT_ONCE },
	{ "skills", "limits.outputExcess", AT_ONCE },
	{ "skills", "tests.allow", AT_ONCE },
	{ "skills", "tests.ask", AT_ONCE },
	{ "skills", "tests.deny", AT_ONCE },
	{ "channels", "users", AT_ONCE },
	{ "channels", "access", AT_ONCE },
	{ "channels", "skills", AT_ONCE },
	{ "channels", "limits.timeoutSeconds", AT_ONCE },
	{ "channels", "limits.cpuSeconds", AT_ONCE },
	{ "channels", "limits.memoryMB", AT_ONCE },
	{ "channels", "limits.processes", AT_ONCE },
	{ "channels", "limits.openFiles", AT_ONCE },
	{ "channels", "limits.fileMB", AT_ONCE },
	{ "channels", "limits.outputMB", AT_ONCE },
	{ "channels", "limits.tmpMB", AT_ONCE },
	{ "channels", "limits.shmMB", AT_ONCE },
	{ "channels", "limits.cpuPercent", AT_ONCE },
	{ "channels", "limits.ioWeight", AT_ONCE },
	{ "channels", "limits.nice", AT_ONCE },
	{ "channels", "rateLimit.maxExecutionsPerMinute", AT_ONCE },
	{ "channels", "rateLimit.maxAPICallsPerHour", AT_ONCE },
	{ "channels", "rateLimit.maxConcurrent", AT_ONCE },
};

const struct key_when *
conf_when_at(size_t i)
{
	return (i < sizeof(when) / sizeof(when[0]) ? &when[i] : NULL);
}

static enum conf_when
when_of(const char *table, const char *path)
{
	size_t i;

	for (i = 0; i < sizeof(when) / sizeof(when[0]); i++)
		if (strcmp(when[i].table, table) == 0 &&
		    strcmp(when[i].path, path) == 0)
			return (when[i].when);
	return (AT_START);
}

struct differ {
	struct strv	*lists[2];	/* by enum conf_when */
	const char	*table;		/* "conf", "skills", "channels" */
	const char	*name;		/* of the skill or channel, or NULL */
};

static void
differs(struct differ *d, enum conf_when w, const char *path)
{
	char *key;

	if (d->name == NULL)
		key = xstrdup(path);
	else
		xasprintf(&key, "%s.%s%s%s", d->table, d->name,
		    path[0] != '\0' ? "." : "", path);
	if (!strv_has(d->lists[w], key))
		strv_add(d->lists[w], key);
	free(key);
}

/* By what -T would print of the two. */
static void
differ_keys(struct differ *d, const struct key_table *t, const void *a,
    const void *b)
{
	const struct key *k;
	json_t *x, *y;

	for (k = t->k; k < t->k + t->n; k++) {
		if (k->kind->each != NULL)
			continue;
		x = k->kind->show(k, a);
		y = k->kind->show(k, b);
		if (!json_equal(x, y))
			differs(d, when_of(d->table, k->path), k->path);
		json_decref(x);
		json_decref(y);
	}
}

/* Two lists of objects with names, and how to get at one. */
struct named {
	const char	*table;
	const struct key_kind *kind;
	size_t		 size;
	const char	*a;
	size_t		 na;
	const char	*b;
	size_t		 nb;
};

/* Skills and channels begin with their names. */
static const char *
name_of(const void *one)
{
	return (*(char *const *)one);
}

static const void *
find_named(const char *v, size_t n, size_t size, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(name_of(v + i * size), name) == 0)
			return (v + i * size);
	return (NULL);
}

static void
differ_named(struct differ *d, const struct named *s)
{
	const void *one, *other;
	size_t i;

	d->table = s->table;
	for (i = 0; i < s->na; i++) {
		one = s->a + i * s->size;
		d->name = name_of(one);
		other = find_named(s->b, s->nb, s->size, d->name);
		if (other == NULL)
			differs(d, when_of("conf", s->table), "");
		else
			differ_keys(d, s->kind->each, one, other);
	}
	for (i = 0; i < s->nb; i++) {
		d->name = name_of(s->b + i * s->size);
		if (find_named(s->a, s->na, s->size, d->name) == NULL)
			differs(d, when_of("conf", s->table), "");
	}
}

/* The same name may be another account by now. */
static void
differ_accounts(struct differ *d, const struct conf *a, const struct conf *b)
{
	const struct conf_skill *x, *y;
	size_t i;

	d->table = "skills";
	for (i = 0; i < a->nskills; i++) {
		x = &a->skills[i];
		if ((y = conf_skill(b, x->name)) == NULL)
			continue;
		d->name = x->name;
		if (x->run_as_caller != y->run_as_caller ||
		    x->uid != y->uid || x->gid != y->gid)
			differs(d, AT_START, "runAs");
	}
}

/* Can this channel have runs that act as their callers? */
static int
acts_as_callers(const struct conf *c, const struct conf_channel *ch)
{
	size_t i;

	for (i = 0; i < c->nskills; i++)
		if (c->skills[i].run_as_caller &&
		    ch->access == ACCESS_EXECUTE &&
		    conf_channel_has_skill(ch, c->skills[i].name))
			return (1);
	return (0);
}

static int
is_caller(const struct conf *c, uid_t uid, int group, gid_t gid)
{
	const struct who *w;
	size_t i, k;

	for (i = 0; i < c->nchannels; i++) {
		w = &c->channels[i].users;
		if (!acts_as_callers(c, &c->channels[i]))
			continue;
		for (k = 0; k < w->nuids && !group; k++)
			if (w->uids[k] == uid)
				return (1);
		for (k = 0; k < w->ngids && group; k++)
			if (w->gids[k] == gid)
				return (1);
	}
	return (0);
}

/* Whose account runs may have is settled when the executor is started. */
static void
differ_callers(struct differ *d, const struct conf *a, const struct conf *b)
{
	const struct conf_channel *ch;
	size_t i, k;
	int more;

	d->table = "channels";
	for (i = 0; i < b->nchannels; i++) {
		ch = &b->channels[i];
		if (!acts_as_callers(b, ch))
			continue;
		for (k = more = 0; k < ch->users.nuids; k++)
			more |= ch->users.uids[k] != 0 &&
			    !is_caller(a, ch->users.uids[k], 0, 0);
		for (k = 0; k < ch->users.ngids; k++)
			more |= !is_caller(a, 0, 1, ch->users.gids[k]);
		d->name = ch->name;
		if (more)
			differs(d, AT_START, "users");
	}
}

void
conf_differ(const struct conf *a, const struct conf *b, struct strv *at_once,
    struct strv *at_start)
{
	const struct named named[] = {
		{ "skills", &kind_SKILLS, sizeof(struct conf_skill),
		    (const char *)a->skills, a->nskills,
		    (const char *)b->skills, b->nskills },
		{ "channels", &kind_CHANNELS, sizeof(struct conf_channel),
		    (const char *)a->channels, a->nchannels,
		    (const char *)b->channels, b->nchannels },
	};
	struct differ d;
	size_t i;

	d.lists[AT_ONCE] = at_once;
	d.lists[AT_START] = at_start;
	d.table = "conf";
	d.name = NULL;
	differ_keys(&d, &conf_table, a, b);
	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		differ_named(&d, &named[i]);
	differ_accounts(&d, a, b);
	differ_callers(&d, a, b);
}
