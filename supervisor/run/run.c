/* SPDX-License-Identifier: ISC */
/* The table of runs; see run.h. */
#include "config.h"

#include <stdlib.h>

#include "supervisor/run/recording.h"
#include "supervisor/run/run.h"

struct run *
run_find(struct daemon *d, uint64_t id)
{
	size_t i;

	for (i = 0; i < d->nruns; i++)
		if (d->runs[i]->id == id)
			return (d->runs[i]);
	return (NULL);
}

struct run *
run_live(struct daemon *d, uint64_t id)
{
	struct run *r = run_find(d, id);

	return (r == NULL || states_of_run(r->state)->over ? NULL : r);
}

void
run_breaker_key(struct breaker_key *k, const struct run *r)
{
	breaker_key(k, r->ch, r->sk, r->uid, r->have_plan ? r->res.digest :
	    NULL);
}

int
run_detached(const struct run *r)
{
	return ((r->asked.req.flags & RUNREQ_DETACH) != 0);
}

void
run_leave(struct run *r)
{
	struct client *cl = r->cl;

	r->cl = NULL;
	cl->run = NULL;
	client_end(cl, CBE_OK, "%s", "");
}

void
run_free(struct run *r)
{
	struct daemon *d = r->d;
	size_t i;

	for (i = 0; i < d->nruns; i++)
		if (d->runs[i] == r)
			d->runs[i] = d->runs[--d->nruns];
	ids_let_go(&d->ids, r->id);
	resolve_free(&r->asked);
	resolved_free(&r->res);
	plan_free(&r->plan);
	policy_end(&r->dec);
	runresult_free(&r->result);
	execrows_free(&r->execs, &d->ids);
	buf_free(&r->changed.rows);
	buf_free(&r->logged.rows);
	free(r->reason);
	claims_free(&r->claims);
	freezero(r, sizeof(*r));
}

int
run_record(struct run *r, unsigned kind, struct buf *fields, unsigned done,
    unsigned refused, struct client *cl)
{
	struct recording_note note;

	note.told = r->told;
	note.run = r->id;
	note.done = done;
	note.refused = refused;
	return (recording_put(r->d, kind, fields, cl, &note));
}

size_t
run_waiting(const struct daemon *d, const uid_t *uid)
{
	const struct run *r;
	size_t i, n = 0;

	for (i = 0; i < d->nruns; i++) {
		r = d->runs[i];
		if (uid != NULL && r->uid != *uid)
			continue;
		n += (states_of_run(r->state)->waits != 0) + r->execs.nopen;
	}
	return (n);
}
