/* SPDX-License-Identifier: ISC */
/*
 * Frames over a real socket pair: the sender is a hand that writes whatever
 * it likes, the receiver is ipc.c.  After each wrong frame the number of our
 * descriptors must be what it was.  Which type may come when is walked in
 * tests/wire.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/resource.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "common/xmalloc.h"
#include "tests/unit/ipc_util.h"

static void
refuse(struct raw *r, const int *fds, unsigned nfds, const char *why)
{
	assert_int_equal(raw_send(hand, r, fds, nfds), 0);
	assert_int_equal(ipc_recv(ipc, &msg), -1);
	assert_int_equal(msg.nfds, 0);
	if (strstr(ipc_error(ipc), why) == NULL)
		fail_msg("\"%s\", not \"%s\"", ipc_error(ipc), why);
	assert_int_equal(count_fds(), fds_before + 2);
}

static void
test_good(void **state)
{
	static const size_t sizes[] = {
		20, 21, 4096, MSG_FRAME_PAYLOAD - 1, MSG_FRAME_PAYLOAD,
		MSG_FRAME_PAYLOAD + 1, 2 * MSG_FRAME_PAYLOAD,
		2 * MSG_FRAME_PAYLOAD + 1, MSG_REQ_MAX - 1, MSG_REQ_MAX,
	};
	struct ipc *peer;
	uint8_t *p;
	size_t i, k;

	(void)state;
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_IDLE);
	peer = ipc_new(dup(hand), ROLE_CLIENT, ROLE_SUPERVISOR, MS_IDLE);
	for (i = 0; i < NELEM(sizes); i++) {
		p = xmalloc(sizes[i]);
		for (k = 0; k < sizes[i]; k++)
			p[k] = (uint8_t)(k * 31 + i);
		assert_int_equal(ipc_send(peer, MSG_RUN, i + 1, p, sizes[i],
		    NULL, 0), 0);
		for (k = 0; ipc_queued(peer) != 0; k++) {
			assert_int_not_equal(ipc_flush(peer), -1);
			if (ipc_queued(peer) != 0)
				assert_int_equal(ipc_recv(ipc, &msg), 0);
		}
		assert_int_equal(ipc_recv(ipc, &msg), 1);
		assert_int_equal(msg.type, MSG_RUN);
		assert_int_equal(msg.id, i + 1);
		assert_int_equal(msg.len, sizes[i]);
		assert_memory_equal(msg.data, p, sizes[i]);
		assert_int_equal(ipc_recv(ipc, &msg), 0);
		free(p);
	}
	ipc_free(peer);
	done();
}

static void
test_empty(void **state)
{
	struct raw r;

	(void)state;
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_IDLE);
	frame(&r, MSG_STATUS, 0);
	assert_int_equal(raw_send(hand, &r, NULL, 0), 0);
	assert_int_equal(ipc_recv(ipc, &msg), 1);
	assert_int_equal(msg.type, MSG_STATUS);
	assert_int_equal(msg.len, 0);
	done();
}

static void
test_header(void **state)
{
	struct raw r;

	(void)state;
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_IDLE);
	frame(&r, MSG_STATUS, 0);
	r.magic = 0xcb02;
	refuse(&r, NULL, 0, "bad magic");
	r.magic = 0x01cb;
	refuse(&r, NULL, 0, "bad magic");
	frame(&r, MSG_STATUS, 0);
	r.len = 1;
	refuse(&r, NULL, 0, "frame length");
	r.len = UINT32_MAX;
	refuse(&r, NULL, 0, "frame length");
	frame(&r, MSG_RUN, 64);
	r.len = 63;
	refuse(&r, NULL, 0, "frame length");
	frame(&r, 0, 0);
	refuse(&r, NULL, 0, "unknown type");
	frame(&r, 0xffff, 0);
	refuse(&r, NULL, 0, "unknown type");
	frame(&r, MSG_STATUS, 0);
	r.seq = 1;
	refuse(&r, NULL, 0, "with sequence 1, not 0");
	r.seq = UINT32_MAX;
	refuse(&r, NULL, 0, "with sequence");
	r.seq = 0;
	r.flags = 0x8000;
	refuse(&r, NULL, 0, "with flags");
	r.flags = 0x0002;
	refuse(&r, NULL, 0, "with flags");
	/* after all that the right one is still right */
	r.flags = 0;
	assert_int_equal(raw_send(hand, &r, NULL, 0), 0);
	assert_int_equal(ipc_recv(ipc, &msg), 1);
	/* once */
	refuse(&r, NULL, 0, "with sequence 0, not 1");
	r.seq = 2;
	refuse(&r, NULL, 0, "with sequence 2, not 1");
	done();
}

/* Everything that is shorter than a header. */
static void
test_runt(void **state)
{
	struct raw r;
	size_t n;

	(void)state;
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_IDLE);
	frame(&r, MSG_STATUS, 0);
	for (n = 1; n < MSG_HEADER; n++) {
		r.cut = n;
		refuse(&r, NULL, 0, "frame of");
	}
	done();
}

static void
test_size(void **state)
{
	struct raw r;

	(void)state;
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_IDLE);
	frame(&r, MSG_STATUS, 1);
	refuse(&r, NULL, 0, "STATUS of 1 bytes");
	frame(&r, MSG_KILL, 8);
	refuse(&r, NULL, 0, "KILL of 8 bytes");
	frame(&r, MSG_KILL, 10);
	refuse(&r, NULL, 0, "KILL of 10 bytes");
	frame(&r, MSG_RUN, 19);
	refuse(&r, NULL, 0, "RUN of 19 bytes");
	/* one byte over a whole frame, where the type itself may be longer */
	frame(&r, MSG_RUN, MSG_FRAME_PAYLOAD + 1);
	refuse(&r, NULL, 0, "frame of 16385 bytes");
	/* more than the receiver has room for */
	frame(&r, MSG_RUN, MSG_FRAME_PAYLOAD + 2);
	refuse(&r, NULL, 0, "truncated");
	frame(&r, MSG_RUN, RAW_MAX);
	refuse(&r, NULL, 0, "truncated");
	done();
}

static void
test_direction(void **state)
{
	struct raw r;

	(void)state;
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_IDLE);
	frame(&r, MSG_X_PLAN, 64);
	refuse(&r, NULL, 0, "X_PLAN is not for the client to send");
	frame(&r, MSG_RESULT, 0);
	refuse(&r, NULL, 0, "RESULT is not for the client to send");
	frame(&r, MSG_SHUTDOWN, 0);
	refuse(&r, NULL, 0, "SHUTDOWN is not for the client to send");
	frame(&r, MSG_HELLO, 8);
	refuse(&r, NULL, 0, "HELLO in the wrong state");
	ipc_set_state(ipc, MS_BUSY);
	frame(&r, MSG_STATUS, 0);
	refuse(&r, NULL, 0, "STATUS in the wrong state");
	assert_int_equal(ipc_state(ipc), MS_BUSY);
	frame(&r, MSG_CANCEL, 0);
	assert_int_equal(raw_send(hand, &r, NULL, 0), 0);
	assert_int_equal(ipc_recv(ipc, &msg), 1);
	done();
}

static void
test_fds(void **state)
{
	int null, fds[RAW_MAXFDS];
	struct raw r;
	unsigned i;

	(void)state;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (i = 0; i < RAW_MAXFDS; i++)
		fds[i] = null;
	/* nobody takes one from a client */
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_IDLE);
	frame(&r, MSG_STATUS, 0);
	refuse(&r, fds, 1, "STATUS with 1 descriptors");
	refuse(&r, fds, RAW_MAXFDS, "STATUS with");
	r.nfds = 1;
	refuse(&r, fds, 1, "STATUS with 1 descriptors");
	r.nfds = 1;
	refuse(&r, NULL, 0, "STATUS with 0 descriptors");
	/* with an empty datagram, and with less than a header */
	frame(&r, MSG_STATUS, 0);
	r.cut = 1;
	refuse(&r, fds, 3, "frame of 1 bytes");
	done();

	connect_as(ROLE_EXECUTOR, ROLE_SUPERVISOR, MS_UP);
	frame(&r, MSG_X_LOGS, 9);
	r.nfds = 1;
	refuse(&r, fds, 1, "X_LOGS with 1 descriptors");
	r.nfds = 3;
	refuse(&r, fds, 3, "X_LOGS with 3 descriptors");
	frame(&r, MSG_X_BUILD, 0);
	r.nfds = MSG_MAXFDS + 1;
	refuse(&r, fds, MSG_MAXFDS + 1, "X_BUILD with 38 descriptors");
	/* says three: brings two, four, or very many */
	r.nfds = 3;
	refuse(&r, fds, 2, "X_BUILD with 2 descriptors");
	refuse(&r, fds, 4, "X_BUILD with 4 descriptors");
	refuse(&r, fds, RAW_MAXFDS, "X_BUILD with");
	r.nfds = 65535;
	refuse(&r, fds, 3, "X_BUILD with 3 descriptors");
	/* and the right number */
	r.nfds = 3;
	assert_int_equal(raw_send(hand, &r, fds, 3), 0);
	assert_int_equal(ipc_recv(ipc, &msg), 1);
	assert_int_equal(msg.nfds, 3);
	assert_int_equal(count_fds(), fds_before + 2 + 3);
	for (i = 0; i < 3; i++)
		assert_true(fcntl(msg.fds[i], F_GETFD) & FD_CLOEXEC);
	/* one is taken, the next receive closes the others */
	i = (unsigned)ipc_take_fd(&msg, 1);
	assert_int_equal(ipc_take_fd(&msg, 1), -1);
	assert_int_equal(ipc_take_fd(&msg, 3), -1);
	assert_int_equal(ipc_recv(ipc, &msg), 0);
	assert_int_equal(count_fds(), fds_before + 2 + 1);
	(void)close((int)i);
	r.seq++;
	r.nfds = MSG_MAXFDS;
	assert_int_equal(raw_send(hand, &r, fds, MSG_MAXFDS), 0);
	assert_int_equal(ipc_recv(ipc, &msg), 1);
	assert_int_equal(msg.nfds, MSG_MAXFDS);
	done();
	(void)close(null);
}

/* Descriptors that do not fit into our table: told, and none kept. */
static int
run_ctrunc(void *arg)
{
	struct rlimit rl = { 16, 16 };
	int fds[32], n, i;
	struct raw r;

	(void)arg;
	n = (int)count_fds();
	for (i = 0; i < 32; i++)
		fds[i] = STDIN_FILENO;
	raw_init(&r, MSG_X_BUILD, 1, 0);
	r.nfds = 32;
	if (setrlimit(RLIMIT_NOFILE, &rl) == -1 ||
	    raw_send(hand, &r, fds, 32) == -1)
		return (1);
	if (ipc_recv(ipc, &msg) != -1 || msg.nfds != 0)
		return (2);
	if (strcmp(ipc_error(ipc), "truncated frame") != 0)
		return (3);
	return ((int)count_fds() != n ? 4 : 0);
}

static void
test_ctrunc(void **state)
{
	(void)state;
	connect_as(ROLE_EXECUTOR, ROLE_SUPERVISOR, MS_UP);
	assert_int_equal(in_child(run_ctrunc, NULL), 0);
	done();
}

static void
test_multipart(void **state)
{
	struct raw r;
	unsigned i;
	int null;

	(void)state;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_IDLE);
	/* not full, but more to come */
	frame(&r, MSG_RUN, MSG_FRAME_PAYLOAD - 1);
	r.flags = MSG_F_MORE;
	refuse(&r, NULL, 0, "RUN with flags");
	frame(&r, MSG_STATUS, 0);
	r.flags = MSG_F_MORE;
	refuse(&r, NULL, 0, "STATUS with flags");
	/* the first part */
	frame(&r, MSG_RUN, MSG_FRAME_PAYLOAD);
	r.flags = MSG_F_MORE;
	assert_int_equal(raw_send(hand, &r, NULL, 0), 0);
	assert_int_equal(ipc_recv(ipc, &msg), 0);
	/* another type, another id, descriptors, in between */
	frame(&r, MSG_STATUS, 0);
	r.seq = 1;
	refuse(&r, NULL, 0, "STATUS inside a RUN");
	frame(&r, MSG_WHY, 64);
	r.seq = 1;
	refuse(&r, NULL, 0, "WHY inside a RUN");
	frame(&r, MSG_RUN, 64);
	r.seq = 1;
	r.id++;
	refuse(&r, NULL, 0, "RUN inside a RUN");
	frame(&r, MSG_RUN, 64);
	r.seq = 1;
	r.nfds = 1;
	refuse(&r, &null, 1, "RUN with 1 descriptors");
	frame(&r, MSG_RUN, 64);
	refuse(&r, NULL, 0, "RUN with sequence 0, not 1");
	/* the rest */
	frame(&r, MSG_RUN, 1);
	r.seq = 1;
	assert_int_equal(raw_send(hand, &r, NULL, 0), 0);
	assert_int_equal(ipc_recv(ipc, &msg), 1);
	assert_int_equal(msg.len, MSG_FRAME_PAYLOAD + 1);
	done();
	/* parts without end stop at the type's limit */
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_IDLE);
	frame(&r, MSG_RUN, MSG_FRAME_PAYLOAD);
	r.flags = MSG_F_MORE;
	for (i = 0; i < MSG_REQ_MAX / MSG_FRAME_PAYLOAD; i++, r.seq++) {
		assert_int_equal(raw_send(hand, &r, NULL, 0), 0);
		assert_int_equal(ipc_recv(ipc, &msg), 0);
	}
	refuse(&r, NULL, 0, "RUN of");
	done();
	(void)close(null);
}

/* The state is looked at for every part. */
static void
test_multipart_state(void **state)
{
	struct raw r;

	(void)state;
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_IDLE);
	frame(&r, MSG_RUN, MSG_FRAME_PAYLOAD);
	r.flags = MSG_F_MORE;
	assert_int_equal(raw_send(hand, &r, NULL, 0), 0);
	assert_int_equal(ipc_recv(ipc, &msg), 0);
	ipc_set_state(ipc, MS_BUSY);
	frame(&r, MSG_RUN, 1);
	r.seq = 1;
	refuse(&r, NULL, 0, "RUN in the wrong state");
	done();
}

static void
test_ends(void **state)
{
	int null, fds[2];
	struct raw r;

	(void)state;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	fds[0] = fds[1] = null;
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_IDLE);
	assert_int_equal(ipc_recv(ipc, &msg), 0);
	assert_int_equal(ipc_wait(ipc, &msg, 0), 0);
	(void)shutdown(hand, SHUT_WR);
	assert_int_equal(ipc_recv(ipc, &msg), -2);
	assert_int_equal(ipc_recv(ipc, &msg), -2);
	done();
	/* a datagram of no bytes is an end too, with descriptors a breach */
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_IDLE);
	assert_int_equal(raw_bytes(hand, "", 0, NULL, 0), 0);
	assert_int_equal(ipc_recv(ipc, &msg), -2);
	assert_int_equal(raw_bytes(hand, "", 0, fds, 2), 0);
	assert_int_equal(ipc_recv(ipc, &msg), -1);
	assert_int_equal(count_fds(), fds_before + 2);
	done();
	/* closed with something of ours unread: its last words count */
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_BUSY);
	assert_int_equal(ipc_send(ipc, MSG_ROW, 1, NULL, 0, NULL, 0), 0);
	assert_int_equal(ipc_flush(ipc), 0);
	frame(&r, MSG_CANCEL, 0);
	assert_int_equal(raw_send(hand, &r, NULL, 0), 0);
	(void)close(hand);
	assert_int_equal(ipc_recv(ipc, &msg), 1);
	assert_int_equal(ipc_recv(ipc, &msg), -2);
	hand = dup(null);
	done();
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_BUSY);
	assert_int_equal(ipc_send(ipc, MSG_ROW, 1, NULL, 0, NULL, 0), 0);
	assert_int_equal(ipc_flush(ipc), 0);
	(void)close(hand);
	assert_int_equal(ipc_recv(ipc, &msg), -2);
	assert_int_equal(ipc_send(ipc, MSG_ROW, 1, NULL, 0, NULL, 0), 0);
	assert_int_equal(ipc_flush(ipc), -1);
	hand = dup(null);
	done();
	(void)close(null);
}

/* What our own code may not send; its descriptors are gone all the same. */
static void
test_send_refused(void **state)
{
	static uint8_t big[MSG_REQ_MAX + 1];
	int fds[MSG_MAXFDS + 1];
	unsigned i;

	(void)state;
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_BUSY);
	assert_int_equal(ipc_send(ipc, MSG_RUN, 1, big, 64, NULL, 0), -1);
	assert_int_equal(ipc_send(ipc, MSG_X_GO, 1, big, MSG_TICKET, NULL, 0),
	    -1);
	assert_int_equal(ipc_send(ipc, 0x4711, 1, NULL, 0, NULL, 0), -1);
	assert_int_equal(ipc_send(ipc, MSG_END, 1, big, 5, NULL, 0), -1);
	assert_int_equal(ipc_send(ipc, MSG_END, 1, big, 8199, NULL, 0), -1);
	assert_int_equal(ipc_send(ipc, MSG_PIPE, 1, NULL, 0, NULL, 0), -1);
	for (i = 0; i < 2; i++)
		fds[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(ipc_send(ipc, MSG_PIPE, 1, NULL, 0, fds, 2), -1);
	assert_int_equal(count_fds(), fds_before + 2);
	assert_int_equal(ipc_queued(ipc), 0);
	assert_int_equal(ipc_flush(ipc), 0);
	assert_int_equal(recv(hand, big, sizeof(big), MSG_DONTWAIT), -1);
	done();
	connect_as(ROLE_EXECUTOR, ROLE_VAULT, MS_UP);
	assert_int_equal(ipc_send(ipc, MSG_X_STARTED, 1, NULL, 0, NULL, 0),
	    -1);
	done();
}

/* Descriptors live until they are sent, or until the ipc goes. */
static void
test_queue(void **state)
{
	int fd, i, r;

	(void)state;
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_BUSY);
	for (i = 0; i < 4000; i++) {
		assert_int_equal(ipc_send(ipc, MSG_ROW, 1, "12345678", 8,
		    NULL, 0), 0);
		if ((r = ipc_flush(ipc)) == 1)
			break;
		assert_int_equal(r, 0);
	}
	assert_int_equal(r, 1);
	assert_int_equal(ipc_queued(ipc), 8);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(ipc_send(ipc, MSG_PIPE, 1, NULL, 0, &fd, 1), 0);
	assert_int_equal(count_fds(), fds_before + 3);
	assert_int_equal(ipc_drain(ipc, 1), 1);
	done();	/* counts */
}

/* What one ipc sends the other receives, descriptors included. */
static void
test_pair(void **state)
{
	struct ipc *peer;
	char c;
	int p[2];

	(void)state;
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_BUSY);
	peer = ipc_new(dup(hand), ROLE_CLIENT, ROLE_SUPERVISOR, MS_BUSY);
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	assert_int_equal(ipc_send(ipc, MSG_PIPE, 7, NULL, 0, &p[0], 1), 0);
	assert_int_equal(ipc_drain(ipc, 1000), 0);
	assert_int_equal(fcntl(p[0], F_GETFD), -1);
	assert_int_equal(ipc_wait(peer, &msg, 1000), 1);
	assert_int_equal(msg.nfds, 1);
	assert_int_equal(write(p[1], "x", 1), 1);
	assert_int_equal(read(msg.fds[0], &c, 1), 1);
	assert_int_equal(c, 'x');
	(void)close(p[1]);
	ipc_free(peer);
	done();
}

/* The sequence goes round. */
static void
test_many(void **state)
{
	struct raw r;
	unsigned i;

	(void)state;
	connect_as(ROLE_SUPERVISOR, ROLE_CLIENT, MS_BUSY);
	frame(&r, MSG_CANCEL, 0);
	for (i = 0; i < 70000; i++, r.seq++) {
		assert_int_equal(raw_send(hand, &r, NULL, 0), 0);
		assert_int_equal(ipc_recv(ipc, &msg), 1);
	}
	done();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_runt),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_direction),
		cmocka_unit_test(test_fds),
		cmocka_unit_test(test_ctrunc),
		cmocka_unit_test(test_multipart),
		cmocka_unit_test(test_multipart_state),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_send_refused),
		cmocka_unit_test(test_queue),
		cmocka_unit_test(test_pair),
		cmocka_unit_test(test_many),
	};

	return (cmocka_run_group_tests_name("ipc", tests, NULL, NULL));
}
