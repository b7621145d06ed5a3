/* SPDX-License-Identifier: ISC */
/* ipc in an event loop. */
#include "config.h"

#include "tests/unit/unit.h"

#include <event2/event.h>
#include <fcntl.h>

#include "tests/unit/ipc_util.h"

static struct event_base *base;
static int msgs, ends, end_how, free_at;

static void
on_msg(struct ipc *i, struct ipc_msg *m, void *arg)
{
	assert_ptr_equal(arg, &msgs);
	assert_int_equal(m->type, MSG_CANCEL);
	if (++msgs == free_at)
		ipc_free(i);
}

static void
on_end(struct ipc *i, int how, void *arg)
{
	assert_ptr_equal(arg, &msgs);
	ends++;
	end_how = how;
	ipc_free(i);
}

static void
attach(void)
{
	unsigned n = count_fds();

	base = event_base_new();
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_BUSY);
	fds_before = n;
	msgs = ends = end_how = free_at = 0;
	assert_int_equal(ipc_ev_attach(ipc, base, on_msg, on_end, &msgs), 0);
}

static void
detach(void)
{
	event_base_free(base);
	(void)close(hand);
	assert_int_equal(count_fds(), fds_before);
}

static void
cancels(unsigned from, unsigned n)
{
	struct raw r;

	frame(&r, MSG_CANCEL, 0);
	for (r.seq = from; r.seq < from + n; r.seq++)
		assert_int_equal(raw_send(hand, &r, NULL, 0), 0);
}

static void
test_ev(void **state)
{
	(void)state;
	attach();
	cancels(0, 100);
	while (msgs < 100)
		assert_int_equal(event_base_loop(base, EVLOOP_ONCE), 0);
	cancels(100, 1);
	(void)shutdown(hand, SHUT_WR);
	while (ends == 0)
		assert_int_equal(event_base_loop(base, EVLOOP_ONCE), 0);
	assert_int_equal(msgs, 101);
	assert_int_equal(end_how, -2);
	(void)event_base_loop(base, EVLOOP_NONBLOCK);
	assert_int_equal(ends, 1);
	detach();
}

/* Freed by its own callback, with more of the same waiting. */
static void
test_ev_free(void **state)
{
	(void)state;
	attach();
	free_at = 3;
	cancels(0, 50);
	(void)event_base_loop(base, EVLOOP_NONBLOCK);
	(void)event_base_loop(base, EVLOOP_NONBLOCK);
	assert_int_equal(msgs, 3);
	assert_int_equal(ends, 0);
	detach();
}

static void
test_ev_breach(void **state)
{
	(void)state;
	attach();
	cancels(0, 2);
	cancels(5, 1);
	while (ends == 0)
		assert_int_equal(event_base_loop(base, EVLOOP_ONCE), 0);
	assert_int_equal(msgs, 2);
	assert_int_equal(end_how, -1);
	detach();
}

/* A peer that is gone is told from the loop, never from within a send. */
static void
test_ev_gone(void **state)
{
	(void)state;
	attach();
	(void)close(hand);
	hand = open("/dev/null", O_RDWR | O_CLOEXEC);
	assert_int_equal(ipc_send(ipc, MSG_ROW, 1, NULL, 0, NULL, 0), 0);
	assert_int_equal(ends, 0);
	while (ends == 0)
		assert_int_equal(event_base_loop(base, EVLOOP_ONCE), 0);
	assert_int_equal(event_base_loop(base, EVLOOP_NONBLOCK), 1);
	assert_int_equal(ends, 1);
	detach();
}

/* More than fits is sent as the reader makes room. */
static void
test_ev_queue(void **state)
{
	char in[256];
	int i, got = 0;

	(void)state;
	attach();
	for (i = 0; i < 5000; i++)
		assert_int_equal(ipc_send(ipc, MSG_ROW, 1, "abc", 3, NULL, 0),
		    0);
	assert_true(ipc_queued(ipc) > 0);
	while (got < 5000) {
		(void)event_base_loop(base, EVLOOP_NONBLOCK);
		while (recv(hand, in, sizeof(in), MSG_DONTWAIT) ==
		    MSG_HEADER + 3)
			got++;
	}
	assert_int_equal(ipc_queued(ipc), 0);
	ipc_free(ipc);
	detach();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ev),
		cmocka_unit_test(test_ev_free),
		cmocka_unit_test(test_ev_breach),
		cmocka_unit_test(test_ev_gone),
		cmocka_unit_test(test_ev_queue),
	};

	return (cmocka_run_group_tests_name("ipc_ev", tests, NULL, NULL));
}
