/* SPDX-License-Identifier: ISC */
/*
 * The files that words of patterns mean: also once it is known where a name
 * is not, and after that has changed.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <string.h>
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

/*
 * What is found must be what a look-up of each word by itself finds, whatever
 * has changed since.  The clock runs ahead here, so that everything is at rest
 * at once and most of what is kept is used.
 */
static int ahead;

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	int r = (int)syscall(SYS_clock_gettime, id, ts);

	if (id == CLOCK_REALTIME && ahead)
		ts->tv_sec += 3600;
	return (r);
}

static int
note_path(void *arg, size_t i, const char *path, const struct stat *st)
{
	(void)i;
	(void)st;
	strv_add(arg, path);
	return (0);
}

/* Is this file one of what these words mean? */
static int
finds_of(const struct strv *v, const char *want)
{
	struct place pl = { .prefix = "", .cwd = "/", .at = -1 };
	struct strv got = { NULL, 0 };
	struct trouble t;
	int has;

	pl.root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_not_equal(pl.root, -1);
	has = patwords_find(&pl, v, note_path, &got, &t) == 0 &&
	    strv_has(&got, want);
	(void)close(pl.root);
	strv_free(&got);
	return (has);
}

#define CHANGES		800
#define NAMES		12
static const char *const odd_dirs[] = { "usr/local/sbin", "usr/local/bin",
    "usr/sbin", "usr/bin", "opt", "etc" };

/* A name in one of the directories. */
static char *
any_name(void)
{
	char *path;

	xasprintf(&path, "%s/%s/w%d", root, odd_dirs[random() %
	    (long)NELEM(odd_dirs)], (int)(random() % NAMES));
	return (path);
}

static void
make_file(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_NOFOLLOW | O_CLOEXEC,
	    random() % 4 == 0 ? 0644 : 0755);

	if (fd == -1)
		return;
	/* more of what was there, in its place */
	(void)lseek(fd, 0, SEEK_END);
	assert_int_equal(write(fd, "more bytes", (size_t)(1 + random() % 9)) >
	    0, 1);
	(void)close(fd);
}

/* To another name, seen from the root; or from there; or to nothing. */
static void
make_link(const char *path)
{
	char *to = any_name();
	size_t at = strlen(to);

	while (to[at - 1] != '/')
		at--;
	(void)unlink(path);
	if (random() % 3 == 0)
		(void)!symlink(to + strlen(root), path);
	else if (random() % 2 == 0)
		(void)!symlink(to + at, path);
	else
		(void)!symlink("/proc/self/exe", path);
	free(to);
}

/* A whole directory goes away, or comes back, or is another one. */
static void
move_dir(void)
{
	const char *name = odd_dirs[random() % (long)NELEM(odd_dirs)];
	char *dir = under(name), *away = under("away"), *next = under("next");

	if (random() % 3 == 0) {
		(void)rename(dir, away);
		(void)mkdir(dir, 0755);
	} else if (random() % 2 == 0) {
		(void)rename(dir, next);
		(void)rename(away, dir);
		(void)rename(next, away);
	} else if (rmdir(dir) == 0 && random() % 2 == 0)
		(void)!symlink("/opt", dir);
	else if (unlink(dir) == 0 || errno == ENOENT)
		(void)mkdir(dir, 0755);
	free(dir);
	free(away);
	free(next);
}

static void
change_something(void)
{
	char *path = any_name(), *other = any_name();

	switch (random() % 9) {
	case 0:
		(void)unlink(path);
		break;
	case 1:
		(void)rename(path, other);
		break;
	case 2:
		(void)mkdir(path, 0755);
		break;
	case 3:
		(void)rmdir(path);
		break;
	case 4:
		(void)!link(path, other);
		break;
	case 5:
		make_link(path);
		break;
	case 6:
		(void)chmod(path, random() % 2 == 0 ? 0644 : 0755);
		break;
	case 7:
		move_dir();
		break;
	default:
		make_file(path);
		break;
	}
	free(path);
	free(other);
}

/* What was found of the words, by number. */
struct found_word {
	char		*path;
	struct stat	 st;
};

static int
keep(void *arg, size_t i, const char *path, const struct stat *st)
{
	struct found_word *w = arg;

	w[i].path = xstrdup(path);
	w[i].st = *st;
	return (0);
}

/* How many of them there are; as they are without anything being kept. */
static unsigned
all_as_alone(const struct place *pl, const struct strv *odd)
{
	struct found_word w[2 * NAMES];
	char path[PLAN_MAXPATH];
	unsigned n = 0;
	struct trouble t;
	struct stat st;
	size_t i;
	int there;

	memset(w, 0, sizeof(w));
	assert_int_equal(patwords_find(pl, odd, keep, w, &t), 0);
	for (i = 0; i < odd->n; i++) {
		there = ident_find(pl, odd->v[i], path, &st, &t) == 0;
		assert_int_equal(there, w[i].path != NULL);
		if (!there)
			continue;
		n++;
		assert_string_equal(path, w[i].path);
		assert_true(st.st_dev == w[i].st.st_dev &&
		    st.st_ino == w[i].st.st_ino &&
		    st.st_size == w[i].st.st_size &&
		    st.st_mode == w[i].st.st_mode);
		free(w[i].path);
	}
	return (n);
}

static void
change_and_compare(const char *at, int ours)
{
	struct place pl = { .prefix = "", .cwd = "/", .at = -1 };
	const struct timespec tick = { 0, 10000000 };
	struct strv odd = { NULL, 0 };
	unsigned found = 0;
	char word[32];
	int k;

	for (k = 0; k < NAMES; k++) {
		(void)snprintf(word, sizeof(word), "w%d", k);
		strv_add(&odd, word);
		(void)snprintf(word, sizeof(word), "/opt/w%d", k);
		strv_add(&odd, word);
	}
	assert_int_equal(patwords_make(), 0);
	pl.root = open(at, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_not_equal(pl.root, -1);
	pl.ours = ours;
	for (k = 0; k < CHANGES; k++) {
		change_something();
		/* the next change gets another time than what is noted down */
		if ((ahead = k % 4 == 0))
			(void)nanosleep(&tick, NULL);
		/* once to note it down, and once to go by it */
		found += all_as_alone(&pl, &odd);
		found += all_as_alone(&pl, &odd);
	}
	ahead = 0;
	assert_true(found > CHANGES);
	(void)close(pl.root);
	strv_free(&odd);
}

/* Where its root is ours, and links are followed by the kernel. */
static int
changes_inside(void *arg)
{
	(void)arg;
	if (chroot(root) == -1)
		return (errno == EPERM ? 0 : 1);
	root[0] = '\0';
	change_and_compare("/", 0);
	change_and_compare("/", 1);
	return (0);
}

static void
test_changes(void **state)
{
	size_t i;
	int st;

	(void)state;
	put_dir("usr/local");
	for (i = 0; i < NELEM(odd_dirs); i++)
		if (strncmp(odd_dirs[i], "usr/l", 5) == 0 ||
		    odd_dirs[i][0] == 'e')
			put_dir(odd_dirs[i]);
	srandom(1);
	change_and_compare(root, 0);
	st = in_child(changes_inside, NULL);
	assert_true(WIFEXITED(st) && WEXITSTATUS(st) == 0);
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
gone(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return (remove(path));
}

static int
teardown(void **state)
{
	(void)state;
	return (nftw(root, gone, 16, FTW_DEPTH | FTW_PHYS));
}

/*
 * Other words: what was written down of those before, by their places, hides
 * none of these, and the other way round.
 */
static void
test_renew(void **state)
{
	static const char *const old_v[] = { "of_bin" }, *const new_v[] = {
	    "of_sbin" };
	static const struct strv old = { (char **)(uintptr_t)old_v, 1 },
	    new = { (char **)(uintptr_t)new_v, 1 };
	int i, status;
	pid_t pid;

	(void)state;
	put_file("usr/bin/of_bin", 0755);
	put_file("usr/sbin/of_sbin", 0755);
	ahead = 1;
	assert_int_equal(patwords_make(), 0);
	assert_true(finds_of(&old, "/usr/bin/of_bin"));
	/* who has new ones writes them down; others keep those they have */
	if ((pid = fork()) == 0) {
		patwords_renew();
		for (i = 0; i < 2; i++)
			if (!finds_of(&new, "/usr/sbin/of_sbin"))
				_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(finds_of(&old, "/usr/bin/of_bin"));
	patwords_renew();
	for (i = 0; i < 2; i++)
		assert_true(finds_of(&new, "/usr/sbin/of_sbin"));
	ahead = 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_renew),
	};

	return (cmocka_run_group_tests_name("executor words of patterns",
	    tests, setup, teardown));
}
