/* SPDX-License-Identifier: ISC */
/*
 * V_DUE: the time of an earlier version is over.  The supervisor, who has it
 * recorded, answers with V_EXPIRE when no other change is under way; where
 * that came to nothing it is told again.
 */
#include "config.h"

#include <time.h>

#include <event2/event.h>

#include "common/log.h"
#include "common/payload.h"
#include "vault/past.h"
#include "vault/vault.h"

#define DUE_AGAIN_S	10U
#define LONGEST_S	3600U	/* the clock may be set meanwhile */

static void
on_due(evutil_socket_t fd, short what, void *arg)
{
	struct vault *v = arg;
	const struct store_entry *e;
	struct msg_secret_name m;
	struct buf b;

	(void)fd;
	(void)what;
	e = v->locked == NULL ? past_first(v->st) : NULL;
	if (e != NULL && v->change == NULL &&
	    past_over(e, (uint64_t)time(NULL))) {
		m.name = e->name;
		payload_put(&b, MSG_V_DUE, &msg_secret_name_shape, &m);
		(void)ipc_send(v->ipc, MSG_V_DUE, 0, b.data, b.len, NULL, 0);
		buf_free(&b);
		v->due_told = ticket_now();
	}
	due_arm(v);
}

void
due_arm(struct vault *v)
{
	const struct store_entry *e;
	uint64_t now = (uint64_t)time(NULL), until;
	struct timeval tv = { 0, 0 };

	if (v->locked != NULL || v->change != NULL || v->st == NULL ||
	    (e = past_first(v->st)) == NULL) {
		if (v->due != NULL)
			(void)event_del(v->due);
		return;
	}
	until = past_until(e);
	if (until > now)
		tv.tv_sec = (time_t)(until - now < LONGEST_S ? until - now :
		    LONGEST_S);
	else if (v->due_told != 0 && ticket_now() - v->due_told <
	    DUE_AGAIN_S * 1000)
		tv.tv_sec = DUE_AGAIN_S;
	if (v->due == NULL)
		v->due = evtimer_new(v->base, on_due, v);
	if (v->due == NULL || event_add(v->due, &tv) == -1)
		fatalx(EXIT_SYSTEM, "event loop");
}

void
due_stop(struct vault *v)
{
	if (v->due != NULL)
		event_free(v->due);
	v->due = NULL;
}
