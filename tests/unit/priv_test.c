/* SPDX-License-Identifier: ISC */
/*
 * priv_drop, watched from outside: a child drops, says so and waits; the
 * test reads what the kernel says about it in /proc.  Needs root.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

#include "common/landlock.h"
#include "common/priv.h"

#define UID	54321
#define GID	54322

static char	 root[] = "/tmp/priv_test.XXXXXX";

/* A dropped child that waits until it is let go. */
struct child {
	struct priv	 p;
	pid_t		 pid;
	int		 say;		/* read end: its one byte */
	int		 go;		/* write end */
	int		 (*fn)(void);	/* in the child, after the drop */
	char		 err[256];
};

static int
no_fn(void)
{
	return (0);
}

static void
prepare(struct child *c, enum role r)
{
	memset(c, 0, sizeof(*c));
	c->p.role = r;
	c->p.uid = UID;
	c->p.gid = GID;
	c->p.root = root;
	c->p.parent = getpid();
	c->p.nofile = 64;
	c->p.accept_no_landlock = landlock_abi() == 0;
	c->fn = no_fn;
}

static void __attribute__((__noreturn__))
run(struct child *c, int say, int go)
{
	int keep[2];
	char ch = 'r';

	keep[0] = say;
	keep[1] = go;
	priv_closefrom(keep, 2);
	if (priv_drop(&c->p, c->err, sizeof(c->err)) == -1) {
		(void)!write(say, c->err, strlen(c->err));
		_exit(1);
	}
	if (c->fn() != 0)
		ch = 'x';
	if (write(say, &ch, 1) != 1 || read(go, &ch, 1) != 0)
		_exit(2);
	_exit(0);
}

static void
start(struct child *c)
{
	int say[2], go[2];

	assert_int_equal(pipe2(say, O_CLOEXEC), 0);
	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	(void)fflush(NULL);
	if ((c->pid = fork()) == 0)
		run(c, say[1], go[0]);
	assert_int_not_equal(c->pid, -1);
	(void)close(say[1]);
	(void)close(go[0]);
	c->say = say[0];
	c->go = go[1];
}

/* What the child says: "r", or why it failed. */
static void
hear(struct child *c, const char *want)
{
	char text[512];
	ssize_t n;

	n = read(c->say, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	if (strlen(want) == 1 ? strcmp(text, want) != 0 :
	    strstr(text, want) == NULL)
		fail_msg("\"%s\", not \"%s\"", text, want);
}

static void
end(struct child *c, int want)
{
	int st;

	(void)close(c->go);
	(void)close(c->say);
	assert_int_equal(waitpid(c->pid, &st, 0), c->pid);
	assert_true(WIFEXITED(st));
	assert_int_equal(WEXITSTATUS(st), want);
}

/* A line of /proc/PID/FILE that begins with key, or "". */
static const char *
proc_line(pid_t pid, const char *file, const char *key)
{
	static char line[512];
	char path[64];
	FILE *fp;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	assert_non_null(fp = fopen(path, "re"));
	while (fgets(line, sizeof(line), fp) != NULL)
		if (strncmp(line, key, strlen(key)) == 0) {
			(void)fclose(fp);
			line[strcspn(line, "\n")] = '\0';
			return (line + strlen(key));
		}
	(void)fclose(fp);
	return ("");
}

static void
has(pid_t pid, const char *file, const char *key, const char *want)
{
	const char *got = proc_line(pid, file, key);

	if (strcmp(got, want) != 0)
		fail_msg("%s %s is \"%s\", not \"%s\"", file, key, got, want);
}

static void
link_is(pid_t pid, const char *name, const char *want)
{
	char path[64], got[256];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	assert_true((n = readlink(path, got, sizeof(got) - 1)) > 0);
	got[n] = '\0';
	assert_string_equal(got, want);
}

static void
dropped(const struct child *c)
{
	struct stat st;
	char path[64];

	has(c->pid, "status", "Uid:", "\t54321\t54321\t54321\t54321");
	has(c->pid, "status", "Gid:", "\t54322\t54322\t54322\t54322");
	has(c->pid, "status", "Groups:", "\t ");
	has(c->pid, "status", "CapInh:", "\t0000000000000000");
	has(c->pid, "status", "CapPrm:", "\t0000000000000000");
	has(c->pid, "status", "CapEff:", "\t0000000000000000");
	has(c->pid, "status", "CapBnd:", "\t0000000000000000");
	has(c->pid, "status", "CapAmb:", "\t0000000000000000");
	has(c->pid, "status", "NoNewPrivs:", "\t1");
	has(c->pid, "status", "Seccomp:", "\t2");
	has(c->pid, "status", "Umask:", "\t0077");
	link_is(c->pid, "root", root);
	link_is(c->pid, "cwd", root);
	/* what cannot be dumped belongs to root in /proc */
	(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)c->pid);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_uid, 0);
	assert_non_null(strstr(proc_line(c->pid, "limits",
	    "Max core file size"), " 1                    1 "));
	assert_non_null(strstr(proc_line(c->pid, "limits",
	    "Max open files"), " 64                   64 "));
	if (c->p.role != ROLE_EXECUTOR)
		assert_non_null(strstr(proc_line(c->pid, "limits",
		    "Max processes"), " 0                    0 "));
}

static void
test_roles(void **state)
{
	static const enum role r[] = { ROLE_SUPERVISOR, ROLE_AUDITOR,
	    ROLE_VAULT };
	struct child c;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(r); i++) {
		prepare(&c, r[i]);
		start(&c);
		hear(&c, "r");
		dropped(&c);
		end(&c, 0);
	}
}

static int
open_file(const char *name, int flags)
{
	int fd = open(name, flags | O_CLOEXEC, 0600);

	if (fd == -1)
		return (errno);
	(void)close(fd);
	return (0);
}

/* The permissions would allow all of it. */
static int
fn_nothing(void)
{
	return (open_file("/file", O_RDONLY) != EACCES ||
	    open_file("/", O_RDONLY | O_DIRECTORY) != EACCES ||
	    open_file("/new", O_WRONLY | O_CREAT) != EACCES);
}

static int
fn_read(void)
{
	return (open_file("/file", O_RDONLY) != 0 ||
	    open_file("/file", O_WRONLY) != EACCES ||
	    open_file("/new", O_WRONLY | O_CREAT) != EACCES ||
	    unlink("/file") != -1);
}

static int
fn_write(void)
{
	return (open_file("/file", O_RDWR) != 0 ||
	    open_file("/new", O_WRONLY | O_CREAT) != 0 ||
	    unlink("/new") != 0 || unlink("/etc/passwd") != -1);
}

static void
test_landlock(void **state)
{
	static const struct { uint64_t fs; int (*fn)(void); } t[] = {
		{ 0, fn_nothing },
		{ LL_FS_READ_FILE | LL_FS_READ_DIR, fn_read },
		{ LL_FS_READ_FILE | LL_FS_READ_DIR | LL_FS_WRITE_FILE |
		    LL_FS_MAKE_REG | LL_FS_REMOVE_FILE | LL_FS_TRUNCATE,
		    fn_write },
	};
	struct child c;
	size_t i;

	(void)state;
	if (landlock_abi() == 0)
		skip();
	for (i = 0; i < NELEM(t); i++) {
		prepare(&c, ROLE_AUDITOR);
		c.p.landlock_fs = t[i].fs;
		c.fn = t[i].fn;
		start(&c);
		hear(&c, "r");
		end(&c, 0);
	}
}

/* Every way in which bringing up can fail names what failed. */
static void
test_failures(void **state)
{
	struct child c;

	(void)state;
	prepare(&c, ROLE_VAULT);
	c.p.root = "/nonexistent/x";
	start(&c);
	hear(&c, "chroot /nonexistent/x: No such file or directory");
	end(&c, 1);
	prepare(&c, ROLE_VAULT);
	c.p.parent = 1;
	start(&c);
	hear(&c, "the supervisor is gone");
	end(&c, 1);
	prepare(&c, ROLE_VAULT);
	c.p.uid = (uid_t)-1;
	start(&c);
	hear(&c, "ids are not as set");
	end(&c, 1);
}

/* The child of a middle process that is killed. */
static void
test_pdeathsig(void **state)
{
	int say[2], go[2], st;
	struct child c;
	struct pollfd pfd;
	pid_t middle;
	char ch;

	(void)state;
	assert_int_equal(pipe2(say, O_CLOEXEC), 0);
	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	(void)fflush(NULL);
	if ((middle = fork()) == 0) {
		prepare(&c, ROLE_AUDITOR);
		if (fork() == 0)
			run(&c, say[1], go[0]);
		for (;;)
			(void)pause();
	}
	(void)close(say[1]);
	(void)close(go[0]);
	assert_int_equal(read(say[0], &ch, 1), 1);
	assert_int_equal(ch, 'r');
	(void)kill(middle, SIGKILL);
	assert_int_equal(waitpid(middle, &st, 0), middle);
	/* its end of the pipe closes */
	pfd.fd = say[0];
	pfd.events = POLLIN;
	assert_int_equal(poll(&pfd, 1, 120000), 1);
	assert_int_equal(read(say[0], &ch, 1), 0);
	(void)close(say[0]);
	(void)close(go[1]);
}

/* The executor: root of its own user namespace with eleven capabilities. */
static int
write_file(pid_t pid, const char *name, const char *text)
{
	char path[64];
	int fd, r;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	if ((fd = open(path, O_WRONLY | O_CLOEXEC)) == -1)
		return (-1);
	r = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	(void)close(fd);
	return (r ? 0 : -1);
}

static void __attribute__((__noreturn__))
run_executor(int say, int go)
{
	struct child c;
	char ch = 'u';

	prepare(&c, ROLE_EXECUTOR);
	c.p.root = NULL;
	c.p.in_userns = 1;
	c.p.uid = c.p.gid = 0;
	c.p.parent = getppid();
	if (unshare(CLONE_NEWUSER) == -1)
		_exit(10);
	if (write(say, &ch, 1) != 1 || read(go, &ch, 1) != 1)
		_exit(11);
	if (setresgid(0, 0, 0) == -1 || setresuid(0, 0, 0) == -1)
		_exit(12);
	run(&c, say, go);
}

static void
test_executor(void **state)
{
	int say[2], go[2];
	struct child c;

	(void)state;
	memset(&c, 0, sizeof(c));
	assert_int_equal(pipe2(say, O_CLOEXEC), 0);
	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	(void)fflush(NULL);
	if ((c.pid = fork()) == 0)
		run_executor(say[1], go[0]);
	(void)close(say[1]);
	(void)close(go[0]);
	c.say = say[0];
	c.go = go[1];
	hear(&c, "u");
	assert_int_equal(write_file(c.pid, "uid_map", "0 54321 1\n"), 0);
	assert_int_equal(write_file(c.pid, "gid_map", "0 54322 1\n"), 0);
	assert_int_equal(write(c.go, "g", 1), 1);
	hear(&c, "r");
	has(c.pid, "status", "Uid:", "\t54321\t54321\t54321\t54321");
	has(c.pid, "status", "Gid:", "\t54322\t54322\t54322\t54322");
	has(c.pid, "status", "Groups:", "\t ");
	/* chown, dac_override, dac_read_search, fowner, kill, setgid,
	 * setuid, setpcap, net_admin, sys_chroot, sys_admin; of its own
	 * namespace */
	has(c.pid, "status", "CapBnd:", "\t00000000002411ef");
	has(c.pid, "status", "CapEff:", "\t00000000002411ef");
	has(c.pid, "status", "CapPrm:", "\t00000000002411ef");
	has(c.pid, "status", "CapInh:", "\t0000000000000000");
	has(c.pid, "status", "CapAmb:", "\t0000000000000000");
	has(c.pid, "status", "NoNewPrivs:", "\t1");
	has(c.pid, "status", "Seccomp:", "\t2");
	end(&c, 0);
}

static int
setup(void **state)
{
	char path[64];
	int fd;

	(void)state;
	if (geteuid() != 0) {
		printf("1..0 # SKIP needs root\n");
		exit(0);
	}
	if (mkdtemp(root) == NULL || chown(root, UID, GID) == -1)
		return (-1);
	(void)snprintf(path, sizeof(path), "%s/file", root);
	if ((fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) == -1 ||
	    fchown(fd, UID, GID) == -1)
		return (-1);
	return (close(fd));
}

static int
teardown(void **state)
{
	char path[64];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/file", root);
	(void)unlink(path);
	return (rmdir(root));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_landlock),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_pdeathsig),
		cmocka_unit_test(test_executor),
	};

	return (cmocka_run_group_tests_name("priv", tests, setup, teardown));
}
