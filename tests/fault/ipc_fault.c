/* SPDX-License-Identifier: ISC */
/*
 * The Nth allocation, sendmsg, recvmsg, poll or fcntl below ipc.c fails, for
 * N = 1, 2, 3 ... until nothing fails any more.  Without memory the process
 * ends with a message; every other failure is one return value, after which
 * everything can be freed and no descriptor is left.
 *
 * ipc.c, ipc_ev.c, buf.c and xmalloc.c are compiled into this file with the
 * calls replaced.
 */
#include "config.h"

#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum call { C_ALLOC, C_SENDMSG, C_RECVMSG, C_POLL, C_FCNTL, C_EVENT, CALLS };

static enum call	 fail_call;
static unsigned		 fail_at;	/* 0: never */
static int		 fail_errno;
static unsigned		 count;		/* calls of that kind so far */
static int		 failed;

static int
fails(enum call c)
{
	if (c != fail_call || ++count != fail_at)
		return (0);
	failed = 1;
	errno = fail_errno;
	return (1);
}

static void *
f_malloc(size_t n)
{
	return (fails(C_ALLOC) ? NULL : malloc(n));
}

static void *
f_calloc(size_t n, size_t size)
{
	return (fails(C_ALLOC) ? NULL : calloc(n, size));
}

static ssize_t
f_sendmsg(int fd, const struct msghdr *m, int flags)
{
	return (fails(C_SENDMSG) ? -1 : sendmsg(fd, m, flags));
}

static ssize_t
f_recvmsg(int fd, struct msghdr *m, int flags)
{
	return (fails(C_RECVMSG) ? -1 : recvmsg(fd, m, flags));
}

static int
f_poll(struct pollfd *p, nfds_t n, int ms)
{
	return (fails(C_POLL) ? -1 : poll(p, n, ms));
}

static int
f_fcntl(int fd, int cmd, int arg)
{
	return (fails(C_FCNTL) ? -1 : fcntl(fd, cmd, arg));
}

static struct event *
f_event_new(struct event_base *base, int fd, short what,
    event_callback_fn fn, void *arg)
{
	return (fails(C_EVENT) ? NULL : event_new(base, fd, what, fn, arg));
}

static int
f_event_add(struct event *ev, const struct timeval *tv)
{
	return (fails(C_EVENT) ? -1 : event_add(ev, tv));
}

#define malloc(n)		f_malloc(n)
#define calloc(n, s)		f_calloc(n, s)
#define sendmsg(f, m, l)	f_sendmsg(f, m, l)
#define recvmsg(f, m, l)	f_recvmsg(f, m, l)
#define poll(p, n, t)		f_poll(p, n, t)
#define F_FCNTL2(f, c)		f_fcntl(f, c, 0)
#define F_FCNTL3(f, c, a)	f_fcntl(f, c, a)
#define F_PICK(a, b, c, n, ...)	n
#define fcntl(...)		F_PICK(__VA_ARGS__, F_FCNTL3, F_FCNTL2, \
				    0)(__VA_ARGS__)
#define event_new(b, f, w, c, a) f_event_new(b, f, w, c, a)
#define event_add(e, t)		f_event_add(e, t)

#include "common/xmalloc.c"
#include "common/buf.c"
#include "common/ipc.c"
#include "common/ipc_ev.c"

static unsigned
count_fds(void)
{
	struct dirent *e;
	unsigned n = 0;
	DIR *d;

	if ((d = opendir("/proc/self/fd")) == NULL)
		return (0);
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	(void)closedir(d);
	return (n);
}

#define BIG	40000		/* three frames */

/* All that one connection does: 0 done, 1 an error was reported. */
static int
talk(struct ipc *a, struct ipc *b)
{
	static uint8_t big[BIG];
	struct ipc_msg m;
	int fd, r;

	m.nfds = 0;
	if (ipc_wait(b, &m, 0) != 0)
		return (1);
	if (ipc_send(a, MSG_ROW, 1, big, sizeof(big), NULL, 0) == -1 ||
	    ipc_drain(a, 1000) != 0)
		return (1);
	if ((r = ipc_wait(b, &m, 1000)) != 1 || m.len != sizeof(big))
		return (1);
	if ((fd = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1)
		return (2);
	if (ipc_send(a, MSG_PIPE, 1, NULL, 0, &fd, 1) == -1 ||
	    ipc_drain(a, 1000) != 0)
		return (1);
	r = ipc_wait(b, &m, 1000);
	if (r == 1 && (m.type != MSG_PIPE || m.nfds != 1))
		r = 2;
	else
		r = r != 1;
	ipc_msg_done(&m);
	return (r);
}

static int
scenario_plain(void)
{
	struct ipc *a, *b = NULL;
	int sv[2], r = 1;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == -1)
		return (2);
	if ((a = ipc_new(sv[0], ROLE_SUPERVISOR, ROLE_CLIENT,
	    MS_BUSY)) == NULL)
		(void)close(sv[0]);
	if ((b = ipc_new(sv[1], ROLE_CLIENT, ROLE_SUPERVISOR,
	    MS_BUSY)) == NULL)
		(void)close(sv[1]);
	if (a != NULL && b != NULL)
		r = talk(a, b);
	ipc_free(a);
	ipc_free(b);
	return (r);
}

/* The same in an event loop. */
static int got, ended;

static void
on_msg(struct ipc *ipc, struct ipc_msg *m, void *arg)
{
	(void)ipc;
	(void)arg;
	got += m->type == MSG_CANCEL;
}

static void
on_end(struct ipc *ipc, int how, void *arg)
{
	(void)how;
	*(struct ipc **)arg = NULL;
	ended++;
	ipc_free(ipc);
}

static int
loop(struct event_base *base, struct ipc *peer, struct ipc **ipc)
{
	int i;

	for (i = 0; i < 8; i++) {
		if (*ipc == NULL)
			return (1);
		(void)ipc_send(*ipc, MSG_ROW, 1, "abc", 3, NULL, 0);
		if (ipc_send(peer, MSG_CANCEL, 1, NULL, 0, NULL, 0) == -1 ||
		    ipc_flush(peer) != 0)
			return (1);
		(void)event_base_loop(base, EVLOOP_NONBLOCK);
	}
	return (got == 8 && ended == 0 ? 0 : 1);
}

static int
scenario_event(void)
{
	struct event_base *base;
	struct ipc *a, *b;
	int sv[2], r = 1;

	got = ended = 0;
	if ((base = event_base_new()) == NULL || socketpair(AF_UNIX,
	    SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == -1)
		return (2);
	if ((a = ipc_new(sv[0], ROLE_SUPERVISOR, ROLE_CLIENT,
	    MS_BUSY)) == NULL)
		(void)close(sv[0]);
	if ((b = ipc_new(sv[1], ROLE_CLIENT, ROLE_SUPERVISOR,
	    MS_BUSY)) == NULL)
		(void)close(sv[1]);
	if (a != NULL && b != NULL &&
	    ipc_ev_attach(a, base, on_msg, on_end, &a) == 0)
		r = loop(base, b, &a);
	ipc_free(a);
	ipc_free(b);
	event_base_free(base);
	return (r);
}

/*
 * One scenario with one failure, in a child.  0 it went through, 1 it
 * reported an error, 71 it ended for want of memory; all else is wrong.
 */
static int
run_one(int (*scenario)(void))
{
	unsigned before;
	int status, r;
	pid_t pid;

	(void)fflush(NULL);
	if ((pid = fork()) == -1)
		return (-1);
	if (pid == 0) {
		(void)dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		count = 0;
		failed = 0;
		before = count_fds();
		r = scenario();
		if (count_fds() != before)
			r = 3;
		_exit(r == 0 && failed ? 10 : r == 1 && !failed ? 4 : r);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return (-1);
	return (WEXITSTATUS(status));
}

static const struct {
	const char	*name;
	enum call	 call;
	int		 err;
	int		 scenario;	/* bits: 1 plain, 2 event */
	/* bits: 1 error, 2 end, 4 goes on, 8 goes on in the loop, which
	 * tries a failed send once more before it gives up */
	int		 want;
} faults[] = {
	{ "no memory", C_ALLOC, ENOMEM, 3, 2 },
	{ "sendmsg EINTR", C_SENDMSG, EINTR, 3, 4 },
	{ "sendmsg EAGAIN", C_SENDMSG, EAGAIN, 3, 1 | 4 },
	{ "sendmsg ENOBUFS", C_SENDMSG, ENOBUFS, 3, 1 | 8 },
	{ "sendmsg EPIPE", C_SENDMSG, EPIPE, 3, 1 | 8 },
	{ "sendmsg ETOOMANYREFS", C_SENDMSG, ETOOMANYREFS, 3, 1 | 4 },
	{ "recvmsg EINTR", C_RECVMSG, EINTR, 3, 4 },
	{ "recvmsg EAGAIN", C_RECVMSG, EAGAIN, 3, 1 | 4 },
	{ "recvmsg EIO", C_RECVMSG, EIO, 3, 1 },
	{ "recvmsg ENOMEM", C_RECVMSG, ENOMEM, 3, 1 },
	{ "recvmsg ECONNRESET", C_RECVMSG, ECONNRESET, 3, 4 },
	{ "poll EINTR", C_POLL, EINTR, 1, 4 },
	{ "poll ENOMEM", C_POLL, ENOMEM, 1, 1 },
	{ "fcntl EBADF", C_FCNTL, EBADF, 1, 1 },
	{ "libevent", C_EVENT, ENOMEM, 2, 1 | 4 },
};
#define NFAULTS	(sizeof(faults) / sizeof(faults[0]))

/* Number of failures met, or -1. */
static int
run_fault(size_t i, int (*scenario)(void))
{
	int r;

	fail_call = faults[i].call;
	fail_errno = faults[i].err;
	for (fail_at = 1; fail_at < 10000; fail_at++) {
		r = run_one(scenario);
		if (r == 0)
			return ((int)fail_at - 1);
		if ((r == 1 && (faults[i].want & 1) != 0) ||
		    (r == EXIT_SYSTEM && (faults[i].want & 2) != 0) ||
		    (r == 10 && (faults[i].want & 4) != 0) ||
		    (r == 10 && (faults[i].want & 8) != 0 &&
		    scenario == scenario_event))
			continue;
		printf("# %s number %u: %d\n", faults[i].name, fail_at, r);
		return (-1);
	}
	return (-1);
}

int
main(void)
{
	int (*const scenario[])(void) = { scenario_plain, scenario_event };
	int n, met, bad = 0;
	size_t i, s;

	printf("1..%zu\n", NFAULTS);
	for (i = 0; i < NFAULTS; i++) {
		met = 0;
		for (s = 0; s < 2; s++) {
			if ((faults[i].scenario & (1 << s)) == 0)
				continue;
			if ((n = run_fault(i, scenario[s])) == -1) {
				met = -1;
				break;
			}
			met += n;
		}
		if (met == 0)	/* proves nothing */
			met = -1;
		bad += met == -1;
		printf("%sok %zu - %s, %d times\n", met == -1 ? "not " : "",
		    i + 1, faults[i].name, met);
	}
	return (bad != 0);
}
