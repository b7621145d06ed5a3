/* SPDX-License-Identifier: ISC */
/*
 * POLICY: what may be asked for on this channel, a row for each skill: by whom
 * it is run, where, and what the rules say.
 */
#include "config.h"

#include <string.h>

#include "common/field.h"
#include "common/policy/policy.h"
#include "common/record/kind.h"
#include "common/xconf.h"
#include "supervisor/ask/ask.h"
#include "supervisor/ask/turndown.h"
#include "supervisor/conf/keys.h"

static void
put_patterns(struct buf *b, const char *key, const struct patterns *ps)
{
	struct strv v = { NULL, 0 };
	size_t i;

	for (i = 0; i < ps->n; i++)
		strv_add(&v, pattern_text(ps->p[i]));
	field_list(b, key, &v);
	strv_free(&v);
}

static void
put_limits(struct buf *b, const struct conf_skill *sk,
    const struct conf_channel *ch)
{
	struct limits l;
	size_t i, tok;

	conf_limits(&l, sk, ch, 0);
	tok = field_obj(b, "limits");
	for (i = 0; i < LIMITS_N; i++)
		if (limit_rows[i].words != NULL)
			field_str(b, limit_rows[i].key,
			    limit_rows[i].words[l.v[i]]);
		else
			field_u64(b, limit_rows[i].key, l.v[i]);
	field_end(b, tok);
}

static void
put_rules(struct buf *b, const struct conf *conf, const struct conf_skill *sk)
{
	field_str(b, "default", verdict_words[sk->dflt]);
	field_str(b, "execs", xconf_execs_words[conf_execs(conf, sk)]);
	field_str(b, "execs_default", verdict_words[sk->execs_dflt]);
	field_bool(b, "shell", sk->shell != 0);
	put_patterns(b, "allow", &sk->allow);
	put_patterns(b, "ask", &sk->ask);
	put_patterns(b, "deny", &sk->deny);
	put_patterns(b, "approval_patterns", &sk->destructive);
}

static void
skill_row(struct client *cl, const struct conf_skill *sk)
{
	const struct conf *conf = cl->d->conf;
	struct buf b;

	buf_init(&b, MSG_ROW_MAX);
	field_str(&b, "skill", sk->name);
	field_bool(&b, "is_default", conf_default_skill(conf, cl->ch) == sk);
	field_str(&b, "channel", cl->ch->name);
	field_str(&b, "account", sk->run_as_caller ? "caller" : sk->account);
	if (sk->refuse != NULL)
		field_str(&b, "refused", sk->refuse);
	put_rules(&b, conf, sk);
	terms_show(&b, &sk->terms);
	put_limits(&b, sk, cl->ch);
	field_list(&b, "approvers", &conf->approvers.text);
	field_u64(&b, "approval_timeout_s", conf->approval_timeout_s);
	if (b.bad) {
		/* what is longer than a message is told in short */
		buf_free(&b);
		buf_init(&b, MSG_ROW_MAX);
		field_str(&b, "skill", sk->name);
		field_bool(&b, "too_long", 1);
	}
	client_send(cl, MSG_ROW, &b, NULL, 0);
}

void
req_policy(struct client *cl, struct payload *p)
{
	const struct msg_account *v = payload_as(p, &msg_account_shape);
	const uid_t uid = v->uid == UINT32_MAX ? cl->uid : v->uid;
	const struct conf *conf = cl->d->conf;
	const char *no;
	size_t i;

	if ((no = admit_may_not(cl, uid)) != NULL) {
		turndown_record(cl, RECORD_AUTH, msg_name(cl->request), 0, no);
		turndown_answer(cl, CBE_REFUSED, "channel", no);
		return;
	}
	for (i = 0; i < conf->nskills; i++)
		if (conf_channel_has_skill(cl->ch, conf->skills[i].name) &&
		    !(conf->skills[i].run_as_caller && uid == 0))
			skill_row(cl, &conf->skills[i]);
	client_end(cl, CBE_OK, "%s", "");
}
