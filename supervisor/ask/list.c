/* SPDX-License-Identifier: ISC */
/* PS and KILL: the runs that there are, and the end of one. */
#include "config.h"

#include <stdio.h>

#include "common/field.h"
#include "supervisor/ask/ask.h"
#include "supervisor/client/listing.h"
#include "supervisor/run/detach.h"
#include "supervisor/run/run.h"

/* Of a run, or of what is kept of one. */
static int
ps_row(struct client *cl, struct buf *b, uint64_t id)
{
	const struct run *r = run_live(cl->d, id);
	char text[RUNID_TEXT];

	if (r == NULL)
		return (detach_row(b, cl, id));
	if (!client_owns(cl, r->uid, &r->line))
		return (-1);
	runid_text(text, r->id);
	buf_init(b, MSG_ROW_MAX);
	field_str(b, "run", text);
	field_str(b, "state", run_state_name(r->state));
	field_str(b, "channel", r->ch->name);
	field_str(b, "skill", r->sk->name);
	field_u64(b, "uid", r->uid);
	field_u64(b, "pid", (uint64_t)r->pid);
	lineage_put(b, &r->line);
	field_u64(b, "started_ago_ms", (uint64_t)(now_ms() - r->since));
	field_bool(b, "detached", run_detached(r));
	/* programs of it that wait for an approver */
	field_u64(b, "held", r->execs.nopen);
	rec_command(b, r, client_sight(cl, &r->line));
	return (0);
}

void
req_ps(struct client *cl, struct payload *p)
{
	struct daemon *d = cl->d;
	uint64_t *ids;
	size_t i, n = 0;

	(void)p;
	ids = xcalloc(d->nruns + detach_count(d) + 1, sizeof(*ids));
	for (i = 0; i < d->nruns; i++)
		if (!states_of_run(d->runs[i]->state)->over)
			ids[n++] = d->runs[i]->id;
	detach_ids(d, ids + n);
	listing_send(cl, ps_row, ids, n + detach_count(d));
}

void
req_kill(struct client *cl, struct payload *p)
{
	const struct msg_ownrun *v = payload_as(p, &msg_ownrun_shape);
	struct run *r = run_live(cl->d, v->run);
	char why[64], *by;

	/* somebody else's run is not even there */
	if (r == NULL || !client_may(cl, v->own, r->uid, &r->line)) {
		client_end(cl, CBE_NOENT, "no such run");
		return;
	}
	by = why + snprintf(why, sizeof(why), "killed by ");
	if (cl->line.depth != 0)
		runid_text(by, lineage_asker(&cl->line));
	else
		(void)snprintf(by, sizeof(why) - 10, "uid %u", cl->uid);
	(void)run_tell(r, EV_CANCEL, why);
	client_end(cl, CBE_OK, "%s", "");
}
