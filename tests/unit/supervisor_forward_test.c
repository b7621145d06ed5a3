/* SPDX-License-Identifier: ISC */
/*
 * The forwarder gets the log's lines once at a time, however often it asks;
 * why there were none is known until there are.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/socket.h>

#include <event2/event.h>
#include <fcntl.h>
#include <string.h>

#include "common/payload.h"
#include "supervisor/run/forward.h"
#include "supervisor/run/operation.h"

static struct daemon d;
static struct ipc *auditor, *forwarder;	/* the ends of those */
static int logpipe[2];

static struct ipc *
joins(struct proc *p, const struct proc_row *row)
{
	int sv[2];

	proc_init(p, row);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
	    sv), 0);
	p->state = PROC_UP;
	p->ipc = ipc_new(sv[0], ROLE_SUPERVISOR, row->role, MS_UP);
	return (ipc_new(sv[1], row->role, ROLE_SUPERVISOR, MS_UP));
}

static int
set_up(void **state)
{
	(void)state;
	memset(&d, 0, sizeof(d));
	TAILQ_INIT(&d.ops);
	d.base = event_base_new();
	d.forwarding = forwarding_new();
	auditor = joins(&d.procs[PROC_AUDIT], &proc_rows[PROC_AUDIT]);
	forwarder = joins(&d.forwarder, &forwarder_row);
	assert_int_equal(pipe2(logpipe, O_CLOEXEC | O_NONBLOCK), 0);
	d.forwarder.log.fd = logpipe[0];
	assert_int_equal(forward_attach(&d), 0);
	return (0);
}

static int
tear_down(void **state)
{
	(void)state;
	while (!TAILQ_EMPTY(&d.ops))
		op_free(&d, TAILQ_FIRST(&d.ops));
	proc_close(&d.forwarder);
	proc_close(&d.procs[PROC_AUDIT]);
	ipc_free(auditor);
	ipc_free(forwarder);
	(void)close(logpipe[1]);
	free(d.forwarding);
	free(d.ids.held);
	event_base_free(d.base);
	return (0);
}

/* What the forwarder says is heard. */
static void
says(unsigned type, const struct shape *shape, const void *v)
{
	struct buf b;

	payload_put(&b, type, shape, v);
	assert_int_equal(ipc_send(forwarder, type, 0, b.data, b.len, NULL, 0),
	    0);
	buf_free(&b);
	assert_int_equal(ipc_flush(forwarder), 0);
	(void)event_base_loop(d.base, EVLOOP_NONBLOCK);
}

static void
wants(uint64_t record)
{
	const struct msg_from v = { record };

	says(MSG_F_WANT, &msg_from_shape, &v);
}

static void
has_done(uint64_t record)
{
	const struct msg_forward v = { .done = record,
	    .why = (char *)(uintptr_t)"" };

	says(MSG_F_STATE, &msg_forward_shape, &v);
}

/* The auditor is asked for lines from there on, and the forwarder has the other
 * end: the question's id, or 0 where nothing is asked. */
static uint64_t
is_asked(uint64_t record)
{
	struct ipc_msg m;
	struct msg_query v;
	uint64_t id;

	m.nfds = 0;
	assert_int_equal(ipc_flush(d.procs[PROC_AUDIT].ipc), 0);
	if (ipc_wait(auditor, &m, 0) == 0) {
		assert_int_equal(ipc_wait(forwarder, &m, 0), 0);
		return (0);
	}
	assert_int_equal(m.type, MSG_A_QUERY);
	assert_int_equal(payload_get(&m, &msg_query_shape, &v), 0);
	assert_int_equal(v.query, QUERY_FORWARD);
	assert_int_equal(v.count, record);
	id = m.id;
	ipc_msg_done(&m);
	assert_int_equal(ipc_wait(forwarder, &m, 1000), 1);
	assert_int_equal(m.type, MSG_F_SOURCE);
	ipc_msg_done(&m);
	return (id);
}

/* The auditor has sent all that it will. */
static void
ends(uint64_t id, unsigned code, const char *text)
{
	const struct msg_queried v = { .code = code,
	    .text = (char *)(uintptr_t)text };
	struct proc *p = &d.procs[PROC_AUDIT];
	struct ipc_msg m;
	struct buf b;

	payload_put(&b, MSG_A_QUERIED, &msg_queried_shape, &v);
	assert_int_equal(ipc_send(auditor, MSG_A_QUERIED, id, b.data, b.len,
	    NULL, 0), 0);
	buf_free(&b);
	assert_int_equal(ipc_flush(auditor), 0);
	m.nfds = 0;
	assert_int_equal(ipc_wait(p->ipc, &m, 1000), 1);
	op_event(&d, op_find(&d, id), p, &m);
	ipc_msg_done(&m);
}

static void
test_one(void **state)
{
	uint64_t id;

	(void)state;
	id = is_asked(1);
	assert_int_not_equal(id, 0);
	/* it may ask before the end of the last one is known */
	wants(7);
	assert_int_equal(is_asked(0), 0);
	forward_tick(&d);
	assert_int_equal(is_asked(0), 0);
	ends(id, CBE_OK, "");
	forward_tick(&d);
	id = is_asked(7);
	assert_int_not_equal(id, 0);
	ends(id, CBE_OK, "");
	wants(9);
	assert_int_not_equal(is_asked(9), 0);
	assert_int_equal(d.forwarder.state, PROC_UP);
}

static void
test_twice(void **state)
{
	(void)state;
	assert_int_not_equal(is_asked(1), 0);
	wants(7);
	wants(7);
	assert_int_equal(d.forwarder.state, PROC_NONE);
	assert_int_equal(d.nops, 1);
}

/* No more operations: it waits, and gets no pipe that nobody fills. */
static void
test_busy(void **state)
{
	(void)state;
	ends(is_asked(1), CBE_OK, "");
	d.nops = OPS_MAX;
	wants(7);
	assert_int_equal(is_asked(0), 0);
	d.nops = 0;
	forward_tick(&d);
	assert_int_not_equal(is_asked(7), 0);
}

static void
test_source(void **state)
{
	struct forward_show s;
	uint64_t id;

	(void)state;
	id = is_asked(1);
	has_done(4);
	ends(id, CBE_AGAIN, "it is being removed");
	forward_show(&d, &s);
	assert_non_null(strstr(s.detail, "; the log: it is being removed"));
	wants(6);
	assert_int_not_equal(is_asked(6), 0);
	/* of what it had before */
	has_done(5);
	forward_show(&d, &s);
	assert_non_null(strstr(s.detail, "being removed"));
	has_done(6);
	forward_show(&d, &s);
	assert_null(strstr(s.detail, "being removed"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_twice, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_busy, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_source, set_up,
		    tear_down),
	};

	return (cmocka_run_group_tests_name("supervisor forward", tests, NULL,
	    NULL));
}
