/* SPDX-License-Identifier: ISC */
/* An ipc in a libevent loop. */
#include "config.h"

#include <event2/event.h>

#include "common/ipc_priv.h"

static void
ipc_ended(struct ipc *ipc, int how)
{
	event_del(ipc->rev);
	event_del(ipc->wev);
	ipc->on_end(ipc, how, ipc->arg);
}

/*
 * One message.  That there is another one the loop will say, which has to ask
 * the kernel anyway; to look here costs a call for nearly every message, as
 * most come alone.
 */
static void
ipc_readable(evutil_socket_t fd, short what, void *arg)
{
	struct ipc *ipc = arg;
	struct ipc_msg m;
	int gone = 0, r;

	(void)fd;
	(void)what;
	m.nfds = 0;
	if ((r = ipc_recv(ipc, &m)) == 0)
		return;
	if (r < 0) {
		ipc_ended(ipc, r);
		return;
	}
	ipc->gone = &gone;
	ipc->on_msg(ipc, &m, ipc->arg);
	ipc_msg_done(&m);
	if (!gone)
		ipc->gone = NULL;
}

static void
ipc_writable(evutil_socket_t fd, short what, void *arg)
{
	struct ipc *ipc = arg;
	int r;

	(void)fd;
	(void)what;
	if ((r = ipc_flush(ipc)) == -1)
		ipc_ended(ipc, -1);
	else if (r == 1)
		event_add(ipc->wev, NULL);
}

int
ipc_ev_attach(struct ipc *ipc, struct event_base *base, ipc_msg_cb on_msg,
    ipc_end_cb on_end, void *arg)
{
	ipc->on_msg = on_msg;
	ipc->on_end = on_end;
	ipc->arg = arg;
	ipc->rev = event_new(base, ipc->fd, EV_READ | EV_PERSIST,
	    ipc_readable, ipc);
	ipc->wev = event_new(base, ipc->fd, EV_WRITE, ipc_writable, ipc);
	if (ipc->rev == NULL || ipc->wev == NULL ||
	    event_add(ipc->rev, NULL) == -1) {
		ipc_ev_detach(ipc);
		return (-1);
	}
	ipc_ev_flush(ipc);
	return (0);
}

void
ipc_ev_flush(struct ipc *ipc)
{
	int r;

	if (ipc->wev == NULL)
		return;
	if ((r = ipc_flush(ipc)) == 0)
		return;
	if (r == 1)
		event_add(ipc->wev, NULL);
	else	/* the caller may still use it: end it from the loop */
		event_active(ipc->wev, EV_WRITE, 0);
}

void
ipc_ev_detach(struct ipc *ipc)
{
	if (ipc->rev != NULL)
		event_free(ipc->rev);
	if (ipc->wev != NULL)
		event_free(ipc->wev);
	ipc->rev = ipc->wev = NULL;
}
