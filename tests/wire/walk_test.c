/* SPDX-License-Identifier: ISC */
/*
 * Every type in every state from everybody to everybody, against the table:
 * what has a row for it passes, everything else is refused.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/socket.h>

#include <string.h>

#include "common/ipc.h"
#include "tests/rawframe.h"

static const enum role roles[] = {
	ROLE_SUPERVISOR, ROLE_EXECUTOR, ROLE_AUDITOR, ROLE_VAULT, ROLE_NOTIFIER,
	ROLE_FORWARDER,
	ROLE_CLIENT
};
static const unsigned states[] = {
	MS_BOOT, MS_UP, MS_STOP, MS_HELLO, MS_IDLE, MS_BUSY
};

static int		 hand, null[MSG_MAXFDS + 1];
static struct ipc	*ipc;
static uint32_t		 seq;

static void
open_conn(enum role from, enum role to, unsigned s)
{
	int sv[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
	    sv), 0);
	hand = sv[0];
	ipc = ipc_new(sv[1], to, from, s);
	seq = 0;
}

static void
close_conn(void)
{
	ipc_free(ipc);
	(void)close(hand);
}

/* A well-formed message of this type and size. */
static int
try(unsigned type, size_t size, unsigned nfds)
{
	struct ipc_msg m;
	struct raw r;
	int ret;

	raw_init(&r, type, SAMPLE_RAW_ID, size);
	r.seq = seq;
	r.nfds = nfds;
	m.nfds = 0;
	assert_int_equal(raw_send(hand, &r, null, nfds), 0);
	ret = ipc_recv(ipc, &m);
	if (ret == 1) {
		seq++;
		assert_int_equal(m.type, type);
		assert_int_equal(m.len, size);
		assert_int_equal(m.nfds, nfds);
	}
	ipc_msg_done(&m);
	return (ret);
}

static int
in_table(const struct msg_row *row, enum role from, enum role to, unsigned s)
{
	return ((row->from & ROLE_BIT(from)) != 0 &&
	    (row->to & ROLE_BIT(to)) != 0 && (row->states & s) != 0);
}

static void
walk(enum role from, enum role to, unsigned s, unsigned *passed)
{
	const struct msg_row *row;
	size_t i;
	int want, got;

	open_conn(from, to, s);
	for (i = 0; (row = msg_row_at(i)) != NULL; i++) {
		want = in_table(row, from, to, s) ? 1 : -1;
		got = try(row->type, row->min, row->minfds);
		if (got != want)
			fail_msg("%s from %s to %s in state 0x%x: %d",
			    row->name, role_name(from), role_name(to), s,
			    got);
		*passed += got == 1;
	}
	close_conn();
}

static void
test_walk(void **state)
{
	unsigned f, t, s, passed = 0, rows = 0, bits;
	const struct msg_row *row;
	size_t i;

	(void)state;
	for (f = 0; f < NELEM(roles); f++)
		for (t = 0; t < NELEM(roles); t++)
			for (s = 0; s < NELEM(states); s++)
				walk(roles[f], roles[t], states[s], &passed);
	/* as many as the table has, counted another way */
	for (i = 0; (row = msg_row_at(i)) != NULL; i++) {
		bits = (unsigned)__builtin_popcount(row->from) *
		    (unsigned)__builtin_popcount(row->to) *
		    (unsigned)__builtin_popcount(row->states);
		assert_true(bits > 0);
		rows += bits;
	}
	assert_int_equal(passed, rows);
}

/* No number that is not in the table means anything to anybody. */
static void
test_unknown(void **state)
{
	static const struct { enum role from, to; } c[] = {
		{ ROLE_CLIENT, ROLE_SUPERVISOR },
		{ ROLE_SUPERVISOR, ROLE_CLIENT },
		{ ROLE_EXECUTOR, ROLE_SUPERVISOR },
		{ ROLE_SUPERVISOR, ROLE_VAULT },
	};
	unsigned i, type;

	(void)state;
	for (i = 0; i < NELEM(c); i++) {
		open_conn(c[i].from, c[i].to, 0xff);
		for (type = 0; type <= 0xffff; type++)
			if (msg_row(type) == NULL)
				assert_int_equal(try(type, 0, 0), -1);
		close_conn();
	}
}

/* The limits of every row, and one beyond. */
static void
test_limits(void **state)
{
	const struct msg_row *row;
	enum role f, t;
	unsigned n;
	size_t i, k;

	(void)state;
	for (i = 0; (row = msg_row_at(i)) != NULL; i++) {
		for (k = 0; (row->from & ROLE_BIT(roles[k])) == 0; k++)
			;
		f = roles[k];
		for (k = 0; (row->to & ROLE_BIT(roles[k])) == 0; k++)
			;
		t = roles[k];
		open_conn(f, t, row->states);
		n = row->minfds;
		assert_int_equal(try(row->type, row->min, n), 1);
		if (row->min > 0)
			assert_int_equal(try(row->type, row->min - 1, n), -1);
		if (row->max <= MSG_FRAME_PAYLOAD) {
			assert_int_equal(try(row->type, row->max, n), 1);
			if (row->max < MSG_FRAME_PAYLOAD)
				assert_int_equal(try(row->type, row->max + 1,
				    n), -1);
		}
		assert_int_equal(try(row->type, row->min, row->maxfds), 1);
		assert_int_equal(try(row->type, row->min, row->maxfds + 1),
		    -1);
		if (n > 0)
			assert_int_equal(try(row->type, row->min, n - 1), -1);
		close_conn();
	}
}

/* The table itself. */
static void
test_table(void **state)
{
	const struct msg_row *a, *b;
	size_t i, k;

	(void)state;
	for (i = 0; (a = msg_row_at(i)) != NULL; i++) {
		assert_true(a->type != MSG_NONE && a->type <= 0xffff);
		assert_ptr_equal(msg_row(a->type), a);
		assert_string_equal(msg_name(a->type), a->name);
		assert_true(a->min <= a->max);
		assert_true(a->minfds <= a->maxfds);
		assert_true(a->maxfds <= MSG_MAXFDS);
		assert_true(a->max <= MSG_CONFIG_MAX);
		/* one of the two is the supervisor, and only one */
		assert_true((a->from == R_SUP) != (a->to == R_SUP));
		/* descriptors flow down only */
		if (a->maxfds != 0)
			assert_int_equal(a->from, R_SUP);
		/* what is sent with descriptors fits into one frame */
		if (a->minfds != 0)
			assert_true(a->max <= MSG_FRAME_PAYLOAD);
		for (k = 0; k < i; k++) {
			b = msg_row_at(k);
			assert_int_not_equal(a->type, b->type);
			assert_string_not_equal(a->name, b->name);
		}
	}
	assert_null(msg_row(MSG_NONE));
	assert_string_equal(msg_name(MSG_NONE), "unknown");
}

static int
setup(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(null); i++)
		null[i] = STDIN_FILENO;
	return (0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_limits),
	};

	return (cmocka_run_group_tests_name("walk", tests, setup, NULL));
}
