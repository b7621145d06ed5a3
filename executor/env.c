/* SPDX-License-Identifier: ISC */
/* The environment of a run. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/defs.h"
#include "common/varname.h"
#include "executor/env.h"

#define VALUE_MAX_AMBIENT	128

static size_t
name_len(const char *var)
{
	return (strcspn(var, "="));
}

static int
name_ok(const char *var, size_t n)
{
	return (var[n] == '=' && varname_malformed(var, n) == NULL);
}

/* The later one counts, as with env(1). */
static void
put(struct strv *env, const char *var)
{
	size_t i, n = name_len(var);

	for (i = 0; i < env->n; i++)
		if (name_len(env->v[i]) == n &&
		    memcmp(env->v[i], var, n) == 0) {
			freezero(env->v[i], strlen(env->v[i]));
			env->v[i] = xstrdup(var);
			return;
		}
	strv_add(env, var);
}

static void
put_value(struct strv *env, const char *name, const char *value)
{
	char *s;

	(void)xasprintf(&s, "%s=%s", name, value);
	put(env, s);
	free(s);
}

static int
is_named(const char *var, size_t n, const char *name)
{
	return (n == strlen(name) && memcmp(var, name, n) == 0);
}

static int
has_name(const struct strv *vars, const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < vars->n; i++)
		if (name_len(vars->v[i]) == n &&
		    memcmp(vars->v[i], name, n) == 0)
			return (1);
	return (0);
}

#define ALNUM	"abcdefghijklmnopqrstuvwxyz" \
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* A shell of the system, where no account of a run can put another one. */
static int
is_shell(const char *v)
{
	static const char *const shells[] = { "sh", "bash", "dash", "zsh",
	    "fish", "ksh", "mksh", "tcsh" };
	size_t i, n = strncmp(v, "/usr", 4) == 0 ? 4 : 0;

	for (i = 0; strncmp(v + n, "/bin/", 5) == 0 && i < NELEM(shells); i++)
		if (strcmp(v + n + 5, shells[i]) == 0)
			return (1);
	return (0);
}

/* Who makes commits: a text, as far as git takes one. */
static int
is_identity(const char *var, size_t n)
{
	const unsigned char *v = (const unsigned char *)var + n + 1;
	size_t i;

	if (!is_named(var, n, "GIT_AUTHOR_NAME") &&
	    !is_named(var, n, "GIT_AUTHOR_EMAIL") &&
	    !is_named(var, n, "GIT_COMMITTER_NAME") &&
	    !is_named(var, n, "GIT_COMMITTER_EMAIL"))
		return (0);
	for (i = 0; v[i] != '\0'; i++)
		if (v[i] < 0x20 || v[i] == 0x7f || v[i] == '<' || v[i] == '>')
			return (0);
	return (i > 0 && i <= VALUE_MAX_AMBIENT);
}

/*
 * What a caller's terminal and language may say.  They are not asked for,
 * just there, so what does not look right is left out without a word.  No
 * value can name a file outside the directories of the system.
 */
static int
ambient_ok(const char *var, size_t n)
{
	const char *v = var + n + 1, *set;

	if (is_named(var, n, "LANG") || strncmp(var, "LC_", 3) == 0 ||
	    is_named(var, n, "LANGUAGE"))
		set = ALNUM "_.@:-";
	else if (is_named(var, n, "SHELL"))
		return (is_shell(v));
	else if (is_identity(var, n))
		return (1);
	else if (is_named(var, n, "TERM") || is_named(var, n, "COLORTERM"))
		set = ALNUM "_.+-";
	else if (is_named(var, n, "TZ"))
		set = ALNUM "_/,.:<>+-";
	else if (is_named(var, n, "NO_COLOR"))
		set = ALNUM;
	else if (is_named(var, n, "COLUMNS") || is_named(var, n, "LINES"))
		set = "0123456789";
	else
		return (0);
	return (strlen(v) <= VALUE_MAX_AMBIENT && v[strspn(v, set)] == '\0' &&
	    v[0] != '/' && v[0] != ':' && strstr(v, "..") == NULL);
}

static int
ask(struct plan *p, const struct xskill *x, const char *var,
    struct trouble *t)
{
	size_t i, n = name_len(var);
	char name[VARNAME_MAX + 1];

	if (!name_ok(var, n)) {
		trouble_set(t, CBE_USAGE, "a variable has to be NAME=VALUE, "
		    "with letters, digits and \"_\" in its name");
		return (-1);
	}
	(void)snprintf(name, sizeof(name), "%.*s", (int)n, var);
	if (varname_is_hook(var, n)) {
		trouble_set(t, CBE_REFUSED, "variable %s loads or steers "
		    "programs and cannot be set by a caller", name);
		return (-1);
	}
	for (i = 0; i < x->secrets.n; i++)
		if (strcmp(x->secrets.v[i], name) == 0)
			break;
	if (i < x->secrets.n || has_name(&x->env, name, n)) {
		trouble_set(t, CBE_REFUSED, "variable %s is set by skill %s",
		    name, x->name);
		return (-1);
	}
	put(&p->env, var);
	if (!strv_has(&p->asked_env, name))
		strv_add(&p->asked_env, name);
	return (0);
}

/* A secret that is a variable is the only one of its name. */
static void
make_way(struct strv *env, const struct xskill *x)
{
	size_t i, k, n;

	for (i = 0; i < x->secrets.n; i++) {
		if (x->secret_how[i] != PLAN_SECRET_ENV)
			continue;
		n = strlen(x->secrets.v[i]);
		for (k = 0; k < env->n; k++)
			if (name_len(env->v[k]) == n &&
			    memcmp(env->v[k], x->secrets.v[i], n) == 0)
				break;
		if (k == env->n)
			continue;
		freezero(env->v[k], strlen(env->v[k]));
		env->v[k] = env->v[--env->n];
		env->v[env->n] = NULL;
	}
}

/* Where a run finds the secrets that it gets as files. */
static void
put_secret_files(struct strv *env, const struct xskill *x)
{
	size_t i;
	char *s;

	for (i = 0; i < x->secrets.n; i++) {
		if (x->secret_how[i] != PLAN_SECRET_FILE)
			continue;
		(void)xasprintf(&s, "%s_FILE=%s/%s", x->secrets.v[i],
		    SECRETS_DIR, x->secrets.v[i]);
		put(env, s);
		free(s);
		put_value(env, "CREDENTIALS_DIRECTORY", SECRETS_DIR);
	}
}

/*
 * A repository can name programs that git then runs.  Where one of git's
 * variables, or a setting from them, goes before what the repository says,
 * it is what git does where nobody says anything.
 */
static const char *const git_fixed[] = {
	"GIT_ASKPASS=", "GIT_EDITOR=vi", "GIT_PAGER=cat",
	"GIT_PROXY_COMMAND=", "GIT_SEQUENCE_EDITOR=vi", "GIT_SSH_COMMAND=ssh",
	"GIT_CONFIG_KEY_0=core.fsmonitor", "GIT_CONFIG_VALUE_0=false",
	"GIT_CONFIG_KEY_1=credential.helper", "GIT_CONFIG_VALUE_1=",
	"GIT_CONFIG_KEY_2=gpg.program", "GIT_CONFIG_VALUE_2=gpg",
	"GIT_CONFIG_KEY_3=gpg.openpgp.program", "GIT_CONFIG_VALUE_3=gpg",
	"GIT_CONFIG_KEY_4=gpg.ssh.program", "GIT_CONFIG_VALUE_4=ssh-keygen",
	"GIT_CONFIG_KEY_5=gpg.x509.program", "GIT_CONFIG_VALUE_5=gpgsm",
	"GIT_CONFIG_KEY_6=protocol.ext.allow", "GIT_CONFIG_VALUE_6=never",
};

/*
 * An account that has nothing but its grants loses nothing by a repository of
 * somebody else's; that of a caller may have more than what is granted.
 */
static void
put_git(struct strv *env, const struct xskill *x)
{
	size_t i;

	for (i = 0; i < NELEM(git_fixed); i++)
		put(env, git_fixed[i]);
	if (x->run_as_caller) {
		put(env, "GIT_CONFIG_COUNT=7");
		return;
	}
	put(env, "GIT_CONFIG_COUNT=8");
	put(env, "GIT_CONFIG_KEY_7=safe.directory");
	put(env, "GIT_CONFIG_VALUE_7=*");
}

/* Of this account alone, which lasts; or what is gone with the run. */
static void
put_home(struct plan *p, const struct xskill *x)
{
	char *s;

	if (x->home[0] == '\0') {
		put_value(&p->env, "HOME", "/tmp");
		return;
	}
	(void)xasprintf(&s, "%s/%u", x->home, p->uid);
	put_value(&p->env, "HOME", s);
	free(s);
}

int
env_build(struct plan *p, const struct xskill *x, const struct runreq *q,
    struct trouble *t)
{
	size_t i, n;

	put_value(&p->env, "PATH", RUN_PATH);
	put_home(p, x);
	put_value(&p->env, "SHELL", "/bin/sh");
	put_value(&p->env, "USER", p->account);
	put_value(&p->env, "LOGNAME", p->account);
	put_git(&p->env, x);
	if (x->inner_channel[0] != '\0') {
		put_value(&p->env, "CLAWBOT_SOCKETS", CB_RUNDIR);
		put_value(&p->env, "CLAWBOT_CHANNEL", x->inner_channel);
	}
	for (i = 0; i < q->locale.n; i++) {
		n = name_len(q->locale.v[i]);
		if (name_ok(q->locale.v[i], n) && ambient_ok(q->locale.v[i], n))
			put(&p->env, q->locale.v[i]);
	}
	for (i = 0; i < x->env.n; i++) {
		n = name_len(x->env.v[i]);
		/* programs are looked up by the fixed one */
		if (name_ok(x->env.v[i], n) && !is_named(x->env.v[i],
		    n, "PATH"))
			put(&p->env, x->env.v[i]);
	}
	put_secret_files(&p->env, x);
	for (i = 0; i < q->env.n; i++)
		if (ask(p, x, q->env.v[i], t) == -1)
			return (-1);
	if (p->env.n > PLAN_MAXENV) {
		trouble_set(t, CBE_USAGE, "too many variables");
		return (-1);
	}
	make_way(&p->env, x);
	strv_sort(&p->env);
	strv_sort(&p->asked_env);
	return (0);
}
