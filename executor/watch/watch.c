/* SPDX-License-Identifier: ISC */
/*
 * The loop of the watch: takes one call after the other, finds out whose it is
 * and answers.
 *
 * A signal with a handler interrupts a call that waits for us, what it asks
 * for or not: the kernel then returns ERESTARTSYS for it, which is EINTR to a
 * program whose handler lacks SA_RESTART, and there is no way to say
 * otherwise.  Since Linux 5.19 this is so only until the call was received;
 * we wait in the very ioctl that does so, and ask for short turns, to be there
 * as soon as may be.  What was not received has had no effect.  (From 5.19 to
 * 6.16, if the signal, receipt and answer all come before its caller has run
 * again, the kernel forgets the answer.)  Before 5.19 it can be interrupted
 * until it is answered, and may have been done by then.  A tracer could begin
 * such calls anew, but what is traced gets EINTR from other calls, for signals
 * that it ignores.
 *
 * There is one thread, so no other call of the run that goes through here comes
 * between a check and its effect; what another run in the same grant does
 * meanwhile is looked for behind the effect.
 *
 * What an attacker could try: rewrite a path while we read it (it is read
 * once, and what was read is what is done), die or be replaced by another
 * process of the same number (the kernel says whether the call still waits,
 * after everything about the caller was read), send calls without end (they
 * are answered in the order in which they came, and signals and the runner
 * interrupt the waiting for the next one), be slow (nothing here waits for the
 * run).
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "executor/env.h"
#include "executor/fds.h"
#include "executor/inside.h"
#include "executor/turns.h"
#include "executor/watch/hold.h"
#include "executor/watch/hostile_init.h"
#include "executor/watch/thread.h"
#include "executor/watch/watch.h"
#include "executor/watch/watch_priv.h"

static struct watch watch = { .sock = -1, .listener = -1 };
static sigset_t others;
static sigjmp_buf away;

/* Where a run may do as it likes, grants in there apart. */
static const char *const places[] = { "/tmp", "/dev", "/proc", SECRETS_DIR,
    NULL };

/* What agents keep in a home, which is nobody's outside. */
static const char *const kept_at_home[] = { ".claude", ".codex", ".gemini" };

/* As if these were grants: given on purpose, with their names below kept. */
static void
add_home(struct strv *grants, const char *homes, uid_t uid)
{
	size_t i;
	char *s;

	for (i = 0; homes[0] != '\0' && i < NELEM(kept_at_home); i++) {
		(void)xasprintf(&s, "%s/%u/%s", homes, uid, kept_at_home[i]);
		strv_add(grants, s);
		free(s);
	}
}

int
watch_wanted(const struct strv *write, const struct strv *protect)
{
	return (write->n != 0 && protect->n != 0);
}

int
watch_counts(const struct xskill *s)
{
	return (watch_wanted(&s->write, &s->protect) ||
	    s->execs != EXECS_OFF);
}

int
watch_tells(const struct xskill *s)
{
	return (s->files == FILES_CHANGES &&
	    watch_wanted(&s->write, &s->protect));
}

int
watch_prepare(const struct xskill *s)
{
	struct watch *w = &watch;
	size_t i;

	protect_done(&w->names);
	strv_free(&w->granted);
	for (i = 0; i < s->write.n; i++)
		strv_add(&w->granted, s->write.v[i]);
	if (protect_init(&w->names, &s->protect, &w->granted, places) == -1)
		return (-1);
	protect_hold(&w->names, &s->read, &s->write);
	return (0);
}

int
watch_start(int sock, int box, const struct xskill *s, uid_t uid,
    uint64_t memory_kb)
{
	struct watch *w = &watch;

	w->sock = sock;
	w->memory_kb = memory_kb;
	/* who traces may fork with CLONE_FS, which is refused elsewhere */
	w->shares = s->trace;
	hold_start(w, box, s->execs == EXECS_RECORD);
	add_home(&w->granted, s->home, uid);
	return (walk_init(&w->walk));
}

size_t
watch_fds(int fds[WATCH_FDS])
{
	if (watch.sock == -1)
		return (0);
	fds[0] = watch.sock;
	return (1 + walk_fds(&watch.walk, &fds[1]));
}

int
watch_listens(void)
{
	return (watch.listener != -1);
}

void
watch_refused(struct ended *e)
{
	size_t i, n = 0;

	drafts_settle(&watch, 1);
	skip_links_settle(&watch, 1);
	e->refused = watch.refused;
	e->outside = watch.outside;
	memcpy(e->counted, watch.counted, sizeof(e->counted));
	for (i = 0; i < watch.names.n && n < ENDED_KEPT; i++)
		if (watch.by[i] != 0) {
			e->kept[n].name = (uint16_t)i;
			e->kept[n++].count = watch.by[i];
		}
}

void
watch_poll(struct pollfd *p)
{
	p->fd = watch.sock;
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

/* Something else is to be done. */
static void
call_away(int sig)
{
	(void)sig;
	siglongjmp(away, 1);
}

/*
 * Signals are what takes us out of waiting for a call: of children, and of
 * the runner's socket.  They are blocked at any other time, so that nothing
 * else is ever interrupted.  A run can send them, too, which only makes us
 * look.
 */
static int
expect_signals(int sock)
{
	struct sigaction sa;
	int on = 1;

	(void)sigemptyset(&others);
	(void)sigaddset(&others, SIGCHLD);
	(void)sigaddset(&others, WATCH_EARLY_END);
	(void)sigaddset(&others, SIGIO);
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = call_away;
	sa.sa_mask = others;
	/* process 1 of the namespace, where all of them are blocked by now */
	if (sigaction(SIGCHLD, &sa, NULL) == -1 ||
	    sigaction(WATCH_EARLY_END, &sa, NULL) == -1 ||
	    sigaction(SIGIO, &sa, NULL) == -1 ||
	    fcntl(sock, F_SETOWN, 1) == -1)
		return (-1);
	return (ioctl(sock, FIOASYNC, &on));
}

/*
 * 1: a call came; *else_too: and a signal, which will not come again.  0:
 * something else did.  -1: nobody is left to call.
 */
static int
receive(struct watch *w, struct seccomp_notif *n, int *else_too)
{
	struct pollfd p = { w->listener, POLLIN, 0 };

	memset(n, 0, sizeof(*n));
	*else_too = 0;
	if (sigsetjmp(away, 0) == 0) {
		(void)sigprocmask(SIG_UNBLOCK, &others, NULL);
		(void)ioctl(w->listener, SECCOMP_IOCTL_NOTIF_RECV, n);
		(void)sigprocmask(SIG_BLOCK, &others, NULL);
	} else if (n->id == 0)
		return (0);
	else
		*else_too = 1;
	if (n->id != 0)
		return (1);
	/* its caller was killed or interrupted, or there is none any more */
	return (poll(&p, 1, 0) == 1 && !(p.revents & POLLIN) ? -1 : 0);
}

static void
serve_one(struct call *c)
{
	struct watch *w = c->w;
	const uint32_t refused = w->refused;
	int r;

	c->known = 0;
	w->walk.tid = (pid_t)c->n.pid;
	if (c->n.pid != 0 && !call_executes(c))
		thread_calls(w->walk.proc, w->walk.tid);
	drafts_settle(w, 0);
	skip_links_settle(w, 0);
	/* a process from outside of our namespace has no number */
	r = hostile_continues() ? call_continue(c) :
	    c->n.pid == 0 ? -ENOSYS : call_perform(c);
	if (r == -EROFS && w->refused == refused && w->outside < UINT32_MAX)
		w->outside++;
	if (r != WATCH_LATER)
		call_answer(c, r);
}

void
watch_serve(int sock)
{
	static struct call c;
	struct watch *w = &watch;
	int r, else_too;

	if (w->sock != -1) {
		take_listener(w);
		if (w->listener != -1 && expect_signals(sock) == -1)
			_exit(1);
		turns_short();
		return;
	}
	c.w = w;
	while ((r = receive(w, &c.n, &else_too)) == 1) {
		serve_one(&c);
		if (else_too)
			return;
	}
	if (r == -1) {
		(void)close(w->listener);
		w->listener = -1;
	}
}

void
watch_reaped(pid_t pid)
{
	wait_ended(&watch, pid);
}
