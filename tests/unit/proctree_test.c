/* SPDX-License-Identifier: ISC */
/* Processes by their stat files: hostile names, and numbers that are none. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <string.h>

#include "common/proctree.h"

static char	dir[] = "/tmp/clawbot-proc-XXXXXX";

/* The stat file of a process, by the name that its directory has. */
static void
put(const char *pid, const char *text)
{
	char path[128];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, pid);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/%s/stat", dir, pid);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd != -1);
	assert_int_equal(write(fd, text, strlen(text)),
	    (ssize_t)strlen(text));
	(void)close(fd);
}

static void
gone(const char *pid)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s/stat", dir, pid);
	assert_int_equal(unlink(path), 0);
	(void)snprintf(path, sizeof(path), "%s/%s", dir, pid);
	assert_int_equal(rmdir(path), 0);
}

#define REST	" 3 3 0 -1 4194560 1 2 3 4 50 60 7 8 20 -5 1 0 900 1000 10 18"

static void
test_names(void **state)
{
	const struct procinfo *p;
	struct proctree t;

	(void)state;
	put("12", "12 (a b) S 1" REST);
	put("13", "13 (x) S 99 (y) R 12" REST);
	put("14", "14 () Z 13" REST);
	proctree_read(&t, dir);
	assert_int_equal(t.n, 3);
	assert_non_null(p = proctree_get(&t, 12));
	assert_string_equal(p->name, "a b");
	assert_int_equal(p->parent, 1);
	assert_int_equal(p->ticks, 50 + 60 + 7 + 8);
	assert_int_equal(p->start, 900);
	assert_int_equal(p->rss_kb, 10 * sysconf(_SC_PAGESIZE) / 1024);
	/* a parent that stands in a name is none */
	assert_non_null(p = proctree_get(&t, 13));
	assert_string_equal(p->name, "x) S 99 (y");
	assert_int_equal(p->parent, 12);
	assert_non_null(p = proctree_get(&t, 14));
	assert_string_equal(p->name, "");
	proctree_free(&t);
	gone("12");
	gone("13");
	gone("14");
}

static void
test_no_stat(void **state)
{
	static const char *const no[] = {
		"", "15", "15 (a) S 1", "15 (a) S 1 2 3", "(a) S 1" REST,
		"15(a) S 1" REST, "-15 (a) S 1" REST, " 15 (a) S 1" REST,
		"15 a S 1" REST, "15 (a S 1" REST, "15 (a)", "15 (a) S",
		"15 (a) S x" REST, "15 (a) S  1" REST, "15 (a) S +1" REST,
		"15 (a) S --1" REST, "15 (a) S 2147483648" REST,
		"99999999999 (a) S 1" REST,
		"15 (a) S 18446744073709551617" REST,
	};
	struct proctree t;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(no); i++) {
		put("15", no[i]);
		proctree_read(&t, dir);
		if (t.n != 0)
			fail_msg("\"%s\" is a process", no[i]);
		proctree_free(&t);
		gone("15");
	}
}

static int
make(void **state)
{
	(void)state;
	return (mkdtemp(dir) == NULL ? -1 : 0);
}

static int
done(void **state)
{
	(void)state;
	return (rmdir(dir));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_no_stat),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, make, done));
}
