/* SPDX-License-Identifier: ISC */
/*
 * The other keys of the configuration, and what only the whole of it can
 * tell.  Where rateLimit is silent, or says null, there is no such limit; in
 * a list of logging.redact nothing is left out by default: it is then
 * password=.*, token=.*, apikey=.* and Bearer .*; without vault.unlock the
 * vault stays locked.
 */
#include "config.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "common/msg.h"
#include "supervisor/conf/conf_priv.h"
#include "common/policy/policy.h"

#define MAXREDACT	256
#define MAXREGEX	1024
#define MAXUNLOCK	8

const char *const conf_approval_words[] = { "ask", "always", "deny", NULL };
const char *const conf_output_words[] = { "digest", "excerpt", "full", NULL };
/* the value is CIPHER_* - 1 */
const char *const conf_cipher_words[] = { "aes-256", "xchacha20-poly1305",
    NULL };

const char *const conf_cgroup_words[] = { "auto", "off", NULL };

static const char *const redact_default[] = { "password=.*", "token=.*",
    "apikey=.*", "Bearer .*" };

#define END_KEYS	{ NULL, K_FN, 0, 0, 0, NULL, NULL }
#define UINT(key, field, min, max)					\
	{ key, K_UINT, offsetof(struct conf, field), min, max, NULL, NULL }
#define FN(key, fn)	{ key, K_FN, 0, 0, 0, NULL, fn }

static int
get_approval_patterns(struct cx *cx, struct node n, void *t)
{
	return (get_patterns(cx, n, &((struct conf *)t)->approval_patterns,
	    PATTERNS_APPROVAL));
}

static int
get_exec(struct cx *cx, struct node n, void *t)
{
	static const struct key keys[] = {
		{ "approval", K_WORD, offsetof(struct conf, approval), 0, 0,
		    conf_approval_words, NULL },
		FN("approvalPatterns", get_approval_patterns),
		END_KEYS
	};

	return (get_object(cx, n, keys, t));
}

static int
get_tools(struct cx *cx, struct node n, void *t)
{
	static const struct key keys[] = { FN("exec", get_exec), END_KEYS };

	return (get_object(cx, n, keys, t));
}

static int
get_approvers(struct cx *cx, struct node n, void *t)
{
	return (who_get(cx, n, &((struct conf *)t)->approvers));
}

static int
get_approvals(struct cx *cx, struct node n, void *t)
{
	static const struct key keys[] = {
		FN("approvers", get_approvers),
		UINT("timeoutSeconds", approval_timeout_s, 1, 604800),
		UINT("maxPending", max_pending, 1, 1024),
		END_KEYS
	};

	return (get_object(cx, n, keys, t));
}

static int
get_rate_limit(struct cx *cx, struct node n, void *t)
{
	return (get_rate(cx, n, &((struct conf *)t)->rate));
}

static int
get_breaker(struct cx *cx, struct node n, void *t)
{
	static const struct key keys[] = {
		UINT("failures", brk_failures, 1, 1000000),
		UINT("windowSeconds", brk_window_s, 1, 86400),
		UINT("cooldownSeconds", brk_cooldown_s, 1, 604800),
		END_KEYS
	};

	return (get_object(cx, n, keys, t));
}

static int
get_log_dir(struct cx *cx, struct node n, void *t)
{
	return (get_path(cx, n, &((struct conf *)t)->log_dir));
}

/* Whether an expression compiles is found out by the executor. */
static int
get_redact(struct cx *cx, struct node n, void *t)
{
	struct conf *c = t;
	int rc = get_texts(cx, n, MAXREDACT, &c->redact);
	size_t i;

	if (!json_is_array(n.v))
		return (-1);
	for (i = 0; i < n.p->nkids; i++)
		if (json_string_length(get_node(n, i).v) > MAXREGEX) {
			cx_err(cx, n.p->kids[i], "longer than %d bytes",
			    MAXREGEX);
			rc = -1;
		}
	return (rc);
}

static int
get_output(struct cx *cx, struct node n, void *t)
{
	struct conf *c = t;
	int v;

	if (get_word(cx, n, conf_output_words, &v) == -1)
		return (-1);
	c->output = (enum log_output)v;
	if (c->output != OUTPUT_DIGEST)
		cx_note(cx, n.p, "note: \"%s\" is not in this version, the "
		    "log gets the digest", conf_output_words[v]);
	return (0);
}

static int
get_logging(struct cx *cx, struct node n, void *t)
{
	static const struct key keys[] = {
		FN("directory", get_log_dir),
		FN("redact", get_redact),
		UINT("segmentMB", segment_mb, 1, 4096),
		FN("output", get_output),
		END_KEYS
	};

	return (get_object(cx, n, keys, t));
}

static int
get_vault_dir(struct cx *cx, struct node n, void *t)
{
	return (get_path(cx, n, &((struct conf *)t)->vault_dir));
}

static int
get_unlock(struct cx *cx, struct node n, void *t)
{
	struct conf *c = t;
	const char *s, *why;
	int rc = get_texts(cx, n, MAXUNLOCK, &c->unlock);
	size_t i;

	if (!json_is_array(n.v))
		return (-1);
	for (i = 0; i < n.p->nkids; i++) {
		if ((s = json_string_value(get_node(n, i).v)) == NULL)
			continue;
		why = NULL;
		if (strncmp(s, "keyfile:", 8) == 0) {
			if ((why = path_wrong(s + 8)) == NULL &&
			    c->keyfile == NULL)
				c->keyfile = xstrdup(s + 8);
		} else if (strcmp(s, "credential") != 0 &&
		    strcmp(s, "passphrase") != 0)
			why = "must be \"credential\", \"keyfile:PATH\" or "
			    "\"passphrase\"";
		if (why != NULL) {
			cx_err(cx, n.p->kids[i], "%s", why);
			rc = -1;
		}
	}
	if (rc == 0 && n.p->nkids > 0 && c->keyfile == NULL)
		cx_note(cx, n.p, "note: only keyfile: is in this version, "
		    "the vault stays locked");
	return (rc);
}

static int
get_cipher(struct cx *cx, struct node n, void *t)
{
	int v;

	if (get_word(cx, n, conf_cipher_words, &v) == -1)
		return (-1);
	((struct conf *)t)->cipher = v + 1;
	return (0);
}

static int
get_vault(struct cx *cx, struct node n, void *t)
{
	static const struct key keys[] = {
		FN("directory", get_vault_dir),
		FN("unlock", get_unlock),
		FN("cipher", get_cipher),
		END_KEYS
	};

	return (get_object(cx, n, keys, t));
}

static int
get_socket_dir(struct cx *cx, struct node n, void *t)
{
	return (get_path(cx, n, &((struct conf *)t)->socket_dir));
}

static int
get_missing(struct cx *cx, struct node n, void *t)
{
	static const char *const layers[] = { "landlock", NULL };
	struct conf *c = t;
	int v, rc = 0;
	size_t i;

	if (get_array(cx, n, CONF_MAXLIST) == -1)
		return (-1);
	for (i = 0; i < n.p->nkids; i++) {
		if (get_word(cx, get_node(n, i), layers, &v) == -1)
			rc = -1;
		else
			c->accept_no_landlock = 1;
	}
	return (rc);
}

static int
get_sandbox(struct cx *cx, struct node n, void *t)
{
	static const struct key keys[] = {
		FN("acceptMissing", get_missing),
		UINT("warm", warm, 0, XCONF_MAXWARM),
		{ "hostNetwork", K_BOOL, offsetof(struct conf, host_network),
		    0, 0, NULL, NULL },
		{ "cgroup", K_WORD, offsetof(struct conf, cgroup), 0, 0,
		    conf_cgroup_words, NULL },
		END_KEYS
	};

	return (get_object(cx, n, keys, t));
}

static int
get_detached(struct cx *cx, struct node n, void *t)
{
	static const struct key keys[] = {
		UINT("keepSeconds", detached_keep_s, 1, 604800),
		UINT("maxRuns", detached_runs, 0, 256),
		UINT("maxMB", detached_mb, 1, 65536),
		UINT("outputMB", detached_output_mb, 1, 65536),
		END_KEYS
	};

	return (get_object(cx, n, keys, t));
}

int
get_root(struct cx *cx, struct node n)
{
	static const struct key keys[] = {
		FN("tools", get_tools),
		FN("skills", get_skills),
		FN("channels", get_channels),
		FN("approvals", get_approvals),
		FN("rateLimit", get_rate_limit),
		FN("circuitBreaker", get_breaker),
		FN("logging", get_logging),
		FN("socketDirectory", get_socket_dir),
		FN("vault", get_vault),
		FN("sandbox", get_sandbox),
		FN("detached", get_detached),
		END_KEYS
	};

	return (get_object(cx, n, keys, cx->c));
}

void
conf_defaults(struct conf *c)
{
	size_t i;

	c->approval = APPROVAL_ASK;
	c->approval_timeout_s = 1800;
	c->max_pending = 32;
	rate_init(&c->rate);
	c->detached_keep_s = 3600;
	c->detached_runs = 64;
	c->detached_mb = 256;
	c->detached_output_mb = 16;
	c->brk_failures = 5;
	c->brk_window_s = 60;
	c->brk_cooldown_s = 300;
	c->log_dir = xstrdup(CB_LOGDIR);
	for (i = 0; i < sizeof(redact_default) / sizeof(redact_default[0]);
	    i++)
		strv_add(&c->redact, redact_default[i]);
	c->segment_mb = 64;
	c->output = OUTPUT_DIGEST;
	c->socket_dir = xstrdup(CB_RUNDIR);
	c->vault_dir = xstrdup(CB_VAULTDIR);
	c->cipher = CIPHER_AES256;
	c->warm = 2;
	c->cgroup = CGROUP_AUTO;
}
