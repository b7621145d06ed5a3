/* SPDX-License-Identifier: ISC */
/*
 * The files of an execve by their names: those that were named last stay open,
 * and are what their names lead to, whatever became of these meanwhile.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "executor/watch/hold_priv.h"

#define TRUE		"/bin/true"
#define KEPT		16	/* as many stay open */

static char dir[64], path[96], other[96];
static struct watch watch;
static struct progfile f;

static int
set_up(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof(dir), "/tmp/progfile_test.XXXXXX");
	if (mkdtemp(dir) == NULL || walk_init(&watch.walk) == -1)
		return (-1);
	watch.walk.tid = getpid();
	(void)snprintf(path, sizeof(path), "%s/name", dir);
	(void)snprintf(other, sizeof(other), "%s/other", dir);
	return (0);
}

static int
tear_down(void **state)
{
	(void)state;
	return (rmdir(dir));
}

static void
put(const char *name, const char *text)
{
	FILE *s;

	assert_non_null(s = fopen(name, "w"));
	(void)fputs(text, s);
	assert_int_equal(fclose(s), 0);
	assert_int_equal(chmod(name, 0755), 0);
}

static int
find(const char *name, int flags)
{
	static struct call c;
	int hidden = 0;

	c.w = &watch;
	return (progfile_find(&c, AT_FDCWD, name, flags, &f, &hidden));
}

/* It is found, and is what there is by that name. */
static void
found(const char *name)
{
	struct stat a, b;

	assert_int_equal(find(name, 0), 0);
	assert_int_equal(fstat(f.fd, &a), 0);
	assert_int_equal(stat(name, &b), 0);
	assert_true(a.st_dev == b.st_dev && a.st_ino == b.st_ino);
	assert_true(f.st.st_ino == b.st_ino && f.st.st_size == b.st_size &&
	    f.st.st_mode == b.st_mode);
	if (!f.lent)
		(void)close(f.fd);
}

static int
first_free(void)
{
	int fd = dup(0);

	(void)close(fd);
	return (fd);
}

/* The run's own would not go away. */
static void
test_own(void **state)
{
	const int before = first_free();

	(void)state;
	put(path, "1");
	found(path);
	assert_false(f.lent);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(first_free(), before);
}

static void
test_changed(void **state)
{
	(void)state;
	watch.walk.uid++;
	put(path, "1");
	found(path);
	found(path);
	assert_true(f.lent);
	/* longer, another file, a link, and what may not be executed */
	put(path, "22");
	found(path);
	put(other, "22");
	assert_int_equal(rename(other, path), 0);
	found(path);
	assert_string_equal(f.where, path);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(find(path, 0), -EACCES);
	assert_int_equal(chmod(path, 0755), 0);
	found(path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(find(path, 0), -ENOENT);
	assert_int_equal(symlink(TRUE, path), 0);
	found(path);
	assert_string_not_equal(f.where, path);
	assert_int_equal(find(path, AT_SYMLINK_NOFOLLOW), -ELOOP);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(find(path, 0), -EACCES);
	assert_int_equal(rmdir(path), 0);
	watch.walk.uid--;
}

/* What means another thing to each who goes by it. */
static void
test_magic(void **state)
{
	(void)state;
	watch.walk.uid++;
	put(other, "1");
	assert_int_equal(chdir(dir), 0);
	found("/proc/self/cwd/other");
	assert_false(f.lent);
	assert_int_equal(symlink("/proc/self/cwd", path), 0);
	(void)snprintf(other, sizeof(other), "%s/name/other", dir);
	found(other);
	assert_false(f.lent);
	found("other");
	assert_false(f.lent);
	assert_int_equal(unlink("name"), 0);
	assert_int_equal(unlink("other"), 0);
	assert_int_equal(chdir("/"), 0);
	watch.walk.uid--;
}

/* Whatever is executed, no more than so many. */
static void
test_many(void **state)
{
	const int before = first_free();
	char name[128];
	int i;

	(void)state;
	watch.walk.uid++;
	found(TRUE);
	for (i = 0; i < 5 * KEPT; i++) {
		(void)snprintf(name, sizeof(name), "%s%d", path, i);
		put(name, "1");
		found(name);
		assert_true(f.lent);
		assert_int_equal(unlink(name), 0);
		/* what is used stays */
		found(TRUE);
		assert_true(f.lent);
	}
	watch.walk.uid--;
	assert_in_range(first_free(), before, before + KEPT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_magic),
		cmocka_unit_test(test_many),
	};

	return (cmocka_run_group_tests_name("executor_progfile", tests, set_up,
	    tear_down));
}
