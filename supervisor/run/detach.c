/* SPDX-License-Identifier: ISC */
/* Detached runs: room for them, and what is kept of them. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/defs.h"
#include "common/field.h"
#include "supervisor/run/detach.h"
#include "supervisor/run/run.h"

/* A run that is over. */
struct kept {
	TAILQ_ENTRY(kept) entry;
	uint64_t	 id;
	uid_t		 uid;
	struct lineage	 line;
	int		 ran;		/* the executor has its output */
	uint64_t	 bytes;		/* of it */
	int64_t		 since;
	int64_t		 ended;
	struct buf	 result[SIGHTS]; /* fields of RESULT, for each */
	struct buf	 row;		/* of PS, but for times and command */
	struct buf	 logged;	/* its command, as the log has it */
	struct buf	 asked;		/* and as it was asked */
};

void
detach_forget(struct daemon *d, uint64_t id)
{
	/* while it stops it may be gone already, and all that with it */
	if (d->procs[PROC_EXEC].state == PROC_UP)
		(void)role_send(&d->procs[PROC_EXEC], MSG_X_FORGET, id, NULL,
		    NULL, 0);
}

static void
drop(struct daemon *d, struct kept *k)
{
	size_t i;

	if (k->ran)
		detach_forget(d, k->id);
	TAILQ_REMOVE(&d->kept, k, entry);
	ids_let_go(&d->ids, k->id);
	for (i = 0; i < SIGHTS; i++)
		buf_free(&k->result[i]);
	buf_free(&k->row);
	buf_free(&k->logged);
	buf_free(&k->asked);
	free(k);
}

static struct kept *
find(const struct daemon *d, uint64_t id)
{
	struct kept *k;

	TAILQ_FOREACH(k, &d->kept, entry)
		if (k->id == id)
			return (k);
	return (NULL);
}

/*
 * Those that are under way, of one account if uid is not NULL, count with all
 * that they may still print.
 */
static void
under_way(const struct daemon *d, const uid_t *uid, size_t *n,
    uint64_t *bytes)
{
	size_t i;

	*n = 0;
	*bytes = 0;
	for (i = 0; i < d->nruns; i++) {
		if (!run_detached(d->runs[i]) ||
		    (uid != NULL && d->runs[i]->uid != *uid) ||
		    states_of_run(d->runs[i]->state)->over)
			continue;
		(*n)++;
		*bytes += d->runs[i]->asked.limits.output_mb * MB;
	}
}

size_t
detach_count(const struct daemon *d)
{
	const struct kept *k;
	size_t n = 0;

	TAILQ_FOREACH(k, &d->kept, entry)
		n++;
	return (n);
}

int
detach_full(const struct daemon *d)
{
	uint64_t bytes;
	size_t n;

	under_way(d, NULL, &n, &bytes);
	return (n >= d->conf->detached_runs);
}

static uint64_t
kept_bytes(const struct daemon *d)
{
	const struct kept *k;
	uint64_t n = 0;

	TAILQ_FOREACH(k, &d->kept, entry)
		n += k->bytes;
	return (n);
}

uint64_t
detach_bytes(const struct daemon *d)
{
	uint64_t bytes;
	size_t n;

	under_way(d, NULL, &n, &bytes);
	return (bytes + kept_bytes(d));
}

/* Who makes way: the oldest one of this account, else of any. */
static struct kept *
oldest(const struct daemon *d, uid_t uid)
{
	struct kept *k;

	TAILQ_FOREACH(k, &d->kept, entry)
		if (k->uid == uid)
			return (k);
	return (TAILQ_FIRST(&d->kept));
}

/* Is there room for one that may print so much?  0, or -1 and why. */
static int
room_under_way(const struct client *cl, uint64_t output, char *why,
    size_t len)
{
	const struct conf *c = cl->d->conf;
	uint64_t bytes, own_bytes, max = c->detached_mb * MB;
	size_t n, own;

	under_way(cl->d, NULL, &n, &bytes);
	under_way(cl->d, &cl->uid, &own, &own_bytes);
	if (n >= c->detached_runs)
		(void)snprintf(why, len, "%zu detached runs are under way, "
		    "and detached.maxRuns is %u", n, c->detached_runs);
	else if (bytes + output > max)
		(void)snprintf(why, len, "%zu detached runs may still print "
		    "so much that detached.maxMB, %u, would be passed", n,
		    c->detached_mb);
	/* nobody takes more than half, so others find a place */
	else if (own >= (c->detached_runs + 1) / 2)
		(void)snprintf(why, len, "%zu detached runs of this account "
		    "are under way, and half of detached.maxRuns, %u, is for "
		    "one account", own, c->detached_runs);
	else if (own > 0 && own_bytes + output > max / 2)
		(void)snprintf(why, len, "%zu detached runs of this account "
		    "may still print so much that half of detached.maxMB, "
		    "%u, would be passed", own, c->detached_mb);
	else
		return (0);
	return (-1);
}

int
detach_room(struct client *cl, const struct conf_skill *sk, char *why,
    size_t len)
{
	struct daemon *d = cl->d;
	const struct conf *c = d->conf;
	uint64_t bytes, output;
	struct limits l;
	size_t n;

	conf_limits(&l, sk, cl->ch, 0);
	conf_detached(c, &l);
	output = l.output_mb * MB;
	if (room_under_way(cl, output, why, len) == -1)
		return (-1);
	under_way(d, NULL, &n, &bytes);
	while (n + detach_count(d) >= c->detached_runs ||
	    bytes + output + kept_bytes(d) > c->detached_mb * MB)
		drop(d, oldest(d, cl->uid));
	return (0);
}

static void
keep(struct run *r)
{
	char text[RUNID_TEXT];
	struct kept *k;
	size_t i;

	k = xcalloc(1, sizeof(*k));
	k->id = r->id;
	k->uid = r->uid;
	k->line = r->line;
	k->ran = r->ran;
	k->since = r->since;
	k->ended = now_ms();
	if (r->have_result)
		k->bytes = r->result.out_bytes + r->result.err_bytes;
	for (i = 0; i < SIGHTS; i++) {
		buf_init(&k->result[i], MSG_ROW_MAX);
		rec_result(&k->result[i], r, (enum client_sight)i);
	}
	runid_text(text, r->id);
	buf_init(&k->row, MSG_ROW_MAX);
	field_str(&k->row, "run", text);
	field_str(&k->row, "state", "finished");
	field_str(&k->row, "outcome", outcome_name(r->outcome));
	field_str(&k->row, "channel", r->ch->name);
	field_str(&k->row, "skill", r->sk->name);
	field_u64(&k->row, "uid", r->uid);
	field_u64(&k->row, "pid", (uint64_t)r->pid);
	lineage_put(&k->row, &r->line);
	field_bool(&k->row, "detached", run_detached(r));
	buf_init(&k->logged, MSG_ROW_MAX);
	rec_command(&k->logged, r, SIGHT_LOGGED);
	buf_init(&k->asked, MSG_ROW_MAX);
	rec_command(&k->asked, r, SIGHT_ASKED);
	TAILQ_INSERT_TAIL(&r->d->kept, k, entry);
	ids_hold(&r->d->ids, k->id);
}

/* A place for one that nobody has claimed: free, or its own account's. */
static int
keep_room(const struct run *r)
{
	struct daemon *d = r->d;
	uint64_t bytes;
	struct kept *k;
	size_t n;

	under_way(d, NULL, &n, &bytes);
	while (n + detach_count(d) >= d->conf->detached_runs) {
		k = oldest(d, r->uid);
		if (k == NULL || k->uid != r->uid)
			return (0);
		drop(d, k);
	}
	return (1);
}

/* Who has asked for it gets its own words, also where it may read the log. */
static enum client_sight
sight_of(const struct client *cl, uid_t uid, const struct lineage *line)
{
	if (client_asked(cl, uid, line) && cl->line.depth == line->depth)
		return (SIGHT_ASKED);
	return (client_sight(cl, line));
}

/* To one that has waited for a run which is over now. */
static void
tell(struct client *cl, const struct run *r)
{
	struct buf b;

	buf_init(&b, MSG_ROW_MAX);
	rec_result(&b, r, sight_of(cl, r->uid, &r->line));
	client_result(cl, &b);
}

void
detach_over(struct run *r)
{
	struct client *cl;

	TAILQ_FOREACH(cl, &r->d->clients, entry)
		if (cl->dead)
			continue;
		else if (cl->waits == r->id)
			tell(cl, r);
		else if (cl->follows == r->id)
			client_end(cl, CBE_NOENT, "the run never started");
	if (r->lingers && keep_room(r))
		keep(r);
	if (!run_detached(r))
		return;
	/* a sandbox that was built for it has a place for its output */
	if (!r->ran)
		detach_forget(r->d, r->id);
	/* else its caller is told right now */
	if (r->cl == NULL)
		keep(r);
}

void
detach_tick(struct daemon *d)
{
	int64_t since = now_ms() - (int64_t)d->conf->detached_keep_s * 1000;
	struct kept *k;

	while ((k = TAILQ_FIRST(&d->kept)) != NULL && k->ended <= since)
		drop(d, k);
}

void
detach_ids(const struct daemon *d, uint64_t *ids)
{
	const struct kept *k;

	TAILQ_FOREACH(k, &d->kept, entry)
		*ids++ = k->id;
}

/* What is kept of a run that this client may see, or NULL. */
static const struct kept *
shown(const struct client *cl, uint64_t id)
{
	const struct kept *k = find(cl->d, id);

	return (k != NULL && client_owns(cl, k->uid, &k->line) ? k : NULL);
}

int
detach_kept(const struct client *cl, uint64_t id, int *ran)
{
	const struct kept *k = shown(cl, id);

	if (k != NULL)
		*ran = k->ran;
	return (k != NULL);
}

int
detach_result(struct client *cl, uint64_t id, int own)
{
	const struct kept *k = find(cl->d, id);
	const struct buf *result;
	struct buf b;

	if (k == NULL || !client_may(cl, own, k->uid, &k->line))
		return (-1);
	result = &k->result[sight_of(cl, k->uid, &k->line)];
	buf_init(&b, MSG_ROW_MAX);
	buf_put(&b, result->data, result->len);
	client_result(cl, &b);
	return (0);
}

int
detach_row(struct buf *b, const struct client *cl, uint64_t id)
{
	const struct kept *k = shown(cl, id);
	enum client_sight sight;

	if (k == NULL)
		return (-1);
	sight = client_sight(cl, &k->line);
	buf_init(b, MSG_ROW_MAX);
	buf_put(b, k->row.data, k->row.len);
	if (sight == SIGHT_LOGGED)
		buf_put(b, k->logged.data, k->logged.len);
	else if (sight == SIGHT_ASKED)
		buf_put(b, k->asked.data, k->asked.len);
	field_u64(b, "started_ago_ms", (uint64_t)(now_ms() - k->since));
	field_u64(b, "ended_ago_ms", (uint64_t)(now_ms() - k->ended));
	return (0);
}

void
detach_begun(struct run *r)
{
	struct client *cl;

	TAILQ_FOREACH(cl, &r->d->clients, entry)
		if (cl->follows == r->id && !cl->dead) {
			cl->follows = 0;
			cl->follow(cl, r->id);
		}
}
