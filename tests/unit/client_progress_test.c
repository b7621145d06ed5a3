/* SPDX-License-Identifier: ISC */
/* How far it is: what a terminal gets, and what nothing else does. */
#include "config.h"

#include "tests/unit/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "client/progress.h"

/* Standard error while a test looks at it. */
struct watched {
	int	 saved;
	int	 master;
	char	 text[4096];
	size_t	 len;
};

static void
watch(struct watched *w)
{
	struct termios raw;
	int slave;

	memset(w, 0, sizeof(*w));
	w->master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(w->master != -1);
	assert_int_equal(grantpt(w->master), 0);
	assert_int_equal(unlockpt(w->master), 0);
	slave = open(ptsname(w->master), O_RDWR | O_NOCTTY);
	assert_true(slave != -1);
	assert_int_equal(tcgetattr(slave, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(slave, TCSANOW, &raw), 0);
	w->saved = dup(STDERR_FILENO);
	assert_true(w->saved != -1);
	assert_int_equal(dup2(slave, STDERR_FILENO), STDERR_FILENO);
	(void)close(slave);
}

/* What has come since the last look. */
static const char *
seen(struct watched *w)
{
	struct pollfd p = { .fd = w->master, .events = POLLIN };
	ssize_t n;

	(void)fflush(stderr);
	w->len = 0;
	while (w->len < sizeof(w->text) - 1 && poll(&p, 1, 50) == 1) {
		n = read(w->master, w->text + w->len,
		    sizeof(w->text) - 1 - w->len);
		if (n <= 0)
			break;
		w->len += (size_t)n;
	}
	w->text[w->len] = '\0';
	return (w->text);
}

static void
unwatch(struct watched *w)
{
	(void)fflush(stderr);
	(void)dup2(w->saved, STDERR_FILENO);
	(void)close(w->saved);
	(void)close(w->master);
}

static void
test_percent(void **state)
{
	struct progress p;
	struct watched w;
	const char *end;

	(void)state;
	watch(&w);
	progress_begin(&p, "backup", 2000000);
	assert_string_equal(seen(&w), "\rbackup:   0% of 2.0 MB ");
	progress_add(&p, 1000000);
	assert_string_equal(seen(&w), "\rbackup:  50% of 2.0 MB ");
	/* not again for less than one of them */
	progress_add(&p, 1);
	assert_string_equal(seen(&w), "");
	progress_add(&p, 999999);
	assert_string_equal(seen(&w), "\rbackup: 100% of 2.0 MB ");
	/* the row is empty, and the cursor at its begin */
	progress_end(&p);
	end = seen(&w);
	assert_int_equal(end[0], '\r');
	assert_true(strspn(end + 1, " ") >= strlen("backup: 100% of 2.0 MB "));
	assert_string_equal(end + 1 + strspn(end + 1, " "), "\r");
	progress_add(&p, 1);
	assert_string_equal(seen(&w), "");
	unwatch(&w);
}

/* Nobody knows how many there are: none is told of what is soon done. */
static void
test_records(void **state)
{
	struct progress p;
	struct watched w;
	uint64_t n = 0;

	(void)state;
	watch(&w);
	progress_begin(&p, "reading", 0);
	progress_records(&p, 5000);
	progress_hide(&p);
	assert_string_equal(seen(&w), "");
	while (!p.counted) {
		(void)poll(NULL, 0, 20);
		progress_records(&p, 1024);
		n += 1024;
	}
	assert_true(strncmp(seen(&w), "\rreading: ", 10) == 0);
	assert_int_equal(strtoull(w.text + 10, NULL, 10), n + 5000);
	/* a line is printed where it was */
	progress_hide(&p);
	assert_int_equal(seen(&w)[0], '\r');
	progress_hide(&p);
	assert_string_equal(seen(&w), "");
	progress_end(&p);
	unwatch(&w);
}

static void
test_file(void **state)
{
	char path[] = "/tmp/progress.XXXXXX";
	struct progress p;
	int fd, saved;

	(void)state;
	fd = mkstemp(path);
	assert_true(fd != -1);
	(void)unlink(path);
	saved = dup(STDERR_FILENO);
	assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	progress_begin(&p, "backup", 100);
	progress_add(&p, 100);
	progress_hide(&p);
	progress_end(&p);
	(void)fflush(stderr);
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
	assert_int_equal(lseek(fd, 0, SEEK_END), 0);
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_percent),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_file),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
