/* SPDX-License-Identifier: ISC */
/* Answers out of the view of what waits; see desk.h. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/conn.h"
#include "client/desk.h"
#include "client/out.h"
#include "common/msg.h"
#include "common/payload.h"

void
desk_note(struct desk *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(d->note, sizeof(d->note), fmt, ap);
	va_end(ap);
}

/* On a connection of its own: the other one is busy watching. */
static void
ask(struct desk *d, unsigned type, struct buf *b, uint64_t id)
{
	char text[RUNID_TEXT];
	struct fail f;

	runid_text(text, id);
	if (d->answer != NULL)
		desk_note(d, "the answer before is not on disk yet");
	else if ((d->answer = conn_open(d->cli, &f)) == NULL)
		desk_note(d, "%s", f.text);
	else if (conn_ask(d->answer, type, b->data, b->len, &f) == -1) {
		conn_free(d->answer);
		d->answer = NULL;
		desk_note(d, "%s", f.text);
	} else {
		d->answered = id;
		d->done = type == MSG_DENY ? "denied" : "approved";
		d->standing[0] = '\0';
		desk_note(d, "%s: being recorded", text);
	}
	buf_free(b);
}

void
desk_approve(struct desk *d, const struct inbox_item *it)
{
	struct msg_approve v;
	struct buf b;

	if (d->lasts) {
		lasting_put(&b, &it->p, &d->want);
		ask(d, MSG_STANDING_ADD, &b, it->id);
		return;
	}
	v.run = it->id;
	memcpy(v.digest, it->p.digest, sizeof(v.digest));
	payload_put(&b, MSG_APPROVE, &msg_approve_shape, &v);
	ask(d, MSG_APPROVE, &b, it->id);
}

void
desk_deny(struct desk *d, uint64_t id, const char *why)
{
	struct msg_deny v;
	struct buf b;

	v.run = id;
	v.why = xstrdup(why);
	payload_put(&b, MSG_DENY, &msg_deny_shape, &v);
	ask(d, MSG_DENY, &b, id);
	free(v.why);
}

static void
note_done(struct desk *d, const char *text)
{
	if (d->standing[0] == '\0') {
		desk_note(d, "%s %s", d->done, text);
		return;
	}
	desk_note(d, "%s; clawbot revoke %s ends it", d->done, d->standing);
	/* it was kept open, for what could have been refused */
	if (d->pane == PANE_DETAIL && d->open == d->answered && !d->lasts &&
	    d->edit == EDIT_NONE)
		d->pane = PANE_LIST;
}

/* As conn_recv, with the row of a standing approval taken. */
static int
receive(struct desk *d, struct ipc_msg *m, struct fail *f)
{
	int r;

	while ((r = conn_recv(d->answer, m, 0, f)) == 1 && m->type == MSG_ROW)
		if (row_check(m->data, m->len) == -1) {
			fail_set(f, EXIT_CLAWBOT, "wrong answer from the "
			    "daemon: malformed row");
			return (-1);
		} else if (lasting_given(m->data, m->len, d->standing,
		    f) == -1)
			return (-1);
	return (r);
}

void
desk_answered(struct desk *d)
{
	char text[RUNID_TEXT];
	struct ipc_msg m;
	struct fail f;
	int r;

	memset(&m, 0, sizeof(m));
	if ((r = receive(d, &m, &f)) == 0) {
		ipc_msg_done(&m);
		return;
	}
	runid_text(text, d->answered);
	if (r == 1 && m.type != MSG_END) {
		fail_set(&f, EXIT_CLAWBOT, "wrong answer from the daemon");
		r = -1;
	} else if (r == 1)
		r = conn_end(&m, &f);
	if (r == 0)
		note_done(d, text);
	else
		desk_note(d, "%s: %.900s", text, f.text);
	ipc_msg_done(&m);
	conn_free(d->answer);
	d->answer = NULL;
}
