/* SPDX-License-Identifier: ISC */
/*
 * hostile_client SOCKET MODE [N]: a client that does what no clawbot(1)
 * does, and says whether the daemon answered as it has to.
 *
 *	types	every type that there is and a few that are not, in each
 *		state of a connection
 *	headers	broken frames of every kind
 *	bodies	requests that are good but for their payload: every one of
 *		them cut at every byte, and with every bit turned
 *	fds	descriptors that nobody asked for
 *	noise N	N connections with random datagrams
 *	flood N	N connections that are opened and closed
 *	crowd N	N connections that say nothing, held until standard input
 *		ends
 *	deaf N	asks N times and never reads an answer
 *	hasty N	N runs that are cancelled as soon as they are asked for, in
 *		one go and one after the other
 *	fickle N	N questions whose asker has left before the answer
 *
 * A line for each surprise; exit status 1 if there was one.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/helpers/hostile.h"

/* One request that goes on: APPROVALS, watching. */
static int
busy(void)
{
	int fd = hello();

	if (send_sample(fd, MSG_APPROVALS) == -1)
		err(2, "APPROVALS");
	return (fd);
}

static int
allowed(unsigned type, unsigned state)
{
	const struct msg_row *r = msg_row(type);

	return (r != NULL && (r->from & R_CLI) != 0 &&
	    (r->states & state) != 0);
}

static void
try_type(unsigned type, unsigned state)
{
	const char *where = state == MS_HELLO ? "new" :
	    state == MS_IDLE ? "idle" : "busy";
	unsigned got;
	int fd;

	fd = state == MS_HELLO ? dial() : state == MS_IDLE ? hello() : busy();
	(void)send_sample(fd, type);
	if (!allowed(type, state)) {
		if (!closed(fd))
			surprise(where, type, "was taken");
	} else {
		/* these say nothing, and the connection goes on */
		if ((type == MSG_CANCEL || type == MSG_WINSIZE ||
		    type == MSG_LEAVE) && state == MS_IDLE)
			(void)send_sample(fd, MSG_STATUS);
		if (type == MSG_APPROVALS || type == MSG_WINSIZE ||
		    type == MSG_LEAVE)
			(void)send_sample(fd, MSG_CANCEL);
		if (hear(fd, PATIENCE_MS, &got) != A_FRAME)
			surprise(where, type, "was not answered");
	}
	(void)close(fd);
}

static void
mode_types(void)
{
	static const unsigned states[] = { MS_HELLO, MS_IDLE, MS_BUSY };
	static const unsigned unknown[] = {
		0, 0x0005, 0x0100, 0x0180, 0x0280, 0x1000, 0x1080, 0x2fff,
		0x3080, 0x8000, 0xffff,
	};
	const struct msg_row *r;
	size_t i, s;

	for (s = 0; s < 3; s++) {
		for (i = 0; (r = msg_row_at(i)) != NULL; i++)
			try_type(r->type, states[s]);
		for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
			try_type(unknown[i], states[s]);
		alive("types");
	}
}

static void
must_close(const char *what, const struct raw *r, const int *fds,
    unsigned nfds)
{
	struct raw q = *r;
	int fd = hello();

	q.seq += seq;
	if (raw_send(fd, &q, fds, nfds) == -1 && errno != EPIPE)
		err(2, "%s", what);
	if (!closed(fd))
		surprise(what, r->type, "was taken");
	(void)close(fd);
}

static void
parts(const char *what, unsigned second, size_t size, unsigned flags,
    uint64_t id, uint32_t skip)
{
	struct raw r;
	int fd = hello();

	raw_init(&r, MSG_RUN, SAMPLE_RAW_ID, MSG_FRAME_PAYLOAD);
	r.flags = MSG_F_MORE;
	r.seq = seq;
	(void)raw_send(fd, &r, NULL, 0);
	raw_init(&r, second, id, size);
	r.flags = flags;
	r.seq = seq + 1 + skip;
	(void)raw_send(fd, &r, NULL, 0);
	if (!closed(fd))
		surprise(what, second, "was taken");
	(void)close(fd);
}

/* Parts until the type's limit is passed. */
static void
endless(void)
{
	struct raw r;
	int fd = hello(), i;

	raw_init(&r, MSG_RUN, SAMPLE_RAW_ID, MSG_FRAME_PAYLOAD);
	r.flags = MSG_F_MORE;
	r.seq = seq;
	for (i = 0; i < 40; i++, r.seq++)
		if (raw_send(fd, &r, NULL, 0) == -1)
			break;
	if (!closed(fd))
		surprise("endless", MSG_RUN, "was taken");
	(void)close(fd);
}

static void
mode_headers(void)
{
	struct raw good, r;
	size_t n;

	raw_init(&good, MSG_STATUS, SAMPLE_RAW_ID, 0);
	r = good, r.magic = 0xcb02, must_close("magic", &r, NULL, 0);
	r = good, r.magic = 0x01cb, must_close("magic", &r, NULL, 0);
	r = good, r.seq = 1, must_close("sequence", &r, NULL, 0);
	r = good, r.seq = UINT32_MAX, must_close("sequence", &r, NULL, 0);
	r = good, r.flags = 1, must_close("flags", &r, NULL, 0);
	r = good, r.flags = 0x8000, must_close("flags", &r, NULL, 0);
	r = good, r.nfds = 1, must_close("nfds", &r, NULL, 0);
	r = good, r.nfds = 65535, must_close("nfds", &r, NULL, 0);
	r = good, r.len = 1, must_close("length", &r, NULL, 0);
	r = good, r.len = UINT32_MAX, must_close("length", &r, NULL, 0);
	r = good, r.size = 1, must_close("length", &r, NULL, 0);
	for (n = 1; n < RAW_HEADER; n++)
		r = good, r.cut = n, must_close("runt", &r, NULL, 0);
	raw_init(&r, MSG_STATUS, 0, 1);
	must_close("size", &r, NULL, 0);
	raw_init(&r, MSG_KILL, 0, 8);
	must_close("size", &r, NULL, 0);
	raw_init(&r, MSG_KILL, 0, 10);
	must_close("size", &r, NULL, 0);
	raw_init(&r, MSG_RUN, 0, MSG_FRAME_PAYLOAD + 1);
	must_close("long", &r, NULL, 0);
	raw_init(&r, MSG_RUN, 0, RAW_MAX);
	must_close("long", &r, NULL, 0);
	parts("short part", MSG_RUN, 10, MSG_F_MORE, SAMPLE_RAW_ID, 0);
	parts("between", MSG_STATUS, 0, 0, SAMPLE_RAW_ID, 0);
	parts("other id", MSG_RUN, 10, 0, 1, 0);
	parts("sequence", MSG_RUN, 10, 0, SAMPLE_RAW_ID, 1);
	endless();
	alive("headers");
}

/* Whether it is answered or cut off is the handler's; both must be soon. */
static void
body(unsigned type, const struct buf *b)
{
	unsigned got;
	int fd = hello();

	if (send_payload(fd, type, b) == -1 && errno != EPIPE)
		err(2, "send");
	if (hear(fd, PATIENCE_MS, &got) == A_NOTHING)
		surprise("body", type, "was never answered");
	(void)close(fd);
}

/* All bodies of a type that are nearly the sample. */
static void
bodies(unsigned type)
{
	struct buf b;
	size_t k, whole;

	buf_init(&b, RAW_MAX);
	put_payload(&b, type);
	whole = b.len;
	for (k = 0; k < whole; k++) {
		b.len = k;
		body(type, &b);
	}
	b.len = whole;
	for (k = 0; k < whole * 8; k += whole > 64 ? 5 : 1) {
		b.data[k / 8] ^= (uint8_t)(1U << (k & 7));
		body(type, &b);
		b.data[k / 8] ^= (uint8_t)(1U << (k & 7));
	}
	buf_free(&b);
}

/* A request that begins something, or that nothing may come back to. */
static int
not_answered(unsigned type)
{
	return (type == MSG_RUN || type == MSG_APPROVALS ||
	    type == MSG_SECRET_SET || type == MSG_WINSIZE ||
	    type == MSG_LEAVE);
}

static void
mode_bodies(void)
{
	const struct msg_row *r;
	size_t i;

	for (i = 0; (r = msg_row_at(i)) != NULL; i++)
		if (r->shape != NULL && allowed(r->type, MS_IDLE) &&
		    !not_answered(r->type))
			bodies(r->type);
	alive("bodies");
}

static void
mode_fds(void)
{
	static const unsigned n[] = { 1, 2, 35, 36, 253 };
	int fds[RAW_MAXFDS], i;
	struct raw r;
	size_t k;

	for (i = 0; i < RAW_MAXFDS; i++)
		fds[i] = STDERR_FILENO;
	for (k = 0; k < sizeof(n) / sizeof(n[0]); k++) {
		raw_init(&r, MSG_STATUS, SAMPLE_RAW_ID, 0);
		must_close("fds", &r, fds, n[k]);
		r.nfds = n[k];
		must_close("fds", &r, fds, n[k]);
		r.cut = 1;
		must_close("fds", &r, fds, n[k]);
	}
	alive("fds");
}

static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525U + 1013904223U;
	return (*seed >> 8);
}

static void
mode_noise(unsigned long n)
{
	static uint8_t p[RAW_HEADER + 4096];
	uint32_t seed = 4711;
	unsigned long i;
	size_t k, len;
	int fd, m;

	for (i = 0; i < n; i++) {
		fd = i & 1 ? hello() : dial();
		for (m = 0; m < 4; m++) {
			len = next(&seed) % sizeof(p);
			for (k = 0; k < len; k++)
				p[k] = (uint8_t)next(&seed);
			if (m > 0 && len >= RAW_HEADER) {
				raw_be(p, 0xcb01, 2);
				raw_be(p + 2, 0x101 + next(&seed) % 18, 2);
				raw_be(p + 8, len - RAW_HEADER, 4);
				raw_be(p + 12, seq, 4);
			}
			if (raw_bytes(fd, p, len, NULL, 0) == -1)
				break;
		}
		(void)close(fd);
	}
	alive("noise");
}

static void
mode_flood(unsigned long n)
{
	while (n-- > 0)
		(void)close(dial());
	alive("flood");
}

/* More than we may have are turned away; that is not our business here. */
static void
mode_crowd(unsigned long n)
{
	struct sockaddr_un sun;
	unsigned long i;
	char c;
	int fd;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	for (i = 0; i < n; i++) {
		fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC |
		    SOCK_NONBLOCK, 0);
		if (fd == -1 || connect(fd, (struct sockaddr *)&sun,
		    sizeof(sun)) == -1)
			break;
	}
	printf("%lu\n", i);
	(void)fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
}

static void
mode_deaf(unsigned long n)
{
	int fd = hello();
	unsigned long i;

	/* a daemon that stops reading blocks us; one that cuts us off is
	 * right, one that buffers without end is seen by the test */
	(void)alarm(240);
	for (i = 0; i < n; i++)
		if (send_sample(fd, MSG_STATUS) == -1)
			break;
	printf("%lu\n", i);
	(void)close(fd);
	alive("deaf");
}

/* RUN of a command that would take long. */
static int
send_run(int fd, unsigned type)
{
	struct runreq q;
	struct buf b;
	int r;

	memset(&q, 0, sizeof(q));
	q.skill = xstrdup("");
	q.cwd = xstrdup("/");
	q.reason = xstrdup("");
	q.rotates = xstrdup("");
	strv_add(&q.argv, "sleep");
	strv_add(&q.argv, "1000");
	buf_init(&b, RAW_MAX);
	if (type == MSG_WHY)
		buf_put_u32(&b, UINT32_MAX);
	runreq_put(&b, &q);
	r = send_payload(fd, type, &b);
	buf_free(&b);
	runreq_free(&q);
	return (r);
}

static int
cancelled(int fd)
{
	unsigned type = MSG_NONE;

	while (type != MSG_RESULT)
		if (hear(fd, PATIENCE_MS, &type) != A_FRAME)
			return (0);
	return (1);
}

static void
mode_hasty(unsigned long n)
{
	unsigned long i;
	int fd;

	/* as fast as they can be written; the daemon may cut us off */
	fd = hello();
	for (i = 0; i < n; i++)
		if (send_run(fd, MSG_RUN) == -1 ||
		    send_sample(fd, MSG_CANCEL) == -1)
			break;
	(void)close(fd);
	alive("hasty");
	/* each one when the one before has ended */
	fd = hello();
	for (i = 0; i < n; i++)
		if (send_run(fd, MSG_RUN) == -1 ||
		    send_sample(fd, MSG_CANCEL) == -1 || !cancelled(fd)) {
			surprise("hasty", MSG_RUN, "was not cancelled");
			break;
		}
	(void)close(fd);
	alive("hasty");
}

static void
mode_fickle(unsigned long n)
{
	unsigned long i;
	int fd;

	for (i = 0; i < n; i++) {
		fd = hello();
		(void)send_run(fd, i & 1 ? MSG_WHY : MSG_RUN);
		(void)close(fd);
	}
	alive("fickle");
}

static void
on_alarm(int sig)
{
	(void)sig;
	_exit(0);
}

#define IN_MODE(name, call)					\
	if (strcmp(argv[2], name) == 0) {			\
		call;						\
		return (bad);					\
	}

int
main(int argc, char **argv)
{
	unsigned long n;

	if (argc < 3)
		errx(2, "usage: hostile_client SOCKET MODE [N]");
	path = argv[1];
	n = argc > 3 ? strtoul(argv[3], NULL, 10) : 100;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGALRM, on_alarm);
	IN_MODE("types", mode_types());
	IN_MODE("headers", mode_headers());
	IN_MODE("bodies", mode_bodies());
	IN_MODE("fds", mode_fds());
	IN_MODE("noise", mode_noise(n));
	IN_MODE("flood", mode_flood(n));
	IN_MODE("crowd", mode_crowd(n));
	IN_MODE("deaf", mode_deaf(n));
	IN_MODE("hasty", mode_hasty(n));
	IN_MODE("fickle", mode_fickle(n));
	errx(2, "no mode %s", argv[2]);
}
