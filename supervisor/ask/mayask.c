/* SPDX-License-Identifier: ISC */
/*
 * RULES: what an account may ask for, before it tries: its channels, their
 * skills, and the patterns of these.  It gets no more of the rules than
 * refusals and WHY would tell it one by one.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "common/record/kind.h"
#include "common/xconf.h"
#include "supervisor/ask/ask.h"
#include "supervisor/ask/turndown.h"
#include "supervisor/client/listing.h"
#include "supervisor/conf/judge.h"
#include "supervisor/run/emergency.h"
#include "supervisor/run/quota.h"
#include "supervisor/run/releases.h"

#define ROW_TEXTS	(MSG_ROW_MAX - 16384)	/* bytes of patterns */

/* What a row is of: a channel, one of its skills, or a list of that. */
enum what { OF_CHANNEL, OF_SKILL, OF_ALLOW, OF_ASK, OF_DENY, OF_DESTRUCTIVE,
    OF_LAST };

#define ROW(channel, skill, what)	((uint64_t)(channel) << 32 |	\
	(uint64_t)(skill) << 8 | (what))
#define ROW_CHANNEL(id)		((size_t)((id) >> 32))
#define ROW_SKILL(id)		((size_t)((id) >> 8 & 0xffffff))
#define ROW_WHAT(id)		((enum what)((id) & 0xff))

static void
put_quota(struct buf *b, const char *key, uint32_t used, uint32_t limit)
{
	const size_t tok = field_obj(b, key);

	field_u64(b, "used", used);
	if (limit != CONF_UNSET) {
		field_u64(b, "limit", limit);
		field_u64(b, "left", limit > used ? limit - used : 0);
	}
	field_end(b, tok);
}

/* Those of the channel, and of all of them together. */
static void
put_quotas(struct buf *b, const struct client *cl, const char *channel)
{
	struct quota_show s;
	size_t i, tok;

	for (i = 0; quota_show(cl->d->quota, i, now_ms(), &s) == 0; i++) {
		if (strcmp(s.name, i == 0 ? "global" : channel) != 0)
			continue;
		tok = field_obj(b, i == 0 ? "quota_all" : "quota");
		put_quota(b, "minute", s.rate_used, s.rate_limit);
		put_quota(b, "running", s.running, s.run_limit);
		put_quota(b, "requests", s.requests, s.request_limit);
		field_end(b, tok);
	}
}

static void
channel_row(struct buf *b, const struct client *cl,
    const struct conf_channel *ch)
{
	const struct conf_skill *sk = conf_default_skill(cl->d->conf, ch);

	field_str(b, "kind", "channel");
	field_str(b, "channel", ch->name);
	field_str(b, "access", access_words[ch->access]);
	field_str(b, "default_skill", sk != NULL ? sk->name : "");
	field_list(b, "approvers", &cl->d->conf->approvers.text);
	field_u64(b, "approval_timeout_s", cl->d->conf->approval_timeout_s);
	put_quotas(b, cl, ch->name);
}

/* Could a request of its go on now?  Empty, or why not. */
static void
put_now(struct buf *b, const struct client *cl, const struct conf_channel *ch,
    const struct conf_skill *sk, uid_t uid)
{
	char why[1024] = "";
	struct breaker_key key;
	struct quota_no no;
	int stopped;

	breaker_key(&key, ch, sk, uid, NULL);
	stopped = emergency_covers(cl->d, ch->name, sk->name, uid, why,
	    sizeof(why));
	if (sk->refuse != NULL)
		(void)snprintf(why, sizeof(why), "%s", sk->refuse);
	else if (ch->access != ACCESS_EXECUTE)
		(void)snprintf(why, sizeof(why), "nothing may be executed on "
		    "this channel");
	else if (sk->run_as_caller && uid == 0)
		(void)snprintf(why, sizeof(why), "it runs as its caller, and "
		    "nothing runs as root");
	else if (!stopped && quota_check(cl->d->quota, &key, now_ms(),
	    &no) == -1)
		(void)snprintf(why, sizeof(why), "%s", no.reason);
	field_str(b, "refused", why);
	field_bool(b, "stopped", stopped);
}

static void
skill_row(struct buf *b, const struct client *cl,
    const struct conf_channel *ch, const struct conf_skill *sk)
{
	const struct conf *conf = cl->d->conf;
	struct terms t = sk->terms;

	conf_limits(&t.limits, sk, ch, 0);
	field_str(b, "kind", "skill");
	field_str(b, "channel", ch->name);
	field_str(b, "skill", sk->name);
	field_str(b, "default", verdict_words[sk->dflt]);
	field_str(b, "profile", sk->profile != NULL ? sk->profile : "none");
	field_str(b, "execs", xconf_execs_words[conf_execs(conf, sk)]);
	field_str(b, "execs_default", verdict_words[sk->execs_dflt]);
	field_bool(b, "shell", sk->shell != 0);
	field_str(b, "account", sk->account);
	put_now(b, cl, ch, sk, cl->listed_uid);
	terms_show(b, &t);
	releases_put(b, quota_releases(cl->d->quota), sk, now_ms());
	limits_show(b, &t.limits);
}

static const char *
verdict_of_destructive(const struct conf *c)
{
	return (verdict_words[c->approval == APPROVAL_DENY ? VERDICT_DENY :
	    VERDICT_ASK]);
}

/* Each set of patterns of a list by itself, as far as a row has room. */
static void
put_sets(struct buf *b, const struct patterns *ps)
{
	struct strv texts;
	const char *set;
	size_t i, k, rows, tok, sum = 0;
	char n[24];

	rows = field_rows(b, "sets");
	for (i = k = 0; i < ps->n; i = k) {
		set = pattern_set(ps->p[i]);
		texts.v = xcalloc(ps->n - i, sizeof(*texts.v));
		for (texts.n = 0; k < ps->n && strcmp(set,
		    pattern_set(ps->p[k])) == 0; k++) {
			sum += strlen(pattern_text(ps->p[k])) + 8;
			if (sum < ROW_TEXTS)
				texts.v[texts.n++] = (char *)(uintptr_t)
				    pattern_text(ps->p[k]);
		}
		(void)snprintf(n, sizeof(n), "%zu", i + 1);
		tok = field_obj(b, n);
		field_str(b, "set", set);
		field_list(b, "patterns", &texts);
		field_end(b, tok);
		free(texts.v);
	}
	field_end(b, rows);
	field_bool(b, "cut", sum >= ROW_TEXTS);
}

static void
list_row(struct buf *b, const struct client *cl, const struct conf_skill *sk,
    enum what what)
{
	static const char *const names[] = { [OF_ALLOW] = "allow",
	    [OF_ASK] = "ask", [OF_DENY] = "deny",
	    [OF_DESTRUCTIVE] = "approvalPatterns" };
	const struct patterns *const lists[] = { [OF_ALLOW] = &sk->allow,
	    [OF_ASK] = &sk->ask, [OF_DENY] = &sk->deny,
	    [OF_DESTRUCTIVE] = &sk->destructive };

	field_str(b, "kind", "patterns");
	field_str(b, "skill", sk->name);
	field_str(b, "list", names[what]);
	field_str(b, "verdict", what == OF_DESTRUCTIVE ?
	    verdict_of_destructive(cl->d->conf) : names[what]);
	field_u64(b, "count", lists[what]->n);
	put_sets(b, lists[what]);
}

/* Is it a user of that channel? */
static int
is_user(const struct client *cl, const struct conf_channel *ch, uid_t uid)
{
	if (ch == cl->ch && uid == cl->uid)
		return (cl->user);
	return (who_covers(&ch->users, uid));
}

static int
one_row(struct client *cl, struct buf *b, uint64_t id)
{
	const struct conf *c = cl->d->conf;
	const struct conf_channel *ch;
	const struct conf_skill *sk;

	/* asked for one by one: the configuration may be another by now */
	if (ROW_CHANNEL(id) >= c->nchannels || ROW_SKILL(id) >= c->nskills ||
	    (cl->listed_uid != cl->uid && !cl->admin))
		return (-1);
	ch = &c->channels[ROW_CHANNEL(id)];
	sk = &c->skills[ROW_SKILL(id)];
	if (!is_user(cl, ch, cl->listed_uid) || (ROW_WHAT(id) != OF_CHANNEL &&
	    !conf_channel_has_skill(ch, sk->name)))
		return (-1);
	buf_init(b, MSG_ROW_MAX);
	if (ROW_WHAT(id) == OF_CHANNEL)
		channel_row(b, cl, ch);
	else if (ROW_WHAT(id) == OF_SKILL)
		skill_row(b, cl, ch, sk);
	else
		list_row(b, cl, sk, ROW_WHAT(id));
	return (0);
}

/* Those of the skills of a channel; lists only once for all channels. */
static size_t
skill_ids(const struct conf *c, size_t channel, uint64_t *ids, uint8_t *told)
{
	size_t i, n = 0, what;

	for (i = 0; i < c->nskills; i++) {
		if (!conf_channel_has_skill(&c->channels[channel],
		    c->skills[i].name))
			continue;
		ids[n++] = ROW(channel, i, OF_SKILL);
		for (what = OF_ALLOW; !told[i] && what < OF_LAST; what++)
			ids[n++] = ROW(channel, i, what);
		told[i] = 1;
	}
	return (n);
}

static void
send_rows(struct client *cl, uid_t uid)
{
	const struct conf *c = cl->d->conf;
	uint8_t *told = xcalloc(c->nskills, 1);
	uint64_t *ids = xcalloc(c->nchannels * (c->nskills + 1) +
	    c->nskills * OF_LAST, sizeof(*ids));
	size_t i, n = 0;

	for (i = 0; i < c->nchannels; i++) {
		if (!is_user(cl, &c->channels[i], uid))
			continue;
		ids[n++] = ROW(i, 0, OF_CHANNEL);
		n += skill_ids(c, i, ids + n, told);
	}
	free(told);
	cl->listed_uid = uid;
	listing_send_conf(cl, one_row, ids, n);
}

void
req_rules(struct client *cl, struct payload *p)
{
	const struct msg_account *v = payload_as(p, &msg_account_shape);
	const uid_t uid = v->uid == UINT32_MAX ? cl->uid : v->uid;
	const char *no = "only approvers may ask about another account";

	if (uid == cl->uid || cl->admin) {
		send_rows(cl, uid);
		return;
	}
	turndown_record(cl, RECORD_AUTH, msg_name(cl->request), 0, no);
	turndown_answer(cl, CBE_REFUSED, "channel", no);
}
