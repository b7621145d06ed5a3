/* SPDX-License-Identifier: ISC */
/*
 * The notifier's messages.  One that does not decode ends the process: it can
 * then do no more than what the program could, too.
 */
#include "config.h"

#include <sys/signalfd.h>

#include <poll.h>
#include <unistd.h>

#include "common/log.h"
#include "common/payload.h"
#include "common/rolemain.h"
#include "notifier/notifier.h"
#include "notifier/program.h"
#include "notifier/telling.h"

enum { ON_IPC, ON_SIGNALS, ON_SAYS, ON_FDS };

void
notifier_breach(unsigned type)
{
	fatalx(EXIT_ROLE_PROTO(ROLE_SUPERVISOR), "from the supervisor: "
	    "malformed %s", msg_name(type));
}

static void
answer(struct notifier *n, const struct msg_noticed *how)
{
	struct buf b;

	payload_put(&b, MSG_N_DONE, &msg_noticed_shape, how);
	(void)ipc_send(n->ipc, MSG_N_DONE, n->id, b.data, b.len, NULL, 0);
	buf_free(&b);
}

static void
on_notice(struct notifier *n, const struct ipc_msg *m)
{
	struct strv env = { NULL, 0 };
	struct msg_noticed how;
	struct msg_notice v;
	struct buf text;

	if (program_goes() ||
	    payload_get(m, &msg_notice_shape, &v) == -1)
		notifier_breach(m->type);
	n->id = m->id;
	telling_env(&env, m->id, &v);
	telling_text(&text, m->id, &v);
	if (program_start(n->program, &env, (const char *)text.data, text.len,
	    &how) == -1)
		answer(n, &how);
	buf_free(&text);
	strv_free(&env);
	shape_free(&msg_notice_shape, &v);
}

/* What the program has started ends with us. */
static void __attribute__((__noreturn__))
stop(struct notifier *n)
{
	ipc_set_state(n->ipc, MS_STOP);
	(void)ipc_send(n->ipc, MSG_STOPPED, 0, NULL, 0, NULL, 0);
	(void)ipc_drain(n->ipc, ROLE_DRAIN_MS);
	_exit(0);
}

static void
hear(struct notifier *n)
{
	struct ipc_msg m;
	int r;

	m.nfds = 0;
	while ((r = ipc_recv(n->ipc, &m)) == 1) {
		if (ipc_pong(n->ipc, &m))
			continue;
		if (m.type == MSG_SHUTDOWN)
			stop(n);
		if (m.type != MSG_N_NOTICE)
			notifier_breach(m.type);
		on_notice(n, &m);
	}
	if (r < 0)
		rolemain_end(n->ipc, r);
}

void
notifier_serve(struct notifier *n)
{
	struct signalfd_siginfo si;
	struct msg_noticed how;
	struct pollfd p[ON_FDS];

	for (;;) {
		p[ON_IPC].fd = ipc_fd(n->ipc);
		p[ON_SIGNALS].fd = n->signals;
		p[ON_SAYS].fd = program_says();
		p[ON_IPC].events = p[ON_SIGNALS].events =
		    p[ON_SAYS].events = POLLIN;
		(void)poll(p, ON_FDS, program_left());
		(void)!read(n->signals, &si, sizeof(si));
		hear(n);
		if (program_look(&how))
			answer(n, &how);
		if (ipc_flush(n->ipc) == -1)
			rolemain_end(n->ipc, -2);
	}
}
