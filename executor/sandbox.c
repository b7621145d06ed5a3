/* SPDX-License-Identifier: ISC */
/* Sandboxes and their control groups. */
#include "config.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/log.h"
#include "executor/sandbox.h"
#include "executor/spawner.h"

#define SWEEP_US	50000
#define END_TRIES	40
#define END_NS		5000000

int
sandbox_new(struct executor *x, const struct skill *s,
    const struct profile *p, struct cgroup *cg)
{
	int ctl, saved;

	if (cgroup_new(&x->cgroups, cg) == -1)
		return (-1);
	if ((ctl = spawner_ask(s, p, cg->dir)) == -1) {
		saved = errno;
		sandbox_drop(x, cg);
		errno = saved;
	}
	return (ctl);
}

static void
on_sweep(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval tv = { 0, SWEEP_US };
	struct executor *x = arg;

	(void)fd;
	(void)what;
	if (cgroup_sweep(&x->cgroups) != 0)
		(void)event_add(x->sweep, &tv);
}

void
sandbox_sweep(struct executor *x)
{
	if (x->cgroups.nold == 0 || x->base == NULL)
		return;
	if (x->sweep == NULL &&
	    (x->sweep = evtimer_new(x->base, on_sweep, x)) == NULL)
		fatalx(EXIT_SYSTEM, "event of control groups");
	if (!event_pending(x->sweep, EV_TIMEOUT, NULL))
		on_sweep(-1, 0, x);
}

void
sandbox_drop(struct executor *x, struct cgroup *cg)
{
	cgroup_drop(&x->cgroups, cg);
	sandbox_sweep(x);
}

void
sandbox_end(struct executor *x)
{
	const struct timespec tick = { 0, END_NS };
	int i;

	for (i = 0; i < END_TRIES && cgroup_sweep(&x->cgroups) != 0; i++)
		(void)nanosleep(&tick, NULL);
}
