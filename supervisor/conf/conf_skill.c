/* SPDX-License-Identifier: ISC */
/*
 * skills.NAME: what a run of this skill may do.
 *
 * Defaults where the configuration is silent: a command that no pattern names
 * asks; no grants, no network, no secrets; runs act as the account "clawbot";
 * the limits of common/limits.h.
 */
#include "config.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/varname.h"
#include "supervisor/conf/conf_priv.h"
#include "common/policy/pattern_priv.h"
#include "common/policy/policy.h"

#define RUN_ACCOUNT	"clawbot"
#define MAXSKILLENV	128
#define MAXTESTS	1024


/* A channel can only narrow; null is "as the skill has it". */
static int
get_limit_rows(struct cx *cx, struct node n, struct limits *l, int channel)
{
	const struct limit_row *row;
	struct key keys[LIMITS_N + 1], *k = keys;
	size_t i;

	memset(keys, 0, sizeof(keys));
	for (i = 0; i < LIMITS_N; i++) {
		row = &limit_rows[i];
		if (channel && row->narrow == NARROW_NOT)
			continue;
		k->name = row->key;
		k->type = row->words != NULL ? K_WORD :
		    channel ? K_RATE : K_UINT;
		k->off = i * sizeof(l->v[0]);
		k->min = row->min;
		k->max = row->max;
		k->words = row->words;
		k++;
	}
	return (get_object(cx, n, keys, l->v));
}

int
get_limits(struct cx *cx, struct node n, void *limits)
{
	return (get_limit_rows(cx, n, limits, 0));
}

int
get_chan_limits(struct cx *cx, struct node n, struct limits *l)
{
	return (get_limit_rows(cx, n, l, 1));
}

void
patterns_free(struct patterns *ps)
{
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

int
get_patterns(struct cx *cx, struct node n, struct patterns *ps, int kind)
{
	const char *s, *why;
	struct pattern *p;
	struct node kid;
	int rc = 0;
	size_t i;

	patterns_free(ps);
	if (get_array(cx, n, CONF_MAXPATTERNS) == -1) {
		cx->bad_patterns = 1;
		return (-1);
	}
	ps->p = xcalloc(n.p->nkids, sizeof(*ps->p));
	for (i = 0; i < n.p->nkids; i++) {
		kid = get_node(n, i);
		why = NULL;
		if ((s = get_text(cx, kid)) == NULL) {
			rc = -1;
			continue;
		}
		p = pattern_new(s, &why);
		if (p != NULL && kind != PATTERNS_APPROVAL)
			why = pattern_wrong(p, kind == PATTERNS_ALLOW);
		if (p == NULL || why != NULL) {
			cx_err(cx, kid.p, "bad pattern \"%s\": %s", s, why);
			pattern_free(p);
			rc = -1;
			continue;
		}
		ps->p[ps->n++] = p;
	}
	if (rc == -1)
		cx->bad_patterns = 1;
	return (rc);
}

static int
get_allow(struct cx *cx, struct node n, void *t)
{
	return (get_patterns(cx, n, &((struct conf_skill *)t)->allow,
	    PATTERNS_ALLOW));
}

static int
get_ask(struct cx *cx, struct node n, void *t)
{
	return (get_patterns(cx, n, &((struct conf_skill *)t)->ask,
	    PATTERNS_FIND));
}

static int
get_deny(struct cx *cx, struct node n, void *t)
{
	return (get_patterns(cx, n, &((struct conf_skill *)t)->deny,
	    PATTERNS_FIND));
}

static int
get_secrets(struct cx *cx, struct node n, void *t)
{
	struct terms *sk = t;
	struct node kid;
	const char *why;
	int how, rc = 0;
	size_t i, j;

	if (!get_is_object(cx, n))
		return (-1);
	for (i = 0; i < n.p->nkids; i++) {
		kid = get_node(n, i);
		if (kid.p->skip)
			continue;
		if ((why = varname_wrong(kid.p->key)) != NULL) {
			cx_err(cx, kid.p, "bad name of a secret: %s", why);
			rc = -1;
		} else if (get_word(cx, kid, term_secret_words, &how) == -1) {
			rc = -1;
		} else if (sk->secrets.n == PLAN_MAXSECRETS) {
			cx_err(cx, kid.p, "more than %d secrets",
			    PLAN_MAXSECRETS);
			return (-1);
		} else
			strv_add(&sk->secrets, kid.p->key);
	}
	strv_sort(&sk->secrets);
	for (j = 0; j < sk->secrets.n; j++)
		sk->secret_how[j] = strcmp(json_string_value(json_object_get(
		    n.v, sk->secrets.v[j])), "env") == 0 ? PLAN_SECRET_ENV :
		    PLAN_SECRET_FILE;
	return (rc);
}

static int
get_env(struct cx *cx, struct node n, void *t)
{
	struct conf_skill *sk = t;
	const char *why, *s;
	struct node kid;
	int rc = 0;
	char *line;
	size_t i;

	if (!get_is_object(cx, n))
		return (-1);
	if (n.p->nkids > MAXSKILLENV) {
		cx_err(cx, n.p, "more than %d variables", MAXSKILLENV);
		return (-1);
	}
	for (i = 0; i < n.p->nkids; i++) {
		kid = get_node(n, i);
		if (kid.p->skip)
			continue;
		if ((why = varname_wrong(kid.p->key)) != NULL) {
			cx_err(cx, kid.p, "bad variable: %s", why);
			rc = -1;
		} else if ((s = get_text(cx, kid)) == NULL) {
			rc = -1;
		} else {
			xasprintf(&line, "%s=%s", kid.p->key, s);
			strv_add(&sk->env, line);
			free(line);
		}
	}
	strv_sort(&sk->env);
	return (rc);
}

static int
get_account(struct cx *cx, struct node n, void *t)
{
	const char *s = get_text(cx, n);

	return (s == NULL ? -1 : get_run_as(cx, n.p, s, t));
}

static int
test_list(struct cx *cx, struct node n, void *t, enum verdict v)
{
	return (get_texts(cx, n, MAXTESTS, &((struct strv *)t)[v]));
}

static int
get_test_allow(struct cx *cx, struct node n, void *t)
{
	return (test_list(cx, n, t, VERDICT_ALLOW));
}

static int
get_test_ask(struct cx *cx, struct node n, void *t)
{
	return (test_list(cx, n, t, VERDICT_ASK));
}

static int
get_test_deny(struct cx *cx, struct node n, void *t)
{
	return (test_list(cx, n, t, VERDICT_DENY));
}

static int
get_tests(struct cx *cx, struct node n, void *t)
{
	static const struct key keys[] = {
		{ "allow", K_FN, 0, 0, 0, NULL, get_test_allow },
		{ "ask", K_FN, 0, 0, 0, NULL, get_test_ask },
		{ "deny", K_FN, 0, 0, 0, NULL, get_test_deny },
		{ NULL, K_FN, 0, 0, 0, NULL, NULL }
	};

	return (get_object(cx, n, keys, ((struct conf_skill *)t)->tests));
}

static const struct key skill_keys[] = {
	{ "allow", K_FN, 0, 0, 0, NULL, get_allow },
	{ "ask", K_FN, 0, 0, 0, NULL, get_ask },
	{ "deny", K_FN, 0, 0, 0, NULL, get_deny },
	{ "default", K_WORD, offsetof(struct conf_skill, dflt), 0, 0,
	    verdict_words, NULL },
	{ "shell", K_BOOL, offsetof(struct conf_skill, shell), 0, 0, NULL,
	    NULL },
	{ "env", K_FN, 0, 0, 0, NULL, get_env },
	{ "runAs", K_FN, 0, 0, 0, NULL, get_account },
	{ "limits", K_FN, offsetof(struct conf_skill, limits), 0, 0, NULL,
	    get_limits },
	{ "tests", K_FN, 0, 0, 0, NULL, get_tests },
};
#define NSKILLKEYS	(sizeof(skill_keys) / sizeof(skill_keys[0]))

static void
term_key(struct key *k, const struct term_row *row)
{
	memset(k, 0, sizeof(*k));
	k->name = row->key;
	k->type = K_FN;
	k->off = offsetof(struct conf_skill, terms) + row->off;
	switch (row->kind) {
	case TERM_PATHS:
		k->fn = get_grants;
		break;
	case TERM_NAMES:
		k->fn = get_protect;
		break;
	case TERM_CHOICE:
		k->type = K_WORD;
		k->words = row->words;
		break;
	case TERM_SECRETS:
		k->off = offsetof(struct conf_skill, terms);
		k->fn = get_secrets;
		break;
	}
}

/* The keys above, and those of the terms. */
static int
get_skill_keys(struct cx *cx, struct node n, struct conf_skill *sk)
{
	struct key keys[NSKILLKEYS + TERMS_N + 1];
	size_t i;

	memset(keys, 0, sizeof(keys));
	memcpy(keys, skill_keys, sizeof(skill_keys));
	for (i = 0; i < TERMS_N; i++)
		term_key(&keys[NSKILLKEYS + i], &term_rows[i]);
	return (get_object(cx, n, keys, sk));
}

void
skill_init(struct conf_skill *sk, const char *name)
{
	memset(sk, 0, sizeof(*sk));
	sk->name = xstrdup(name);
	sk->dflt = VERDICT_ASK;
	sk->uid = (uid_t)-1;
	sk->gid = (gid_t)-1;
	terms_default(&sk->terms);
	protect_default(&sk->protect);
}

void
skill_free(struct conf_skill *sk)
{
	size_t i;

	free(sk->name);
	patterns_free(&sk->allow);
	patterns_free(&sk->ask);
	patterns_free(&sk->deny);
	terms_free(&sk->terms);
	strv_free(&sk->env);
	free(sk->account);
	strv_free(&sk->programs);
	for (i = 0; i < 3; i++)
		strv_free(&sk->tests[i]);
	free(sk->refuse);
}

/* A secret that comes as a variable and a fixed one of the same name. */
static void
check_names(struct cx *cx, const struct conf_skill *sk, const struct pos *p)
{
	size_t i, j, n;

	for (i = 0; i < sk->secrets.n; i++) {
		n = strlen(sk->secrets.v[i]);
		for (j = 0; j < sk->env.n; j++)
			if (strncmp(sk->env.v[j], sk->secrets.v[i], n) == 0 &&
			    sk->env.v[j][n] == '=')
				cx_err(cx, p, "\"%s\" is in env and in "
				    "secrets", sk->secrets.v[i]);
	}
}

void
skill_refuse(const struct conf *c, struct conf_skill *sk)
{
	if (sk->network == PLAN_NET_HOST && !c->host_network)
		xasprintf(&sk->refuse, "network \"host\" needs "
		    "sandbox.hostNetwork, which is false");
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

void
skill_programs(struct conf *c, struct conf_skill *sk)
{
	add_programs(&sk->programs, &sk->allow);
	add_programs(&sk->programs, &sk->ask);
	add_programs(&sk->programs, &sk->deny);
	add_programs(&sk->programs, &c->approval_patterns);
	strv_sort(&sk->programs);
}

static int
get_skill(struct cx *cx, struct node n, struct conf_skill *sk)
{
	int rc;

	rc = get_skill_keys(cx, n, sk);
	if (sk->account == NULL &&
	    get_run_as(cx, n.p, RUN_ACCOUNT, sk) == -1)
		rc = -1;
	check_names(cx, sk, n.p);
	return (rc);
}

static int
one_skill(struct cx *cx, struct node n, void *t)
{
	struct conf *c = t;
	struct conf_skill *sk = &c->skills[c->nskills++];

	skill_init(sk, n.p->key);
	return (get_skill(cx, n, sk));
}

int
get_skills(struct cx *cx, struct node n, void *t)
{
	struct conf *c = t;

	c->skills = xcalloc(n.p->nkids, sizeof(*c->skills));
	return (get_each(cx, n, "skill", XCONF_MAXSKILLS, one_skill, c));
}
