/* SPDX-License-Identifier: ISC */
/* Lists; see listing.h. */
#include "config.h"

#include <event2/event.h>

#include <stdlib.h>

#include "common/field.h"
#include "supervisor/client/listing.h"

#define PUMP_MS	10	/* that rows are made at one time */

static void
no_rows(struct client *cl)
{
	free(cl->rows);
	cl->rows = NULL;
	cl->nrows = cl->rowat = 0;
}

/* What is still to come would be of another configuration than what came. */
static int
is_outdated(struct client *cl)
{
	if (!cl->of_conf || cl->generation == cl->d->generation)
		return (0);
	no_rows(cl);
	client_end(cl, CBE_AGAIN, "the configuration has changed meanwhile: "
	    "ask again");
	return (1);
}

/* Rows, as many as the client reads. */
static void
pump(struct client *cl)
{
	const struct timeval soon = { 0, 20000 }, next = { 0, 0 };
	const int64_t since = now_ms();
	struct buf b;

	while (cl->rowat < cl->nrows && !cl->dead) {
		if (is_outdated(cl))
			return;
		if (ipc_queued(cl->ipc) > CLIENT_ROWS) {
			if (cl->stuck == 0)
				cl->stuck = now_ms();
			else if (now_ms() - cl->stuck > STUCK_MS)
				client_bad(cl, "reads too slowly");
			event_add(cl->pump, &soon);
			return;
		}
		cl->stuck = 0;
		/* others wait, too */
		if (now_ms() - since > PUMP_MS) {
			event_add(cl->pump, &next);
			return;
		}
		if (cl->row(cl, &b, cl->rows[cl->rowat++]) == 0)
			client_send(cl, MSG_ROW, &b, NULL, 0);
	}
	no_rows(cl);
	if (!cl->watching)
		client_end(cl, CBE_OK, "%s", "");
}

static void
on_pump(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	pump(arg);
}

static void
list(struct client *cl, row_fn *row, uint64_t *ids, size_t n)
{
	if (cl->pump == NULL)
		cl->pump = evtimer_new(cl->d->base, on_pump, cl);
	if (cl->pump == NULL) {
		free(ids);
		client_end(cl, CBE_INTERNAL, "out of memory");
		return;
	}
	cl->row = row;
	cl->rows = ids;
	cl->nrows = n;
	cl->rowat = 0;
	pump(cl);
}

void
listing_send(struct client *cl, row_fn *row, uint64_t *ids, size_t n)
{
	cl->of_conf = 0;
	list(cl, row, ids, n);
}

void
listing_send_conf(struct client *cl, row_fn *row, uint64_t *ids, size_t n)
{
	cl->of_conf = 1;
	cl->generation = cl->d->generation;
	list(cl, row, ids, n);
}

static void
more(struct client *cl, uint64_t id)
{
	if (cl->nrows == CLIENT_LISTED) {
		client_bad(cl, "reads too slowly");
		return;
	}
	cl->rows = xrecallocarray(cl->rows, cl->nrows, cl->nrows + 1,
	    sizeof(*cl->rows));
	cl->rows[cl->nrows++] = id;
	pump(cl);
}

void
listing_watched(struct daemon *d, uid_t uid, const struct lineage *of,
    uint64_t id)
{
	struct client *cl;

	TAILQ_FOREACH(cl, &d->clients, entry)
		if (cl->watching && !cl->dead && client_owns(cl, uid, of))
			more(cl, id);
}

/*
 * Its own row, should that still be in the queue, is none any more.  So this
 * one need not wait for its turn: who reads nothing is cut off in the end.
 */
void
listing_over(struct daemon *d, uid_t uid, const struct lineage *of,
    uint64_t id, const struct listing_end *end)
{
	char text[RUNID_TEXT];
	struct client *cl;
	struct buf b;

	runid_text(text, id);
	TAILQ_FOREACH(cl, &d->clients, entry) {
		if ((cl->watching & WATCH_OVER) == 0 || cl->dead ||
		    !client_owns(cl, uid, of))
			continue;
		buf_init(&b, MSG_ROW_MAX);
		field_str(&b, "over", text);
		field_str(&b, "how", end->how);
		if (end->by >= 0)
			field_u64(&b, "by", (uint64_t)end->by);
		if (end->reason != NULL && end->reason[0] != '\0')
			field_str(&b, "reason", end->reason);
		client_send(cl, MSG_ROW, &b, NULL, 0);
	}
}
