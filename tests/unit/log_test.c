/* SPDX-License-Identifier: ISC */
/* Diagnostics: one line a message, and nothing of a role unescaped. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "common/log.h"

static int		 p[2];
static int		 saved_err;
static char		 text[8192];

/* What was written since the last call. */
static const char *
got(void)
{
	ssize_t n;

	n = read(p[0], text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	return (text);
}

/* Standard error is our pipe until back(). */
static void
capture(void)
{
	saved_err = dup(STDERR_FILENO);
	(void)dup2(p[1], STDERR_FILENO);
}

static void
back(void)
{
	(void)dup2(saved_err, STDERR_FILENO);
	(void)close(saved_err);
}

static void
test_fd(void **state)
{
	char big[3 * LOG_LINE_MAX];

	(void)state;
	log_init("vault", LOG_TO_FD, p[1], 0);
	log_warnx("secrets.env: bad mac");
	assert_string_equal(got(), "3secrets.env: bad mac\n");
	log_info("ready");
	assert_string_equal(got(), "6ready\n");
	log_debug("not shown");
	assert_string_equal(got(), "");
	errno = ENOENT;
	log_warn("open %s", "x");
	assert_int_equal(errno, ENOENT);
	assert_string_equal(got(), "3open x: No such file or directory\n");
	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	log_warnx("%s", big);
	(void)got();
	assert_true(strlen(text) <= LOG_LINE_MAX + 2);
	assert_int_equal(text[strlen(text) - 1], '\n');
	assert_null(memchr(text, '\n', strlen(text) - 1));
	log_init("vault", LOG_TO_FD, p[1], 1);
	log_debug("shown");
	assert_string_equal(got(), "7shown\n");
}

static void
test_stderr(void **state)
{
	(void)state;
	capture();
	log_init("clawbotd", LOG_TO_STDERR, -1, 0);
	log_warnx("bad thing");
	back();
	assert_string_equal(got(), "clawbotd: bad thing\n");
}

static void
relay(const char *line, size_t len, const char *want)
{
	capture();
	log_init("clawbotd", LOG_TO_STDERR, -1, 0);
	log_relay("executor", line, len);
	back();
	assert_string_equal(got(), want);
}

#define RELAY(line, want)	relay((line), sizeof(line) - 1, (want))

static void
test_relay(void **state)
{
	char big[4096];
	size_t i;

	(void)state;
	RELAY("", "");
	RELAY("3hello", "clawbotd: executor: hello\n");
	RELAY("3a\nclawbotd: forged", "clawbotd: executor: "
	    "a\\x0aclawbotd: forged\n");
	RELAY("3\x1b[2J", "clawbotd: executor: \\x1b[2J\n");
	RELAY("3a\0b", "clawbotd: executor: a\\x00b\n");
	RELAY("3\x7f\x80\xff", "clawbotd: executor: \\x7f\\x80\\xff\n");
	RELAY("3%s%n%x", "clawbotd: executor: %s%n%x\n");
	RELAY("3\xe2\x80\xae", "clawbotd: executor: \\xe2\\x80\\xae\n");
	/* what is longer than a line is cut, not overrun */
	for (i = 0; i < sizeof(big); i++)
		big[i] = i == 0 ? '3' : '\x01';
	capture();
	log_relay("executor", big, sizeof(big));
	back();
	(void)got();
	assert_true(strlen(text) < LOG_LINE_MAX + 16);
	assert_int_equal(text[strlen(text) - 1], '\n');
	for (i = 0; i < strlen(text) - 1; i++)
		assert_true(text[i] >= 0x20 && text[i] < 0x7f);
}

/* A pipe that nobody reads does not hold up a role. */
static void
test_full(void **state)
{
	int q[2], i;

	(void)state;
	assert_int_equal(pipe2(q, O_NONBLOCK), 0);
	log_init("vault", LOG_TO_FD, q[1], 0);
	for (i = 0; i < 100000; i++)
		log_warnx("a line that fills the pipe");
	assert_int_equal(read(q[0], text, 1), 1);
	(void)close(q[0]);
	(void)close(q[1]);
}

static int
run_fatal(void *arg)
{
	(void)arg;
	log_init("vault", LOG_TO_FD, p[1], 0);
	errno = EIO;
	fatal(74, "write %s", "secrets.env");
}

static int
run_fatalx(void *arg)
{
	(void)arg;
	log_init("vault", LOG_TO_FD, p[1], 0);
	fatalx(78, "no key");
}

static void
test_fatal(void **state)
{
	int status;

	(void)state;
	status = in_child(run_fatal, NULL);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 74);
	assert_string_equal(got(), "2write secrets.env: "
	    "Input/output error\n");
	status = in_child(run_fatalx, NULL);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 78);
	assert_string_equal(got(), "2no key\n");
}

static int
setup(void **state)
{
	(void)state;
	return (pipe2(p, O_NONBLOCK));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fd),
		cmocka_unit_test(test_stderr),
		cmocka_unit_test(test_relay),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_fatal),
	};

	return (cmocka_run_group_tests_name("log", tests, setup, NULL));
}
