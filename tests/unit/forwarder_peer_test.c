/* SPDX-License-Identifier: ISC */
/*
 * A stream over TCP is taken when its peer has read all of it and then ends
 * its own side, and not when it ends that before.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/socket.h>

#include <netinet/in.h>

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "common/forwardto.h"
#include "forwarder/peer.h"

#define WAIT_MS	5000
#define LENGTH	(128U * 1024)	/* of what is sent: more than a peer holds */

static char text[LENGTH];

struct pair {
	struct syslog_peer p;
	int		 listener;
	int		 other;		/* the peer's end */
	size_t		 bytes;		/* that were sent */
};

/* A listener of this host, whose sockets hold little. */
static uint16_t
listens(struct pair *t)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	const int little = 4096;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	t->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_not_equal(t->listener, -1);
	assert_int_equal(setsockopt(t->listener, SOL_SOCKET, SO_RCVBUF,
	    &little, sizeof(little)), 0);
	assert_int_equal(bind(t->listener, (struct sockaddr *)&sin, len), 0);
	assert_int_equal(listen(t->listener, 1), 0);
	assert_int_equal(getsockname(t->listener, (struct sockaddr *)&sin,
	    &len), 0);
	return (ntohs(sin.sin_port));
}

static void
ready(int fd, short events)
{
	struct pollfd p = { fd, events, 0 };

	assert_int_equal(poll(&p, 1, WAIT_MS), 1);
}

/* Connected, with a message that is sent as far as our side is asked. */
static void
begin(struct pair *t, size_t len)
{
	const int much = 4 * LENGTH;
	struct forwardto to;
	char name[64];
	ssize_t n;

	memset(t, 0, sizeof(*t));
	memset(text, 'x', sizeof(text));
	(void)snprintf(name, sizeof(name), "syslog:127.0.0.1:%u",
	    listens(t));
	assert_null(forwardto_parse(name, &to));
	assert_int_equal(peer_open(&t->p, &to), 0);
	assert_int_equal(setsockopt(t->p.fd, SOL_SOCKET, SO_SNDBUF, &much,
	    sizeof(much)), 0);
	if (peer_connect(&t->p) == 1) {
		ready(t->p.fd, POLLOUT);
		assert_int_equal(peer_connected(&t->p), 0);
	}
	t->other = accept(t->listener, NULL, NULL);
	assert_int_not_equal(t->other, -1);
	while (t->bytes < peer_size(&t->p, len)) {
		ready(t->p.fd, POLLOUT);
		n = peer_send(&t->p, text, len, t->bytes);
		assert_true(n >= 0);
		t->bytes += (size_t)n;
	}
	assert_int_equal(peer_finish(&t->p, 0), 0);
	assert_int_equal(peer_taken(&t->p, 0), 0);
}

static void
end(struct pair *t)
{
	(void)close(t->p.fd);
	if (t->other != -1)
		(void)close(t->other);
	(void)close(t->listener);
}

static void
reads_all(const struct pair *t)
{
	static char got[4096];
	size_t all = 0;
	ssize_t n;

	while ((n = read(t->other, got, sizeof(got))) > 0)
		all += (size_t)n;
	assert_int_equal(n, 0);
	assert_int_equal(all, t->bytes);
}

static void
test_taken(void **state)
{
	const size_t lens[] = { 1, LENGTH };
	struct pair t;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(lens); i++) {
		begin(&t, lens[i]);
		reads_all(&t);
		assert_int_equal(peer_taken(&t.p, 0), 0);
		(void)close(t.other);
		t.other = -1;
		ready(t.p.fd, POLLIN);
		assert_int_equal(peer_taken(&t.p, 0), 1);
		end(&t);
	}
}

/* Its end comes while most of ours is still on the way. */
static void
test_ends_before(void **state)
{
	struct pair t;

	(void)state;
	begin(&t, LENGTH);
	assert_int_equal(shutdown(t.other, SHUT_WR), 0);
	ready(t.p.fd, POLLIN);
	assert_int_equal(peer_taken(&t.p, 0), -1);
	assert_int_equal(errno, ECONNRESET);
	end(&t);
}

/* It goes, and has not read all that it had. */
static void
test_goes(void **state)
{
	struct pair t;

	(void)state;
	begin(&t, LENGTH);
	(void)close(t.other);
	t.other = -1;
	ready(t.p.fd, POLLIN);
	assert_int_equal(peer_taken(&t.p, 0), -1);
	end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_ends_before),
		cmocka_unit_test(test_goes),
	};

	return (cmocka_run_group_tests_name("forwarder peer", tests, NULL,
	    NULL));
}
