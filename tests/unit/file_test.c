/* SPDX-License-Identifier: ISC */
/* clawbot-file: what is written is whole, and is not what came meanwhile. */
#include "config.h"

#include "tests/unit/unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "file/file.h"

static char dir[] = "/tmp/cbt-file.XXXXXX";

static void
put_file(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0640);

	assert_true(fd != -1);
	assert_int_equal(write(fd, text, strlen(text)),
	    (ssize_t)strlen(text));
	assert_int_equal(close(fd), 0);
}

static void
assert_file(const char *name, const char *text)
{
	char got[64];
	int fd = open(name, O_RDONLY);
	ssize_t n;

	assert_true(fd != -1);
	n = read(fd, got, sizeof(got) - 1);
	assert_true(n >= 0);
	got[n] = '\0';
	assert_string_equal(got, text);
	(void)close(fd);
}

/* A path in the directory of the test. */
static const char *
in_dir(const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return (path);
}

static int
find(struct target *t, const char *name)
{
	memset(t, 0, sizeof(*t));
	t->data = "new";
	t->len = 3;
	return (target_find(t, in_dir(name)));
}

static void
done(struct target *t)
{
	if (t->dir != -1)
		(void)close(t->dir);
	if (t->old != -1)
		(void)close(t->old);
	free(t->name);
}

/* Names that there are, "." and ".." aside. */
static int
names(void)
{
	DIR *d = opendir(".");
	int n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return (n - 2);
}

static int
set_up(void **state)
{
	(void)state;
	memset(dir + strlen(dir) - 6, 'X', 6);
	return (mkdtemp(dir) == NULL || chdir(dir) == -1 ? -1 : 0);
}

static int
tear_down(void **state)
{
	struct dirent *e;
	DIR *d = opendir(".");

	(void)state;
	while (d != NULL && (e = readdir(d)) != NULL)
		if (unlink(e->d_name) == -1)
			(void)rmdir(e->d_name);
	(void)closedir(d);
	return (chdir("/") == -1 || rmdir(dir) == -1 ? -1 : 0);
}

static void
test_replace(void **state)
{
	struct target t;
	struct stat st;
	int again;

	(void)state;
	put_file("a", "old");
	assert_int_equal(find(&t, "a"), 0);
	assert_true(target_replaceable(&t));
	assert_int_equal(fileop_replace(&t, &again), 0);
	assert_file("a", "new");
	assert_int_equal(stat("a", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_true(st.st_ino != t.st.st_ino);
	/* it is not what was found any more */
	assert_false(target_same(&t));
	done(&t);
	assert_int_equal(find(&t, "b"), 0);
	assert_false(t.exists);
	assert_int_equal(fileop_replace(&t, &again), 0);
	assert_file("b", "new");
	done(&t);
	assert_int_equal(names(), 2);
}

/* Each of these comes between the look and the name. */
static void
came_text(void)
{
	put_file("a", "theirs");
}

static void
came_file(void)
{
	put_file("x", "old");
	assert_int_equal(rename("x", "a"), 0);
}

static void
came_link(void)
{
	assert_int_equal(unlink("a"), 0);
	assert_int_equal(symlink("b", "a"), 0);
}

static void
came_nothing(void)
{
	assert_int_equal(unlink("a"), 0);
}

static void
test_meanwhile(void **state)
{
	void (*const came[])(void) = { came_text, came_file, came_link,
	    came_nothing };
	struct target t;
	int again, how, before;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(came); i++)
		for (how = 0; how < 2; how++) {
			(void)unlink("a");
			put_file("a", "old");
			assert_int_equal(find(&t, "a"), 0);
			came[i]();
			before = names();
			assert_int_equal(how ? fileop_change(&t) :
			    fileop_replace(&t, &again), -1);
			if (how == 0 || i == 0 || i == 1)
				assert_int_equal(errno, EAGAIN);
			assert_int_equal(names(), before);
			if (i == 0)
				assert_file("a", "theirs");
			else if (i == 1)
				assert_file("a", "old");
			assert_int_equal(access("b", F_OK), -1);
			done(&t);
		}
	(void)unlink("a");
	assert_int_equal(find(&t, "a"), 0);
	put_file("a", "theirs");
	assert_int_equal(fileop_replace(&t, &again), -1);
	assert_int_equal(errno, EAGAIN);
	assert_file("a", "theirs");
	done(&t);
}

static void
test_kinds(void **state)
{
	char path[256];
	struct target t;

	(void)state;
	put_file("file", "old");
	assert_int_equal(mkdir("dir", 0700), 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(symlink("loop", "loop"), 0);
	(void)snprintf(path, sizeof(path), "%s/file", dir);
	assert_int_equal(symlink(path, "far"), 0);
	assert_int_equal(symlink("../", "up"), 0);
	assert_int_equal(symlink("dir/none/x", "lost"), 0);
	assert_int_equal(find(&t, "dir"), -2);
	done(&t);
	assert_int_equal(find(&t, "fifo"), -2);
	done(&t);
	assert_int_equal(find(&t, "loop"), -1);
	assert_int_equal(errno, ELOOP);
	done(&t);
	assert_int_equal(find(&t, "up"), -1);
	assert_int_equal(errno, EISDIR);
	done(&t);
	assert_int_equal(find(&t, "lost"), -1);
	assert_int_equal(errno, ENOENT);
	done(&t);
	assert_int_equal(find(&t, "file/x"), -1);
	assert_int_equal(errno, ENOTDIR);
	done(&t);
	assert_int_equal(find(&t, "far"), 0);
	assert_string_equal(t.name, "file");
	assert_true(t.exists);
	done(&t);
}

/* Those who know it by another name have what is written. */
static void
test_two_names(void **state)
{
	struct target t;

	(void)state;
	put_file("a", "a longer one");
	assert_int_equal(link("a", "b"), 0);
	assert_int_equal(find(&t, "a"), 0);
	assert_false(target_replaceable(&t));
	assert_int_equal(fileop_change(&t), 0);
	assert_file("b", "new");
	done(&t);
}

static void
test_digest(void **state)
{
	char one[FILEOP_HEX + 1], two[FILEOP_HEX + 1];
	int fd;

	(void)state;
	put_file("a", "abc");
	/* FIPS 180-2, B.1 */
	digest_bytes("abc", 3, one);
	assert_string_equal(one, "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	assert_true((fd = open("a", O_RDONLY)) != -1);
	assert_int_equal(digest_file(fd, two), 0);
	assert_string_equal(one, two);
	(void)close(fd);
}

#define T(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_replace),
		T(test_meanwhile),
		T(test_kinds),
		T(test_two_names),
		T(test_digest),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
