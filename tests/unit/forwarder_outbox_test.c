/* SPDX-License-Identifier: ISC */
/*
 * What is sent stays in the outbox until its peer has read it: whatever a
 * socket does with bytes that nobody has read, they come again.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/forwardto.h"
#include "forwarder/outbox.h"
#include "forwarder/place.h"

struct fixture {
	char		 dir[64];
	char		 to[128];
	struct outbox	 box;
	int64_t		 now;
};

static void
begin(struct fixture *f)
{
	struct forwardto to;

	memset(f, 0, sizeof(*f));
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/outbox.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	(void)snprintf(f->to, sizeof(f->to), "syslog:%s/log", f->dir);
	assert_null(forwardto_parse(f->to, &to));
	f->now = 1000;
	assert_int_equal(outbox_open(&f->box, &to, f->now), 0);
}

static void
end(struct fixture *f)
{
	(void)unlink(f->to + strlen("syslog:"));
	assert_int_equal(rmdir(f->dir), 0);
	(void)close(f->box.peer.fd);
	buf_free(&f->box.text);
	free(f->box.msgs);
}

static int
peer(struct fixture *f, int type)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/log", f->dir);
	(void)unlink(sun.sun_path);
	fd = socket(AF_UNIX, type | SOCK_NONBLOCK, 0);
	assert_int_not_equal(fd, -1);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 4), 0);
	return (fd);
}

static void
put(struct fixture *f, uint64_t number)
{
	buf_printf(&f->box.text, "message %llu", (unsigned long long)number);
	outbox_add(&f->box, number, 0, f->now);
}

/* Goes on for so long; the number that its peer has. */
static uint64_t
go(struct fixture *f, int64_t ms)
{
	uint64_t last = 0, n;

	for (; ms > 0; ms -= 50) {
		f->now += 50;
		if ((n = outbox_step(&f->box, f->now)) != 0)
			last = n;
	}
	return (last);
}

static void
is_next(int fd, const char *want)
{
	char got[128];
	ssize_t n = recv(fd, got, sizeof(got) - 1, 0);

	assert_int_equal(n, strlen(want));
	assert_memory_equal(got, want, strlen(want));
}

static void
test_datagrams(void **state)
{
	struct fixture f;
	int a, b;

	(void)state;
	begin(&f);
	put(&f, 1);
	assert_int_equal(go(&f, 5000), 0);
	assert_int_equal(f.box.failures > 1, 1);
	assert_non_null(strstr(f.box.why, "No such file"));
	a = peer(&f, SOCK_DGRAM);
	assert_int_equal(go(&f, 20000), 0);
	is_next(a, "message 1");
	assert_int_equal(go(&f, 2000), 1);
	assert_string_equal(f.box.why, "");
	/* it ends with one that it has not read */
	put(&f, 2);
	assert_int_equal(go(&f, 500), 0);
	put(&f, 3);
	assert_int_equal(go(&f, 60000), 0);
	(void)close(a);
	assert_int_equal(go(&f, 1000), 0);
	b = peer(&f, SOCK_DGRAM);
	assert_int_equal(go(&f, 20000), 0);
	is_next(b, "message 2");
	is_next(b, "message 3");
	assert_int_equal(go(&f, 2000), 3);
	(void)close(b);
	end(&f);
}

static int
taken(int fd)
{
	int c = accept4(fd, NULL, NULL, SOCK_NONBLOCK);

	assert_int_not_equal(c, -1);
	return (c);
}

static void
test_streams(void **state)
{
	struct fixture f;
	int a, c;

	(void)state;
	begin(&f);
	a = peer(&f, SOCK_STREAM);
	put(&f, 1);
	put(&f, 2);
	assert_int_equal(go(&f, 3000), 0);
	c = taken(a);
	/* what it says is nobody's */
	assert_int_equal(send(c, "<13>1 - - - - - -", 17, 0), 17);
	is_next(c, "9 message 19 message 2");
	assert_int_equal(go(&f, 1000), 0);
	(void)close(c);
	assert_int_equal(go(&f, 100), 2);
	/* it ends before it has read all */
	put(&f, 3);
	assert_int_equal(go(&f, 3000), 0);
	c = taken(a);
	(void)close(c);
	assert_int_equal(go(&f, 100), 0);
	assert_int_equal(f.box.n, 1);
	put(&f, 4);
	assert_int_equal(go(&f, 3000), 0);
	c = taken(a);
	is_next(c, "9 message 39 message 4");
	(void)close(c);
	assert_int_equal(go(&f, 100), 4);
	/* it reads, and never ends: not for ever */
	put(&f, 5);
	assert_int_equal(go(&f, 3000), 0);
	c = taken(a);
	is_next(c, "9 message 5");
	assert_int_equal(go(&f, 60000), 0);
	assert_non_null(strstr(f.box.why, "not all of it was read"));
	(void)close(c);
	(void)close(a);
	end(&f);
}

/* The same socket again, without another. */
static void
test_tcp(void **state)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	struct forwardto to;
	struct fixture f;
	char text[64];
	int a, c, fd, i;

	(void)state;
	a = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(a, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(getsockname(a, (struct sockaddr *)&sin, &len), 0);
	assert_int_equal(listen(a, 4), 0);
	(void)snprintf(text, sizeof(text), "syslog:127.0.0.1:%u",
	    ntohs(sin.sin_port));
	assert_null(forwardto_parse(text, &to));
	memset(&f, 0, sizeof(f));
	f.now = 1000;
	assert_int_equal(outbox_open(&f.box, &to, f.now), 0);
	fd = f.box.peer.fd;
	for (i = 1; i < 4; i++) {
		put(&f, (uint64_t)i);
		assert_int_equal(go(&f, 3000), 0);
		c = taken(a);
		(void)snprintf(text, sizeof(text), "9 message %d", i);
		is_next(c, text);
		(void)close(c);
		assert_int_equal(go(&f, 100), (uint64_t)i);
		assert_int_equal(f.box.peer.fd, fd);
	}
	/* reset, with bytes that nobody has read */
	put(&f, 9);
	assert_int_equal(go(&f, 3000), 0);
	c = taken(a);
	(void)close(c);
	assert_int_equal(go(&f, 100), 0);
	assert_int_equal(f.box.failures, 1);
	assert_int_equal(go(&f, 3000), 0);
	c = taken(a);
	is_next(c, "9 message 9");
	(void)close(c);
	assert_int_equal(go(&f, 100), 9);
	(void)close(a);
	(void)close(f.box.peer.fd);
	buf_free(&f.box.text);
	free(f.box.msgs);
}

static void
test_forms(void **state)
{
	static const char *const good[] = {
		"syslog:/dev/log", "syslog:127.0.0.1:514", "syslog:[::1]:1",
		"syslog+udp:10.0.0.1:65535", "syslog+udp:[fe80::1]:514",
	};
	static const char *const bad[] = {
		"", "syslog", "syslog:", "syslog:dev/log", "/dev/log",
		"syslog:host:514", "syslog:127.0.0.1", "syslog:127.0.0.1:",
		"syslog:127.0.0.1:0", "syslog:127.0.0.1:65536",
		"syslog:127.0.0.1:5x", "syslog:127.0.0.1:+5",
		"syslog:127.0.0.1:00514", "syslog:::1:514", "syslog:[::1]",
		"syslog:[::1]514", "syslog:[]:514", "syslog:[::1:514",
		"syslog+udp:/dev/log", "syslog+tcp:127.0.0.1:514",
		("syslog:/0123456789012345678901234567890123456789012345678"
		    "9012345678901234567890123456789012345678901234567890123"
		    "456789"),
	};
	struct forwardto to;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_null(forwardto_parse(good[i], &to));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_non_null(forwardto_parse(bad[i], &to));
	assert_null(forwardto_parse(good[3], &to));
	assert_int_equal(to.way, FORWARD_UDP);
	assert_int_equal(to.port, 65535);
}

static void
test_place(void **state)
{
#define P	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	static const char *const bad[] = { "12\n", "000000000012\n",
	    "00000000012x " P "\n", "0000000000012 " P,
	    "000000000012 " P "\n0", "-00000000012 " P "\n",
	    "000000000012-" P "\n", "000000000012 !" P };
	struct record_head h = { 1234567, { 1, 2, 255 } }, got;
	char path[] = "/tmp/place.XXXXXX";
	size_t i;
	int fd;

	(void)state;
	assert_int_not_equal(fd = mkstemp(path), -1);
	(void)unlink(path);
	assert_int_equal(place_read(fd, &got), 0);
	assert_int_equal(place_write(fd, &h), 0);
	assert_int_equal(place_read(fd, &got), 1);
	assert_int_equal(got.number, 1234567);
	assert_memory_equal(got.digest, h.digest, RECORD_DIGEST);
	h.number = 7;
	assert_int_equal(place_write(fd, &h), 0);
	assert_int_equal(place_read(fd, &got), 1);
	assert_int_equal(got.number, 7);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, bad[i], strlen(bad[i]), 0),
		    strlen(bad[i]));
		assert_int_equal(place_read(fd, &got), -1);
		assert_int_equal(got.number, 0);
	}
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_place),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
