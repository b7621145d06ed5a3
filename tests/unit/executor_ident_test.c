/* SPDX-License-Identifier: ISC */
/*
 * Programs that are found and opened at once: what the two steps by themselves
 * come to, be it a file or a reason.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <string.h>
#include <unistd.h>

#include "executor/ident.h"

#define ACCOUNT	54321	/* has nothing of its own there */

static char root[] = "/tmp/ident.XXXXXX";
static char longest[PLAN_MAXPATH + 1];

static const char *const words[] = {
	"here", "later", "behind", "link", "nowhere", "shut", "group", "huge",
	"", ".", "..", "clawbot-file", "dir", "fifo", "socket", "far",
	"/opt/here", "/opt/none", "/opt/here/below", "/opt", "/", "./here",
	"../opt/here", "../../../../opt/here", "here/", "/opt/link",
	"/opt/loop", "/opt/fifo", "/opt/socket", "/opt/shut", "/opt/huge",
	"/opt/dangling", longest
};

static char *
under(const char *name)
{
	char *path;

	xasprintf(&path, "%s/%s", root, name);
	return (path);
}

static void
put_dir(const char *name)
{
	char *path = under(name);

	assert_int_equal(mkdir(path, 0755), 0);
	free(path);
}

static void
put_file(const char *name, mode_t mode, off_t size)
{
	char *path = under(name);
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, mode);

	assert_int_not_equal(fd, -1);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(ftruncate(fd, size), 0);
	(void)close(fd);
	free(path);
}

static void
put_link(const char *name, const char *to)
{
	char *path = under(name);

	assert_int_equal(symlink(to, path), 0);
	free(path);
}

static void
put_fifo(const char *name)
{
	char *path = under(name);

	assert_int_equal(mkfifo(path, 0755), 0);
	free(path);
}

static void
put_socket(const char *name)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/%s", root,
	    name);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(chmod(sun.sun_path, 0755), 0);
	(void)close(fd);
}

/* The two steps. */
static int
find_then_open(const struct place *pl, const char *word,
    char path[PLAN_MAXPATH], struct stat *st, struct trouble *t)
{
	if (ident_find(pl, word, path, st, t) == -1)
		return (-1);
	return (ident_open(pl, path, st, t));
}

static void
compare(const struct place *pl, const char *word, unsigned *found)
{
	char one[PLAN_MAXPATH], two[PLAN_MAXPATH];
	struct trouble t1 = { 0, "" }, t2 = { 0, "" };
	struct stat st1, st2, is;
	int fd1, fd2;

	fd1 = find_then_open(pl, word, one, &st1, &t1);
	fd2 = ident_find_open(pl, word, two, &st2, &t2);
	if (fd1 == -1) {
		assert_int_equal(fd2, -1);
		assert_int_equal(t1.err, t2.err);
		assert_string_equal(t1.text, t2.text);
		assert_true(t1.text[0] != '\0');
		return;
	}
	assert_int_not_equal(fd2, -1);
	assert_string_equal(one, two);
	assert_int_equal(fstat(fd2, &is), 0);
	assert_true(st1.st_dev == is.st_dev && st1.st_ino == is.st_ino);
	assert_true(st2.st_dev == is.st_dev && st2.st_ino == is.st_ino);
	(void)close(fd1);
	(void)close(fd2);
	(*found)++;
}

/* By all rights, and by those of an account, which cannot read all of it. */
static int
all_alike(void *arg)
{
	struct place pl = { .prefix = "", .cwd = "/opt", .at = -1,
	    .uid = ACCOUNT, .gid = ACCOUNT };
	unsigned found = 0;
	size_t i;

	pl.root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_not_equal(pl.root, -1);
	if (arg != NULL)
		assert_int_equal(setresuid(ACCOUNT, ACCOUNT, ACCOUNT), 0);
	for (i = 0; i < NELEM(words); i++)
		compare(&pl, words[i], &found);
	(void)close(pl.root);
	return ((int)found);
}

static void
test_alike(void **state)
{
	int st;

	(void)state;
	memset(longest, 'x', PLAN_MAXPATH);
	/* here, later, behind, link, far; six by a path */
	assert_int_equal(all_alike(NULL), 11);
	if (geteuid() != 0)
		skip();
	/* but for what only its mode keeps from being read */
	st = in_child(all_alike, root);
	assert_true(WIFEXITED(st));
	assert_int_equal(WEXITSTATUS(st), 10);
}

/* Tells of what is opened in that directory. */
static int
watch_opens(const char *name)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	char *path = under(name);

	assert_int_not_equal(fd, -1);
	assert_int_not_equal(inotify_add_watch(fd, path, IN_OPEN), -1);
	free(path);
	return (fd);
}

/*
 * A fifo that is named has not been opened: whoever waits there for a reader
 * would go on.  inotify(7) tells of each open(2) but those with O_PATH.
 */
static void
test_not_opened(void **state)
{
	static const char *const named[] = { "/opt/fifo", "./fifo",
	    "../opt/fifo", "./tofifo", "/opt/tofifo" };
	struct place pl = { .prefix = "", .cwd = "/opt", .at = -1 };
	char path[PLAN_MAXPATH], got[4096];
	struct trouble t;
	struct stat st;
	int fd, seen;
	size_t i;

	(void)state;
	pl.root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_not_equal(pl.root, -1);
	seen = watch_opens("opt");
	for (i = 0; i < NELEM(named); i++) {
		fd = ident_find_open(&pl, named[i], path, &st, &t);
		assert_int_equal(fd, -1);
	}
	/* as the interpreter of a script */
	assert_int_equal(ident_open(&pl, "/opt/fifo", &st, &t), -1);
	assert_int_equal(ident_open(&pl, "/opt/tofifo", &st, &t), -1);
	assert_int_equal(read(seen, got, sizeof(got)), -1);
	assert_int_equal(errno, EAGAIN);
	/* and this would have told */
	fd = ident_open(&pl, "/opt/here", &st, &t);
	assert_int_not_equal(fd, -1);
	assert_true(read(seen, got, sizeof(got)) > 0);
	(void)close(fd);
	(void)close(seen);
	(void)close(pl.root);
}

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(root) == NULL || chmod(root, 0755) == -1)
		return (-1);
	put_dir("usr");
	put_dir("usr/bin");
	put_dir("usr/bin/dir");
	put_dir("usr/sbin");
	put_dir("usr/lib");
	put_dir("opt");
	put_dir("bin");
	put_file("usr/bin/here", 0755, 10);
	put_file("usr/bin/later", 0755, 10);
	put_file("usr/bin/group", 0750, 10);
	put_file("usr/bin/huge", 0755, (off_t)IDENT_MAXFILE + 1);
	/* not to be executed, and hides nothing that is */
	put_file("usr/sbin/later", 0644, 10);
	put_dir("usr/sbin/behind");
	put_file("usr/bin/behind", 0755, 10);
	put_file("usr/bin/shut", 0644, 10);
	put_fifo("usr/bin/fifo");
	put_socket("usr/bin/socket");
	put_link("usr/bin/link", "../../opt/here");
	put_file("bin/far", 0755, 10);
	put_file("opt/here", 0755, 10);
	put_file("opt/shut", 0711, 10);
	put_file("opt/huge", 0755, (off_t)IDENT_MAXFILE + 1);
	put_fifo("opt/fifo");
	put_link("opt/tofifo", "fifo");
	put_socket("opt/socket");
	put_link("opt/link", "/usr/bin/here");
	put_link("opt/loop", "loop");
	put_link("opt/dangling", "/nowhere");
	return (0);
}

static int
remove_one(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)st;
	(void)what;
	(void)at;
	return (remove(path));
}

static int
teardown(void **state)
{
	(void)state;
	return (nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alike),
		cmocka_unit_test(test_not_opened),
	};

	return (cmocka_run_group_tests_name("ident", tests, setup, teardown));
}
