/* SPDX-License-Identifier: ISC */
/*
 * hostile_streams SOCKET MODE [N [RUN]]: a client that abuses terminals and
 * detached runs, and says whether the daemon answered as it has to.
 *
 *	sizes N	a run on a terminal whose size changes N times before,
 *		while and after it runs
 *	flood N	a run on a terminal; says "0" when it runs, and once standard
 *		input ends changes its size N times, cancels, says "0" again,
 *		and wants its end
 *	both	a run that is detached and on a terminal
 *	prying N RUN	asks N times for the output of a run and for its end
 *	held N RUN	asks N times for its output, never reads it, and keeps
 *		the pipes until standard input ends
 *	late N RUN	waits for a run, and asks for all sorts of things as
 *		soon as it is over, while the daemon stops
 *
 * A line for each surprise; exit status 1 if there was one.
 */
#include "config.h"

#include <signal.h>
#include <stdlib.h>

#include "tests/helpers/hostile.h"

static const char *rotates = "";	/* what RUN says of that */

/* RUN of a sleep, with flags. */
static int
send_sleep(int fd, uint32_t flags, const char *seconds)
{
	struct runreq q;
	struct buf b;
	int r;

	memset(&q, 0, sizeof(q));
	q.flags = flags;
	q.skill = xstrdup("");
	q.cwd = xstrdup("/tmp");
	q.reason = xstrdup("");
	q.rotates = xstrdup(rotates);
	strv_add(&q.argv, "sleep");
	strv_add(&q.argv, seconds);
	buf_init(&b, RAW_MAX);
	runreq_put(&b, &q);
	r = send_payload(fd, MSG_RUN, &b);
	buf_free(&b);
	runreq_free(&q);
	return (r);
}

static int
send_flags(int fd, uint32_t flags)
{
	return (send_sleep(fd, flags, "0.2"));
}

static void
send_sizes(int fd, unsigned long n)
{
	struct buf b;

	for (; n > 0; n--) {
		buf_init(&b, 4);
		buf_put_u16(&b, (uint16_t)(n * 7919));
		buf_put_u16(&b, (uint16_t)(n * 104729));
		(void)send_payload(fd, MSG_WINSIZE, &b);
		buf_free(&b);
	}
}

static void
mode_sizes(unsigned long n)
{
	static const uint32_t flags[] = { RUNREQ_TTY, 0, RUNREQ_DETACH };
	unsigned type;
	int fd, over;
	size_t i;

	for (i = 0; i < 3; i++) {
		fd = hello();
		send_sizes(fd, n);
		(void)send_flags(fd, flags[i]);
		send_sizes(fd, n);
		for (over = 0; !over; ) {
			if (hear(fd, PATIENCE_MS, &type) != A_FRAME) {
				surprise("sizes", MSG_RUN, "has no end");
				break;
			}
			if (type == MSG_STARTED)
				send_sizes(fd, n);
			over = type == MSG_RESULT || type == MSG_END;
		}
		send_sizes(fd, n);
		(void)send_sample(fd, MSG_STATUS);
		if (hear(fd, PATIENCE_MS, &type) != A_FRAME)
			surprise("sizes", MSG_STATUS, "was not answered");
		(void)close(fd);
	}
	alive("sizes");
}

static void
until(int fd, unsigned want)
{
	unsigned type = MSG_NONE;

	while (type != want)
		if (hear(fd, PATIENCE_MS, &type) != A_FRAME) {
			surprise("flood", MSG_RUN, "has no end");
			return;
		}
}

static void
mode_flood(unsigned long n)
{
	struct buf b;
	char c;
	int fd = hello();

	(void)send_sleep(fd, RUNREQ_TTY, "1002");
	until(fd, MSG_STARTED);
	printf("0\n");
	(void)fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	send_sizes(fd, n);
	buf_init(&b, 1);
	(void)send_payload(fd, MSG_CANCEL, &b);
	buf_free(&b);
	printf("0\n");
	(void)fflush(stdout);
	until(fd, MSG_RESULT);
	(void)close(fd);
}

static void
mode_both(void)
{
	int fd = hello();

	(void)send_flags(fd, RUNREQ_TTY | RUNREQ_DETACH);
	if (!closed(fd))
		surprise("both", MSG_RUN, "was taken");
	(void)close(fd);
	alive("both");
}

/* Output that becomes a secret, by somebody who may not store any. */
static void
mode_rotates(void)
{
	static const uint32_t flags[] = { RUNREQ_TTY, RUNREQ_DETACH,
	    RUNREQ_JOIN };
	unsigned type = MSG_NONE;
	size_t i;
	int fd;

	rotates = "TOKEN";
	for (i = 0; i < 3; i++) {
		fd = hello();
		(void)send_flags(fd, flags[i]);
		if (!closed(fd))
			surprise("rotates", MSG_RUN, "was taken");
		(void)close(fd);
	}
	fd = hello();
	(void)send_flags(fd, 0);
	if (hear(fd, PATIENCE_MS, &type) != A_FRAME || type != MSG_RESULT)
		surprise("rotates", type, "is what came first");
	(void)close(fd);
	rotates = "../TOKEN";
	fd = hello();
	(void)send_flags(fd, 0);
	if (!closed(fd))
		surprise("rotates", MSG_RUN, "was taken");
	(void)close(fd);
	rotates = "";
	alive("rotates");
}

static int
ask_run(int fd, unsigned type, uint64_t run)
{
	struct buf b;
	int r;

	buf_init(&b, 16);
	buf_put_u64(&b, run);
	/* LOGS that goes on; WAIT for anybody's */
	buf_put_u8(&b, type == MSG_LOGS);
	r = send_payload(fd, type, &b);
	buf_free(&b);
	return (r);
}

/* Whoever may not have it gets an END, and nothing else. */
static void
mode_prying(unsigned long n, uint64_t run)
{
	unsigned type;
	int fd = hello();

	for (; n > 0; n--)
		if (ask_run(fd, n & 1 ? MSG_LOGS : MSG_WAIT, run) == -1 ||
		    hear(fd, PATIENCE_MS, &type) != A_FRAME ||
		    type != MSG_END) {
			surprise("prying", MSG_LOGS, "was not refused");
			break;
		}
	(void)close(fd);
	alive("prying");
}

/* The pipes of a STREAMS stay open, its connection does not. */
static void
hold_pipes(uint64_t run)
{
	static uint8_t in[RAW_HEADER + RAW_MAX];
	char ctl[CMSG_SPACE(sizeof(int) * RAW_MAXFDS)];
	struct iovec iov = { in, sizeof(in) };
	struct msghdr m;
	int fd = hello();

	memset(&m, 0, sizeof(m));
	m.msg_iov = &iov;
	m.msg_iovlen = 1;
	m.msg_control = ctl;
	m.msg_controllen = sizeof(ctl);
	if (ask_run(fd, MSG_LOGS, run) == -1 || recvmsg(fd, &m, 0) <= 0)
		surprise("held", MSG_LOGS, "was not answered");
	(void)close(fd);
}

static void
mode_held(unsigned long n, uint64_t run)
{
	char c;

	for (; n > 0; n--)
		hold_pipes(run);
	alive("held");
	printf("0\n");
	(void)fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
}

/* Whether anything is answered any more is the daemon's affair. */
static void
mode_late(unsigned long n, uint64_t run)
{
	static const unsigned types[] = { MSG_LOGS, MSG_WAIT };
	unsigned type = MSG_NONE;
	unsigned long i;
	int fd = hello();

	(void)ask_run(fd, MSG_WAIT, run);
	alive("late");		/* so it was heard, before the daemon stops */
	printf("0\n");
	(void)fflush(stdout);
	if (hear(fd, PATIENCE_MS, &type) != A_FRAME || type != MSG_ACCEPTED ||
	    hear(fd, PATIENCE_MS, &type) != A_FRAME || type != MSG_RESULT)
		surprise("late", MSG_WAIT, "was not answered");
	for (i = 0; i < n; i++) {
		if (i % 3 == 2 ? send_flags(fd, 0) == -1 :
		    ask_run(fd, types[i % 3], run) == -1)
			break;
		while (hear(fd, PATIENCE_MS, &type) == A_FRAME &&
		    type != MSG_END && type != MSG_RESULT)
			;
	}
	(void)close(fd);
}

#define IN_MODE(name, call)					\
	if (strcmp(argv[2], name) == 0) {			\
		call;						\
		return (bad);					\
	}

int
main(int argc, char **argv)
{
	uint64_t run = 1;
	unsigned long n;

	if (argc < 3)
		errx(2, "usage: hostile_streams SOCKET MODE [N [RUN]]");
	path = argv[1];
	n = argc > 3 ? strtoul(argv[3], NULL, 10) : 100;
	if (argc > 4 && runid_parse(argv[4], &run) == -1)
		errx(2, "%s is not a run", argv[4]);
	(void)signal(SIGPIPE, SIG_IGN);
	IN_MODE("sizes", mode_sizes(n));
	IN_MODE("flood", mode_flood(n));
	IN_MODE("both", mode_both());
	IN_MODE("rotates", mode_rotates());
	IN_MODE("prying", mode_prying(n, run));
	IN_MODE("held", mode_held(n, run));
	IN_MODE("late", mode_late(n, run));
	errx(2, "no mode %s", argv[2]);
}
