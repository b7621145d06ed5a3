/* SPDX-License-Identifier: ISC */
/*
 * One frame of every type, byte for byte as it has to be on the wire.  A
 * change of the protocol shows here first.  golden_test -w prints golden.inc
 * anew, for the day on which MSG_PROTOCOL is counted up.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/socket.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/ipc.h"
#include "common/payload.h"
#include "tests/rawframe.h"
#include "tests/wire/payload.h"

struct golden {
	const char	*name;
	const char	*hex;
};

static const struct golden golden[] = {
#include "tests/wire/golden.inc"
};

/* The first role in a mask, and the first state. */
static enum role
first_role(unsigned mask)
{
	static const enum role r[] = { ROLE_SUPERVISOR, ROLE_EXECUTOR,
	    ROLE_AUDITOR, ROLE_VAULT, ROLE_NOTIFIER, ROLE_FORWARDER,
	    ROLE_CLIENT };
	size_t i;

	for (i = 0; (mask & ROLE_BIT(r[i])) == 0; i++)
		assert_true(i < NELEM(r) - 1);
	return (r[i]);
}

static unsigned
first_state(unsigned mask)
{
	return (mask & -mask);
}

/* The frame of a row as ipc.c sends it; its length. */
static size_t
make_frame(const struct msg_row *row, uint8_t *out, size_t size)
{
	int fds[MSG_MAXFDS], sv[2];
	struct ipc *ipc;
	struct buf b;
	ssize_t n;
	unsigned i;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
	    sv), 0);
	ipc = ipc_new(sv[0], first_role(row->from), first_role(row->to),
	    first_state(row->states));
	for (i = 0; i < row->minfds; i++)
		fds[i] = open("/dev/null", O_RDWR | O_CLOEXEC);
	buf_init(&b, row->max);
	put_payload(&b, row->type);
	assert_int_equal(b.bad, 0);
	if (ipc_send(ipc, row->type, SAMPLE_ID, b.data, b.len, fds,
	    row->minfds) == -1)
		fail_msg("%s", ipc_error(ipc));
	assert_int_equal(ipc_flush(ipc), 0);
	n = recv(sv[1], out, size, MSG_TRUNC);
	assert_true(n > 0 && (size_t)n <= size);
	buf_free(&b);
	ipc_free(ipc);
	(void)close(sv[1]);
	return ((size_t)n);
}

static size_t
unhex(uint8_t *out, size_t size, const char *hex)
{
	unsigned v;
	size_t n;

	for (n = 0; hex[2 * n] != '\0'; n++) {
		assert_true(n < size);
		assert_int_equal(sscanf(hex + 2 * n, "%2x", &v), 1);
		out[n] = (uint8_t)v;
	}
	return (n);
}

static void
write_golden(void)
{
	uint8_t f[MSG_FRAME_MAX];
	const struct msg_row *row;
	size_t i, k, n;

	printf("/* SPDX-License-Identifier: ISC */\n"
	    "/* Made by golden_test -w; one row a type, as in msg.h. */\n");
	for (i = 0; (row = msg_row_at(i)) != NULL; i++) {
		n = make_frame(row, f, sizeof(f));
		printf("{ \"%s\",", row->name);
		for (k = 0; k < n; k++) {
			if (k % 32 == 0)
				printf("%s\n    \"", k != 0 ? "\"" : "");
			printf("%02x", f[k]);
		}
		printf("\" },\n");
	}
}

static void
test_golden(void **state)
{
	uint8_t got[MSG_FRAME_MAX], want[MSG_FRAME_MAX];
	const struct msg_row *row;
	size_t i, n;

	(void)state;
	for (i = 0; (row = msg_row_at(i)) != NULL; i++) {
		assert_true(i < NELEM(golden));
		assert_string_equal(golden[i].name, row->name);
		n = unhex(want, sizeof(want), golden[i].hex);
		if (make_frame(row, got, sizeof(got)) != n ||
		    memcmp(got, want, n) != 0)
			fail_msg("%s is not what it was", row->name);
	}
	assert_int_equal(i, NELEM(golden));
}

/* A receiver with the right descriptors at hand. */
static int		 hand, null[MSG_MAXFDS];
static struct ipc	*ipc;

static void
receiver(const struct msg_row *row)
{
	int sv[2];
	unsigned i;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
	    sv), 0);
	hand = sv[0];
	ipc = ipc_new(sv[1], first_role(row->to), first_role(row->from),
	    first_state(row->states));
	for (i = 0; i < NELEM(null); i++)
		null[i] = STDIN_FILENO;
}

static void
receiver_done(void)
{
	ipc_free(ipc);
	(void)close(hand);
}

static unsigned
be(const uint8_t *p, unsigned n)
{
	unsigned v = 0;

	while (n-- > 0)
		v = v << 8 | *p++;
	return (v);
}

/*
 * What a receiver has to say to one whole frame, the first on its
 * connection: 1 or -1.  Written from the text of msg.h and ipc.h, not from
 * ipc.c.
 */
static int
judge(const uint8_t *f, size_t n, unsigned nfds, const struct msg_row *conn)
{
	const struct msg_row *row;

	if (n < MSG_HEADER || n > MSG_FRAME_MAX || be(f, 2) != MSG_MAGIC ||
	    be(f + 8, 4) != n - MSG_HEADER)
		return (-1);
	if ((row = msg_row(be(f + 2, 2))) == NULL)
		return (-1);
	if ((row->from & ROLE_BIT(first_role(conn->from))) == 0 ||
	    (row->to & ROLE_BIT(first_role(conn->to))) == 0 ||
	    (row->states & first_state(conn->states)) == 0)
		return (-1);
	if (n - MSG_HEADER < row->min || n - MSG_HEADER > row->max)
		return (-1);
	if (be(f + 4, 2) != 0 || be(f + 6, 2) != nfds ||
	    nfds < row->minfds || nfds > row->maxfds || be(f + 12, 4) != 0)
		return (-1);
	return (1);
}

/* Decodes a payload of a type that has a shape, and encodes it again. */
static int
recode(unsigned type, const void *p, size_t n, struct buf *b)
{
	const struct shape *s = msg_row(type)->shape;
	void *v;
	int r;

	if (s == NULL) {
		buf_put(b, p, n);
		return (0);
	}
	v = xcalloc(1, s->size);
	if ((r = shape_get(s, v, p, n)) == 0)
		shape_put(s, b, v);
	shape_free(s, v);
	free(v);
	return (r);
}

/* Has the type a shape that must refuse what is cut? */
static int
has_codec(unsigned type)
{
	const struct shape *s = msg_row(type)->shape;
	enum shape_kind last;

	if (s == NULL)
		return (0);
	last = s->rows[s->nrows - 1].kind;
	return (last != SHAPE_REST && last != SHAPE_FIELDS);
}

/* Sends, compares with the judge, and looks at what got through. */
static int
verdict(const struct msg_row *row, const uint8_t *f, size_t n, size_t at)
{
	struct ipc_msg m;
	struct buf b;
	int r, want, ret = -1;

	m.nfds = 0;
	receiver(row);
	want = judge(f, n, row->minfds, row);
	assert_int_equal(raw_bytes(hand, f, n, null, row->minfds), 0);
	r = ipc_recv(ipc, &m);
	if (r != want)
		fail_msg("%s at %zu: %d, not %d: %s", row->name, at, r, want,
		    r == -1 ? ipc_error(ipc) : "");
	if (r == 1) {
		assert_int_equal(m.len, n - MSG_HEADER);
		assert_memory_equal(m.data, f + MSG_HEADER, m.len);
		assert_int_equal(m.nfds, row->minfds);
		buf_init(&b, MSG_CONFIG_MAX);
		ret = recode(m.type, m.data, m.len, &b);
		if (ret == 0 && (b.len != m.len || (b.len != 0 &&
		    memcmp(b.data, m.data, b.len) != 0)))
			fail_msg("%s at %zu: a second encoding", row->name,
			    at);
		buf_free(&b);
	}
	ipc_msg_done(&m);
	receiver_done();
	return (ret);
}

static void
test_received(void **state)
{
	uint8_t f[MSG_FRAME_MAX];
	size_t i, n;

	(void)state;
	for (i = 0; i < NELEM(golden); i++) {
		n = unhex(f, sizeof(f), golden[i].hex);
		assert_int_equal(verdict(msg_row_at(i), f, n, 0), 0);
	}
}

static void
test_flipped(void **state)
{
	const struct msg_row *row;
	uint8_t f[MSG_FRAME_MAX];
	size_t i, k, n, passed, refused;

	(void)state;
	for (i = 0; i < NELEM(golden); i++) {
		row = msg_row_at(i);
		n = unhex(f, sizeof(f), golden[i].hex);
		passed = refused = 0;
		for (k = 0; k < n * 8; k++) {
			f[k / 8] ^= (uint8_t)(1U << (k & 7));
			if (verdict(row, f, n, k) == 0)
				passed++;
			else
				refused++;
			f[k / 8] ^= (uint8_t)(1U << (k & 7));
		}
		/* of the header all but the id, and a few types with the
		 * same shape; behind it what the codec looks at */
		assert_true(refused >= 16 * 8 - 16);
		assert_true(passed >= 64);
	}
}

static void
test_truncated(void **state)
{
	const struct msg_row *row;
	uint8_t f[MSG_FRAME_MAX];
	size_t i, k, n;

	(void)state;
	for (i = 0; i < NELEM(golden); i++) {
		row = msg_row_at(i);
		n = unhex(f, sizeof(f), golden[i].hex);
		for (k = 1; k < n; k++)
			assert_int_equal(verdict(row, f, k, k), -1);
		/* cut, and the header says so: for the codec to find */
		for (k = MSG_HEADER; k < n; k++) {
			raw_be(f + 8, k - MSG_HEADER, 4);
			if (verdict(row, f, k, k) == 0 &&
			    has_codec(row->type))
				fail_msg("%s: %zu of %zu bytes passed",
				    row->name, k, n);
		}
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_received),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_truncated),
	};

	if (argc == 2 && strcmp(argv[1], "-w") == 0) {
		write_golden();
		return (0);
	}
	return (cmocka_run_group_tests_name("golden", tests, NULL, NULL));
}
