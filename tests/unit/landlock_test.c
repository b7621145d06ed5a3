/* SPDX-License-Identifier: ISC */
/*
 * What a ruleset handles, for each ABI that there is, and what a process
 * under one can do; tried on the ABI of the running kernel and on each older
 * one, as a newer kernel behaves like an older one that is asked for less.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "common/landlock.h"

#define NEWEST	9	/* the last ABI that brought something to us */

static char	 dir[] = "/tmp/landlock_test.XXXXXX";

struct attempt {
	int		 abi;
	int		 tcp;
	pid_t		 other;
	uint64_t	 access;	/* beneath dir */
	int		 port;
	int		 (*fn)(const struct attempt *);
};

/* In a child: the errno of what was tried, 0 if it worked, 250 for ours. */
static int
enter_and_try(void *arg)
{
	const struct attempt *a = arg;
	int rs, fd;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    (rs = landlock_ruleset(a->abi, a->tcp)) == -1 ||
	    (fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1 ||
	    landlock_allow(rs, a->abi, fd, a->access) == -1 ||
	    landlock_enter(rs, a->abi) == -1)
		return (250);
	return (a->fn(a));
}

static int
attempt(int (*fn)(const struct attempt *), struct attempt a)
{
	int st;

	a.fn = fn;
	st = in_child(enter_and_try, &a);
	assert_true(WIFEXITED(st));
	assert_int_not_equal(WEXITSTATUS(st), 250);
	return (WEXITSTATUS(st));
}

static int
try_tcp(const struct attempt *a)
{
	struct sockaddr_in sin;
	int s;

	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sin.sin_port = htons((uint16_t)a->port);
	if ((s = socket(AF_INET, SOCK_STREAM, 0)) == -1)
		return (250);
	return (connect(s, (struct sockaddr *)&sin, sizeof(sin)) == -1 ?
	    errno : 0);
}

static int
try_bind(const struct attempt *a)
{
	struct sockaddr_in sin;
	int s;

	(void)a;
	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if ((s = socket(AF_INET, SOCK_STREAM, 0)) == -1)
		return (250);
	return (bind(s, (struct sockaddr *)&sin, sizeof(sin)) == -1 ?
	    errno : 0);
}

static socklen_t
abstract(struct sockaddr_un *sun)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	(void)snprintf(sun->sun_path + 1, sizeof(sun->sun_path) - 1,
	    "%s", dir);
	return ((socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
	    strlen(dir)));
}

static int
try_abstract(const struct attempt *a)
{
	struct sockaddr_un sun;
	socklen_t len = abstract(&sun);
	int s;

	(void)a;
	if ((s = socket(AF_UNIX, SOCK_STREAM, 0)) == -1)
		return (250);
	return (connect(s, (struct sockaddr *)&sun, len) == -1 ? errno : 0);
}

static int
try_signal(const struct attempt *a)
{
	return (kill(a->other, 0) == -1 ? errno : 0);
}

static int
try_truncate(const struct attempt *a)
{
	char path[128];

	(void)a;
	(void)snprintf(path, sizeof(path), "%s/file", dir);
	return (truncate(path, 0) == -1 ? errno : 0);
}

static int
try_ioctl(const struct attempt *a)
{
	struct winsize ws;
	char path[128];
	int fd;

	(void)a;
	(void)snprintf(path, sizeof(path), "%s/null", dir);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return (250);
	return (ioctl(fd, TIOCGWINSZ, &ws) == -1 ? errno : 0);
}

static int
try_refer(const struct attempt *a)
{
	char from[128], to[128];

	(void)a;
	(void)snprintf(from, sizeof(from), "%s/a/file", dir);
	(void)snprintf(to, sizeof(to), "%s/b/file", dir);
	return (rename(from, to) == -1 ? errno : 0);
}

static int
try_exec(const struct attempt *a)
{
	char *none[] = { NULL };

	(void)a;
	(void)execve("/bin/true", none, none);
	return (errno);
}

static void
make_file(const char *name)
{
	char path[128];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_not_equal(fd, -1);
	(void)close(fd);
}

/* Which accesses an ABI handles: each has all of the one before. */
static void
test_rights(void **state)
{
	static const uint64_t news[NEWEST + 1] = {
		[1] = (UINT64_C(1) << 13) - 1, [2] = LL_FS_REFER,
		[3] = LL_FS_TRUNCATE, [5] = LL_FS_IOCTL_DEV,
		[9] = LL_FS_RESOLVE_UNIX,
	};
	uint64_t want = 0;
	int abi;

	(void)state;
	for (abi = 1; abi <= NEWEST; abi++) {
		want |= news[abi];
		assert_int_equal(landlock_fs_all(abi), want);
	}
	assert_int_equal(landlock_fs_all(NEWEST + 20), want);
}

/* Of the running kernel: all that we say it has, and nothing more. */
static void
test_kernel(void **state)
{
	struct { uint64_t fs; } a = { landlock_fs_all(landlock_abi()) };
	long fd;

	(void)state;
	if (landlock_abi() == 0)
		skip();
	fd = syscall(SYS_landlock_create_ruleset, &a, sizeof(a), 0);
	assert_int_not_equal(fd, -1);
	(void)close((int)fd);
}

/* All that the running kernel has, and what each older one would leave. */
static void
test_network(void **state)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	struct attempt a = { 0 };
	int s, abi, top = landlock_abi();

	(void)state;
	if (top == 0)
		skip();
	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(s, (struct sockaddr *)&sin, len), 0);
	assert_int_equal(listen(s, 128), 0);
	assert_int_equal(getsockname(s, (struct sockaddr *)&sin, &len), 0);
	a.port = ntohs(sin.sin_port);
	for (abi = 1; abi <= top; abi++) {
		a.abi = abi;
		a.tcp = 0;
		assert_int_equal(attempt(try_tcp, a), abi >= 4 ? EACCES : 0);
		assert_int_equal(attempt(try_bind, a), abi >= 4 ? EACCES : 0);
		a.tcp = 1;
		assert_int_equal(attempt(try_tcp, a), 0);
		assert_int_equal(attempt(try_bind, a), 0);
	}
	(void)close(s);
}

static void
test_scopes(void **state)
{
	struct sockaddr_un sun;
	socklen_t len = abstract(&sun);
	struct attempt a = { 0 };
	int s, abi, top = landlock_abi();

	(void)state;
	if (top == 0)
		skip();
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(s, (struct sockaddr *)&sun, len), 0);
	assert_int_equal(listen(s, 128), 0);
	a.other = getpid();
	for (abi = 1; abi <= top; abi++)
		for (a.tcp = 0; a.tcp < 2; a.tcp++) {
			a.abi = abi;
			assert_int_equal(attempt(try_abstract, a),
			    abi >= 6 ? EPERM : 0);
			assert_int_equal(attempt(try_signal, a),
			    abi >= 6 ? EPERM : 0);
		}
	(void)close(s);
}

static void
test_files(void **state)
{
	struct attempt a = { 0 };
	char path[128];
	int abi, top = landlock_abi();

	(void)state;
	if (top == 0)
		skip();
	make_file("file");
	(void)snprintf(path, sizeof(path), "%s/null", dir);
	assert_int_equal(mknod(path, S_IFCHR | 0666, (1 << 8) | 3), 0);
	(void)snprintf(path, sizeof(path), "%s/a", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/b", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	make_file("a/file");
	for (abi = 1; abi <= top; abi++) {
		a.abi = abi;
		a.access = LL_FS_READ_FILE | LL_FS_WRITE_FILE |
		    LL_FS_REMOVE_FILE | LL_FS_MAKE_REG;
		assert_int_equal(attempt(try_exec, a), EACCES);
		assert_int_equal(attempt(try_truncate, a),
		    abi >= 3 ? EACCES : 0);
		/* where it is not restricted the device says what it is */
		assert_int_equal(attempt(try_ioctl, a),
		    abi >= 5 ? EACCES : ENOTTY);
		/* always refused unless allowed, and the first cannot */
		assert_int_equal(attempt(try_refer, a), EXDEV);
		if (abi < 2)
			continue;
		a.access |= LL_FS_REFER;
		assert_int_equal(attempt(try_refer, a), 0);
		(void)snprintf(path, sizeof(path), "%s/b/file", dir);
		assert_int_equal(unlink(path), 0);
		make_file("a/file");
	}
}

static int
setup(void **state)
{
	(void)state;
	return (mkdtemp(dir) == NULL ? -1 : 0);
}

static int
teardown(void **state)
{
	static const char *const files[] = { "file", "null", "a/file",
	    "b/file" };
	char path[128];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(files); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		(void)unlink(path);
	}
	(void)snprintf(path, sizeof(path), "%s/a", dir);
	(void)rmdir(path);
	(void)snprintf(path, sizeof(path), "%s/b", dir);
	(void)rmdir(path);
	return (rmdir(dir));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rights),
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_network),
		cmocka_unit_test(test_scopes),
		cmocka_unit_test(test_files),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
