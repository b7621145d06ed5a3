/* SPDX-License-Identifier: ISC */
/*
 * What init tells the runner of execs.  What that does not hear it cannot
 * decide, and it hears everything: so this waits for room, and without the
 * runner there is no run.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "executor/fds.h"
#include "executor/lack.h"
#include "executor/planfile.h"
#include "executor/watch/hold_priv.h"

#define TELL_WAIT_MS		10000	/* for the runner to take a message */

static int box = -1;

void
tell_start(int sock)
{
	box = sock;
}

static void
tell(const void *m, size_t len, const int *fds, unsigned n)
{
	struct pollfd p = { box, POLLOUT, 0 };
	unsigned tries = 0;

	while (fds_send(box, m, len, fds, n) == -1) {
		if (errno == EAGAIN || errno == EINTR)
			(void)poll(&p, 1, TELL_WAIT_MS);
		else if (!lack_again(&tries))
			_exit(0);
	}
}

void
tell_held(struct sought *w)
{
	static uint8_t m[INSIDE_HELD_MAX];
	struct buf b, body;
	int memory = -1;

	buf_init(&body, 2 * HELD_MAXBYTES);
	shape_put(&held_exec_shape, &body, &w->h);
	if (body.len > sizeof(m) - INSIDE_HELD_MIN) {
		if ((memory = planfile_new(body.data, body.len)) == -1)
			_exit(0);
		w->h.has |= HELD_MEMORY;
		w->fds[w->nfds++] = memory;
	}
	inside_begin(&b, m, sizeof(m), INSIDE_HELD);
	held_put(&b, &w->h);
	if (memory == -1)
		buf_put(&b, body.data, body.len);
	tell(m, b.len, w->fds, w->nfds);
	buf_free(&body);
}

void
tell_fate(uint64_t key, enum fate fate, uint32_t image)
{
	uint8_t m[INSIDE_FATE_MAX];
	struct buf b;

	inside_begin(&b, m, sizeof(m), INSIDE_FATE);
	fate_put(&b, key, fate, image);
	tell(m, b.len, NULL, 0);
}

void
tell_shown(uint64_t key, const int *fds, unsigned n)
{
	uint8_t m[INSIDE_SHOWN_MAX];
	struct buf b;

	inside_begin(&b, m, sizeof(m), INSIDE_SHOWN);
	shown_put(&b, key);
	tell(m, b.len, fds, n);
}

void
tell_repeated(const struct repeated *v)
{
	uint8_t m[INSIDE_REPEATED_MAX];
	struct buf b;

	inside_begin(&b, m, sizeof(m), INSIDE_REPEATED);
	repeated_put(&b, v);
	tell(m, b.len, NULL, 0);
}
