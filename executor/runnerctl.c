/* SPDX-License-Identifier: ISC */
/* What is said to runners, and what they say. */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "executor/fds.h"
#include "executor/planfile.h"
#include "executor/runnerctl.h"

int
runnerctl_plan(int ctl, uint64_t run, const void *plan, size_t planlen,
    const int *fds, unsigned nfds)
{
	int all[INSIDE_PLAN_FDS], r = -1, saved;
	static uint8_t m[INSIDE_PLAN_MAX];
	struct buf b;

	inside_begin(&b, m, sizeof(m), INSIDE_PLAN);
	plan_run_put(&b, run);
	if (planlen <= sizeof(m) - b.len) {
		buf_put(&b, plan, planlen);
		return (fds_send(ctl, m, b.len, fds, nfds));
	}
	memcpy(all, fds, nfds * sizeof(*fds));
	if ((all[nfds] = planfile_new(plan, planlen)) != -1) {
		r = fds_send(ctl, m, b.len, all, nfds + 1);
		saved = errno;
		(void)close(all[nfds]);
		errno = saved;
	}
	return (r);
}

int
runnerctl_go(int ctl, const uint8_t ticket[TICKET_SIZE])
{
	uint8_t m[INSIDE_GO_MAX];
	struct buf b;

	inside_begin(&b, m, sizeof(m), INSIDE_GO);
	buf_put(&b, ticket, TICKET_SIZE);
	return (fds_send(ctl, m, b.len, NULL, 0));
}

int
runnerctl_try(int ctl)
{
	static const uint8_t word = INSIDE_TRY;

	return (fds_send(ctl, &word, 1, NULL, 0));
}

int
runnerctl_kill(int ctl, enum outcome outcome, int now)
{
	uint8_t m[INSIDE_KILL_MAX];
	struct buf b;

	inside_begin(&b, m, sizeof(m), INSIDE_KILL);
	kill_put(&b, outcome, now != 0);
	return (fds_send(ctl, m, b.len, NULL, 0));
}

int
runnerctl_size(int ctl, uint16_t rows, uint16_t cols)
{
	uint8_t m[INSIDE_WINSIZE_MAX];
	struct buf b;

	inside_begin(&b, m, sizeof(m), INSIDE_WINSIZE);
	winsize_put(&b, rows, cols);
	return (fds_send(ctl, m, b.len, NULL, 0));
}

int
runnerctl_pass(int ctl, enum inside letter, const void *p, size_t len)
{
	uint8_t m[INSIDE_ANSWER_MAX];
	struct buf b;

	inside_begin(&b, m, sizeof(m), letter);
	buf_put(&b, p, len);
	return (fds_send(ctl, m, b.len, NULL, 0));
}

/* The rest of a message. */
static enum heard_what
rest_of(struct heard *h, size_t n, enum heard_what what)
{
	h->p = h->m + 1;
	h->len = n - 1;
	return (what);
}

/* What a runner sends is checked: it looks at hostile bytes all day. */
enum heard_what
runnerctl_hear(int ctl, struct heard *h)
{
	struct rd rest;
	unsigned nfds = 0;
	ssize_t n;

	n = fds_recv(ctl, h->m, sizeof(h->m), NULL, &nfds, MSG_DONTWAIT);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return (HEARD_NOTHING);
	if (n <= 0)
		return (HEARD_END);
	switch (inside_type(IN_CONTROL, IW_RUNNER, h->m, (size_t)n, 0)) {
	case INSIDE_STARTED:
		return (HEARD_STARTED);
	case INSIDE_RESULT:
		if (result_get(h->m, (size_t)n, &h->ran, &rest) == -1)
			return (HEARD_END);
		h->p = rest.p;
		h->len = rest.left;
		return (HEARD_RESULT);
	case INSIDE_EXECS:
		return (rest_of(h, (size_t)n, HEARD_EXECS));
	case INSIDE_FILES:
		return (rest_of(h, (size_t)n, HEARD_FILES));
	case INSIDE_QUESTION:
		return (rest_of(h, (size_t)n, HEARD_ASK));
	case INSIDE_ASKED:
		return (rest_of(h, (size_t)n, HEARD_ASKED));
	default:
		return (HEARD_END);
	}
}
