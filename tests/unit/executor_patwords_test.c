/* SPDX-License-Identifier: ISC */
/*
 * The files that words of patterns mean: also once it is known where a name
 * is not, and after that has changed.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "executor/patwords.h"

static char root[] = "/tmp/patwords.XXXXXX";
static const char *const words_v[] = { "one", "/opt/two", "three", "link",
    "none" };
static const struct strv words = { (char **)(uintptr_t)words_v,
    NELEM(words_v) };

static char *
under(const char *name)
{
	char *path;

	xasprintf(&path, "%s/%s", root, name);
	return (path);
}

static void
put_file(const char *name, mode_t mode)
{
	char *path = under(name);
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, mode);

	assert_int_not_equal(fd, -1);
	assert_int_equal(fchmod(fd, mode), 0);
	(void)close(fd);
	free(path);
}

static void
put_dir(const char *name)
{
	char *path = under(name);

	assert_int_equal(mkdir(path, 0755), 0);
	free(path);
}

static int
note(void *arg, size_t i, const char *path, const struct stat *st)
{
	char **out = arg, *more;

	assert_true(S_ISREG(st->st_mode));
	xasprintf(&more, "%s%s=%s ", *out, words.v[i], path);
	free(*out);
	*out = more;
	return (0);
}

/* What is found now. */
static void
finds(const char *want)
{
	struct place pl = { .prefix = "", .cwd = "/", .at = -1 };
	char *got = xstrdup("");
	struct trouble t;

	pl.root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_not_equal(pl.root, -1);
	assert_int_equal(patwords_find(&pl, &words, note, &got, &t), 0);
	assert_string_equal(got, want);
	(void)close(pl.root);
	free(got);
}

/* Until what was made is not of just now. */
static void
rest(void)
{
	time_t then = time(NULL);

	while (time(NULL) <= then + 3)
		(void)usleep(100000);
}

static void
test_found(void **state)
{
	char *from, *to;
	int status;
	pid_t pid;

	(void)state;
	finds("one=/usr/bin/one /opt/two=/opt/two ");
	/* the first one notes it down, the next one goes by it */
	rest();
	assert_int_equal(patwords_make(), 0);
	finds("one=/usr/bin/one /opt/two=/opt/two ");
	finds("one=/usr/bin/one /opt/two=/opt/two ");
	/* a link to nothing was there, and leads to something now */
	put_file("opt/target", 0755);
	finds("one=/usr/bin/one /opt/two=/opt/two link=/usr/bin/link ");
	/* what changes in a directory is seen, by those who only read, too */
	patwords_read_only();
	put_file("usr/sbin/three", 0755);
	finds("one=/usr/bin/one /opt/two=/opt/two three=/usr/sbin/three "
	    "link=/usr/bin/link ");
	from = under("usr/bin/one");
	to = under("usr/bin/none");
	assert_int_equal(rename(from, to), 0);
	finds("/opt/two=/opt/two three=/usr/sbin/three link=/usr/bin/link "
	    "none=/usr/bin/none ");
	/* and by those that were forked */
	assert_int_equal(rename(to, from), 0);
	if ((pid = fork()) == 0) {
		finds("one=/usr/bin/one /opt/two=/opt/two "
		    "three=/usr/sbin/three link=/usr/bin/link ");
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	free(from);
	free(to);
}

static int
setup(void **state)
{
	char *link;

	(void)state;
	if (mkdtemp(root) == NULL || chmod(root, 0755) == -1)
		return (-1);
	put_dir("usr");
	put_dir("usr/bin");
	put_dir("usr/sbin");
	put_dir("opt");
	put_file("usr/bin/one", 0755);
	put_file("usr/bin/three", 0644);
	put_file("opt/two", 0755);
	link = under("usr/bin/link");
	if (symlink("/opt/target", link) == -1)
		return (-1);
	free(link);
	return (0);
}

static int
teardown(void **state)
{
	static const char *const all[] = { "usr/bin/one", "usr/bin/three",
	    "usr/bin/link", "usr/sbin/three", "opt/two", "opt/target",
	    "usr/bin", "usr/sbin", "usr", "opt" };
	char *path;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(all); i++) {
		path = under(all[i]);
		(void)remove(path);
		free(path);
	}
	return (rmdir(root));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
	};

	return (cmocka_run_group_tests_name("executor words of patterns",
	    tests, setup, teardown));
}
