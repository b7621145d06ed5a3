/* SPDX-License-Identifier: ISC */
/*
 * What only the whole configuration can tell: names that refer to each
 * other, paths that overlap, questions that nobody could answer, and the
 * policy's own tests.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <stdlib.h>
#include <string.h>

#include "common/xconf.h"
#include "supervisor/conf/conf_priv.h"
#include "supervisor/conf/judge.h"

/* The place of a.b.c, or of the nearest part of it that is written. */
static const struct value *
place(const struct cx *cx, const char *a, const char *b, const char *c)
{
	const char *keys[] = { a, b, c };
	const struct value *v = cx->root, *kid;
	size_t i;

	for (i = 0; i < 3 && keys[i] != NULL; i++) {
		if ((kid = value_key(v, keys[i])) == NULL)
			break;
		v = kid;
	}
	return (v);
}

/* The place of a.b.c, or NULL if it is not written. */
static const struct value *
written(const struct cx *cx, const char *a, const char *b, const char *c)
{
	const char *keys[] = { a, b, c };
	const struct value *v = cx->root;
	size_t i;

	for (i = 0; i < 3 && v != NULL && keys[i] != NULL; i++)
		v = value_key(v, keys[i]);
	return (v);
}

/* The place of a.b, or of c.d where that holds without being written. */
static const struct value *
wherever(const struct cx *cx, const char *a, const char *b, const char *c,
    const char *d)
{
	return (written(cx, a, b, NULL) != NULL ? written(cx, a, b, NULL) :
	    place(cx, c, d, NULL));
}

static void
unknown_skill(struct cx *cx, const struct value *p, const char *name)
{
	const char *words[XCONF_MAXSKILLS], *near;
	size_t n;

	for (n = 0; n < cx->c->nskills; n++)
		words[n] = cx->c->skills[n].name;
	near = get_nearest(name, words, n);
	cx_err(cx, p, "unknown skill \"%s\"%s%s%s", name,
	    near != NULL ? ", did you mean \"" : "",
	    near != NULL ? near : "", near != NULL ? "\"?" : "");
}

static void
check_channels(struct cx *cx)
{
	const struct conf_channel *ch;
	const struct value *p;
	struct sockaddr_un sun;
	size_t i, j, n;

	for (i = 0; i < cx->c->nchannels; i++) {
		ch = &cx->c->channels[i];
		p = place(cx, "channels", ch->name, "skills");
		for (j = 0; j < ch->skills.n; j++)
			if (conf_skill(cx->c, ch->skills.v[j]) == NULL)
				unknown_skill(cx, j < p->nkids ? p->kids[j] :
				    p, ch->skills.v[j]);
		/* DIR/channels/NAME.sock */
		n = strlen(cx->c->socket_dir) + strlen(ch->name) + 15;
		if (n >= sizeof(sun.sun_path))
			cx_err(cx, wherever(cx, "socketDirectory", NULL,
			    "channels", ch->name), "%s/channels/%s.sock is "
			    "longer than a socket's path can be, by %zu",
			    cx->c->socket_dir, ch->name,
			    n + 1 - sizeof(sun.sun_path));
	}
}

static const struct conf_channel *
find_inner(struct cx *cx, const struct value *p, const char *name)
{
	const struct conf_channel *ch = conf_channel(cx->c, name);
	const char *words[CONF_MAXCHANNELS], *near;
	size_t n;

	if (ch != NULL)
		return (ch);
	for (n = 0; n < cx->c->nchannels; n++)
		words[n] = cx->c->channels[n].name;
	near = get_nearest(name, words, n);
	cx_err(cx, p, "unknown channel \"%s\"%s%s%s", name,
	    near != NULL ? ", did you mean \"" : "",
	    near != NULL ? near : "", near != NULL ? "\"?" : "");
	return (NULL);
}

/* The channel that a run of this skill asks on, from inside. */
static void
check_inner(struct cx *cx, const struct conf_skill *sk)
{
	const struct value *p = written(cx, "skills", sk->name, "channel");
	const struct conf_channel *ch;

	if (sk->inner_channel[0] == '\0' || (ch = find_inner(cx, p,
	    sk->inner_channel)) == NULL)
		return;
	if (ch->access != ACCESS_EXECUTE)
		cx_note(cx, p, "nothing may be executed on channel %s: a run "
		    "can only look there", sk->inner_channel);
}

static void
check_paths(struct cx *cx)
{
	struct conf *c = cx->c;
	const struct conf_skill *sk;
	size_t i;
	int homes = 0;

	for (i = 0; i < c->nskills; i++) {
		sk = &c->skills[i];
		homes |= sk->home_path != NULL;
		path_check_grants(cx, written(cx, "skills", sk->name, "read"),
		    &sk->read, 0, NULL);
		path_check_grants(cx, written(cx, "skills", sk->name, "write"),
		    &sk->write, 1, sk->home_path);
		path_check_sockets(cx, written(cx, "skills", sk->name,
		    "sockets"), &sk->sockets);
	}
	if (homes)
		path_check_homes(cx, place(cx, "homeDirectory", NULL, NULL));
	if (path_overlap(c->log_dir, c->vault_dir))
		cx_err(cx, wherever(cx, "vault", "directory", "logging",
		    "directory"), "log and vault must not be in one directory");
	if (path_overlap(c->socket_dir, c->log_dir) ||
	    path_overlap(c->socket_dir, c->vault_dir))
		cx_err(cx, wherever(cx, "socketDirectory", NULL,
		    path_overlap(c->socket_dir, c->log_dir) ? "logging" :
		    "vault", "directory"), "sockets must not share a "
		    "directory with log or vault");
}

/* More accounts than the executor can be given? */
static void
check_accounts(struct cx *cx)
{
	const struct conf *c = cx->c;
	size_t i, j, n = 0;

	for (i = 0; i < c->nskills; i++) {
		for (j = 0; j < i; j++)
			if (c->skills[j].uid == c->skills[i].uid)
				break;
		if (j == i)
			n++;
	}
	if (n > XCONF_MAXIDS)
		cx_err(cx, place(cx, "skills", NULL, NULL),
		    "runs act as more than %d accounts", XCONF_MAXIDS);
}

/* Which key of a skill would ask for an approval, or NULL. */
static const char *
skill_asks(const struct conf *c, const struct conf_skill *sk)
{
	size_t i;

	if (sk->dflt == VERDICT_ASK)
		return ("default");
	if (sk->ask.n > 0)
		return ("ask");
	if (c->approval == APPROVAL_ASK && sk->own_destructive.n > 0)
		return ("approvalPatterns");
	for (i = 0; i < sk->secrets.n; i++)
		if (sk->releases[i].approval)
			return ("secrets");
	return (NULL);
}

/* What would ask for an approval, or NULL. */
static const char *
what_asks(const struct conf *c, char *buf, size_t size)
{
	const char *key;
	size_t i;
	int any = 0;

	for (i = 0; i < c->nskills; i++) {
		if (!conf_skill_reached(c, &c->skills[i]))
			continue;
		any = 1;
		if ((key = skill_asks(c, &c->skills[i])) == NULL)
			continue;
		(void)snprintf(buf, size, "skills.%s.%s", c->skills[i].name,
		    key);
		return (buf);
	}
	if (any && c->approval == APPROVAL_ALWAYS)
		return ("tools.exec.approval");
	if (any && c->approval == APPROVAL_ASK && c->approval_patterns.n > 0)
		return ("tools.exec.approvalPatterns");
	return (NULL);
}

/*
 * Nobody may approve what the same uid asked for, root included, so a
 * channel that root may use needs an approver who is not root.
 */
static void
check_approvers(struct cx *cx)
{
	const struct conf *c = cx->c;
	const struct conf_channel *ch;
	const char *what;
	char buf[256];
	size_t i, j;

	if ((what = what_asks(c, buf, sizeof(buf))) == NULL)
		return;
	if (c->approvers.members.n == 0) {
		cx_err(cx, place(cx, "approvals", "approvers", NULL),
		    "nobody could approve what %s asks for: approvers name "
		    "no account", what);
		return;
	}
	for (i = 0; i < c->nchannels; i++) {
		ch = &c->channels[i];
		if (ch->access != ACCESS_EXECUTE || c->approvers.not_root)
			continue;
		for (j = 0; j < ch->users.nuids; j++)
			if (ch->users.uids[j] == 0)
				cx_err(cx, place(cx, "channels", ch->name,
				    "users"), "nobody could approve what root "
				    "asks for: approvers name no other "
				    "account");
	}
}

static void
check_home(struct cx *cx, struct conf_skill *sk)
{
	if (skill_add_home(sk) == -1)
		cx_err(cx, place(cx, "skills", sk->name, "home"), "no room "
		    "for a home: it has as many grants as there can be, or "
		    "homeDirectory is too long");
}

/* What is traced, init cannot follow: nobody would know what it executes. */
static void
check_trace(struct cx *cx, const struct conf_skill *sk)
{
	unsigned execs = conf_execs(cx->c, sk);

	if (sk->trace && execs != EXECS_OFF)
		cx_err(cx, written(cx, "skills", sk->name, "trace"),
		    "runs may trace only where skills.%s.execs is off, and "
		    "here it is %s", sk->name, xconf_execs_words[execs]);
}

static void
check_tests(struct cx *cx, const struct conf_skill *sk)
{
	struct rules rules;

	conf_rules(&rules, cx->c, sk);
	tests_check(cx, &rules, conf_execs(cx->c, sk) == EXECS_JUDGE,
	    sk->tests, written(cx, "skills", sk->name, "tests"));
}

/* What is good as it is written, but does not do what it seems to. */
static void
note_refused(struct cx *cx, const struct conf_skill *sk)
{
	if (sk->refuse != NULL)
		cx_note(cx, written(cx, "skills", sk->name, "network"),
		    "runs of this skill are refused: %s", sk->refuse);
}

/* The key file, or that every start leaves the vault locked. */
static void
find_keyfile(struct cx *cx)
{
	const struct value *v = value_find(cx->root, "vault.unlock");
	struct conf *c = cx->c;
	size_t i, typed = 0;
	const char *s;

	for (i = 0; i < c->unlock.n; i++) {
		s = c->unlock.v[i];
		if (strcmp(s, "passphrase") == 0)
			typed++;
		else if (c->keyfile == NULL && strncmp(s, "keyfile:", 8) == 0
		    && path_wrong(s + 8) == NULL)
			c->keyfile = s + 8;
	}
	if (typed > 0 && typed == v->nkids)
		cx_note(cx, v, "after every start the vault is locked until "
		    "clawbot secrets unlock");
}

static int
lies_in(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return (strncmp(path, dir, n) == 0 && path[n] == '/');
}

/* Who could put something else where this grant is, in the end? */
static void
note_grant(struct cx *cx, const struct value *p,
    const struct conf_skill *sk, const char *grant)
{
	const struct conf_skill *o;
	size_t i, k;

	for (i = 0; i < cx->c->nskills; i++) {
		o = &cx->c->skills[i];
		for (k = 0; k < o->write.n; k++) {
			if (!lies_in(grant, o->write.v[k]))
				continue;
			if (o != sk)
				cx_note(cx, p, "\"%s\" lies in \"%s\", "
				    "where runs of skill %s can put something "
				    "else in its place", grant,
				    o->write.v[k], o->name);
			else if (sk->protect.n == 0)
				cx_note(cx, p, "\"%s\" lies in \"%s\": "
				    "where no name is protected, a run can "
				    "move what is above it, and write to it "
				    "after a restart", grant, o->write.v[k]);
			else
				cx_note(cx, p, "\"%s\" lies in \"%s\": "
				    "runs cannot move it, but whoever else "
				    "may write there can, and what is there "
				    "at a restart counts", grant,
				    o->write.v[k]);
			return;
		}
	}
}

static void
note_nested(struct cx *cx, const struct conf_skill *sk)
{
	const struct value *list = written(cx, "skills", sk->name, "read");
	size_t i;

	for (i = 0; i < sk->read.n && list != NULL; i++)
		note_grant(cx, i < list->nkids ? list->kids[i] : list, sk,
		    sk->read.v[i]);
}

/* Profiles let interpreters run: what these start is judged, or not seen. */
static void
note_profile(struct cx *cx, const struct conf_skill *sk)
{
	const struct value *v = written(cx, "skills", sk->name, "profile");

	if (sk->profile != NULL && v != NULL && sk->execs != EXECS_JUDGE)
		cx_note(cx, v, "profile %s counts on execs being "
		    "judged, which skills.%s.execs turns off", sk->profile,
		    sk->name);
}

/*
 * What the patterns of allow do not say by themselves, those of a profile
 * aside.
 */
static void
note_allow(struct cx *cx, const struct conf_skill *sk)
{
	const struct value *list = written(cx, "skills", sk->name, "allow");
	const struct value *at;
	struct strv notes = { NULL, 0 };
	const struct pattern *p;
	size_t i, k;

	for (i = 0; list != NULL && i < sk->allow.n; i++) {
		p = sk->allow.p[i];
		at = value_entry(list, pattern_text(p));
		if (at == NULL || pattern_set(p)[0] != '\0')
			continue;
		pattern_notes(p, &cx->c->wrappers, &notes);
		for (k = 0; k < notes.n; k++)
			cx_note(cx, at, "\"%s\" %s", pattern_text(p),
			    notes.v[k]);
		strv_free(&notes);
	}
}

/* Nobody there, and nobody but one who cannot answer himself. */
static void
note_users(struct cx *cx, const struct conf_channel *ch)
{
	const struct who *a = &cx->c->approvers;
	const struct value *p = place(cx, "channels", ch->name, "users");

	if (ch->access == ACCESS_NONE)
		return;
	if (ch->users.members.n == 0)
		cx_note(cx, p, "that is no account at all: nobody may "
		    "ask on this channel");
	else if (a->ngids == 0 && a->nuids == 1 && a->uids[0] != 0 &&
	    who_has(&ch->users, a->uids[0], NULL, 0))
		cx_note(cx, p, "nobody could approve what %s asks for, "
		    "who is the only approver", a->text.v[0]);
}

/* What no control group is there to hold. */
static void
note_limits(struct cx *cx, const struct conf_skill *sk)
{
	const char *key;

	if (cx->c->cgroup != CGROUP_OFF || (sk->limits.cpu_percent == 0 &&
	    sk->limits.io_weight == 0))
		return;
	key = sk->limits.cpu_percent != 0 ? "cpuPercent" : "ioWeight";
	cx_note(cx, place(cx, "skills", sk->name, "limits"), "%s needs "
	    "control groups, which sandbox.cgroup turns off: runs of this "
	    "skill are refused", key);
}

/*
 * All secrets of a skill go to each of its runs: so one of them that needs an
 * approval has all of them ask, whatever they are.
 */
static void
note_secrets(struct cx *cx, const struct conf_skill *sk)
{
	const struct value *p = written(cx, "skills", sk->name, "secrets");
	const struct conf_secret *s;
	size_t i;

	for (i = 0; i < sk->secrets.n && p != NULL; i++) {
		s = &sk->releases[i];
		if (s->approval && (sk->allow.n != 0 ||
		    sk->dflt == VERDICT_ALLOW))
			cx_note(cx, value_key(p, s->name), "every run of this "
			    "skill gets the secret, and so needs an approval: "
			    "nothing that it allows runs at once");
		if (s->per_minute != CONF_UNSET &&
		    s->per_minute > cx->c->rate.per_minute)
			cx_note(cx, value_key(p, s->name), "there are never "
			    "%u releases a minute: "
			    "rateLimit.maxExecutionsPerMinute is %u",
			    s->per_minute, cx->c->rate.per_minute);
	}
}

/*
 * Checks that build on others run only where those found nothing, so that
 * one mistake is not told twice.
 */
void
conf_check(struct cx *cx)
{
	struct conf *c = cx->c;
	size_t i;

	for (i = 0; i < c->nskills; i++) {
		skill_destructive(c, &c->skills[i]);
		skill_confirmable(&c->skills[i]);
	}
	for (i = 0; i < c->nskills; i++)
		skill_find_home(c, &c->skills[i]);
	find_keyfile(cx);
	check_channels(cx);
	check_paths(cx);
	for (i = 0; i < c->nskills; i++)
		check_home(cx, &c->skills[i]);
	check_accounts(cx);
	for (i = 0; i < c->nskills; i++)
		check_inner(cx, &c->skills[i]);
	if (!cx->bad_who)
		check_approvers(cx);
	for (i = 0; i < c->nchannels && !cx->bad_who; i++)
		note_users(cx, &c->channels[i]);
	for (i = 0; i < c->nskills && !cx->bad_patterns; i++)
		check_tests(cx, &c->skills[i]);
	for (i = 0; i < c->nskills; i++)
		check_trace(cx, &c->skills[i]);
	for (i = 0; i < c->nskills; i++) {
		skill_programs(c, &c->skills[i]);
		skill_refuse(c, &c->skills[i]);
		note_refused(cx, &c->skills[i]);
		note_nested(cx, &c->skills[i]);
		note_profile(cx, &c->skills[i]);
		note_limits(cx, &c->skills[i]);
		note_secrets(cx, &c->skills[i]);
		if (!cx->bad_patterns)
			note_allow(cx, &c->skills[i]);
	}
}
