/* SPDX-License-Identifier: ISC */
/* Messages with descriptors: what is still heard of a peer that is gone. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "executor/fds.h"

static ssize_t
hear(int fd, char *m, size_t len)
{
	unsigned nfds = 0;

	return (fds_recv(fd, m, len, NULL, &nfds, MSG_DONTWAIT));
}

/* It was asked something, reports and ends, and never read the question. */
static void
test_report_behind_reset(void **state)
{
	char m[16];
	int sv[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
	assert_int_equal(fds_send(sv[0], "?", 1, NULL, 0), 0);
	assert_int_equal(fds_send(sv[1], "one", 3, NULL, 0), 0);
	assert_int_equal(fds_send(sv[1], "two", 3, NULL, 0), 0);
	assert_int_equal(close(sv[1]), 0);
	assert_int_equal(hear(sv[0], m, sizeof(m)), 3);
	assert_memory_equal(m, "one", 3);
	assert_int_equal(hear(sv[0], m, sizeof(m)), 3);
	assert_memory_equal(m, "two", 3);
	assert_int_equal(hear(sv[0], m, sizeof(m)), 0);
	(void)close(sv[0]);
}

/* Nothing to say is the end of the file, with a question unread or not. */
static void
test_end_behind_reset(void **state)
{
	char m[16];
	int sv[2], i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv),
		    0);
		assert_int_equal(hear(sv[0], m, sizeof(m)), -1);
		assert_int_equal(errno, EAGAIN);
		if (i == 1)
			assert_int_equal(fds_send(sv[0], "?", 1, NULL, 0), 0);
		assert_int_equal(close(sv[1]), 0);
		assert_int_equal(hear(sv[0], m, sizeof(m)), 0);
		(void)close(sv[0]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_report_behind_reset),
		cmocka_unit_test(test_end_behind_reset),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
