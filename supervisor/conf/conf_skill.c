/* SPDX-License-Identifier: ISC */
/*
 * skills.NAME: what a run of this skill may do.
 *
 * Defaults where the configuration is silent: a command that no pattern names
 * asks; no grants, no network, no secrets; runs act as the account "clawbot";
 * the limits of common/limits.h.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/policy/pattern_priv.h"
#include "common/policy/policy.h"
#include "supervisor/conf/conf_priv.h"

#define SKILL_ROW(kind, path, member, min, max, dflt, more, what)	\
	KEY_ROW(conf_skill, kind, path, member, min, max, dflt, more)
#define SKILL_PATHS(key, member)	\
	KEY_ROW(conf_skill, PATHS, key, member, 0, TERMS_MAXLIST, 0, NULL)
#define SKILL_NAMES(key, member)	\
	KEY_ROW(conf_skill, NAMES, key, member, 0, TERMS_MAXLIST, 0, NULL)
#define SKILL_CHOICE(key, member, max, words)	\
	KEY_ROW(conf_skill, WORD, key, member, 0, 0, 0, words)
#define SKILL_CHANNEL(key, member)	\
	KEY_ROW(conf_skill, CHANNEL, key, member, 0, 0, 0, NULL)
#define SKILL_SECRETS(key, member, how)	\
	KEY_ROW(conf_skill, SECRETS, key, member, 0, PLAN_MAXSECRETS, 0, NULL)
#define SKILL_LIMIT(key, member, min, max, dflt, narrow, words, what)	\
	KEY_ROW(conf_skill, LIMIT, "limits." key, limits.member, min, max, \
	dflt, words)
static const struct key rows[] = {
	SKILL_KEYS(SKILL_ROW, TERMS_TABLE(SKILL_PATHS, SKILL_NAMES,
	    SKILL_CHOICE, SKILL_CHANNEL, SKILL_SECRETS),
	    LIMITS_TABLE(SKILL_LIMIT))
};
static const struct key_table skill_table = KEY_TABLE(rows);

static struct conf_skill *
add_skill(struct conf *c, const char *name)
{
	struct conf_skill *sk = &c->skills[c->nskills++];

	sk->name = xstrdup(name);
	keys_init(&skill_table, sk);
	return (sk);
}

static int
has_variable(const struct strv *env, const char *name)
{
	size_t i, n = strlen(name);

	for (i = 0; i < env->n; i++)
		if (strncmp(env->v[i], name, n) == 0 && env->v[i][n] == '=')
			return (1);
	return (0);
}

/* A secret that comes as a variable and a fixed one of the same name. */
static void
check_names(struct cx *cx, const struct conf_skill *sk, const struct value *p)
{
	size_t i, files = 0;

	for (i = 0; i < sk->secrets.n; i++) {
		files += sk->secret_how[i] == PLAN_SECRET_FILE;
		if (has_variable(&sk->env, sk->secrets.v[i]))
			cx_err(cx, p, "\"%s\" is in env and in secrets",
			    sk->secrets.v[i]);
	}
	if (files != 0 && has_variable(&sk->env, "CREDENTIALS_DIRECTORY"))
		cx_err(cx, p, "CREDENTIALS_DIRECTORY is in env, and is where "
		    "the secrets are that come as files");
}

void
skill_refuse(const struct conf *c, struct conf_skill *sk)
{
	if (sk->network == PLAN_NET_HOST && !c->host_network)
		xasprintf(&sk->refuse, "network \"host\" needs "
		    "sandbox.hostNetwork, which is false");
}

void
skill_find_home(const struct conf *c, struct conf_skill *sk)
{
	if (sk->home)
		xasprintf(&sk->home_path, "%s/%s", c->home_dir, sk->name);
}

int
skill_add_home(struct conf_skill *sk)
{
	/* -T prints it, and that may be read */
	if (sk->home_path == NULL || strv_has(&sk->write, sk->home_path))
		return (0);
	if (sk->write.n == TERMS_MAXLIST ||
	    strlen(sk->home_path) + sizeof("/4294967295") > PLAN_MAXPATH)
		return (-1);
	strv_add(&sk->write, sk->home_path);
	return (0);
}

static void
add_programs(struct strv *to, const struct patterns *ps)
{
	const struct pattern *p;
	size_t i;

	for (i = 0; i < ps->n; i++) {
		p = ps->p[i];
		if (!p->prog_glob && !p->prog_any &&
		    strlen(p->prog) < PLAN_MAXPATH &&
		    !strv_has(to, p->prog))
			strv_add(to, p->prog);
	}
}

static void
add_views(struct patterns *to, const struct patterns *from)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		to->p[to->n++] = from->p[i];
}

void
skill_destructive(const struct conf *c, struct conf_skill *sk)
{
	size_t n = c->approval_patterns.n + sk->own_destructive.n;
	struct pattern *p;
	char *set;
	size_t i;

	sk->destructive.p = xcalloc(n + 1, sizeof(*sk->destructive.p));
	add_views(&sk->destructive, &c->approval_patterns);
	add_views(&sk->destructive, &sk->own_destructive);
	xasprintf(&set, "skills.%s.approvalPatterns", sk->name);
	for (i = 0; i < sk->own_destructive.n; i++) {
		p = sk->own_destructive.p[i];
		if (p->set == NULL)
			pattern_belongs(p, set);
	}
	free(set);
}

void
skill_confirmable(struct conf_skill *sk)
{
	if (sk->confirm.n == 0)
		return;
	sk->confirmable.p = xcalloc(sk->allow.n + sk->confirm.n,
	    sizeof(*sk->confirmable.p));
	add_views(&sk->confirmable, &sk->allow);
	add_views(&sk->confirmable, &sk->confirm);
}

void
skill_programs(const struct conf *c, struct conf_skill *sk)
{
	size_t i;

	add_programs(&sk->programs, &sk->allow);
	add_programs(&sk->programs, &sk->confirm);
	add_programs(&sk->programs, &sk->ask);
	add_programs(&sk->programs, &sk->deny);
	add_programs(&sk->programs, &sk->destructive);
	for (i = 0; i < c->wrappers.names.n; i++)
		if (!strv_has(&sk->programs, c->wrappers.names.v[i]))
			strv_add(&sk->programs, c->wrappers.names.v[i]);
	strv_sort(&sk->programs);
}

/* Can its rules refuse or ask for anything that a run executes? */
static int
judges_execs(const struct conf *c, const struct conf_skill *sk)
{
	return (sk->deny.n != 0 || sk->ask.n != 0 ||
	    sk->destructive.n != 0 || c->approval == APPROVAL_ALWAYS ||
	    sk->dflt != VERDICT_ALLOW || sk->execs_dflt != VERDICT_ALLOW);
}

unsigned
conf_execs(const struct conf *c, const struct conf_skill *sk)
{
	if (sk->execs == EXECS_JUDGE && !judges_execs(c, sk))
		return (EXECS_OFF);
	return (sk->execs);
}

static int
one_skill(struct cx *cx, const struct value *v, struct conf *c)
{
	struct conf_skill *sk = add_skill(c, v->key);
	int rc = keys_get(cx, v, &skill_table, sk);

	/* what cannot be told of a line is judged when it is run, or asks */
	if (value_key(v, "shell") == NULL)
		sk->shell = sk->execs == EXECS_JUDGE;
	profile_add(cx, v, sk, &skill_table);
	check_names(cx, sk, v);
	return (rc);
}

static int
skills_get(struct cx *cx, const struct value *v, const struct key *k, void *of)
{
	struct conf *c = of;

	c->skills = xcalloc(v->nkids, sizeof(*c->skills));
	return (keys_each(cx, v, k, "skill", one_skill));
}

/* One skill that asks for everything. */
static void
skills_absent(struct cx *cx, const struct value *in, const struct key *k,
    void *of)
{
	struct conf *c = of;

	(void)k;
	c->skills = xcalloc(1, sizeof(*c->skills));
	keys_absent(cx, in, &skill_table, add_skill(c, "default"));
}

static json_t *
skills_show(const struct key *k, const void *of)
{
	const struct conf *c = of;
	json_t *o = json_object();
	size_t i;

	(void)k;
	for (i = 0; i < c->nskills; i++)
		(void)json_object_set_new(o, c->skills[i].name,
		    keys_show(&skill_table, &c->skills[i]));
	return (o);
}

static void
skills_free(const struct key *k, void *of)
{
	struct conf *c = of;
	size_t i;

	(void)k;
	for (i = 0; i < c->nskills; i++) {
		keys_free(&skill_table, &c->skills[i]);
		free(c->skills[i].name);
		strv_free(&c->skills[i].programs);
		strv_free(&c->skills[i].profile_tests);
		free(c->skills[i].destructive.p);
		free(c->skills[i].confirmable.p);
		free(c->skills[i].home_path);
		free(c->skills[i].refuse);
	}
	free(c->skills);
}

const struct key_kind kind_SKILLS = { .name = "skills", .get = skills_get,
    .show = skills_show, .free = skills_free, .absent = skills_absent,
    .each = &skill_table };
