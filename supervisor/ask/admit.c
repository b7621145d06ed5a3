/* SPDX-License-Identifier: ISC */
/* RUN: whether a request becomes a run. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "common/record/kind.h"
#include "supervisor/ask/ask.h"
#include "supervisor/ask/turndown.h"
#include "supervisor/run/detach.h"
#include "supervisor/run/emergency.h"
#include "supervisor/run/resolveq.h"
#include "supervisor/run/run.h"

/*
 * A request that does not become a run.  Nothing of the command is recorded:
 * what in it is secret is not known before it was resolved.
 */
static void
refuse(struct client *cl, const struct runreq *q, unsigned kind,
    const char *cause, enum cberr err, const char *reason, int64_t retry_ms)
{
	struct advice a = { .kind = err == CBE_REFUSED ? ADVICE_SKILL :
	    ADVICE_LATER, .retry_ms = retry_ms };

	turndown_record(cl, kind, cause, q->argv.n, reason);
	turndown_advise(cl, err, cause, reason, &a);
}

const struct conf_skill *
admit_skill(const struct client *cl, uid_t uid, const char *name, char *why,
    size_t len)
{
	const struct conf *conf = cl->d->conf;
	const struct conf_skill *sk;

	if (name[0] == '\0') {
		if ((sk = conf_default_skill(conf, cl->ch)) == NULL)
			(void)snprintf(why, len, "channel %s has no default "
			    "skill: name one with -s", cl->ch->name);
	} else {
		sk = conf_skill(conf, name);
		if (sk == NULL || !conf_channel_has_skill(cl->ch, name)) {
			(void)snprintf(why, len, "channel %s has no skill of "
			    "that name", cl->ch->name);
			sk = NULL;
		}
	}
	if (sk != NULL && sk->run_as_caller && uid == 0) {
		(void)snprintf(why, len, "skill %s runs as its caller, and "
		    "nothing runs as root", sk->name);
		sk = NULL;
	}
	if (sk != NULL && sk->refuse != NULL) {
		(void)snprintf(why, len, "skill %s: %s", sk->name,
		    sk->refuse);
		sk = NULL;
	}
	return (sk);
}

const char *
admit_may_not(const struct client *cl, uid_t uid)
{
	if (uid == cl->uid)
		return (cl->user ? NULL : "not a user of this channel");
	if (!cl->admin)
		return ("only approvers may ask about another account");
	return (who_covers(&cl->ch->users, uid) ? NULL :
	    "that account is not a user of this channel");
}

const char *
admit_may_not_rotate(const struct client *cl)
{
	if (cl->line.depth != 0)
		return ("no run may have what another prints become a secret: "
		    "that is done from outside");
	return (cl->admin ? NULL : "only approvers may have what a run prints "
	    "become a secret");
}

/*
 * What it prints is neither masked nor stored: so that is for those alone who
 * may store it.
 */
static int
no_rotation(struct client *cl, const struct runreq *q)
{
	const char *why;

	if (q->rotates[0] == '\0' || (why = admit_may_not_rotate(cl)) == NULL)
		return (0);
	turndown_record(cl, RECORD_AUTH, "rotate", q->argv.n, why);
	turndown_answer(cl, CBE_REFUSED, "rotate", why);
	return (1);
}

/* Is it one too deep?  Each waits for the one that it asks for. */
static int
too_deep(const struct client *cl, char *why, size_t len)
{
	char text[RUNID_TEXT];

	if (cl->line.depth <= LINEAGE_MAX)
		return (0);
	runid_text(text, lineage_asker(&cl->line));
	(void)snprintf(why, len, "runs ask for runs at most %d deep, and %s "
	    "is that deep already: who has asked for it can ask for this",
	    LINEAGE_MAX, text);
	return (1);
}

/*
 * What keeps a run from a place may be the run that asks for it, which does
 * not end while it waits.  So it is told, and nothing waits for anything.
 */
static void
no_place(struct client *cl, const struct runreq *q, const struct quota_no *no)
{
	char text[RUNID_TEXT], why[512];

	runid_text(text, lineage_asker(&cl->line));
	(void)snprintf(why, sizeof(why), "%s%s%s%s", no->reason,
	    cl->line.depth != 0 ? "; " : "", cl->line.depth != 0 ? text : "",
	    cl->line.depth != 0 ? ", which asks, is one of the runs that "
	    "count" : "");
	refuse(cl, q, RECORD_QUOTA, no->kind, CBE_AGAIN, why, no->retry_ms);
}

/* Everything that can be said without looking at the command. */
static const struct conf_skill *
admit(struct client *cl, const struct runreq *q)
{
	const struct conf_skill *sk;
	struct breaker_key key;
	struct quota_no no;
	char why[1024];

	if ((sk = admit_skill(cl, cl->uid, q->skill, why,
	    sizeof(why))) == NULL) {
		refuse(cl, q, RECORD_POLICY, "skill", CBE_REFUSED, why, 0);
		return (NULL);
	}
	if (emergency_covers(cl->d, cl->ch->name, sk->name, cl->uid, why,
	    sizeof(why))) {
		refuse(cl, q, RECORD_POLICY, "stopped", CBE_AGAIN, why, 0);
		return (NULL);
	}
	if (too_deep(cl, why, sizeof(why))) {
		refuse(cl, q, RECORD_POLICY, "depth", CBE_REFUSED, why, 0);
		return (NULL);
	}
	if (cl->d->nruns == RUNS_MAX) {
		refuse(cl, q, RECORD_QUOTA, "runs", CBE_AGAIN,
		    "too many runs at one time", 0);
		return (NULL);
	}
	breaker_key(&key, cl->ch, sk, cl->uid, NULL);
	if (quota_check(cl->d->quota, &key, now_ms(), &no) == -1) {
		no_place(cl, q, &no);
		return (NULL);
	}
	if ((q->flags & RUNREQ_DETACH) != 0 &&
	    detach_room(cl, sk, why, sizeof(why)) == -1) {
		refuse(cl, q, RECORD_QUOTA, "detached", CBE_AGAIN, why, 0);
		return (NULL);
	}
	return (sk);
}

void
req_run(struct client *cl, struct payload *p)
{
	struct runreq *q = payload_as(p, &runreq_shape);
	const struct conf_skill *sk;
	struct msg_runid v;
	struct run *r;

	if (no_rotation(cl, q) || (sk = admit(cl, q)) == NULL)
		return;
	r = run_new(cl, sk, q);
	v.run = r->id;
	client_put(cl, MSG_ACCEPTED, &msg_runid_shape, &v);
	if (resolveq_ask(r->d, r->id, r->uid, &r->asked) == -1)
		run_too_large(r);
}
