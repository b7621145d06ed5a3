/* SPDX-License-Identifier: ISC */
/*
 * TRY: the verdicts of many command lines by a skill's rules as they are in
 * force, as skills.NAME.tests are judged, without looking up anything.  A
 * client that has another configuration compares.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "common/record/kind.h"
#include "common/xconf.h"
#include "supervisor/ask/ask.h"
#include "supervisor/ask/turndown.h"
#include "supervisor/client/listing.h"
#include "supervisor/conf/judge.h"

/* Its rules, where it may know them at all. */
static int
may_try(const struct client *cl, const struct conf_skill *sk)
{
	return (cl->admin || (cl->user &&
	    conf_channel_has_skill(cl->ch, sk->name)));
}

static int
skill_row(struct client *cl, struct buf *b, uint64_t i)
{
	if (i >= cl->d->conf->nskills ||
	    !may_try(cl, &cl->d->conf->skills[i]))
		return (-1);
	buf_init(b, MSG_ROW_MAX);
	field_str(b, "skill", cl->d->conf->skills[i].name);
	field_bool(b, "log", cl->admin);
	/* who asks more than once sees that it is still the same */
	field_str(b, "policy", cl->d->policy != NULL ? cl->d->policy : "");
	return (0);
}

/* Its own, and those of its profile. */
static size_t
ntests(const struct conf_skill *sk)
{
	return (sk->tests[0].n + sk->tests[1].n + sk->tests[2].n +
	    sk->profile_tests.n);
}

/* Rows are asked for later, one by one: the configuration may be another. */
static int
test_row(struct client *cl, struct buf *b, uint64_t i)
{
	const struct conf_skill *sk = conf_skill(cl->d->conf, cl->tried_skill);
	size_t v, n = (size_t)i;

	if (sk == NULL || !may_try(cl, sk) || i >= ntests(sk))
		return (-1);
	for (v = 0; v < 3 && n >= sk->tests[v].n; v++)
		n -= sk->tests[v].n;
	buf_init(b, MSG_ROW_MAX);
	field_str(b, "line", v < 3 ? sk->tests[v].v[n] :
	    sk->profile_tests.v[n]);
	return (0);
}

static int
line_row(struct client *cl, struct buf *b, uint64_t i)
{
	const struct conf_skill *sk = conf_skill(cl->d->conf, cl->tried_skill);
	struct strv argv = { NULL, 0 };
	struct decision d;
	struct rules r;

	if (sk == NULL || !may_try(cl, sk))
		return (-1);
	buf_init(b, MSG_ROW_MAX);
	if (policy_words(cl->tried.v[i], &argv) == -1) {
		field_bool(b, "unread", 1);
		return (0);
	}
	conf_rules(&r, cl->d->conf, sk);
	policy_try(&d, &r, &argv, conf_execs(cl->d->conf, sk) == EXECS_JUDGE);
	policy_end(&d);
	strv_free(&argv);
	field_str(b, "verdict", verdict_words[d.verdict]);
	field_str(b, "rule", d.rule);
	field_str(b, "where", d.where);
	return (0);
}

static void
send_some(struct client *cl, row_fn *row, size_t n)
{
	uint64_t *ids = xcalloc(n + 1, sizeof(*ids));
	size_t i;

	for (i = 0; i < n; i++)
		ids[i] = i;
	listing_send_conf(cl, row, ids, n);
}

static void
send_skills(struct client *cl)
{
	const struct conf *c = cl->d->conf;
	uint64_t *ids = xcalloc(c->nskills + 1, sizeof(*ids));
	size_t i, n = 0;

	for (i = 0; i < c->nskills; i++)
		if (may_try(cl, &c->skills[i]))
			ids[n++] = i;
	listing_send_conf(cl, skill_row, ids, n);
}

void
req_try(struct client *cl, struct payload *p)
{
	static const char no[] = "only approvers may ask about skills that "
	    "they have not";
	struct msg_try *q = payload_as(p, &msg_try_shape);
	const struct conf_skill *sk;

	if (q->skill[0] == '\0') {
		send_skills(cl);
		return;
	}
	sk = conf_skill(cl->d->conf, q->skill);
	if (sk == NULL ? !cl->admin : !may_try(cl, sk)) {
		turndown_record(cl, RECORD_AUTH, msg_name(cl->request), 0, no);
		turndown_answer(cl, CBE_REFUSED, "channel", no);
		return;
	}
	if (sk == NULL) {
		client_end(cl, CBE_NOENT, "no such skill");
		return;
	}
	strv_free(&cl->tried);
	cl->tried = q->lines;
	memset(&q->lines, 0, sizeof(q->lines));
	free(cl->tried_skill);
	cl->tried_skill = xstrdup(q->skill);
	if (cl->tried.n > 0)
		send_some(cl, line_row, cl->tried.n);
	else
		send_some(cl, test_row, ntests(sk));
}
