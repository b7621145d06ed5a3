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
	{ "conf", "tools.exec.approval", WHEN_RELOADED },
	{ "conf", "tools.exec.approvalPatterns", WHEN_RELOADED },
	{ "conf", "tools.exec.wrappers", WHEN_RELOADED },
	/* whether there is one of that name; its keys are below */
	{ "conf", "skills", WHEN_STARTED },
	{ "conf", "channels", WHEN_STARTED },
	{ "conf", "approvals.approvers", WHEN_RELOADED },
	{ "conf", "approvals.timeoutSeconds", WHEN_RELOADED },
	{ "conf", "approvals.waitSeconds", WHEN_RELOADED },
	{ "conf", "approvals.deniedSeconds", WHEN_RELOADED },
	{ "conf", "approvals.maxPending", WHEN_RELOADED },
	{ "conf", "approvals.notify", WHEN_STARTED },
	{ "conf", "audit.readers", WHEN_RELOADED },
	{ "conf", "rateLimit.maxExecutionsPerMinute", WHEN_RELOADED },
	{ "conf", "rateLimit.maxAPICallsPerHour", WHEN_RELOADED },
	{ "conf", "rateLimit.maxConcurrent", WHEN_RELOADED },
	{ "conf", "circuitBreaker.failures", WHEN_RELOADED },
	{ "conf", "circuitBreaker.windowSeconds", WHEN_RELOADED },
	{ "conf", "circuitBreaker.cooldownSeconds", WHEN_RELOADED },
	{ "conf", "circuitBreaker.repeats", WHEN_RELOADED },
	{ "conf", "logging.directory", WHEN_STARTED },
	{ "conf", "logging.redact", WHEN_STARTED },
	{ "conf", "logging.redactKnown", WHEN_STARTED },
	{ "conf", "logging.segmentMB", WHEN_STARTED },
	{ "conf", "logging.compress", WHEN_STARTED },
	{ "conf", "logging.immutable", WHEN_STARTED },
	{ "conf", "logging.forward", WHEN_STARTED },
	{ "conf", "logging.keepDays", WHEN_STARTED },
	{ "conf", "logging.checkHours", WHEN_STARTED },
	{ "conf", "logging.output", WHEN_STARTED },
	{ "conf", "logging.excerptKB", WHEN_STARTED },
	{ "conf", "logging.outputMB", WHEN_STARTED },
	{ "conf", "logging.outputTotalMB", WHEN_STARTED },
	{ "conf", "socketDirectory", WHEN_STARTED },
	{ "conf", "homeDirectory", WHEN_STARTED },
	{ "conf", "vault.directory", WHEN_STARTED },
	{ "conf", "vault.unlock", WHEN_STARTED },
	{ "conf", "vault.lockAfterSeconds", WHEN_STARTED },
	{ "conf", "vault.cipher", WHEN_STARTED },
	{ "conf", "sandbox.acceptMissing", WHEN_STARTED },
	{ "conf", "sandbox.warm", WHEN_STARTED },
	{ "conf", "sandbox.hostNetwork", WHEN_STARTED },
	{ "conf", "sandbox.cgroup", WHEN_STARTED },
	{ "conf", "detached.keepSeconds", WHEN_RELOADED },
	{ "conf", "detached.maxRuns", WHEN_RELOADED },
	{ "conf", "detached.maxMB", WHEN_RELOADED },
	{ "conf", "detached.outputMB", WHEN_RELOADED },
	{ "skills", "profile", WHEN_RELOADED },
	{ "skills", "allow", WHEN_RELOADED },
	{ "skills", "ask", WHEN_RELOADED },
	{ "skills", "deny", WHEN_RELOADED },
	{ "skills", "approvalPatterns", WHEN_RELOADED },
	{ "skills", "confirm", WHEN_RELOADED },
	{ "skills", "default", WHEN_RELOADED },
	{ "skills", "execs", WHEN_RELOADED },
	{ "skills", "execsDefault", WHEN_RELOADED },
	{ "skills", "files", WHEN_STARTED },
	{ "skills", "shell", WHEN_RELOADED },
	{ "skills", "home", WHEN_STARTED },
	{ "skills", "trace", WHEN_STARTED },
	{ "skills", "read", WHEN_STARTED },
	{ "skills", "write", WHEN_STARTED },
	{ "skills", "protect", WHEN_STARTED },
	{ "skills", "sockets", WHEN_STARTED },
	{ "skills", "network", WHEN_STARTED },
	{ "skills", "channel", WHEN_STARTED },
	/* likewise */
	{ "skills", "secrets", WHEN_STARTED },
	{ "skills", "env", WHEN_STARTED },
	{ "skills", "runAs", WHEN_STARTED },
	{ "skills", "limits.timeoutSeconds", WHEN_RELOADED },
	{ "skills", "limits.cpuSeconds", WHEN_RELOADED },
	{ "skills", "limits.memoryMB", WHEN_RELOADED },
	{ "skills", "limits.processes", WHEN_RELOADED },
	{ "skills", "limits.openFiles", WHEN_RELOADED },
	{ "skills", "limits.fileMB", WHEN_RELOADED },
	{ "skills", "limits.outputMB", WHEN_RELOADED },
	{ "skills", "limits.tmpMB", WHEN_RELOADED },
	{ "skills", "limits.shmMB", WHEN_RELOADED },
	{ "skills", "limits.cpuPercent", WHEN_RELOADED },
	{ "skills", "limits.ioWeight", WHEN_RELOADED },
	{ "skills", "limits.nice", WHEN_RELOADED },
	{ "skills", "limits.ioClass", WHEN_RELOADED },
	{ "skills", "limits.outputExcess", WHEN_RELOADED },
	{ "skills", "tests.allow", WHEN_RELOADED },
	{ "skills", "tests.ask", WHEN_RELOADED },
	{ "skills", "tests.deny", WHEN_RELOADED },
	{ "secrets", "as", WHEN_STARTED },
	{ "secrets", "approval", WHEN_RELOADED },
	{ "secrets", "maxReleasesPerMinute", WHEN_RELOADED },
	{ "secrets", "minVersion", WHEN_RELOADED },
	{ "channels", "users", WHEN_RELOADED },
	{ "channels", "access", WHEN_RELOADED },
	{ "channels", "skills", WHEN_RELOADED },
	{ "channels", "limits.timeoutSeconds", WHEN_RELOADED },
	{ "channels", "limits.cpuSeconds", WHEN_RELOADED },
	{ "channels", "limits.memoryMB", WHEN_RELOADED },
	{ "channels", "limits.processes", WHEN_RELOADED },
	{ "channels", "limits.openFiles", WHEN_RELOADED },
	{ "channels", "limits.fileMB", WHEN_RELOADED },
	{ "channels", "limits.outputMB", WHEN_RELOADED },
	{ "channels", "limits.tmpMB", WHEN_RELOADED },
	{ "channels", "limits.shmMB", WHEN_RELOADED },
	{ "channels", "limits.cpuPercent", WHEN_RELOADED },
	{ "channels", "limits.ioWeight", WHEN_RELOADED },
	{ "channels", "limits.nice", WHEN_RELOADED },
	{ "channels", "rateLimit.maxExecutionsPerMinute", WHEN_RELOADED },
	{ "channels", "rateLimit.maxAPICallsPerHour", WHEN_RELOADED },
	{ "channels", "rateLimit.maxConcurrent", WHEN_RELOADED },
};

const struct key_when *
conf_when_at(size_t i)
{
	return (i < sizeof(when) / sizeof(when[0]) ? &when[i] : NULL);
}

static enum conf_when
when_of(const char *table, const char *path)
{
	const struct key_when *w;
	size_t i;

	for (i = 0; (w = conf_when_at(i)) != NULL; i++)
		if (strcmp(w->table, table) == 0 && strcmp(w->path, path) == 0)
			return (w->when);
	return (WHEN_STARTED);
}

struct differ {
	struct strv	*lists[2];	/* by enum conf_when */
	const char	*table;		/* "conf", "skills", ... */
	const char	*at;		/* "skills.dev"; NULL: the whole */
};

static void
differs(struct differ *d, enum conf_when w, const char *path)
{
	char *key;

	if (d->at == NULL)
		key = xstrdup(path);
	else
		xasprintf(&key, "%s%s%s", d->at, path[0] != '\0' ? "." : "",
		    path);
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
	const char	*in;		/* the table that it is a key of */
	const struct key_kind *kind;
	size_t		 size;
	const void	*a;
	size_t		 na;
	const void	*b;
	size_t		 nb;
};

/* Skills, channels and secrets begin with their names. */
static const char *
name_of(const void *one)
{
	return (*(char *const *)one);
}

static const void *
nth(const void *v, size_t i, size_t size)
{
	return ((const char *)v + i * size);
}

static const void *
find_named(const void *v, size_t n, size_t size, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(name_of(nth(v, i, size)), name) == 0)
			return (nth(v, i, size));
	return (NULL);
}

static void differ_secrets(const struct differ *, const struct conf_skill *,
    const struct conf_skill *);

static void
differ_one(struct differ *d, const struct named *s, const void *one,
    const void *other)
{
	if (other == NULL) {
		differs(d, when_of(s->in, s->table), "");
		return;
	}
	differ_keys(d, s->kind->each, one, other);
	if (s->kind == &kind_SKILLS)
		differ_secrets(d, one, other);
}

static void
differ_named(const struct differ *in, const struct named *s)
{
	struct differ d = { { in->lists[0], in->lists[1] }, s->table, NULL };
	const void *one;
	char *at;
	size_t i;

	for (i = 0; i < s->na + s->nb; i++) {
		one = i < s->na ? nth(s->a, i, s->size) :
		    nth(s->b, i - s->na, s->size);
		if (i >= s->na && find_named(s->a, s->na, s->size,
		    name_of(one)) != NULL)
			continue;
		xasprintf(&at, "%s%s%s.%s", in->at != NULL ? in->at : "",
		    in->at != NULL ? "." : "", s->table, name_of(one));
		d.at = at;
		differ_one(&d, s, one, i < s->na ? find_named(s->b, s->nb,
		    s->size, name_of(one)) : NULL);
		free(at);
	}
}

static void
differ_secrets(const struct differ *in, const struct conf_skill *a,
    const struct conf_skill *b)
{
	const struct named secrets = { "secrets", "skills", &kind_SECRETS,
	    sizeof(struct conf_secret), a->releases, a->secrets.n,
	    b->releases, b->secrets.n };

	differ_named(in, &secrets);
}

/* The same name may be another account by now. */
static void
differ_accounts(struct differ *d, const struct conf *a, const struct conf *b)
{
	const struct conf_skill *x, *y;
	char *at;
	size_t i;

	for (i = 0; i < a->nskills; i++) {
		x = &a->skills[i];
		if ((y = conf_skill(b, x->name)) == NULL)
			continue;
		if (x->run_as_caller == y->run_as_caller &&
		    x->uid == y->uid && x->gid == y->gid)
			continue;
		xasprintf(&at, "skills.%s", x->name);
		d->at = at;
		differs(d, WHEN_STARTED, "runAs");
		free(at);
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
	char *at;
	size_t i, k;
	int more;

	for (i = 0; i < b->nchannels; i++) {
		ch = &b->channels[i];
		if (!acts_as_callers(b, ch))
			continue;
		for (k = more = 0; k < ch->users.nuids; k++)
			more |= ch->users.uids[k] != 0 &&
			    !is_caller(a, ch->users.uids[k], 0, 0);
		for (k = 0; k < ch->users.ngids; k++)
			more |= !is_caller(a, 0, 1, ch->users.gids[k]);
		if (!more)
			continue;
		xasprintf(&at, "channels.%s", ch->name);
		d->at = at;
		differs(d, WHEN_STARTED, "users");
		free(at);
	}
}

void
conf_differ(const struct conf *a, const struct conf *b, struct strv *at_once,
    struct strv *at_start)
{
	const struct named named[] = {
		{ "skills", "conf", &kind_SKILLS, sizeof(struct conf_skill),
		    a->skills, a->nskills, b->skills, b->nskills },
		{ "channels", "conf", &kind_CHANNELS,
		    sizeof(struct conf_channel), a->channels, a->nchannels,
		    b->channels, b->nchannels },
	};
	struct differ d;
	size_t i;

	d.lists[WHEN_RELOADED] = at_once;
	d.lists[WHEN_STARTED] = at_start;
	d.table = "conf";
	d.at = NULL;
	differ_keys(&d, &conf_table, a, b);
	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		differ_named(&d, &named[i]);
	differ_accounts(&d, a, b);
	differ_callers(&d, a, b);
}
