/* SPDX-License-Identifier: ISC */
/*
 * watch_attack names|tricks|races|first|second|third|fourth [rounds]: tries
 * in the current directory to change what is protected there, and prints
 * REACHED for what it managed.  There are repo/.git with hooks and config,
 * .bashrc, .ssh/key, plain/config, and sl, a link to repo; for two of them,
 * pair/d, or pair with .git, x, y and z.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/helpers/watch_no.h"

#define ROUNDS		100000
#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE	2
#endif

/* By a descriptor that is only for reading, or of no name. */
static void
by_descriptor(int d, const char *p)
{
	char self[64];
	int fd;

	if ((fd = openat(d, p, O_RDONLY)) != -1) {
		(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
		NO(open(self, O_WRONLY), p);
		NO(open(self, O_RDWR | O_TRUNC), p);
		NO(truncate(self, 0), p);
		NO(fchmod(fd, 0777), p);
		NO(fsetxattr(fd, "user.x", "x", 1, 0), p);
		NO(chmod(self, 0777), p);
		NO(linkat(AT_FDCWD, self, AT_FDCWD, "stolen",
		    AT_SYMLINK_FOLLOW), p);
		NO(linkat(fd, "", AT_FDCWD, "stolen", 0x1000), p);
		NO(ftruncate(fd, 0), p);
		(void)close(fd);
	}
	if ((fd = openat(d, p, O_PATH | O_NOFOLLOW)) != -1) {
		(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
		NO(open(self, O_WRONLY), p);
		(void)close(fd);
	}
	fd = open("plain", O_RDWR | O_TMPFILE, 0600);
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	NO(linkat(AT_FDCWD, self, d, p, AT_SYMLINK_FOLLOW), p);
	(void)close(fd);
}

static void
old_calls(const char *p)
{
#ifdef SYS_open
	NOT_WRITTEN(AT_FDCWD, p, syscall(SYS_open, p, O_WRONLY | O_CREAT,
	    0600));
	NOT_WRITTEN(AT_FDCWD, p, syscall(SYS_creat, p, 0600));
	NO(syscall(SYS_mkdir, p, 0700), p);
	NO(syscall(SYS_mknod, p, S_IFREG | 0600, 0), p);
	NO(syscall(SYS_symlink, "x", p), p);
	NO(syscall(SYS_link, "victim", p), p);
	NO(syscall(SYS_rename, "victim", p), p);
	NO(syscall(SYS_rename, p, "stolen"), p);
	NO(syscall(SYS_unlink, p), p);
	NO(syscall(SYS_rmdir, p), p);
	NO(syscall(SYS_chmod, p, 0777), p);
#else
	(void)p;
#endif
}

static void
bind_at(const char *p)
{
	struct sockaddr_un a;
	int s;

	memset(&a, 0, sizeof(a));
	a.sun_family = AF_UNIX;
	if (strlen(p) >= sizeof(a.sun_path))
		return;
	memcpy(a.sun_path, p, strlen(p));
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	NO(bind(s, (struct sockaddr *)&a, sizeof(a)), p);
	(void)close(s);
}

/* Everything that one name can be used for, relative to a descriptor. */
static void
attack(int d, const char *p)
{
	make("victim");
	NO(openat(d, p, O_WRONLY), p);
	NO(openat(d, p, O_RDWR | O_APPEND), p);
	NO(openat(d, p, O_RDONLY | O_TRUNC), p);
	NOT_WRITTEN(d, p, openat(d, p, O_WRONLY | O_CREAT, 0600));
	NOT_WRITTEN(d, p, openat(d, p, O_WRONLY | O_CREAT | O_EXCL, 0600));
	NOT_WRITTEN(d, p, openat(d, p, O_WRONLY | O_CREAT | O_TRUNC |
	    O_NOFOLLOW, 0600));
	NO(openat(d, p, O_WRONLY | O_NONBLOCK), p);
	NO(how(d, p, O_WRONLY, 0, 0), p);
	NO(how(d, p, O_WRONLY, 0, RESOLVE_BENEATH), p);
	NO(how(d, p, O_WRONLY, 0, RESOLVE_NO_SYMLINKS), p);
	NOT_WRITTEN(d, p, how(d, p, O_WRONLY | O_CREAT, 0600, 0));
	NOT_WRITTEN(d, p, how(d, p, O_WRONLY | O_CREAT, 0600,
	    RESOLVE_IN_ROOT));
	NO(mkdirat(d, p, 0700), p);
	NO(mknodat(d, p, S_IFREG | 0600, 0), p);
	NO(mknodat(d, p, S_IFIFO | 0600, 0), p);
	NO(mknodat(d, p, S_IFSOCK | 0600, 0), p);
	NO(symlinkat("plain", d, p), p);
	NO(linkat(AT_FDCWD, "victim", d, p, 0), p);
	NO(linkat(d, p, AT_FDCWD, "stolen", 0), p);
	NO(linkat(d, p, AT_FDCWD, "stolen", AT_SYMLINK_FOLLOW), p);
	NO(renameat(AT_FDCWD, "victim", d, p), p);
	NO(renameat(d, p, AT_FDCWD, "stolen"), p);
	NO(syscall(SYS_renameat2, d, p, AT_FDCWD, "victim",
	    RENAME_EXCHANGE), p);
	NO(syscall(SYS_renameat2, AT_FDCWD, "victim", d, p,
	    RENAME_EXCHANGE), p);
	NO(syscall(SYS_renameat2, AT_FDCWD, "victim", d, p, 1), p);
	NO(renameat(AT_FDCWD, "plain", d, p), p);
	NO(unlinkat(d, p, 0), p);
	NO(unlinkat(d, p, AT_REMOVEDIR), p);
	NO(fchmodat(d, p, 0777, 0), p);
	NO(syscall(452, d, p, 0777, 0), p);
	by_descriptor(d, p);
	if (d != AT_FDCWD)
		return;
	NO(truncate(p, 0), p);
	NO(setxattr(p, "user.x", "x", 1, 0), p);
	NO(lsetxattr(p, "user.x", "x", 1, 0), p);
	NO(removexattr(p, "user.x"), p);
	bind_at(p);
	old_calls(p);
}

static void
names(void)
{
	static const char *const name[] = { "repo/.git/config",
	    "repo/.git/hooks", "repo/.git/hooks/post-commit",
	    "repo/.git/hooks/new", "repo/.git/commondir", ".bashrc",
	    ".ssh", ".ssh/key", ".ssh/authorized_keys", ".zshrc", ".mcp.json",
	    "plain/.vscode", "plain/deep/.claude", "plain/.git/config",
	    "plain/.git/hooks", "repo/.git/modules/m/config",
	    "repo/.git/modules/m/modules/n/hooks", ".BashRC",
	    "repo/.git/remotes", "repo/.git/remotes/origin",
	    "repo/.git/branches/x.sample", "plain/.git.git" };
	static const char *const before[] = { "", "./", "plain/../",
	    "/proc/self/cwd/", "/proc/thread-self/cwd//",
	    "/proc/self/task/../cwd/./", "here/", "sl/../" };
	char p[4096], cwd[2048], via[4200];
	size_t i, k;
	int d;

	if (getcwd(cwd, sizeof(cwd)) == NULL || symlink(".", "here") == -1)
		err(1, "here");
	d = open(".", O_RDONLY | O_DIRECTORY);
	for (i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		for (k = 0; k < sizeof(before) / sizeof(before[0]); k++) {
			(void)snprintf(p, sizeof(p), "%s%s", before[k],
			    name[i]);
			attack(AT_FDCWD, p);
		}
		(void)snprintf(p, sizeof(p), "%s/%s", cwd, name[i]);
		attack(AT_FDCWD, p);
		(void)snprintf(p, sizeof(p), "/proc/self/fd/%d/%s", d,
		    name[i]);
		attack(AT_FDCWD, p);
		attack(d, name[i]);
		/* a link that leads to it */
		(void)unlink("way");
		if (symlink(name[i], "way") == -1)
			err(1, "way");
		NOT_WRITTEN(AT_FDCWD, name[i], open("way", O_WRONLY |
		    O_CREAT, 0600));
		NO(truncate("way", 0), name[i]);
		NO(chmod("way", 0777), name[i]);
		(void)snprintf(via, sizeof(via), "%s/way", cwd);
		NO(open(via, O_RDWR), name[i]);
	}
	(void)close(d);
}

/* Who is slow leaves time between two looks. */
static void
init_slowed(void)
{
	struct sched_param sp = { 0 };
	uint32_t attr[12] = { 48, SCHED_IDLE };
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	NO(setpriority(PRIO_PROCESS, 1, 19), "init");
	NO(setpriority(PRIO_USER, 0, 19), "init");
	NO(syscall(SYS_sched_setscheduler, 1, SCHED_IDLE, &sp), "init");
	NO(syscall(SYS_sched_setparam, 1, &sp), "init");
	NO(syscall(SYS_sched_setattr, 1, attr, 0), "init");
	NO(syscall(SYS_sched_setaffinity, 1, sizeof(cpus), &cpus), "init");
}

/* What is changed by a descriptor that is open for reading. */
static void
marks(const char *file)
{
	struct fsxattr fa = { .fsx_xflags = FS_XFLAG_NODUMP };
	int fd, flags = FS_NODUMP_FL;

	if ((fd = open(file, O_RDONLY)) == -1)
		err(1, "%s", file);
	NO(ioctl(fd, FS_IOC_SETFLAGS, &flags), "flags");
	NO(ioctl(fd, FS_IOC_FSSETXATTR, &fa), "attributes");
	(void)close(fd);
}

/* A directory of hooks may be made, and no hook in it. */
static void
in_hooks(int d)
{
	if (mkdirat(d, "hooks", 0700) == -1)
		err(1, "hooks");
	NO(openat(d, "hooks/update", O_WRONLY | O_CREAT, 0600), "a hook");
	NO(symlinkat("../../x", d, "hooks/x.sample"), "a link");
	NO(mkdirat(d, "hooks/y.sample", 0700), "a directory");
	NO(renameat(d, "hooks", AT_FDCWD, "away"), "hooks");
	if (unlinkat(d, "hooks", AT_REMOVEDIR) == -1)
		err(1, "hooks");
}

/* Other names for the same, and other ways to what begins it. */
static void
tricks(void)
{
	struct sock_filter allow = { BPF_RET | BPF_K, 0, 0,
	    SECCOMP_RET_ALLOW };
	struct sock_fprog prog = { 1, &allow };
	/* BTRFS_IOC_SUBVOL_CREATE, SNAP_CREATE, SNAP_CREATE_V2, ... */
	static const unsigned long subvolume[] = { 0x5000940e, 0x50009401,
	    0x50009417, 0x50009418, 0x5000940f, 0x5000943f, 0x4020bc10,
	    0x4020bc11 };
	char deep[3000];
	int i, d;

	(void)mkdir("x", 0700);
	(void)mkdir("x/hooks", 0700);
	(void)mkdir("x/m", 0700);
	make("x/config");
	make("x/m/config");
	(void)mkdir("new", 0700);
	make("new/file");
	NO(rename("x", "new/.git"), "directory with config");
	NO(rename2("x", "new/.git", 1), "directory with config");
	NO(rename("repo/.git", "y"), "away");
	NO(rename2("repo/.git", "x", RENAME_EXCHANGE), "exchanged");
	NO(rename2("x", "repo/.git", RENAME_EXCHANGE), "exchanged");
	NO(symlink("../x", "new/.git"), "link to a directory with config");
	NOT_WRITTEN(AT_FDCWD, "new/.git", open("new/.git", O_WRONLY |
	    O_CREAT, 0600));
	NO(rename("new/file", "new/.git"), "gitdir file");
	NO(link("new/file", "new/.git"), "gitdir file");
	NO(mknod("new/.git", S_IFREG | 0600, 0), "gitdir file");
	NO(symlink("x", "new/.config"), "beginning of others");
	if (mkdir("new/.git", 0700) == -1)
		err(1, "new/.git");
	NO(rename("x/config", "new/.git/config"), "file");
	NO(rename("x/hooks", "new/.git/hooks"), "directory");
	NO(rename("x", "new/.git/modules"), "modules");
	NO(rename("x/m", "new/.git.git"), "bare one");
	NO(rename("x/m", "new/.git/remotes"), "remotes");
	NO(rename("x/m", "new/.git/branches"), "branches");
	NO(rename("x/m", "repo/.git/modules/n"), "module");
	(void)mkdir("q", 0700);
	(void)mkdir("q/deep", 0700);
	(void)mkdir("q/deep/hooks", 0700);
	NO(rename("q", "repo/.git/modules/q"), "module with one in it");
	NO(rename("repo/.git/modules/s", "y"), "module with one in it, away");
	if ((d = open("new/.git", O_RDONLY | O_DIRECTORY)) == -1)
		err(1, "new/.git");
	NOT_WRITTEN(d, "config", openat(d, "config", O_WRONLY | O_CREAT,
	    0600));
	in_hooks(d);
	if (fchdir(d) == -1)
		err(1, "new/.git");
	NO(rename("../../x/config", "config"), "from inside");
	NO(open("./../.git/commondir", O_WRONLY | O_CREAT, 0600), "inside");
	in_hooks(AT_FDCWD);
	/* it moves, and keeps its meaning */
	if (rename("../../new", "../../other") == -1)
		err(1, "other");
	NO(rename("../../x/config", "config"), "moved");
	if (chdir("../..") == -1)
		err(1, "back");
	/* the empty one goes, and comes back full */
	if (rename("other/.git", "z") == -1)
		err(1, "z");
	make("z/config");
	NO(rename("z", "other/.git"), "filled meanwhile");
	/* a way of more than a page */
	for (i = 0; i < 1490; i++)
		memcpy(deep + 2 * i, "./", 3);
	(void)strncat(deep, ".zprofile", 10);
	NO(open(deep, O_WRONLY | O_CREAT, 0600), "long path");
	/* file systems that make directories by themselves */
	for (i = 0; i < (int)(sizeof(subvolume) / sizeof(*subvolume)); i++) {
		errno = 0;
		if (NO(ioctl(d, subvolume[i], deep), "subvolume") == -1 &&
		    errno != EPERM)
			NO(0, "the kernel was asked for a subvolume");
	}
	init_slowed();
	marks("repo/.git/config");
	/* turning it off */
	NO(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "PR_SET_DUMPABLE");
	NO(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog), "second listener");
	NO(syscall(444, NULL, 0, 1), "landlock of its own");
	NO(open("/proc/1/mem", O_RDWR), "init");
	NO(open("/proc/1/fd/3", O_RDWR), "init");
	NO(open("/proc/1/fd/../mem", O_WRONLY), "init");
	NO(open("/proc/1/cwd/proc/self/mem", O_WRONLY), "init");
	NO(open("/proc/1/comm", O_WRONLY), "init");
	NO(open("/proc/1/oom_score_adj", O_WRONLY), "init");
	NO(how(AT_FDCWD, "/proc/1/maps", O_RDONLY, 0, 0), "init");
	NO(how(AT_FDCWD, "/proc/1/environ", O_RDONLY, 0, 0), "init");
	NO(how(AT_FDCWD, "/proc/1/fd", O_RDONLY, 0, 0), "init");
	NO(how(AT_FDCWD, "1/fd", O_RDONLY, 0, RESOLVE_BENEATH), "init");
	NO(how(AT_FDCWD, "/proc/1/maps", O_RDONLY, 0, RESOLVE_IN_ROOT),
	    "init");
}

static volatile int stop;
static char shared[64];

static void *
rewrite(void *arg)
{
	(void)arg;
	while (!stop) {
		memcpy(shared, "plain/config\0\0\0\0", 17);
		memcpy(shared, "repo/.git/config", 17);
	}
	return (NULL);
}

static void *
roam(void *arg)
{
	(void)arg;
	while (!stop) {
		(void)!chdir("plain");
		(void)!chdir("../repo/.git");
		(void)!chdir("../..");
	}
	return (NULL);
}

static void *
swap(void *arg)
{
	int *dirs = arg;

	while (!stop) {
		(void)dup2(dirs[0], dirs[2]);
		(void)dup2(dirs[1], dirs[2]);
	}
	return (NULL);
}

static void
spoil(int fd)
{
	if (fd == -1)
		return;
	(void)!write(fd, "PWNED", 5);
	(void)close(fd);
}

static void
begin(pthread_t *t, void *(*fn)(void *), void *arg)
{
	stop = 0;
	if (pthread_create(t, NULL, fn, arg) != 0)
		errx(1, "pthread_create");
}

static void
end(pthread_t t)
{
	stop = 1;
	(void)pthread_join(t, NULL);
}

/* Another process exchanges a directory and a link to the other. */
static pid_t
swapper(void)
{
	pid_t pid;

	if (mkdir("swap", 0700) == -1 || symlink("repo/.git", "swapl") == -1)
		err(1, "swap");
	if ((pid = fork()) == 0)
		for (;;)
			(void)rename2("swap", "swapl", RENAME_EXCHANGE);
	return (pid);
}

static void
races(int rounds)
{
	int dirs[3], i;
	pthread_t t;
	pid_t pid;

	begin(&t, rewrite, NULL);
	for (i = 0; i < rounds; i++)
		spoil(open(shared, O_WRONLY | O_CREAT, 0600));
	for (i = 0; i < rounds / 10; i++)
		(void)!truncate(shared, 0);
	end(t);
	pid = swapper();
	for (i = 0; i < rounds; i++)
		spoil(open("swap/config", O_WRONLY | O_CREAT, 0600));
	for (i = 0; i < rounds / 10; i++)
		(void)mkdir("swap/hooks", 0700);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	dirs[0] = open("plain", O_RDONLY | O_DIRECTORY);
	dirs[1] = open("repo/.git", O_RDONLY | O_DIRECTORY);
	dirs[2] = dup(dirs[0]);
	begin(&t, swap, dirs);
	for (i = 0; i < rounds / 4; i++)
		spoil(openat(dirs[2], "config", O_WRONLY | O_CREAT, 0600));
	end(t);
	begin(&t, roam, NULL);
	for (i = 0; i < rounds / 4; i++)
		spoil(open("config", O_WRONLY | O_CREAT, 0600));
	end(t);
	tried += (unsigned)rounds;
}

/*
 * Two runs, that are not served by the same init: one makes and removes a
 * protected name to be, the other gives the directory its name.
 */
static void
first_of_two(int rounds)
{
	int fd, i, made = 0;

	for (i = 0; i < rounds; i++) {
		if (i & 1)
			fd = link("plain/config", "pair/d/config");
		else if ((fd = creat("pair/d/config", 0600)) != -1)
			spoil(fd);
		made += fd != -1;
		(void)unlink("pair/d/config");
	}
	printf("made %d\n", made);
}

/* Who cannot write to a directory can take nothing out of it. */
static pid_t
flipper(const char *dir)
{
	int d = open(dir, O_RDONLY | O_DIRECTORY);
	pid_t pid;

	if ((pid = fork()) == 0)
		for (;; (void)fchmod(d, 0700))
			(void)fchmod(d, 0500);
	return (pid);
}

static void
second_of_two(int rounds)
{
	struct stat st;
	pid_t pid = flipper("pair/d");
	int i, k, moved = 0;

	for (i = 0; i < rounds; i++) {
		if (rename("pair/d", "pair/.git") == -1)
			continue;
		moved++;
		/* the other one may be about to take it back */
		if (lstat("pair/.git/config", &st) == 0) {
			(void)usleep(200000);
			NO(lstat("pair/.git/config", &st), "from two sides");
		}
		/* not while the other one has something in there */
		for (k = 0; k < 1000; k++)
			if (rename("pair/.git", "pair/d") == 0)
				break;
	}
	(void)kill(pid, SIGKILL);
	printf("moved %d\n", moved);
}

/* Again two: what the one gives the name, the other exchanges meanwhile. */
static void
third(int rounds)
{
	int i, back = 0;

	for (i = 0; i < rounds && tried == 0; i++) {
		back += rename2("pair/.git", "pair/x", RENAME_EXCHANGE) ==
		    -1 && errno == EROFS;
		(void)mkdir("pair/.git", 0700);
		(void)mkdir("pair/x", 0700);
		if (access("pair/.git/hooks", F_OK) == -1)
			continue;
		(void)usleep(200000);
		NO(access("pair/.git/hooks", F_OK), "exchanged twice");
	}
	printf("back %d\n", back);
}

/* Until it is killed. */
static void
fourth(void)
{
	(void)flipper("pair");
	for (;;) {
		(void)rmdir("pair/y/hooks");
		(void)mkdir("pair/z/hooks", 0700);
		(void)rename2("pair/x", "pair/y", RENAME_EXCHANGE);
		(void)rename2("pair/x", "pair/z", RENAME_EXCHANGE);
	}
}

int
main(int argc, char **argv)
{
	int rounds = argc == 3 ? (int)strtol(argv[2], NULL, 10) : ROUNDS;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 2 || strcmp(argv[1], "names") == 0)
		names();
	else if (strcmp(argv[1], "tricks") == 0)
		tricks();
	else if (strcmp(argv[1], "first") == 0)
		first_of_two(rounds);
	else if (strcmp(argv[1], "second") == 0)
		second_of_two(rounds);
	else if (strcmp(argv[1], "third") == 0)
		third(rounds);
	else if (strcmp(argv[1], "fourth") == 0)
		fourth();
	else
		races(rounds);
	printf("tried %lu reached %lu\n", tried, reached);
	return (reached != 0);
}
