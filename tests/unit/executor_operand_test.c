/* SPDX-License-Identifier: ISC */
/*
 * Operands when something is lacking: then there is no list, rather than one
 * without the words that could not be looked at.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <string.h>

#include "executor/operand.h"

static char dir[64], file[96];
static struct place place;

static int
set_up(void **state)
{
	int fd;

	(void)state;
	(void)snprintf(dir, sizeof(dir), "/tmp/operand_test.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return (-1);
	(void)snprintf(file, sizeof(file), "%s/file", dir);
	fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd == -1 || write(fd, "text", 4) != 4 || close(fd) == -1)
		return (-1);
	place.prefix = "";
	place.cwd = dir;
	place.at = -1;
	place.root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return (place.root == -1 ? -1 : 0);
}

static int
tear_down(void **state)
{
	(void)state;
	return (unlink(file) == -1 || rmdir(dir) == -1 ? -1 : 0);
}

/* So many more descriptors may be had; -1: as many as ever. */
static void
leave(int n)
{
	struct rlimit rl;
	int next = n == -1 ? -1 : dup(place.root);

	if (next != -1)
		(void)close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &rl), 0);
	rl.rlim_cur = n == -1 ? rl.rlim_max : (rlim_t)(next + n);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &rl), 0);
}

static void
plan_for(struct plan *p, const char *word)
{
	memset(p, 0, sizeof(*p));
	strv_add(&p->argv, "cat");
	strv_add(&p->argv, word);
	strv_add(&p->write, dir);
	p->exe.path = xstrdup("/usr/bin/cat");
}

static void
test_lack(void **state)
{
	struct trouble t;
	struct plan p;
	int i, r;

	(void)state;
	/* none to look with; one, but none to read with */
	for (i = 0; i < 2; i++) {
		plan_for(&p, "file");
		leave(i);
		r = operands_find(&place, &p, &t);
		leave(-1);
		assert_int_equal(r, -1);
		assert_int_equal(t.err, CBE_AGAIN);
		assert_non_null(strstr(t.text, "file: Too many open files"));
		plan_free(&p);
	}
	plan_for(&p, "file");
	assert_int_equal(operands_find(&place, &p, &t), 0);
	assert_int_equal(p.nbound, 1);
	assert_int_equal(p.bound[0].how, BOUND_FILE);
	assert_string_equal(p.bound[0].file.path, file);
	plan_free(&p);
	/* what names nothing is no lack */
	plan_for(&p, "none");
	assert_int_equal(operands_find(&place, &p, &t), 0);
	assert_int_equal(p.nbound + p.unbound, 0);
	plan_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lack, set_up, tear_down),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
