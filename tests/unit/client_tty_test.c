/* SPDX-License-Identifier: ISC */
/* The caller's terminal: escapes in what is typed, and its settings. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/ioctl.h>

#include <fcntl.h>
#include <string.h>
#include <termios.h>

#include "client/tty.h"

/*
 * Types every piece of in, separated by "|", and compares what goes to the
 * run, pieces joined; "." at the end of want: leave.
 */
static void
check(const char *in, const char *want, enum tty_key end)
{
	uint8_t buf[64];
	char got[256] = "";
	struct tty_keys k;
	enum tty_key r = TTY_GO_ON;
	size_t n;

	tty_keys_init(&k);
	for (; r == TTY_GO_ON && *in != '\0'; in += *in == '|') {
		n = strcspn(in, "|");
		memcpy(buf, in, n);
		in += n;
		r = tty_keys(&k, buf, &n);
		(void)strncat(got, (char *)buf, n);
	}
	assert_string_equal(got, want);
	assert_int_equal(r, end);
}

static void
test_keys(void **state)
{
	(void)state;
	check("hello", "hello", TTY_GO_ON);
	check("a~.b", "a~.b", TTY_GO_ON);
	check("~.", "", TTY_LEAVE);
	check("~|.", "", TTY_LEAVE);
	check("ls\r~.", "ls\r", TTY_LEAVE);
	check("ls\n~|.rest", "ls\n", TTY_LEAVE);
	check("~~.", "~.", TTY_GO_ON);
	check("~|~|.", "~.", TTY_GO_ON);
	check("~\032", "", TTY_STOP);
	check("ls\r~|\032", "ls\r", TTY_STOP);
	check("a~\032\032", "a~\032\032", TTY_GO_ON);
	check("~~\032", "~\032", TTY_GO_ON);
	check("\033[200~\r~\032", "\033[200~\r~\032", TTY_GO_ON);
	check("~x", "~x", TTY_GO_ON);
	check("~|x", "~x", TTY_GO_ON);
	check("~|\r|~|.", "~\r", TTY_LEAVE);
	/* what is pasted is for the run, however it comes */
	check("\033[200~a\r~.b\r~~\033[201~x", "\033[200~a\r~.b\r~~\033[201~x",
	    TTY_GO_ON);
	check("\033|[2|00|~\r|~.", "\033[200~\r~.", TTY_GO_ON);
	check("\033[200~\r\033[201~\r~.", "\033[200~\r\033[201~\r",
	    TTY_LEAVE);
	check("\033[202~\r~.", "\033[202~\r", TTY_LEAVE);
	check("~/bin\r", "~/bin\r", TTY_GO_ON);
	check("\r~~\r~~", "\r~\r~", TTY_GO_ON);
	check("a~|.", "a~.", TTY_GO_ON);
}

static void
same_modes(const struct termios *a, const struct termios *b)
{
	assert_int_equal(a->c_iflag, b->c_iflag);
	assert_int_equal(a->c_oflag, b->c_oflag);
	assert_int_equal(a->c_cflag, b->c_cflag);
	assert_int_equal(a->c_lflag, b->c_lflag);
	assert_memory_equal(a->c_cc, b->c_cc, sizeof(a->c_cc));
}

static void
test_modes(void **state)
{
	struct termios before, now;
	struct winsize ws = { 33, 111, 0, 0 };
	uint16_t rows, cols;
	int m, s, in, out;

	(void)state;
	assert_int_not_equal(m = posix_openpt(O_RDWR | O_NOCTTY), -1);
	assert_int_equal(unlockpt(m), 0);
	s = open(ptsname(m), O_RDWR | O_NOCTTY);
	assert_int_not_equal(s, -1);
	assert_int_equal(ioctl(m, TIOCSWINSZ, &ws), 0);
	in = dup(STDIN_FILENO);
	out = dup(STDOUT_FILENO);
	assert_int_equal(dup2(s, STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(tcgetattr(s, &before), 0);
	tty_size(&rows, &cols);
	assert_int_equal(rows, 33);
	assert_int_equal(cols, 111);
	assert_int_equal(tty_raw(), 0);
	assert_int_equal(tcgetattr(s, &now), 0);
	assert_int_equal(now.c_lflag & (ICANON | ECHO | ISIG | IEXTEN), 0);
	assert_int_equal(now.c_iflag & (ICRNL | IXON | ISTRIP), 0);
	assert_int_equal(now.c_oflag & OPOST, 0);
	/* again, as after a stop: what was saved first is what comes back */
	assert_int_equal(tty_raw(), 0);
	tty_restore();
	assert_int_equal(tcgetattr(s, &now), 0);
	same_modes(&before, &now);
	/* and not twice, when somebody else has changed them since */
	now.c_lflag &= ~(tcflag_t)ECHO;
	assert_int_equal(tcsetattr(s, TCSANOW, &now), 0);
	tty_restore();
	assert_int_equal(tcgetattr(s, &now), 0);
	assert_int_equal(now.c_lflag & ECHO, 0);
	assert_int_equal(dup2(in, STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(dup2(out, STDOUT_FILENO), STDOUT_FILENO);
	(void)close(m);
	(void)close(s);
}

static void
test_missing(void **state)
{
	int in = dup(STDIN_FILENO), null = open("/dev/null", O_RDWR);

	(void)state;
	assert_int_equal(dup2(null, STDIN_FILENO), STDIN_FILENO);
	assert_string_equal(tty_missing(), "standard input");
	assert_int_equal(tty_raw(), -1);
	tty_restore();
	assert_int_equal(dup2(in, STDIN_FILENO), STDIN_FILENO);
	(void)close(in);
	(void)close(null);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_missing),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
