/* SPDX-License-Identifier: ISC */
/*
 * status: every role, every layer as active, or missing and why, quotas,
 * breakers and channels.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/civil.h"
#include "common/field.h"
#include "common/priv.h"
#include "common/xconf.h"
#include "supervisor/ask/ask.h"
#include "supervisor/ask/skillwhy.h"
#include "supervisor/ask/statuslog.h"
#include "supervisor/conf/people.h"
#include "supervisor/heartbeat.h"
#include "supervisor/run/detach.h"
#include "supervisor/run/forward.h"
#include "supervisor/run/notice.h"
#include "supervisor/run/quota.h"
#include "supervisor/run/refusal.h"
#include "supervisor/run/run.h"

static void
silent_row(struct client *cl, const struct proc *p)
{
	char when[CIVIL_TEXT];

	civil_text(when, (uint64_t)time(NULL) - p->silent);
	status_row(cl, "role", role_name(p->role), "silent", "has not answered "
	    "since %s (%u s): pid %d, uid %u (%s)", when, p->silent,
	    (int)p->pid, p->uid, p->row->account);
}

/* Whether somebody is told of what waits, where that is wanted. */
static void
notice_row(struct client *cl)
{
	const struct daemon *d = cl->d;
	struct notice_show s;

	if (d->notices == NULL)
		return;
	notice_show(d, &s);
	status_row(cl, "notify", d->conf->notify, s.state, "%s; run by uid %u "
	    "(%s)", s.detail, d->notifier.uid, d->notifier.row->account);
}

/* How far records are forwarded, where they are. */
static void
forward_row(struct client *cl)
{
	const struct daemon *d = cl->d;
	struct forward_show s;

	if (d->forwarding == NULL)
		return;
	forward_show(d, &s);
	status_row(cl, "forward", d->conf->forward, s.state, "%s", s.detail);
}

/* What was refused last: to whom it was, and to who may see all. */
static void
denial_row(struct client *cl)
{
	const struct refusal_newest *no = refusal_newest();
	char when[CIVIL_TEXT];

	if (no == NULL || !client_owns(cl, no->uid, NULL))
		return;
	civil_text(when, no->time_s);
	status_row(cl, "denial", no->skill[0] != '\0' ? no->skill : no->channel,
	    "newest", "%s, uid %u on channel %s%s%s: %s", when, no->uid,
	    no->channel, no->skill[0] != '\0' ? ", skill " : "", no->skill,
	    client_reads(cl) ? no->logged : no->reason);
}

static void
stop_rows(struct client *cl)
{
	const struct estops *s = &cl->d->estops;
	char what[200], when[CIVIL_TEXT], who[32];
	const struct estop *e;

	for (e = s->v; e < s->v + s->n; e++) {
		estop_text(what, sizeof(what), e->scope, e->user, e->name);
		civil_text(when, e->time_us / 1000000);
		(void)snprintf(who, sizeof(who), "uid %u", e->by);
		status_row(cl, "stop", what, "stopped", "by %s at %s%s%s%s",
		    e->by_signal ? "SIGUSR1" : who, when,
		    e->why[0] != '\0' ? ": " : "", e->why, e->recorded ? "" :
		    "; not recorded yet: a restart would end it");
	}
}

static void
role_row(struct client *cl, const struct proc *p)
{
	static const char *const states[] = {
		[PROC_NONE] = "gone", [PROC_BOOT] = "starting",
		[PROC_UP] = "up", [PROC_STOPPING] = "stopping",
		[PROC_STOPPED] = "stopped",
	};

	if (heartbeat_late(p) == 0)
		status_row(cl, "role", role_name(p->role), states[p->state],
		    "pid %d, uid %u (%s)", (int)p->pid, p->uid,
		    p->row->account);
	else
		silent_row(cl, p);
}

static int
key_is(const struct field *f, const char *key)
{
	return (f->keylen == strlen(key) &&
	    memcmp(f->key, key, f->keylen) == 0);
}

/* "missing: why", "broken: what"? Text behind that word. */
static const char *
behind(const struct field *f, const char *word, int *len)
{
	size_t n = strlen(word);

	if (f->len < n || memcmp(f->val, word, n) != 0)
		return (NULL);
	*len = (int)(f->len - n);
	return ((const char *)f->val + n);
}

/* A layer, and its state; those of runs go by their own name. */
static void
state_row(struct client *cl, const char *name, const struct field *f)
{
	const char *state = "active", *rest;
	int len = (int)f->len;
	char run[80];

	if ((rest = behind(f, "missing: ", &len)) != NULL)
		state = "missing";
	else if ((rest = behind(f, "broken: ", &len)) != NULL)
		state = "broken";
	else
		rest = (const char *)f->val;
	if (f->keylen > 4 && memcmp(f->key, "run_", 4) == 0) {
		(void)snprintf(run, sizeof(run), "run %.*s",
		    (int)f->keylen - 4, f->key + 4);
		name = run;
	}
	status_row(cl, "layer", name, state, "%.*s", len, rest);
}

/* What enforces a kind of limit. */
static void
limit_row(struct client *cl, const char *name, const struct field *f)
{
	const char *rest;
	int len = (int)f->len;

	if ((rest = behind(f, "missing: ", &len)) != NULL)
		status_row(cl, "limit", name, "missing", "%.*s", len, rest);
	else
		status_row(cl, "limit", name, "active", "%.*s", len,
		    (const char *)f->val);
}

/* A part of a role's READY that is text. */
static void
text_row(struct client *cl, const struct proc *p, const char *name,
    const struct field *f)
{
	const char *val = (const char *)f->val;
	char *why, *since, limit[128];

	if (key_is(f, "config_digest") || key_is(f, "locked") ||
	    key_is(f, "since"))
		return;
	if (key_is(f, "kernel")) {
		status_row(cl, "daemon", "kernel", "up", "Linux %.*s",
		    (int)f->len, val);
		return;
	}
	if (f->keylen > 5 && memcmp(f->key, "note_", 5) == 0) {
		status_row(cl, "note", "self-check", "noted", "%.*s",
		    (int)f->len, val);
		return;
	}
	if (f->keylen > 6 && memcmp(f->key, "limit_", 6) == 0) {
		(void)snprintf(limit, sizeof(limit), "%.*s",
		    (int)f->keylen - 6, f->key + 6);
		limit_row(cl, limit, f);
	} else if (key_is(f, "vault")) {
		why = field_get_str(p->ready, p->readylen, "locked");
		since = field_get_str(p->ready, p->readylen, "since");
		status_row(cl, "layer", "vault", f->len == 4 ? "active" :
		    "missing", "%.*s since %s%s%s%s", (int)f->len, val, since,
		    why[0] != '\0' ? ": " : "", why, f->len == 4 ||
		    cl->d->knows_values ? "" : "; until it is open, its "
		    "values are not hidden in the log");
		free(since);
		free(why);
	} else
		state_row(cl, name, f);
}

/* One field that a role said about itself when it was ready. */
static void
layer_row(struct client *cl, const struct proc *p, const struct field *f)
{
	char name[128], num[24];

	(void)snprintf(name, sizeof(name), "%s %.*s", role_name(p->role),
	    (int)f->keylen, f->key);
	if (f->type == FIELD_BOOL)
		status_row(cl, "layer", name, f->u ? "active" : "missing", "%s",
		    f->u ? "" : "not offered by this kernel");
	else if (f->type == FIELD_STR)
		text_row(cl, p, name, f);
	else if (f->type == FIELD_U64 && key_is(f, "landlock"))
		status_row(cl, "layer", name, f->u != 0 ? "active" : "missing",
		    "ABI %llu, in every run", (unsigned long long)f->u);
	else if (f->type == FIELD_U64) {
		(void)snprintf(num, sizeof(num), "%llu",
		    (unsigned long long)f->u);
		status_row(cl, "daemon", name, num, "%s",
		    p->role == ROLE_VAULT ? "" : "at the start");
	}
}

static void
layers_of(struct client *cl, const struct proc *p)
{
	struct field f;
	struct rd rd;

	rd_init(&rd, p->ready, p->readylen);
	while (field_next(&rd, &f) == 1)
		layer_row(cl, p, &f);
}

static void
own_layers(struct client *cl)
{
	const struct daemon *d = cl->d;

	status_row(cl, "layer", "supervisor landlock",
	    d->layers & PRIV_LANDLOCK ? "active" : "missing", "%s",
	    d->layers & PRIV_LANDLOCK ? "" : "not offered by this kernel");
	status_row(cl, "layer", "supervisor seccomp",
	    d->layers & PRIV_SECCOMP ? "active" : "missing", "%s", "");
	status_row(cl, "layer", "session keyring",
	    d->own_keyring ? "active" : "missing", "%s", d->own_keyring ?
	    "an empty one" : "could not be left: the runs have that of "
	    "whoever started clawbotd");
	if (d->no_cgroup[0] != '\0')
		status_row(cl, "layer", "cgroup", "missing", "%s",
		    d->no_cgroup);
	if (d->conf->output != KEEP_DIGEST)
		status_row(cl, "layer", "log of output", "active",
		    "%s: up to %u KB of a run, %u MB of all",
		    xconf_keep_words[d->conf->output],
		    d->conf->output == KEEP_FULL ?
		    d->conf->output_mb << 10 : d->conf->excerpt_kb,
		    d->conf->output_total_mb);
}

static void
limit_text(char *buf, size_t len, uint32_t used, uint32_t limit)
{
	if (limit == CONF_UNSET)
		(void)snprintf(buf, len, "no limit");
	else
		(void)snprintf(buf, len, "%u of %u", used, limit);
}

static void
quota_rows(struct client *cl)
{
	struct quota *q = cl->d->quota;
	struct quota_show s;
	char a[32], b[32], c[32];
	size_t i;

	for (i = 0; quota_show(q, i, now_ms(), &s) == 0; i++) {
		limit_text(a, sizeof(a), s.rate_used, s.rate_limit);
		limit_text(b, sizeof(b), s.running, s.run_limit);
		limit_text(c, sizeof(c), s.requests, s.request_limit);
		status_row(cl, "quota", s.name,
		    s.rate_used >= s.rate_limit ||
		    s.running >= s.run_limit ||
		    s.requests >= s.request_limit ? "used up" : "open",
		    "last minute: %s; now: %s%s%s", a, b,
		    s.request_limit == CONF_UNSET ? "" :
		    "; requests in the last hour: ",
		    s.request_limit == CONF_UNSET ? "" : c);
	}
	(void)snprintf(a, sizeof(a), "%llu MB",
	    (unsigned long long)(detach_bytes(cl->d) >> 20));
	status_row(cl, "quota", "detached",
	    detach_full(cl->d) ? "used up" : "open",
	    "kept: %zu; output, with what may come: %s of %u MB",
	    detach_count(cl->d), a, cl->d->conf->detached_mb);
}

static void
breaker_rows(struct client *cl)
{
	struct breakers *b = quota_breakers(cl->d->quota);
	struct breaker_show br;
	char name[300];
	size_t i;

	for (i = 0; breaker_show(b, i, now_ms(), &br) == 0; i++) {
		if (br.failures == 0 || (br.plan != NULL &&
		    strcmp(br.state, "closed") == 0))
			continue;
		(void)snprintf(name, sizeof(name), "%.128s/%.128s/%u%s",
		    br.channel, br.skill, br.uid,
		    br.plan != NULL ? "/command" : "");
		status_row(cl, "breaker", name, br.state,
		    "%u failures, next try in %lld s", br.failures,
		    (long long)((br.retry_ms + 999) / 1000));
	}
}

static void
channel_rows(struct client *cl)
{
	const struct conf *conf = cl->d->conf;
	size_t i;

	for (i = 0; i < conf->nchannels; i++)
		status_row(cl, "channel", conf->channels[i].name,
		    access_words[conf->channels[i].access], "%s/channels/"
		    "%s.sock", conf->socket_dir, conf->channels[i].name);
}

#define PEOPLE_TOLD	64	/* entries and accounts of one role */

/* As the configuration has them, in a line. */
static void
put_entries(struct buf *b, const struct people_role *r)
{
	const struct strv none = { NULL, 0 };
	const struct strv *v = r->who != NULL ? &r->who->text : &none;
	size_t i;

	for (i = 0; i < v->n && i < PEOPLE_TOLD; i++)
		buf_printf(b, "%s%s", i > 0 ? ", " : "", v->v[i]);
	if (i < v->n)
		buf_printf(b, " and %zu more", v->n - i);
	if (r->root)
		buf_printf(b, "%sroot", i > 0 ? ", " : "");
	else if (i == 0)
		buf_printf(b, "nobody");
	buf_put_u8(b, '\0');
}

/* Whoever asks may know better what these accounts are called. */
static void
people_row(void *arg, const struct people_role *r)
{
	struct client *cl = arg;
	struct strv uids = { NULL, 0 };
	const size_t n = r->who != NULL ? r->who->members.n : 0;
	struct buf b, said;
	char text[128];

	while (uids.n < n && uids.n < PEOPLE_TOLD) {
		(void)snprintf(text, sizeof(text), "%u",
		    r->who->members.uids[uids.n]);
		strv_add(&uids, text);
	}
	buf_init(&said, MSG_ROW_MAX / 2);
	put_entries(&said, r);
	(void)snprintf(text, sizeof(text), "%s%s%s", r->role,
	    r->channel != NULL ? " on " : "",
	    r->channel != NULL ? r->channel : "");
	buf_init(&b, MSG_ROW_MAX);
	field_str(&b, "kind", "people");
	field_str(&b, "name", text);
	field_str(&b, "state", r->key != NULL ? r->key : "always");
	field_str(&b, "detail", said.bad ? "" : (const char *)said.data);
	field_list(&b, "uids", &uids);
	field_u64(&b, "more", n - uids.n);
	strv_free(&uids);
	buf_free(&said);
	client_send(cl, MSG_ROW, &b, NULL, 0);
}

/* What is in force was read from these, the first of them the configuration. */
static void
config_rows(struct client *cl)
{
	const struct conf *c = cl->d->conf;
	struct buf b;
	size_t i;

	/* and one that was read last comes first */
	for (i = c->nfiles; i-- > 0;) {
		buf_init(&b, MSG_ROW_MAX);
		field_str(&b, "kind", "config");
		field_str(&b, "name", c->files[i].path);
		field_str(&b, "state", "in force");
		field_str(&b, "detail", i == c->nfiles - 1 ?
		    "the configuration" : "a profile that it names");
		field_u64(&b, "mtime_ns", (uint64_t)c->files[i].mtime_ns);
		client_send(cl, MSG_ROW, &b, NULL, 0);
	}
}

/* What its patterns cannot refuse or ask for is not held up. */
static void
skill_detail(struct buf *b, const struct conf *conf,
    const struct conf_skill *sk)
{
	unsigned execs = conf_execs(conf, sk);

	buf_printf(b, "execs: %s", xconf_execs_words[execs]);
	if (execs != sk->execs)
		buf_printf(b, " (not %s: no pattern refuses or asks for "
		    "anything)", xconf_execs_words[sk->execs]);
	buf_printf(b, ", files: %s, shell lines: %s",
	    xconf_files_words[sk->files], sk->shell ? "yes" : "no");
}

static void
skill_rows(struct client *cl)
{
	const struct conf *conf = cl->d->conf;
	const struct conf_skill *sk;
	char **why = skillwhy_all(cl->d);
	struct buf b;
	size_t i;

	for (i = 0; i < conf->nskills; i++) {
		sk = &conf->skills[i];
		buf_init(&b, 512);
		skill_detail(&b, conf, sk);
		buf_put_u8(&b, '\0');
		status_row(cl, "skill", sk->name, *why[i] != '\0' ?
		    "refused" : "available", "%s%s%s", why[i],
		    *why[i] != '\0' ? "; " : "", (const char *)b.data);
		buf_free(&b);
	}
	skillwhy_free(why);
}

void
req_status(struct client *cl, struct payload *p)
{
	struct daemon *d = cl->d;
	size_t i;

	(void)p;
	status_row(cl, "daemon", "clawbotd", d->stop == STOP_NO ? "up" :
	    "stopping", "version %s, up %lld s, %zu runs, %zu waiting, "
	    "policy %.16s",
	    CB_VERSION, (long long)((now_ms() - d->started) / 1000),
	    d->nruns, run_waiting(d, NULL),
	    d->policy != NULL ? d->policy : "-");
	status_row(cl, "daemon", "approval",
	    conf_approval_words[d->conf->approval],
	    "tools.exec.approval is %s: what becomes of what destroys, where "
	    "no rule refuses it", conf_approval_words[d->conf->approval]);
	stop_rows(cl);
	status_row(cl, "role", "supervisor", "up", "pid %d, uid %u",
	    (int)getpid(), d->uid);
	for (i = 0; i < NPROCS; i++)
		role_row(cl, &d->procs[i]);
	status_log(cl);
	notice_row(cl);
	forward_row(cl);
	own_layers(cl);
	for (i = 0; i < NPROCS; i++)
		layers_of(cl, &d->procs[i]);
	config_rows(cl);
	quota_rows(cl);
	breaker_rows(cl);
	channel_rows(cl);
	if (cl->admin)
		people_each(d->conf, people_row, cl);
	skill_rows(cl);
	denial_row(cl);
	client_end(cl, CBE_OK, "%s", "");
}
