/* SPDX-License-Identifier: ISC */
/* An init that was taken over; nothing in a build for use. */
#include "config.h"

#include "executor/watch/hostile_init.h"

#if CB_TEST_HOOKS
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/xmalloc.h"
#include "executor/fds.h"

#define LONG_PATH	4000
#define A_FEW		4000
#define ENDLESS		100000000
#define STEP_US		300	/* for a question to be on its way */

static int box;
static uint64_t last;
static int of_battery;

static void
send_on(const void *m, size_t len, const int *fds, unsigned n)
{
	struct pollfd p = { box, POLLOUT, 0 };

	while (fds_send(box, m, len, fds, n) == -1) {
		if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
			_exit(0);	/* the runner is gone */
		(void)poll(&p, 1, 1);
	}
}

static void
held(const struct held_exec *h, uint64_t key, unsigned has, const int *fds,
    unsigned n)
{
	static uint8_t m[INSIDE_HELD_MAX];
	struct held_exec v = *h;
	struct buf b, body;

	v.key = key;
	v.has = (uint8_t)has;
	buf_init(&body, sizeof(m));
	shape_put(&held_exec_shape, &body, &v);
	inside_begin(&b, m, sizeof(m), INSIDE_HELD);
	held_put(&b, &v);
	buf_put(&b, body.data, body.len);
	send_on(m, b.len, fds, n);
	buf_free(&body);
}

static void
fate(uint64_t key, enum fate how, uint32_t image)
{
	uint8_t m[INSIDE_FATE_MAX];
	struct buf b;

	inside_begin(&b, m, sizeof(m), INSIDE_FATE);
	fate_put(&b, key, how, image);
	send_on(m, b.len, NULL, 0);
}

/* Like one that is kept at that place; or more than the runner allows. */
static void
again(uint16_t place, int n)
{
	struct repeated v = { .place = place, .fate = FATE_RAN,
	    .is = IMAGE_UNKNOWN };
	uint8_t m[INSIDE_REPEATED_MAX];
	struct buf b;

	while (n-- > 0) {
		inside_begin(&b, m, sizeof(m), INSIDE_REPEATED);
		repeated_put(&b, &v);
		send_on(m, b.len, NULL, 0);
	}
}

/* Nobody could look at it, so that it takes no file; its name is long. */
static void
hold_long(uint64_t key)
{
	static char path[LONG_PATH + 1], none[] = "";
	char *argv[] = { path, NULL };
	struct held_exec h;

	memset(path, 'x', LONG_PATH);
	memset(&h, 0, sizeof(h));
	h.cwd = h.interp_arg = none;
	h.place = HELD_NOWHERE;
	h.argv.v = argv;
	h.argv.n = 1;
	held(&h, key, HELD_REFUSED, NULL, 0);
}

static void
flood(const char *what, const struct sought *w)
{
	struct held_exec kept;
	int i;

	if (strcmp(what, "held") == 0)
		for (i = 0; i < ENDLESS; i++)
			hold_long(++last);
	else if (strcmp(what, "keys") == 0) {
		hold_long(++last);
		hold_long(last);
	} else if (strcmp(what, "gone") == 0)
		for (i = 0; i < ENDLESS; i++) {
			hold_long(++last);
			fate(last, FATE_GONE, IMAGE_UNKNOWN);
		}
	else if (strcmp(what, "asks") == 0)
		for (i = 0; i < A_FEW; i++) {
			held(&w->h, ++last, w->h.has, w->fds, w->nfds);
			(void)usleep(i % 32 == 0 ? 32 * STEP_US : 0);
			fate(last, FATE_GONE, IMAGE_UNKNOWN);
		}
	else if (strcmp(what, "ran") == 0)
		for (i = 0; i < ENDLESS; i++) {
			held(&w->h, ++last, w->h.has, w->fds, w->nfds);
			fate(last, FATE_RAN, (uint32_t)i + 1);
		}
	else if (strcmp(what, "places") == 0)
		again(HELD_PLACES - 1, 1);
	else if (strcmp(what, "again") == 0) {
		kept = w->h;
		kept.place = 1;
		held(&kept, ++last, w->h.has, w->fds, w->nfds);
		(void)usleep(1000 * STEP_US);	/* it is let go */
		fate(last, FATE_RAN, IMAGE_UNKNOWN);
		again(1, ENDLESS);
	} else if (strcmp(what, "images") == 0) {
		held(&w->h, ++last, w->h.has, w->fds, w->nfds);
		(void)usleep(1000 * STEP_US);	/* it is let go */
		fate(last, FATE_RAN, IMAGE_UNKNOWN - 1);
	}
}

void
hostile_of(int probe)
{
	of_battery = probe;
}

int
hostile_continues(void)
{
	const char *s = getenv("CLAWBOT_HOSTILE");

	return (s != NULL && (strcmp(s, "continue all") == 0 ||
	    (!of_battery && strcmp(s, "continue") == 0)));
}

void
hostile_held(int sock, uint64_t key, const struct sought *w)
{
	static const char word[] = "hostile=";
	const char *s = w->h.argv.n == 0 ? "" :
	    w->h.argv.v[w->h.argv.n - 1];

	if (getenv("CLAWBOT_HOSTILE") == NULL ||
	    strncmp(s, word, sizeof(word) - 1) != 0)
		return;
	box = sock;
	last = key;
	flood(s + sizeof(word) - 1, w);
	/* whoever waits for an end of it waits for ours */
	(void)sleep(1);
	_exit(0);
}
#endif
