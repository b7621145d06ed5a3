/* SPDX-License-Identifier: ISC */
/*
 * The effective configuration as JSON: what is printed loads again, and
 * prints the same.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "supervisor/conf/conf_priv.h"
#include "common/policy/policy.h"

static void
put(json_t *o, const char *key, json_t *v)
{
	(void)json_object_set_new(o, key, v);
}

static void
put_text(json_t *o, const char *key, const char *s)
{
	put(o, key, json_string(s));
}

static void
put_uint(json_t *o, const char *key, uint32_t v)
{
	put(o, key, v == CONF_UNSET ? json_null() :
	    json_integer((json_int_t)v));
}

static void
put_texts(json_t *o, const char *key, const struct strv *sv)
{
	json_t *a = json_array();
	size_t i;

	for (i = 0; i < sv->n; i++)
		(void)json_array_append_new(a, json_string(sv->v[i]));
	put(o, key, a);
}

static void
put_patterns(json_t *o, const char *key, const struct patterns *ps)
{
	json_t *a = json_array();
	size_t i;

	for (i = 0; i < ps->n; i++)
		(void)json_array_append_new(a,
		    json_string(pattern_text(ps->p[i])));
	put(o, key, a);
}

/* A channel's are without what only a skill can say. */
static json_t *
limits_json(const struct limits *l, int channel)
{
	json_t *o = json_object();
	const struct limit_row *row;
	size_t i;

	for (i = 0; i < LIMITS_N; i++) {
		row = &limit_rows[i];
		if (channel && row->narrow == NARROW_NOT)
			continue;
		if (row->words != NULL)
			put_text(o, row->key, row->words[l->v[i]]);
		else
			put_uint(o, row->key, l->v[i]);
	}
	return (o);
}

static json_t *
rate_json(const struct rate *r)
{
	json_t *o = json_object();

	put_uint(o, "maxExecutionsPerMinute", r->per_minute);
	put_uint(o, "maxAPICallsPerHour", r->api_per_hour);
	put_uint(o, "maxConcurrent", r->concurrent);
	return (o);
}

static json_t *
tools_json(const struct conf *c)
{
	json_t *tools = json_object(), *exec = json_object();

	put_text(exec, "approval", conf_approval_words[c->approval]);
	put_patterns(exec, "approvalPatterns", &c->approval_patterns);
	put(tools, "exec", exec);
	return (tools);
}

static json_t *
env_json(const struct strv *env)
{
	json_t *o = json_object();
	const char *eq;
	char *name;
	size_t i;

	for (i = 0; i < env->n; i++) {
		eq = strchr(env->v[i], '=');
		name = xstrndup(env->v[i], (size_t)(eq - env->v[i]));
		put_text(o, name, eq + 1);
		free(name);
	}
	return (o);
}

static json_t *
secrets_json(const struct terms *t)
{
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < t->secrets.n; i++)
		put_text(o, t->secrets.v[i],
		    term_secret_words[t->secret_how[i] - 1]);
	return (o);
}

static void
put_term(void *o, const struct terms *t, const struct term_row *row,
    const struct strv *list, const char *word)
{
	if (word != NULL)
		put_text(o, row->key, word);
	else if (row->kind == TERM_SECRETS)
		put(o, row->key, secrets_json(t));
	else
		put_texts(o, row->key, list);
}

static json_t *
skill_json(const struct conf_skill *sk)
{
	json_t *o = json_object(), *tests = json_object();
	size_t i;

	put_patterns(o, "allow", &sk->allow);
	put_patterns(o, "ask", &sk->ask);
	put_patterns(o, "deny", &sk->deny);
	put_text(o, "default", verdict_words[sk->dflt]);
	put(o, "shell", json_boolean(sk->shell));
	terms_each(&sk->terms, put_term, o);	/* limits come last */
	put(o, "env", env_json(&sk->env));
	put_text(o, "runAs", sk->account);
	put(o, "limits", limits_json(&sk->limits, 0));
	for (i = 0; i < 3; i++)
		put_texts(tests, verdict_words[i], &sk->tests[i]);
	put(o, "tests", tests);
	return (o);
}

static json_t *
channel_json(const struct conf_channel *ch)
{
	json_t *o = json_object();

	put_texts(o, "users", &ch->users.text);
	put_text(o, "access", access_words[ch->access]);
	if (ch->all_skills)
		put_text(o, "skills", "*");
	else
		put_texts(o, "skills", &ch->skills);
	put(o, "limits", limits_json(&ch->limits, 1));
	put(o, "rateLimit", rate_json(&ch->rate));
	return (o);
}

static json_t *
approvals_json(const struct conf *c)
{
	json_t *o = json_object();

	put_texts(o, "approvers", &c->approvers.text);
	put_uint(o, "timeoutSeconds", c->approval_timeout_s);
	put_uint(o, "maxPending", c->max_pending);
	return (o);
}

static json_t *
breaker_json(const struct conf *c)
{
	json_t *o = json_object();

	put_uint(o, "failures", c->brk_failures);
	put_uint(o, "windowSeconds", c->brk_window_s);
	put_uint(o, "cooldownSeconds", c->brk_cooldown_s);
	return (o);
}

static json_t *
logging_json(const struct conf *c)
{
	json_t *o = json_object();

	put_text(o, "directory", c->log_dir);
	put_texts(o, "redact", &c->redact);
	put_uint(o, "segmentMB", c->segment_mb);
	put_text(o, "output", conf_output_words[c->output]);
	return (o);
}

static json_t *
vault_json(const struct conf *c)
{
	json_t *o = json_object();

	put_text(o, "directory", c->vault_dir);
	put_texts(o, "unlock", &c->unlock);
	put_text(o, "cipher", conf_cipher_words[c->cipher - 1]);
	return (o);
}

static json_t *
sandbox_json(const struct conf *c)
{
	json_t *o = json_object(), *a = json_array();

	if (c->accept_no_landlock)
		(void)json_array_append_new(a, json_string("landlock"));
	put(o, "acceptMissing", a);
	put_uint(o, "warm", c->warm);
	put(o, "hostNetwork", json_boolean(c->host_network));
	put_text(o, "cgroup", conf_cgroup_words[c->cgroup]);
	return (o);
}

static json_t *
detached_json(const struct conf *c)
{
	json_t *o = json_object();

	put_uint(o, "keepSeconds", c->detached_keep_s);
	put_uint(o, "maxRuns", c->detached_runs);
	put_uint(o, "maxMB", c->detached_mb);
	put_uint(o, "outputMB", c->detached_output_mb);
	return (o);
}

void
conf_print(const struct conf *c, FILE *f)
{
	json_t *root = json_object(), *o;
	size_t i;

	put(root, "tools", tools_json(c));
	o = json_object();
	for (i = 0; i < c->nskills; i++)
		put(o, c->skills[i].name, skill_json(&c->skills[i]));
	put(root, "skills", o);
	o = json_object();
	for (i = 0; i < c->nchannels; i++)
		put(o, c->channels[i].name, channel_json(&c->channels[i]));
	put(root, "channels", o);
	put(root, "approvals", approvals_json(c));
	put(root, "rateLimit", rate_json(&c->rate));
	put(root, "circuitBreaker", breaker_json(c));
	put(root, "logging", logging_json(c));
	put_text(root, "socketDirectory", c->socket_dir);
	put(root, "vault", vault_json(c));
	put(root, "sandbox", sandbox_json(c));
	put(root, "detached", detached_json(c));
	(void)json_dumpf(root, f, JSON_INDENT(2));
	(void)fputc('\n', f);
	json_decref(root);
}
