/* SPDX-License-Identifier: ISC */
/* Streams: whole, in order, never waiting, and ended from both sides. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "client/stream.h"

static struct stream s;

static void
make_pipe(int p[2])
{
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
}

/* One round of a loop that has only this stream. */
static int
turn(int ms)
{
	struct pollfd p[2];
	int n;

	stream_poll(&s, p);
	n = poll(p, 2, ms);
	if (n > 0)
		stream_move(&s, p);
	return (n);
}

static void
test_copy(void **state)
{
	int a[2], b[2];
	char got[16];

	(void)state;
	make_pipe(a);
	make_pipe(b);
	stream_open(&s, a[0], b[1], STREAM_FROM | STREAM_TO);
	assert_int_equal(write(a[1], "a\0b\n", 4), 4);
	assert_true(stream_hungry(&s));
	(void)turn(0);
	assert_int_equal(read(b[0], got, sizeof(got)), 4);
	assert_memory_equal(got, "a\0b\n", 4);
	assert_false(stream_done(&s));
	/* the end of one side becomes the end of the other */
	assert_int_equal(close(a[1]), 0);
	(void)turn(0);
	assert_true(stream_done(&s));
	assert_int_equal(read(b[0], got, sizeof(got)), 0);
	(void)close(b[0]);
}

/* A reader that does not read holds the stream up, and not us. */
static void
test_back_pressure(void **state)
{
	static char block[STREAM_BUF];
	size_t in = 0, out = 0;
	int a[2], b[2], i;
	ssize_t n;

	(void)state;
	make_pipe(a);
	make_pipe(b);
	assert_int_equal(fcntl(a[1], F_SETFL, O_NONBLOCK), 0);
	/* b[1] blocks, as an inherited standard output does */
	stream_open(&s, a[0], b[1], STREAM_FROM);
	for (i = 0; i < 100; i++) {
		if ((n = write(a[1], block, sizeof(block))) > 0)
			in += (size_t)n;
		(void)turn(0);
	}
	assert_true(in < 1024 * 1024);
	assert_false(stream_hungry(&s));
	assert_int_equal(close(a[1]), 0);
	assert_int_equal(fcntl(b[0], F_SETFL, O_NONBLOCK), 0);
	while (!stream_done(&s)) {
		while ((n = read(b[0], block, sizeof(block))) > 0)
			out += (size_t)n;
		assert_true(turn(1000) > 0);
	}
	while ((n = read(b[0], block, sizeof(block))) > 0)
		out += (size_t)n;
	assert_int_equal(in, out);
	(void)close(b[0]);
	(void)close(b[1]);
}

/* Our reader left: the other side's writer gets to know. */
static void
test_reader_gone(void **state)
{
	int a[2], b[2];

	(void)state;
	make_pipe(a);
	make_pipe(b);
	stream_open(&s, a[0], b[1], STREAM_FROM);
	assert_int_equal(close(b[0]), 0);
	assert_int_equal(turn(1000), 1);
	assert_true(stream_done(&s));
	assert_int_equal(write(a[1], "x", 1), -1);
	assert_int_equal(errno, EPIPE);
	(void)close(a[1]);
	(void)close(b[1]);
}

static void
test_full_device(void **state)
{
	int a[2], fd;

	(void)state;
	make_pipe(a);
	if ((fd = open("/dev/full", O_WRONLY)) == -1)
		skip();
	stream_open(&s, a[0], fd, STREAM_FROM);
	assert_int_equal(write(a[1], "x", 1), 1);
	(void)turn(0);
	assert_true(stream_done(&s));
	assert_int_equal(s.err, ENOSPC);
	(void)close(a[1]);
	(void)close(fd);
}

static void
capture_of(const char *bytes, size_t n, struct capture *c)
{
	size_t off;
	int a[2];

	make_pipe(a);
	capture_init(c);
	stream_capture(&s, a[0], c);
	for (off = 0; off < n; off += 4096) {
		assert_int_equal(write(a[1], bytes + off, n - off < 4096 ?
		    n - off : 4096), n - off < 4096 ? n - off : 4096);
		(void)turn(0);
	}
	assert_int_equal(close(a[1]), 0);
	while (!stream_done(&s))
		assert_true(turn(1000) > 0);
}

static void
test_capture(void **state)
{
	struct capture c;
	struct buf b;

	(void)state;
	capture_of("a\"\n\377", 4, &c);
	buf_init(&b, 256);
	capture_json(&b, &c);
	buf_put_u8(&b, 0);
	assert_string_equal((char *)b.data, "{\"b64\":\"YSIK/w==\"}");
	assert_false(c.truncated);
	buf_free(&b);
	capture_free(&c);
}

/* A cut goes between characters, so that text stays text. */
static void
test_capture_limit(void **state)
{
	struct capture c;
	struct buf b;
	size_t i, n = CAPTURE_MAX + 10;
	char *big;

	(void)state;
	big = malloc(n);
	assert_non_null(big);
	big[0] = 'a';
	for (i = 1; i + 1 < n; i += 2)
		memcpy(big + i, "\303\251", 2);
	big[n - 1] = 'z';
	capture_of(big, n, &c);
	assert_true(c.truncated);
	assert_int_equal(c.b.len, CAPTURE_MAX);
	buf_init(&b, 2 * CAPTURE_MAX);
	capture_json(&b, &c);
	assert_int_equal(b.bad, 0);
	/* quotes around it, the half character is gone */
	assert_int_equal(b.len, CAPTURE_MAX - 1 + 2);
	assert_int_equal(b.data[0], '"');
	buf_free(&b);
	capture_free(&c);
	free(big);
}

/* Whole up to its room, no byte of it in the stream itself, or none at all. */
static void
test_into(void **state)
{
	static const char zeroes[16];
	char text[] = "a value of 20 bytes\n", mem[32];
	struct intake t = { (uint8_t *)mem, sizeof(mem), 0, 0 };
	const size_t n = sizeof(text) - 1;
	int a[2];

	(void)state;
	make_pipe(a);
	memset(s.buf, 0, sizeof(s.buf));
	stream_into(&s, a[0], &t);
	assert_int_equal(write(a[1], text, n), (ssize_t)n);
	(void)turn(0);
	assert_int_equal(t.len, n);
	assert_memory_equal(mem, text, n);
	assert_memory_equal(s.buf, zeroes, sizeof(zeroes));
	/* just so much as there is room for */
	assert_int_equal(write(a[1], text, sizeof(mem) - n),
	    (ssize_t)(sizeof(mem) - n));
	(void)turn(0);
	assert_int_equal(t.len, sizeof(mem));
	assert_int_equal(t.over, 0);
	assert_int_equal(write(a[1], "x", 1), 1);
	(void)turn(0);
	assert_int_equal(t.over, 1);
	(void)close(a[1]);
	while (!stream_done(&s))
		(void)turn(-1);
	assert_int_equal(t.over, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_back_pressure),
		cmocka_unit_test(test_reader_gone),
		cmocka_unit_test(test_full_device),
		cmocka_unit_test(test_capture),
		cmocka_unit_test(test_capture_limit),
		cmocka_unit_test(test_into),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
