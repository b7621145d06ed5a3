/* SPDX-License-Identifier: ISC */
/*
 * The loop of the watch: takes one call after the other, finds out whose it is
 * and answers.  There is one thread, so no other call of the run that goes
 * through here comes between a check and its effect; what another run in the
 * same grant does meanwhile is looked for behind the effect.
 *
 * What an attacker could try: rewrite a path while we read it (it is read
 * once, and what was read is what is done), die or be replaced by another
 * process of the same number (the kernel says whether the call still waits,
 * after everything about the caller was read), send calls without end (they
 * are answered in the order in which they came, with signals and the runner
 * heard in between), be slow (nothing here waits for the run).
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "executor/env.h"
#include "executor/fds.h"
#include "executor/inside.h"
#include "executor/watch/watch.h"
#include "executor/watch/watch_priv.h"

#define BURST	16	/* calls between two looks at everything else */

static struct watch watch = { .sock = -1, .listener = -1 };

/* Where a run may do as it likes, grants in there apart. */
static const char *const places[] = { "/tmp", "/dev", "/proc", SECRETS_DIR,
    NULL };

int
watch_wanted(const struct strv *write, const struct strv *protect)
{
	return (write->n != 0 && protect->n != 0);
}

int
watch_start(int sock, const struct strv *write, const struct strv *protect)
{
	struct watch *w = &watch;

	w->sock = sock;
	if (protect_init(&w->names, protect, write, places) == -1)
		return (-1);
	return (walk_init(&w->walk));
}

uint32_t
watch_refused(void)
{
	return (watch.refused);
}

void
watch_poll(struct pollfd *p)
{
	p->fd = watch.listener != -1 ? watch.listener : watch.sock;
	p->events = POLLIN;
	p->revents = 0;
}

/* The listener, from the process of the command. */
static void
take_listener(struct watch *w)
{
	uint64_t flags = SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP;
	unsigned nfds = 1;
	ssize_t n;
	uint8_t c;
	int fd;

	n = fds_recv(w->sock, &c, 1, &fd, &nfds, 0);
	if (n == -1 && errno == EINTR)
		return;
	(void)close(w->sock);
	w->sock = -1;
	/* it has ended before it was under the filter: nothing to watch */
	if (n <= 0)
		return;
	/* a run that nobody watches is none */
	if (inside_type(IN_WATCH, IW_COMMAND, &c, 1, nfds) != INSIDE_WATCH)
		_exit(1);
	w->listener = fd;
	/* where the kernel can: the caller goes on where we were */
	(void)ioctl(fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS, flags);
}

static void
serve_one(struct watch *w)
{
	static struct call c;
	int r;

	memset(&c.n, 0, sizeof(c.n));
	if (ioctl(w->listener, SECCOMP_IOCTL_NOTIF_RECV, &c.n) == -1)
		return;		/* the caller was killed meanwhile */
	c.w = w;
	c.mem = -1;
	w->walk.tid = (pid_t)c.n.pid;
	/* a process from outside of our namespace has no number */
	r = c.n.pid == 0 ? -ENOSYS : call_perform(&c);
	if (c.mem != -1)
		(void)close(c.mem);
	if (r != WATCH_LATER)
		call_answer(&c, r);
}

void
watch_serve(void)
{
	struct watch *w = &watch;
	struct pollfd p;
	int i;

	if (w->listener == -1) {
		if (w->sock != -1)
			take_listener(w);
		return;
	}
	for (i = 0; i < BURST; i++) {
		p.fd = w->listener;
		p.events = POLLIN;
		if (poll(&p, 1, 0) != 1)
			return;
		if ((p.revents & POLLIN) == 0) {
			/* nobody under the filter is left */
			(void)close(w->listener);
			w->listener = -1;
			return;
		}
		serve_one(w);
	}
}

/* It has answered, or was killed before it could. */
void
watch_reaped(pid_t pid)
{
	struct watch *w = &watch;
	struct call c;
	int i;

	for (i = 0; i < HELPERS_MAX; i++) {
		if (w->helper[i].pid != pid)
			continue;
		w->helper[i].pid = 0;
		if (w->listener == -1)
			return;
		c.w = w;
		c.n.id = w->helper[i].id;
		call_answer(&c, -EINTR);
		return;
	}
}
