/* SPDX-License-Identifier: ISC */
/* The table of requests; see ask.h. */
#include "config.h"

#include <string.h>

#include "common/field.h"
#include "common/record/kind.h"
#include "supervisor/ask/ask.h"
#include "supervisor/ask/turndown.h"
#include "supervisor/run/operation.h"
#include "supervisor/run/run.h"

/* Who may ask for it; the function refuses more where it must. */
enum need {
	NEED_ANY,		/* whoever may connect */
	NEED_USER,		/* a user of the channel */
	NEED_EXECUTE,		/* ... that has access "execute" */
	NEED_ADMIN,
	NEED_ROOT
};

/* What else there is to a request. */
enum {
	ASIDE = 1,		/* comes beside the one that is under way */
	MAY_CANCEL = 2,		/* would go on until it is cancelled */
	INSIDE = 4,		/* a run may ask for it, too */
	READERS = 8		/* and who may only read the log */
};

static void	req_hello(struct client *, struct payload *);
static void	req_cancel(struct client *, struct payload *);
static void	req_leave(struct client *, struct payload *);
static void	req_winsize(struct client *, struct payload *);

/* Roles that a request has to wait for. */
#define EXEC	ROLE_BIT(ROLE_EXECUTOR)
#define AUDIT	ROLE_BIT(ROLE_AUDITOR)
#define VAULT	ROLE_BIT(ROLE_VAULT)

static const struct request {
	unsigned	 type;
	enum need	 need;
	unsigned	 roles;
	unsigned	 how;
	void		(*fn)(struct client *, struct payload *);
} requests[] = {
	{ MSG_HELLO, NEED_ANY, 0, ASIDE | INSIDE | READERS, req_hello },
	{ MSG_CANCEL, NEED_ANY, 0, ASIDE | INSIDE | READERS, req_cancel },
	{ MSG_WINSIZE, NEED_ANY, 0, ASIDE | INSIDE, req_winsize },
	{ MSG_LEAVE, NEED_ANY, 0, ASIDE | INSIDE, req_leave },
	/* a run is cancelled by its states */
	{ MSG_RUN, NEED_EXECUTE, EXEC | AUDIT | VAULT, INSIDE, req_run },
	{ MSG_CLAIMS, NEED_EXECUTE, EXEC, INSIDE, req_claims },
	{ MSG_WHY, NEED_ANY, EXEC, INSIDE, req_why },
	{ MSG_RULES, NEED_ANY, 0, INSIDE, req_rules },
	{ MSG_TRY, NEED_ANY, 0, INSIDE, req_try },
	{ MSG_STATUS, NEED_ANY, 0, INSIDE, req_status },
	{ MSG_PS, NEED_ANY, 0, INSIDE, req_ps },
	{ MSG_KILL, NEED_ANY, 0, INSIDE, req_kill },
	{ MSG_STOP, NEED_ADMIN, AUDIT, 0, req_stop },
	{ MSG_RESUME, NEED_ADMIN, AUDIT, 0, req_resume },
	{ MSG_BREAKER, NEED_ADMIN, AUDIT, 0, req_breaker },
	{ MSG_APPROVALS, NEED_ANY, 0, MAY_CANCEL | INSIDE, req_approvals },
	{ MSG_LAPSED, NEED_ANY, 0, 0, req_lapsed },
	{ MSG_APPROVE, NEED_ADMIN, AUDIT, 0, req_approve },
	{ MSG_CONFIRM_OWN, NEED_EXECUTE, AUDIT, 0, req_confirm },
	{ MSG_DENY, NEED_ADMIN, AUDIT, 0, req_deny },
	{ MSG_STANDING_ADD, NEED_ADMIN, AUDIT, 0, req_standing_add },
	{ MSG_STANDING_LIST, NEED_ANY, 0, 0, req_standing_list },
	{ MSG_REVOKE, NEED_ADMIN, AUDIT, 0, req_revoke },
	{ MSG_SECRET_LIST, NEED_ADMIN, VAULT, 0, req_secret_list },
	{ MSG_SECRET_SET, NEED_ADMIN, AUDIT | VAULT, 0, req_secret_set },
	{ MSG_SECRET_RM, NEED_ADMIN, AUDIT | VAULT, 0, req_secret_rm },
	{ MSG_SECRET_ROTATE, NEED_ADMIN, AUDIT | VAULT, 0,
	    req_secret_rotate },
	{ MSG_SECRET_MAY_ROTATE, NEED_ADMIN, AUDIT | VAULT, 0,
	    req_secret_may_rotate },
	{ MSG_SECRET_IMPORT, NEED_ADMIN, AUDIT | VAULT, 0,
	    req_secret_import },
	{ MSG_SECRET_EXPORT, NEED_ADMIN, AUDIT | VAULT, 0,
	    req_secret_export },
	{ MSG_SECRET_BRING, NEED_ADMIN, AUDIT | VAULT, 0, req_secret_bring },
	{ MSG_SECRET_RECOVER, NEED_ADMIN, AUDIT | VAULT, 0,
	    req_secret_recover },
	{ MSG_SECRET_IDENTIFY, NEED_ADMIN, AUDIT | VAULT, 0,
	    req_secret_identify },
	{ MSG_SECRET_HISTORY, NEED_ADMIN, VAULT, 0, req_secret_history },
	{ MSG_SECRET_UNLOCK, NEED_ADMIN, AUDIT | VAULT, 0,
	    req_secret_unlock },
	{ MSG_SECRET_LOCK, NEED_ADMIN, AUDIT | VAULT, 0, req_secret_lock },
	{ MSG_SLOT_LIST, NEED_ADMIN, VAULT, 0, req_slot_list },
	{ MSG_SLOT_ADD, NEED_ADMIN, AUDIT | VAULT, 0, req_slot_add },
	{ MSG_SLOT_RM, NEED_ADMIN, AUDIT | VAULT, 0, req_slot_rm },
	{ MSG_REKEY, NEED_ADMIN, AUDIT | VAULT, 0, req_rekey },
	{ MSG_REVEAL, NEED_ADMIN, AUDIT | VAULT, 0, req_reveal },
	{ MSG_AUDIT, NEED_ANY, AUDIT, MAY_CANCEL | READERS, req_audit },
	{ MSG_PRUNE, NEED_ADMIN, AUDIT, 0, req_prune },
	{ MSG_LOGS, NEED_ANY, EXEC, MAY_CANCEL | INSIDE, req_logs },
	{ MSG_WAIT, NEED_ANY, EXEC | AUDIT, MAY_CANCEL | INSIDE, req_wait },
	{ MSG_RELOAD, NEED_ROOT, AUDIT | EXEC, 0, req_reload },
	{ MSG_DOCTOR, NEED_ADMIN, EXEC | AUDIT, 0, req_doctor },
};

static const struct request *
find_request(unsigned type)
{
	size_t i;

	for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		if (requests[i].type == type)
			return (&requests[i]);
	return (NULL);
}

/* A refused attempt at something that has no run. */
static void
on_refused(struct client *cl, const char *cause, const char *reason)
{
	turndown_record(cl, RECORD_AUTH, cause, 0, reason);
}

/* Is it here for the log alone?  A user of a channel without access is. */
static int
only_reads(const struct client *cl)
{
	return (cl->reader && !cl->admin && (!cl->user ||
	    cl->ch->access == ACCESS_NONE));
}

/*
 * NULL, or why not.  Inside of a run there is no approver and no root, whoever
 * has asked for it: it runs what an agent has chosen.
 */
static const char *
may_not(const struct client *cl, const struct request *q)
{
	if (cl->line.depth != 0 && (q->how & INSIDE) == 0)
		return ("no run may do that: it is done from outside");
	if (only_reads(cl) && (q->how & READERS) == 0)
		return ("audit.readers may read and check the log, and "
		    "nothing else");
	switch (q->need) {
	case NEED_ANY:
		return (NULL);
	case NEED_USER:
		return (cl->user ? NULL : "not a user of this channel");
	case NEED_EXECUTE:
		if (!cl->user)
			return ("not a user of this channel");
		return (cl->ch->access == ACCESS_EXECUTE ? NULL :
		    "this channel is read-only");
	case NEED_ADMIN:
		return (cl->admin ? NULL : "only approvers may do that");
	case NEED_ROOT:
		return (cl->uid == 0 && cl->line.depth == 0 ? NULL :
		    "only root may do that");
	}
	return ("not known");
}

static void
refuse(struct client *cl, const char *why)
{
	on_refused(cl, msg_name(cl->request), why);
	turndown_answer(cl, CBE_REFUSED, "channel", why);
}

/*
 * An account can ask as often as rateLimit.maxAPICallsPerHour lets it, for
 * whatever it is.  Approvers and root can always: they are those who end what
 * goes wrong.
 */
static int
over_limit(struct client *cl)
{
	struct quota_no no;

	if (cl->admin || !cl->user ||
	    quota_request(cl->d->quota, cl->ch, now_ms(), &no) == 0)
		return (0);
	turndown_record(cl, RECORD_QUOTA, no.kind, 0, no.reason);
	turndown_answer(cl, CBE_AGAIN, no.kind, no.reason);
	return (1);
}

static void
ask(struct client *cl, const struct request *q, const struct ipc_msg *m)
{
	struct payload p;

	if (client_get(cl, m, &p) == -1)
		return;
	q->fn(cl, &p);
	payload_close(&p);
}

static void
on_msg(struct client *cl, const struct ipc_msg *m)
{
	const struct request *q;
	const char *why;

	/* no row of the table comes without one here */
	if ((q = find_request(m->type)) == NULL) {
		client_broke(cl, "unexpected message");
		return;
	}
	if ((q->how & ASIDE) == 0 && client_begin(cl, m, q->roles) == -1)
		return;
	/* the roles that could answer are told to end, or have ended */
	if (cl->d->stop != STOP_NO && cl->request != MSG_NONE &&
	    m->type == cl->request)
		client_end(cl, CBE_UNAVAIL, "clawbot is stopping");
	else if ((q->how & ASIDE) == 0 && over_limit(cl))
		return;
	else if ((q->how & ASIDE) == 0 && (why = cl->barred) != NULL)
		refuse(cl, why);
	else if ((why = may_not(cl, q)) != NULL)
		refuse(cl, why);
	else
		ask(cl, q, m);
}

static void
on_gone(struct client *cl)
{
	op_client_gone(cl->d, cl);
	reload_gone(cl);
	if (cl->run != NULL)
		run_left(cl->run);
}

const struct client_up ask_up = {
	.msg = on_msg,
	.gone = on_gone,
	.refused = on_refused,
	.due = secret_due,
};

static void
req_hello(struct client *cl, struct payload *p)
{
	const struct msg_hello *v = payload_as(p, &msg_hello_shape);
	struct buf b;

	if (v->version != MSG_PROTOCOL) {
		client_end(cl, CBE_USAGE, "protocol %u is not spoken here, "
		    "but %d", v->version, MSG_PROTOCOL);
		client_broke(cl, "other protocol");
		return;
	}
	buf_init(&b, 4096);
	field_str(&b, "version", CB_VERSION);
	field_str(&b, "channel", cl->ch->name);
	field_str(&b, "access", access_words[cl->ch->access]);
	field_bool(&b, "admin", cl->admin);
	client_send(cl, MSG_WELCOME, &b, NULL, 0);
	ipc_set_state(cl->ipc, MS_IDLE);
}

/* Ends a run, or a question whose answer would go on and on. */
static void
req_cancel(struct client *cl, struct payload *p)
{
	const struct request *q;

	(void)p;
	if (cl->run != NULL)
		(void)run_tell(cl->run, EV_CANCEL, "cancelled by the caller");
	else if ((q = find_request(cl->request)) != NULL &&
	    (q->how & MAY_CANCEL) != 0) {
		op_client_gone(cl->d, cl);
		client_end(cl, CBE_OK, "%s", "");
	}
}

/* It may cross with an approval. */
static void
req_leave(struct client *cl, struct payload *p)
{
	struct run *r = cl->run;

	(void)p;
	if (r != NULL && run_may_linger(r)) {
		run_leave(r);
		run_linger(r);
	}
}

/* It may cross with the end of the run, and mean one without a terminal. */
static void
req_winsize(struct client *cl, struct payload *p)
{
	struct run_input in;

	if (cl->run == NULL || cl->d->stop != STOP_NO ||
	    (cl->run->asked.req.flags & RUNREQ_TTY) == 0)
		return;
	memset(&in, 0, sizeof(in));
	in.event = EV_WINSIZE;
	in.p = p;
	(void)run_event(cl->run, &in);
}
