/* SPDX-License-Identifier: ISC */
/* The runner's side of a terminal: what is typed, its end, its size. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>

#include "executor/runner/term.h"

static struct term t;
static int master, slave, typed;	/* typed: the client's end */

static int
setup(void **state)
{
	int p[2];

	(void)state;
	master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (master == -1 || unlockpt(master) == -1 || pipe(p) == -1)
		return (-1);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_NONBLOCK);
	typed = p[1];
	term_init(&t);
	term_expect(&t, p[0], -1);
	return (slave == -1 ? -1 : 0);
}

static int
teardown(void **state)
{
	(void)state;
	term_end(&t);
	(void)close(master);
	(void)close(slave);
	if (typed != -1)
		(void)close(typed);
	return (0);
}

static int
turn(int ms)
{
	struct pollfd p[2];
	int n;

	term_poll(&t, p);
	if ((n = poll(p, 2, ms)) > 0)
		term_step(&t, p);
	return (n);
}

static void
raw(void)
{
	struct termios tio;

	assert_int_equal(tcgetattr(slave, &tio), 0);
	cfmakeraw(&tio);
	assert_int_equal(tcsetattr(slave, TCSANOW, &tio), 0);
}

static void
test_size(void **state)
{
	struct winsize ws;

	(void)state;
	/* it came before the terminal did */
	assert_int_equal(turn(0), 0);
	term_size(&t, 50, 132);
	assert_true(term_awaited(&t));
	assert_int_equal(term_open(&t, master), 0);
	assert_false(term_awaited(&t));
	assert_int_equal(ioctl(slave, TIOCGWINSZ, &ws), 0);
	assert_int_equal(ws.ws_row, 50);
	assert_int_equal(ws.ws_col, 132);
	term_size(&t, 7, 132);
	assert_int_equal(ioctl(slave, TIOCGWINSZ, &ws), 0);
	assert_int_equal(ws.ws_row, 7);
}

static void
test_not_a_master(void **state)
{
	int p[2], null = open("/dev/null", O_RDWR);

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(term_open(&t, p[1]), -1);
	assert_int_equal(term_open(&t, null), -1);
	assert_int_equal(term_open(&t, slave), -1);
	assert_int_equal(errno, ENOTTY);
	(void)close(p[0]);
	(void)close(p[1]);
	(void)close(null);
}

/* Typed without end, read by nobody: it stops, and nothing is lost. */
static void
test_back_pressure(void **state)
{
	static uint8_t block[4096];
	size_t in = 0, out = 0, i;
	ssize_t n;
	int k;

	(void)state;
	assert_int_equal(term_open(&t, master), 0);
	raw();
	assert_int_equal(fcntl(typed, F_SETFL, O_NONBLOCK), 0);
	for (k = 0; k < 1000; k++) {
		for (i = 0; i < sizeof(block); i++)
			block[i] = (uint8_t)((in + i) % 251);
		if ((n = write(typed, block, sizeof(block))) > 0)
			in += (size_t)n;
		(void)turn(0);
	}
	assert_true(in > 4096 && in < 1024 * 1024);
	(void)close(typed);
	typed = -1;
	for (k = 0; out < in && k < 100000; k++) {
		while ((n = read(slave, block, sizeof(block))) > 0) {
			for (i = 0; i < (size_t)n; i++)
				assert_int_equal(block[i], (out + i) % 251);
			out += (size_t)n;
		}
		(void)turn(1);
	}
	assert_int_equal(out, in);
	assert_int_equal(t.bytes, in);
}

static ssize_t
read_soon(char *buf, size_t len)
{
	ssize_t n = -1;
	int i;

	for (i = 0; i < 1000 && n == -1; i++) {
		(void)turn(1);
		n = read(slave, buf, len);
		if (n == -1)
			assert_int_equal(errno, EAGAIN);
	}
	return (n);
}

/* The end of what is typed is an end of file, also behind half a line. */
static void
test_end(void **state)
{
	char buf[16];

	(void)state;
	assert_int_equal(term_open(&t, master), 0);
	assert_int_equal(write(typed, "ab", 2), 2);
	(void)turn(0);
	(void)close(typed);
	typed = -1;
	assert_int_equal(read_soon(buf, sizeof(buf)), 2);
	assert_memory_equal(buf, "ab", 2);
	assert_int_equal(read_soon(buf, sizeof(buf)), 0);
}

static void
test_end_of_line(void **state)
{
	char buf[16];

	(void)state;
	assert_int_equal(term_open(&t, master), 0);
	assert_int_equal(write(typed, "ab\n", 3), 3);
	(void)turn(0);
	(void)close(typed);
	typed = -1;
	assert_int_equal(read_soon(buf, sizeof(buf)), 3);
	assert_int_equal(read_soon(buf, sizeof(buf)), 0);
	/* one end, and not another one */
	(void)turn(1);
	assert_int_equal(read(slave, buf, sizeof(buf)), -1);
}

/* A program that reads keys gets no byte that nobody typed. */
static void
test_end_raw(void **state)
{
	char buf[16];

	(void)state;
	assert_int_equal(term_open(&t, master), 0);
	raw();
	assert_int_equal(write(typed, "x", 1), 1);
	(void)turn(0);
	(void)close(typed);
	typed = -1;
	assert_int_equal(read_soon(buf, sizeof(buf)), 1);
	(void)turn(10);
	(void)turn(0);
	assert_int_equal(read(slave, buf, sizeof(buf)), -1);
	assert_int_equal(errno, EAGAIN);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		T(test_size), T(test_not_a_master), T(test_back_pressure),
		T(test_end), T(test_end_of_line), T(test_end_raw),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
