/* SPDX-License-Identifier: ISC */
/*
 * watch_same: makes, opens, renames and removes things in the current
 * directory in every odd way, and prints what came of it.  The output is the
 * same where the kernel answers and where init does in its place.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include <linux/openat2.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NR_fchmodat2	452
#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE	2
#endif

/* Prints the call, and what came of it. */
#define T(call)	told(#call, (long)(call))
#define O(...)	opened(#__VA_ARGS__, __VA_ARGS__)

static char longname[300], longpath[5000];

static int
told(const char *what, long r)
{
	printf("%s: %s\n", what, r >= 0 ? "ok" : strerrorname_np(errno));
	return ((int)r);
}

static void
show(const char *path)
{
	struct stat st;
	char buf[64];
	ssize_t n;

	if (lstat(path, &st) == -1) {
		printf("\t%s: %s\n", path, strerrorname_np(errno));
		return;
	}
	printf("\t%s: %o links %lu size %ld", path, st.st_mode,
	    S_ISDIR(st.st_mode) ? 0UL : (unsigned long)st.st_nlink,
	    S_ISREG(st.st_mode) ? (long)st.st_size : 0L);
	if ((n = readlink(path, buf, sizeof(buf))) != -1)
		printf(" -> %.*s", (int)n, buf);
	printf("\n");
}

static void
opened(const char *what, int dirfd, const char *path, int flags, int mode)
{
	char buf[16];
	int fd;
	ssize_t n;

	fd = openat(dirfd, path, flags, mode);
	if (fd == -1) {
		printf("open %.60s: %s\n", what, strerrorname_np(errno));
		return;
	}
	printf("open %.60s: %d flags %o cloexec %d", what, fd,
	    fcntl(fd, F_GETFL) & ~(O_NOFOLLOW | 0100000),
	    fcntl(fd, F_GETFD));
	n = write(fd, "12345", 5);
	printf(" write %s", n == -1 ? strerrorname_np(errno) : "ok");
	n = pread(fd, buf, sizeof(buf), 0);
	printf(" read %ld %s\n", (long)n, n == -1 ? strerrorname_np(errno) :
	    "");
	(void)close(fd);
}

static void
make(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fputs(text, f) == EOF || fclose(f) == EOF)
		err(1, "%s", path);
}

static void
opens(void)
{
	int d, f;

	O(AT_FDCWD, "new", O_WRONLY | O_CREAT, 0666);
	show("new");
	O(AT_FDCWD, "new", O_WRONLY | O_CREAT | O_EXCL, 0666);
	O(AT_FDCWD, "new", O_RDWR | O_APPEND, 0);
	show("new");
	O(AT_FDCWD, "new", O_RDWR | O_TRUNC | O_CLOEXEC, 0);
	O(AT_FDCWD, "new", O_RDONLY | O_TRUNC, 0);
	show("new");
	O(AT_FDCWD, "new", O_WRONLY | O_SYNC | O_NOATIME, 0);
	O(AT_FDCWD, "new", O_WRONLY | O_NONBLOCK, 0);
	O(AT_FDCWD, "new/", O_WRONLY, 0);
	O(AT_FDCWD, "new/", O_WRONLY | O_CREAT, 0666);
	O(AT_FDCWD, "new/x", O_WRONLY | O_CREAT, 0666);
	O(AT_FDCWD, "new", O_WRONLY | O_DIRECTORY, 0);
	O(AT_FDCWD, "none", O_WRONLY, 0);
	O(AT_FDCWD, "none/", O_WRONLY | O_CREAT, 0666);
	O(AT_FDCWD, "none/x", O_WRONLY | O_CREAT, 0666);
	O(AT_FDCWD, "", O_WRONLY | O_CREAT, 0666);
	O(AT_FDCWD, ".", O_WRONLY, 0);
	O(AT_FDCWD, ".", O_WRONLY | O_CREAT, 0666);
	O(AT_FDCWD, ".", O_RDONLY | O_CREAT | O_EXCL, 0666);
	O(AT_FDCWD, "..", O_RDWR, 0);
	O(AT_FDCWD, "/", O_RDWR, 0);
	O(AT_FDCWD, "//", O_RDWR | O_CREAT, 0);
	O(AT_FDCWD, ".//./new", O_RDWR, 0);
	O(AT_FDCWD, "new", O_PATH | O_RDWR, 0);
	O(AT_FDCWD, "new", O_ACCMODE, 0);
	O(AT_FDCWD, longname, O_WRONLY | O_CREAT, 0666);
	O(AT_FDCWD, longpath, O_WRONLY | O_CREAT, 0666);
	O(AT_FDCWD, NULL, O_WRONLY | O_CREAT, 0666);
	O(AT_FDCWD, (char *)8, O_WRONLY | O_CREAT, 0666);
	O(-7, "x", O_WRONLY | O_CREAT, 0666);
	O(999, "x", O_WRONLY | O_CREAT, 0666);
	/* set-user-ID is refused to runs: 260-modes.sh */
	O(AT_FDCWD, "sticky", O_WRONLY | O_CREAT, 01755);
	show("sticky");
	O(AT_FDCWD, "ro", O_RDWR | O_CREAT, 0444);
	O(AT_FDCWD, "ro", O_RDWR, 0);
	T(mkdir("dir", 0777));
	show("dir");
	d = open("dir", O_RDONLY | O_DIRECTORY);
	f = open("new", O_RDONLY);
	O(d, "in", O_RDWR | O_CREAT, 0640);
	O(d, "../new", O_RDWR, 0);
	O(f, "in", O_RDWR | O_CREAT, 0640);
	O(f, "", O_RDWR, 0);
	(void)close(d);
	(void)close(f);
	d = open("dir", O_PATH);
	O(d, "in2", O_RDWR | O_CREAT, 0640);
	(void)close(d);
	O(AT_FDCWD, "dir", O_RDWR | O_TMPFILE, 0600);
	O(AT_FDCWD, "dir", O_RDONLY | O_TMPFILE, 0600);
	O(AT_FDCWD, "new", O_RDWR | O_TMPFILE, 0600);
	T(chmod("dir", 0555));
	O(AT_FDCWD, "dir/no", O_RDWR | O_CREAT, 0600);
	T(chmod("dir", 0600));
	O(AT_FDCWD, "dir/in", O_RDWR | O_CREAT, 0600);
	T(chmod("dir", 0755));
	O(AT_FDCWD, "/proc/self/exe", O_RDWR, 0);
	O(AT_FDCWD, "/proc/self/comm", O_RDONLY | O_CREAT, 0);
	O(AT_FDCWD, "/proc/self/none", O_RDWR | O_CREAT, 0600);
	O(AT_FDCWD, "/dev/null", O_RDWR | O_CREAT | O_TRUNC, 0600);
}

static void
links(void)
{
	T(symlink("new", "l"));
	T(symlink("gone", "dangling"));
	T(symlink("dir", "ld"));
	T(symlink("loop", "loop"));
	T(symlink("", "empty"));
	T(symlink("x", "new"));
	T(symlink("x", "slash/"));
	T(symlink("x", "."));
	show("l");
	O(AT_FDCWD, "l", O_RDWR, 0);
	O(AT_FDCWD, "l", O_RDWR | O_NOFOLLOW, 0);
	O(AT_FDCWD, "l", O_RDWR | O_NOFOLLOW | O_DIRECTORY, 0);
	O(AT_FDCWD, "l", O_PATH | O_RDWR | O_NOFOLLOW, 0);
	O(AT_FDCWD, "l", O_RDWR | O_CREAT | O_EXCL, 0600);
	O(AT_FDCWD, "dangling", O_RDWR | O_CREAT | O_EXCL, 0600);
	O(AT_FDCWD, "dangling", O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
	O(AT_FDCWD, "dangling", O_RDWR, 0);
	O(AT_FDCWD, "dangling", O_RDWR | O_CREAT, 0600);
	show("gone");
	O(AT_FDCWD, "loop", O_RDWR | O_CREAT, 0600);
	O(AT_FDCWD, "loop/x", O_RDWR | O_CREAT, 0600);
	O(AT_FDCWD, "ld/x", O_RDWR | O_CREAT, 0600);
	O(AT_FDCWD, "ld/../new", O_RDWR, 0);
	show("dir/x");
	T(mkdir("ld", 0777));
	T(mkdir("dangling", 0777));
	T(rmdir("ld"));
	T(rmdir("ld/"));
	T(unlink("ld/"));
	T(link("new", "hard"));
	T(link("new", "hard"));
	T(link("l", "hard2"));
	show("hard2");
	T(linkat(AT_FDCWD, "l", AT_FDCWD, "hard3", AT_SYMLINK_FOLLOW));
	show("hard3");
	T(linkat(AT_FDCWD, "l", AT_FDCWD, "hard4", 0x4));
	T(link("dir", "hard5"));
	T(link("new", "hard5/"));
	T(link("new/", "hard5"));
	T(link("new", "dir/hard"));
	T(link("new", "none/hard"));
	show("dir/hard");
}

static void
directories(void)
{
	T(mkdir("a", 0777));
	T(mkdir("a", 0777));
	T(mkdir("a/", 0777));
	T(mkdir("b/", 03777));
	show("b");
	T(mkdir(".", 0777));
	T(mkdir("..", 0777));
	T(mkdir("/", 0777));
	T(mkdir("a/.", 0777));
	T(mkdir("new/x", 0777));
	T(mkdir("none/x", 0777));
	T(mkdir("", 0777));
	T(mkdir(longname, 0777));
	T(rmdir("a/."));
	T(rmdir("a/.."));
	T(rmdir("."));
	T(rmdir("/"));
	T(rmdir("dir"));
	T(rmdir("new"));
	T(rmdir("none"));
	T(rmdir("b/"));
	T(unlink("a"));
	T(unlink("a/"));
	T(unlink("new/"));
	T(unlink("."));
	T(unlink(""));
	T(unlinkat(AT_FDCWD, "a", 0x1));
	T(unlinkat(AT_FDCWD, "a", AT_REMOVEDIR));
	show("a");
	T(mknod("reg", S_IFREG | 0666, 0));
	show("reg");
	T(mknod("zero", 0666, 0));
	show("zero");
	T(mknod("odd", S_IFDIR | 0666, 0));
	T(mknod("odd", 0150000 | 0666, 0));
	T(mknod("fifo", S_IFIFO | 0666, 0));
	show("fifo");
	T(mkfifo("fifo", 0666));
	T(mkfifo("fifo2/", 0666));
}

static void
renames(void)
{
	make("r1", "1");
	make("r2", "22");
	T(rename("r1", "r3"));
	T(rename("r3", "r2"));
	show("r2");
	T(rename("r2", "r2"));
	T(rename("r2", "r3/"));
	T(rename("r2/", "r3"));
	T(rename("r2", "none/x"));
	T(rename("r2", "."));
	T(rename(".", "r4"));
	T(rename("..", "r4"));
	T(rename("r2", longname));
	T(mkdir("rd", 0755));
	T(mkdir("re", 0755));
	T(rename("rd", "rd/x"));
	T(rename("r2", "rd"));
	T(rename("rd", "r2"));
	T(rename("rd/", "rf/"));
	T(rename("rf", "re"));
	show("re");
	make("re/x", "x");
	T(mkdir("rg", 0755));
	T(rename("rg", "re"));
	T(rename("ld", "lm"));
	show("lm");
	T(rename("lm/", "lo"));
	make("e1", "1");
	T(syscall(SYS_renameat2, AT_FDCWD, "e1", AT_FDCWD, "r2",
	    RENAME_NOREPLACE));
	T(syscall(SYS_renameat2, AT_FDCWD, "e1", AT_FDCWD, "r9",
	    RENAME_NOREPLACE));
	T(syscall(SYS_renameat2, AT_FDCWD, "r9", AT_FDCWD, "r2",
	    RENAME_EXCHANGE));
	show("r9");
	show("r2");
	T(syscall(SYS_renameat2, AT_FDCWD, "r9", AT_FDCWD, "re",
	    RENAME_EXCHANGE));
	show("r9");
	T(syscall(SYS_renameat2, AT_FDCWD, "r9", AT_FDCWD, "nil",
	    RENAME_EXCHANGE));
	T(syscall(SYS_renameat2, AT_FDCWD, "r9", AT_FDCWD, "nil", 64));
	T(syscall(SYS_renameat2, AT_FDCWD, "r9", AT_FDCWD, "re", 3));
	T(renameat(AT_FDCWD, "r9", 999, "x"));
}

static void
marks(void)
{
	struct rlimit rl;
	char buf[16];
	int fd;

	make("t", "0123456789");
	T(truncate("t", 4));
	show("t");
	T(truncate("t", 100));
	show("t");
	T(truncate("t", -1));
	T(truncate("dir", 0));
	T(truncate("fifo", 0));
	T(truncate("t/", 0));
	T(truncate("ro", 0));
	T(truncate("/proc/self/exe", 0));
	T(truncate((char *)8, 0));
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)getrlimit(RLIMIT_FSIZE, &rl);
	rl.rlim_cur = 1000;
	(void)setrlimit(RLIMIT_FSIZE, &rl);
	T(truncate("t", 1001));
	T(truncate("t", 1000));
	T(truncate("t", 0));
	T(chmod("t", 0));
	show("t");
	T(chmod("t", 01777));
	show("t");
	T(chmod("t", 0170644));
	show("t");
	T(chmod("l", 0600));
	show("new");
	T(chmod("none", 0600));
	T(chmod("loop", 0600));
	fd = open("t", O_RDONLY);
	T(fchmod(fd, 0640));
	T(fchmod(998, 0640));
	T(fchmod(AT_FDCWD, 0640));
	show("t");
	T(syscall(NR_fchmodat2, AT_FDCWD, "t", 0600, 0));
	T(syscall(NR_fchmodat2, AT_FDCWD, "l", 0600, AT_SYMLINK_NOFOLLOW));
	T(syscall(NR_fchmodat2, fd, "", 0604, AT_EMPTY_PATH));
	T(syscall(NR_fchmodat2, fd, "", 0604, 0));
	T(syscall(NR_fchmodat2, fd, "", 0604, 0x8000));
	show("t");
	T(setxattr("t", "user.a", "xyz", 3, 0));
	T(setxattr("t", "user.a", "xyz", 3, XATTR_CREATE));
	T(setxattr("t", "user.b", "xyz", 3, XATTR_REPLACE));
	T(setxattr("t", "user.b", "", 0, 0));
	T(setxattr("t", "none.b", "x", 1, 0));
	T(setxattr("t", "", "x", 1, 0));
	T(syscall(SYS_setxattr, "t", "user.c", 8, 5, 0));
	T(syscall(SYS_setxattr, "t", "user.c", longpath, 70000, 0));
	T(lsetxattr("l", "user.a", "x", 1, 0));
	T(fsetxattr(fd, "user.f", "ff", 2, 0));
	T(getxattr("t", "user.f", buf, sizeof(buf)));
	T(removexattr("t", "user.a"));
	T(removexattr("t", "user.a"));
	T(fremovexattr(fd, "user.f"));
	T(lremovexattr("t", "user.b"));
	T(fsetxattr(998, "user.f", "ff", 2, 0));
	(void)close(fd);
}

static void
how(const char *what, const char *path, uint64_t flags, uint64_t mode,
    uint64_t resolve, size_t size)
{
	struct { struct open_how h; char more[16]; } a;
	long fd;

	memset(&a, 0, sizeof(a));
	a.h.flags = flags;
	a.h.mode = mode;
	a.h.resolve = resolve;
	if (size == sizeof(a))
		a.more[8] = 1;
	fd = syscall(SYS_openat2, AT_FDCWD, path, &a, size);
	printf("openat2 %s: %s", what, fd == -1 ? strerrorname_np(errno) :
	    "ok");
	if (fd != -1) {
		printf(" flags %o", fcntl((int)fd, F_GETFL) & ~0100000);
		(void)close((int)fd);
	}
	printf("\n");
}

static void
openat2s(void)
{
	const size_t n = sizeof(struct open_how);

	how("plain", "new", O_RDWR, 0, 0, n);
	how("directory", ".", O_RDONLY | O_DIRECTORY, 0, 0, n);
	how("create", "h1", O_RDWR | O_CREAT, 0640, 0, n);
	show("h1");
	how("mode", "new", O_RDWR, 0640, 0, n);
	how("bad mode", "h2", O_RDWR | O_CREAT, 0100640, 0, n);
	how("bad flags", "new", 1ULL << 40, 0, 0, n);
	how("bad resolve", "new", O_RDWR, 0, 1ULL << 40, n);
	how("long", "new", O_RDWR, 0, 0, n + 8);
	how("longer", "new", O_RDWR, 0, 0, n + 16);
	how("huge", "new", O_RDWR, 0, 0, 1 << 20);
	how("no links", "l", O_RDWR, 0, RESOLVE_NO_SYMLINKS, n);
	how("no links", "new", O_RDWR, 0, RESOLVE_NO_SYMLINKS, n);
	how("beneath", "../x", O_RDWR, 0, RESOLVE_BENEATH, n);
	how("beneath", "/usr", O_RDONLY, 0, RESOLVE_BENEATH, n);
	how("beneath", "dir/in", O_RDWR, 0, RESOLVE_BENEATH, n);
	how("beneath", "l", O_RDWR, 0, RESOLVE_BENEATH, n);
	how("beneath", "l", O_RDWR | O_NOFOLLOW, 0, RESOLVE_BENEATH, n);
	how("in root", "/new", O_RDWR, 0, RESOLVE_IN_ROOT, n);
	how("both", "new", O_RDWR, 0, RESOLVE_IN_ROOT | RESOLVE_BENEATH, n);
	how("no magic", "/proc/self/exe", O_RDONLY, 0,
	    RESOLVE_NO_MAGICLINKS, n);
	how("none", "none", O_RDWR, 0, RESOLVE_BENEATH, n);
}

/* Two processes and a FIFO: the one that opens first waits. */
static void
fifo(const char *what, int mine, int theirs)
{
	char buf[8] = "";
	pid_t pid;
	int fd, status;

	(void)fflush(stdout);
	if ((pid = fork()) == 0) {
		if ((fd = open("fifo", theirs, 0600)) == -1)
			_exit(1);
		if ((theirs & O_ACCMODE) == O_WRONLY)
			_exit(write(fd, "hello", 5) != 5);
		_exit(read(fd, buf, 5) != 5 || strcmp(buf, "hello") != 0);
	}
	if ((fd = open("fifo", mine, 0600)) == -1)
		printf("fifo %s: %s\n", what, strerrorname_np(errno));
	else if ((mine & O_ACCMODE) == O_WRONLY)
		T(write(fd, "hello", 5));
	else
		T(read(fd, buf, 5));
	(void)waitpid(pid, &status, 0);
	printf("fifo %s: flags %o got %s status %d\n", what,
	    fcntl(fd, F_GETFL) & ~0100000, buf, status);
	(void)close(fd);
}

static void
on_alarm(int sig)
{
	(void)sig;
}

static void
fifos(void)
{
	struct sigaction sa;
	pid_t pid;
	int status;

	O(AT_FDCWD, "fifo", O_WRONLY | O_NONBLOCK, 0);
	O(AT_FDCWD, "fifo", O_RDWR | O_NONBLOCK, 0);
	O(AT_FDCWD, "fifo", O_RDONLY | O_NONBLOCK | O_CREAT, 0);
	fifo("write, read", O_WRONLY, O_RDONLY);
	fifo("read, write", O_RDONLY, O_WRONLY);
	fifo("create, read", O_WRONLY | O_CREAT | O_TRUNC, O_RDONLY);
	fifo("read by creating", O_RDONLY | O_CREAT, O_WRONLY);
	fifo("both by creating", O_WRONLY | O_CREAT, O_RDONLY | O_CREAT);
	/* a waiting one can be ended */
	(void)fflush(stdout);
	if ((pid = fork()) == 0) {
		(void)!open("fifo", O_WRONLY);
		_exit(0);
	}
	(void)usleep(200000);
	(void)kill(pid, SIGTERM);
	(void)waitpid(pid, &status, 0);
	printf("fifo, ended: %d\n", WIFSIGNALED(status) ? WTERMSIG(status) :
	    0);
	/* and others get on meanwhile; a signal may come in between */
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_alarm;
	sa.sa_flags = SA_RESTART;
	(void)sigaction(SIGALRM, &sa, NULL);
	if ((pid = fork()) == 0) {
		(void)alarm(1);
		_exit(open("fifo", O_WRONLY) == -1);
	}
	(void)usleep(1300000);
	O(AT_FDCWD, "fifo3", O_WRONLY | O_CREAT, 0600);
	status = open("fifo", O_RDONLY);
	(void)close(status);
	(void)waitpid(pid, &status, 0);
	printf("fifo, alarm: %d\n", status);
}

static void
terminal(void)
{
	char buf[8] = "", *name;
	pid_t pid;
	int m, fd, status;

	O(AT_FDCWD, "/dev/tty", O_RDWR, 0);
	m = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	if (m == -1 || unlockpt(m) == -1 || (name = ptsname(m)) == NULL) {
		printf("terminal: %s\n", strerrorname_np(errno));
		return;
	}
	(void)fflush(stdout);
	if ((pid = fork()) == 0) {
		if (setsid() == -1 || (fd = open(name, O_RDWR |
		    O_NOCTTY)) == -1 || ioctl(fd, TIOCSCTTY, 0) == -1)
			_exit(1);
		if ((fd = open("/dev/tty", O_RDWR)) == -1)
			_exit(2);
		if (isatty(fd) != 1 || write(fd, "tty", 3) != 3)
			_exit(3);
		/* as long as it is open, there is something to read */
		(void)pause();
		_exit(0);
	}
	T(read(m, buf, 3));
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
	printf("terminal: %s %d\n", buf, status);
	(void)close(m);
}

static void
places(void)
{
	char path[64];
	struct rlimit rl;
	int fd, p[2];

	fd = open("dir", O_RDWR | O_TMPFILE, 0600);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	O(AT_FDCWD, path, O_RDWR, 0);
	T(linkat(AT_FDCWD, path, AT_FDCWD, "from-tmpfile",
	    AT_SYMLINK_FOLLOW));
	show("from-tmpfile");
	(void)close(fd);
	if (pipe(p) == -1)
		err(1, "pipe");
	(void)snprintf(path, sizeof(path), "/dev/fd/%d", p[1]);
	O(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	(void)snprintf(path, sizeof(path), "/proc/thread-self/fd/%d", p[1]);
	O(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	(void)close(p[0]);
	(void)close(p[1]);
	O(AT_FDCWD, path, O_WRONLY, 0600);
	O(AT_FDCWD, "/proc/self/cwd/here", O_RDWR | O_CREAT, 0600);
	O(AT_FDCWD, "/proc/self/root/proc/self/cwd/here", O_RDWR, 0600);
	O(AT_FDCWD, "/proc/self/cwd", O_RDWR, 0600);
	T(rename("/proc/self/cwd/here", "/proc/thread-self/cwd/there"));
	T(mkdir("/proc/self/x", 0700));
	(void)getrlimit(RLIMIT_NOFILE, &rl);
	rl.rlim_cur = 3;
	(void)setrlimit(RLIMIT_NOFILE, &rl);
	O(AT_FDCWD, "new", O_WRONLY, 0);
	rl.rlim_cur = 100;
	(void)setrlimit(RLIMIT_NOFILE, &rl);
	T(mkdir("left", 0755));
	T(chdir("left"));
	O(AT_FDCWD, "../new", O_RDWR, 0);
	T(rmdir("../left"));
	O(AT_FDCWD, "x", O_RDWR | O_CREAT, 0600);
	T(mkdir("x", 0700));
	O(AT_FDCWD, "../new", O_RDWR, 0);
	T(chdir("/"));
}

int
main(void)
{
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	(void)umask(027);
	memset(longname, 'n', sizeof(longname) - 1);
	memset(longpath, '/', sizeof(longpath) - 1);
	opens();
	links();
	directories();
	renames();
	marks();
	openat2s();
	fifos();
	terminal();
	places();
	return (0);
}
