/* SPDX-License-Identifier: ISC */
/* Requests that are refused; see turndown.h. */
#include "config.h"

#include <string.h>

#include "common/field.h"
#include "common/plan.h"
#include "supervisor/ask/turndown.h"
#include "supervisor/run/refusal.h"

void
turndown_record(struct client *cl, unsigned kind, const char *cause,
    uint64_t argc, const char *reason)
{
	struct refusal p;

	memset(&p, 0, sizeof(p));
	p.kind = kind;
	p.cause = cause;
	p.channel = cl->ch->name;
	p.uid = cl->uid;
	p.pid = cl->pid;
	p.line = &cl->line;
	p.from = &cl->from;
	p.stranger = cl->pool == POOL_STRANGERS;
	p.argc = argc;
	p.reason = reason;
	refusal_record(cl->d, &p);
}

void
turndown_answer(struct client *cl, enum cberr err, const char *rule,
    const char *why)
{
	struct advice a = { .kind = err == CBE_REFUSED ? ADVICE_CHANNEL :
	    ADVICE_LATER };

	if (cl->request == MSG_RUN)
		turndown_advise(cl, err, rule, why, &a);
	else
		client_end(cl, err, "%s", why);
}

void
turndown_advise(struct client *cl, enum cberr err, const char *rule,
    const char *why, struct advice *a)
{
	struct buf b;

	a->conf = cl->d->conf;
	a->ch = cl->ch;
	buf_init(&b, MSG_ROW_MAX);
	field_str(&b, "outcome", outcome_name(OUTCOME_DENIED));
	field_u64(&b, "status", (uint64_t)cberr_exit(err));
	field_str(&b, "rule", rule);
	field_str(&b, "reason", why);
	advice_put(&b, a);
	client_result(cl, &b);
}
