/* SPDX-License-Identifier: ISC */
/* Which role answers, and which does not. */
#include "config.h"

#include "common/log.h"
#include "supervisor/client/client.h"
#include "supervisor/heartbeat.h"
#include "supervisor/notify.h"

unsigned
heartbeat_late(const struct proc *p)
{
	return (p->silent >= HEARTBEAT_LATE_S ? p->silent : 0);
}

static void
watch(struct daemon *d, struct proc *p)
{
	if (p->state != PROC_UP)
		return;
	if (!p->pinged) {
		p->pinged = 1;
		(void)role_send(p, MSG_PING, 0, NULL, NULL, 0);
		return;
	}
	p->silent++;
	if (p->silent == HEARTBEAT_LATE_S)
		log_warnx("%s (pid %d) has not answered for %u s",
		    role_name(p->role), (int)p->pid, p->silent);
	/* each time: some have begun to wait meanwhile */
	if (heartbeat_late(p))
		client_delay(d, p->role, p->silent);
}

void
heartbeat_tick(struct daemon *d)
{
	size_t i;

	for (i = 0; i < NPROCS; i++)
		watch(d, &d->procs[i]);
	watch(d, &d->notifier);
	watch(d, &d->forwarder);
}

int
heartbeat_pong(struct daemon *d, struct proc *p)
{
	unsigned late = heartbeat_late(p);

	if (!p->pinged)
		return (-1);
	p->pinged = 0;
	p->silent = 0;
	if (late) {
		log_warnx("%s answers again, after %u s", role_name(p->role),
		    late);
		/* who has heard nothing for so long may be about to end us */
		if (notify_interval() != 0 &&
		    heartbeat_alive(d, 2 * notify_interval()))
			notify_alive();
		client_delay(d, p->role, 0);
	}
	return (0);
}

int
heartbeat_alive(const struct daemon *d, uint64_t usec)
{
	const struct proc *p;

	for (p = d->procs; p < d->procs + NPROCS; p++)
		if (heartbeat_late(p) && p->silent * UINT64_C(1000000) >= usec)
			return (0);
	return (1);
}
