/* SPDX-License-Identifier: ISC */
/*
 * STOP and RESUME: emergency stops, and BREAKER: circuit breakers closed
 * again; by root and approvers.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "common/record/kind.h"
#include "supervisor/ask/ask.h"
#include "supervisor/ask/reason.h"
#include "supervisor/conf/conf.h"
#include "supervisor/run/emergency.h"
#include "supervisor/run/quota.h"
#include "supervisor/run/recording.h"
#include "supervisor/run/run.h"

/* What was said, with a reason that may be logged; the caller frees that. */
static struct msg_estop
heard(const struct client *cl, const struct msg_estop *v)
{
	struct msg_estop m = *v;

	m.why = reason_masked(cl->d, v->why);
	return (m);
}

/* A name that is nobody's would stop nothing, and nobody would know. */
void
req_stop(struct client *cl, struct payload *p)
{
	const struct msg_estop *v = payload_as(p, &msg_estop_shape);
	const struct conf *c = cl->d->conf;
	struct msg_estop m;

	if (v->scope == ESTOP_SKILL && conf_skill(c, v->name) == NULL)
		client_end(cl, CBE_NOENT, "there is no such skill");
	else if (v->scope == ESTOP_CHANNEL &&
	    conf_channel(c, v->name) == NULL)
		client_end(cl, CBE_NOENT, "there is no such channel");
	else {
		m = heard(cl, v);
		emergency_stop(cl->d, &m, cl);
		free(m.why);
	}
}

void
req_resume(struct client *cl, struct payload *p)
{
	struct msg_estop m = heard(cl, payload_as(p, &msg_estop_shape));

	emergency_resume(cl, &m);
	free(m.why);
}

static unsigned
reset(struct breakers *b, const struct msg_estop *v)
{
	const uid_t uid = v->user;

	return (breaker_reset(b, v->scope == ESTOP_CHANNEL ? v->name : NULL,
	    v->scope == ESTOP_SKILL ? v->name : NULL,
	    v->scope == ESTOP_USER ? &uid : NULL));
}

/* Who did that, and what it was about. */
static void
record_reset(struct client *cl, const struct msg_estop *v, unsigned n)
{
	struct estop e;
	struct buf b;

	memset(&e, 0, sizeof(e));
	e.scope = v->scope;
	e.user = v->user;
	(void)snprintf(e.name, sizeof(e.name), "%s", v->name);
	buf_init(&b, 8192);
	field_str(&b, "ev", "reset");
	estop_put(&b, &e);
	if (e.scope == ESTOP_USER &&
	    conf_account(cl->d->conf, e.user) != NULL)
		field_str(&b, "account", conf_account(cl->d->conf, e.user));
	field_str(&b, "reason", v->why);
	rec_by(&b, cl);
	field_u64(&b, "breakers", n);
	if (recording_put(cl->d, RECORD_QUOTA, &b, cl, NULL) == -1)
		client_end(cl, CBE_AGAIN, "too busy to record it");
}

void
req_breaker(struct client *cl, struct payload *p)
{
	struct msg_estop m = heard(cl, payload_as(p, &msg_estop_shape));
	struct buf b;
	unsigned n;

	n = reset(quota_breakers(cl->d->quota), &m);
	buf_init(&b, 256);
	field_u64(&b, "breakers", n);
	client_send(cl, MSG_ROW, &b, NULL, 0);
	record_reset(cl, &m, n);
	free(m.why);
}
