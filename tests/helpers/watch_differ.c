/* SPDX-License-Identifier: ISC */
/*
 * watch_differ SEED CALLS [MODE]: calls of a sequence that the seed decides,
 * each on some path of a small tree in the current directory, with its
 * result and what it did to the tree.  The output is the same where the
 * kernel answers and where init does in its place.
 *
 * MODE: "full" has no descriptor free in half of the calls, "signals" is
 * interrupted all the time, by handlers with SA_RESTART and without.  A call
 * that none may interrupt, and that fails with EINTR, must have done nothing;
 * it is made again, and counted on standard error.
 * WATCH_DIFFER=N shows the tree behind call N.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
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
#include <utime.h>

#include "tests/helpers/differ.h"

#define NR_fchmodat2	452
#define PATIENCE	20	/* signals */
#define TRIES		4
#define TRIES_SIGNALS	200
#define WAIT_US		10000

enum { FULL = 1, SIGNALS = 2 };

static unsigned long interrupted, wrong;
static int mode;
static volatile sig_atomic_t ticks;

/* The calls.  What they return is told by the caller. */

static long
do_open2(int dir, const char *p)
{
	struct { struct open_how h; char more[16]; } a;
	static const int resolve[] = { 0, 0, RESOLVE_NO_XDEV,
	    RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS, RESOLVE_BENEATH,
	    RESOLVE_IN_ROOT, RESOLVE_BENEATH | RESOLVE_IN_ROOT, 64,
	    RESOLVE_NO_SYMLINKS | RESOLVE_IN_ROOT };
	static const size_t size[] = { sizeof(a.h), sizeof(a.h),
	    sizeof(a.h), sizeof(a.h), sizeof(a), sizeof(a.h) - 8, 0, 4096,
	    5000 };
	size_t n;

	memset(&a, 0, sizeof(a));
	/* such descriptors cannot be handed over: ENOSYS, see watch.h */
	a.h.flags = (uint64_t)(uint32_t)(flags_of() & ~O_PATH);
	if (a.h.flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)))
		a.h.mode = mode_of();
	a.h.resolve = (uint64_t)PICK(resolve);
	a.more[3] = pick(3) == 0;
	n = PICK(size);
	say(" r%x size %zu%s", (unsigned)a.h.resolve, n,
	    a.more[3] ? "+" : "");
	if (n > sizeof(a))
		n = pick(2) ? 5000 : sizeof(a);
	return (syscall(SYS_openat2, dir, p, pick(30) == 0 ? (void *)8 :
	    &a, n));
}

static long
opens(void)
{
	int dir = AT_FDCWD, f;
	const char *p;

	switch (pick(5)) {
	case 0:
		say("creat");
		p = path();
		return (syscall(SYS_creat, p, mode_of()));
	case 1:
		say("open");
		p = path();
		f = flags_of();
		return (syscall(SYS_open, p, f, mode_of()));
	case 2:
		say("openat2");
		dir = dirfd_of();
		return (do_open2(dir, path()));
	default:
		say("openat");
		dir = dirfd_of();
		p = path();
		f = flags_of();
		return (syscall(SYS_openat, dir, p, f, mode_of()));
	}
}

static long
makes(void)
{
	const char *p, *q;
	int d, f;

	switch (pick(9)) {
	case 0:
	case 1:
		say("mkdir");
		p = path();
		return (syscall(SYS_mkdir, p, mode_of()));
	case 2:
		say("mkdirat");
		d = dirfd_of();
		p = path();
		return (syscall(SYS_mkdirat, d, p, mode_of()));
	case 3:
		say("mknodat");
		d = dirfd_of();
		p = path();
		f = NUMBER(S_IFREG, S_IFIFO, S_IFIFO, S_IFDIR, 0, S_IFREG,
		    S_IFIFO, S_IFREG);
		return (syscall(SYS_mknodat, d, p,
		    (mode_t)f | (mode_of() & ~(mode_t)S_IFMT), 0));
	case 4:
		say("symlink");
		p = path();
		q = path();
		return (syscall(SYS_symlink, p, q));
	case 5:
		say("symlinkat");
		p = path();
		d = dirfd_of();
		return (syscall(SYS_symlinkat, p, d, path()));
	case 6:
		say("link");
		p = path();
		return (syscall(SYS_link, p, path()));
	default:
		say("linkat");
		d = dirfd_of();
		p = path();
		f = dirfd_of();
		q = path();
		return (syscall(SYS_linkat, d, p, f, q, NUMBER(0, 0,
		    AT_SYMLINK_FOLLOW, AT_SYMLINK_FOLLOW, AT_EMPTY_PATH,
		    AT_EMPTY_PATH | AT_SYMLINK_FOLLOW, 1)));
	}
}

static long
moves(void)
{
	const char *p, *q;
	int d, e;

	switch (pick(8)) {
	case 0:
		say("rename");
		p = path();
		return (syscall(SYS_rename, p, path()));
	case 1:
	case 2:
		say("renameat2");
		d = dirfd_of();
		p = path();
		e = dirfd_of();
		q = path();
		return (syscall(SYS_renameat2, d, p, e, q, NUMBER(0, 1, 2, 2,
		    3, 3, 3, 8, 8)));
	case 3:
		say("renameat");
		d = dirfd_of();
		p = path();
		e = dirfd_of();
		return (syscall(SYS_renameat, d, p, e, path()));
	case 4:
		say("unlink");
		return (syscall(SYS_unlink, path()));
	case 5:
		say("rmdir");
		return (syscall(SYS_rmdir, path()));
	default:
		say("unlinkat");
		d = dirfd_of();
		p = path();
		return (syscall(SYS_unlinkat, d, p, NUMBER(0, 0,
		    AT_REMOVEDIR, AT_REMOVEDIR, 1)));
	}
}

static int
descriptor(void)
{
	int d = dirfd_of();

	return (d == AT_FDCWD ? file : d);
}

static long
modes(void)
{
	const char *p;
	int d;
	mode_t m;

	switch (pick(4)) {
	case 0:
		say("chmod");
		p = path();
		return (syscall(SYS_chmod, p, mode_of()));
	case 1:
		say("fchmod");
		d = descriptor();
		return (syscall(SYS_fchmod, d, mode_of()));
	case 2:
		say("fchmodat");
		d = dirfd_of();
		p = path();
		return (syscall(SYS_fchmodat, d, p, mode_of()));
	default:
		say("fchmodat2");
		d = dirfd_of();
		p = path();
		m = mode_of();
		return (syscall(NR_fchmodat2, d, p, m, NUMBER(0, 0,
		    AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH, 1)));
	}
}

static long
owners(void)
{
	uid_t u = pick(2) ? geteuid() : pick(4) ? (uid_t)-1 : 0;
	gid_t g = pick(2) ? getegid() : pick(4) ? (gid_t)-1 : 0;
	const char *p;
	int d;

	say("%s", u == 0 ? "root:" : u == (uid_t)-1 ? "-:" : "me:");
	say("%s ", g == 0 ? "root" : g == (gid_t)-1 ? "-" : "me");
	switch (pick(4)) {
	case 0:
		say("chown");
		return (syscall(SYS_chown, path(), u, g));
	case 1:
		say("lchown");
		return (syscall(SYS_lchown, path(), u, g));
	case 2:
		say("fchown");
		return (syscall(SYS_fchown, descriptor(), u, g));
	default:
		say("fchownat");
		d = dirfd_of();
		p = path();
		return (syscall(SYS_fchownat, d, p, u, g, NUMBER(0, 0,
		    AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH, 1)));
	}
}

static const char *
attribute(void)
{
	static const char *const name[] = { "user.a", "user.a", "user.a",
	    "user.b", "", "none.a", "user.", "trusted.a", "security.a",
	    "system.a", NULL };
	const char *p = pick(20) == 0 ? longname : PICK(name);

	say_path(p);
	return (p);
}

static long
attributes(void)
{
	static const char *const value[] = { "x", "yy", "", NULL };
	const char *p = NULL, *v = PICK(value), *name;
	int d = -1, kind = (int)pick(6), f;
	size_t n = v == NULL ? pick(2) * 5 : pick(20) == 0 ? 70000 :
	    strlen(v);

	say("xattr %d", kind);
	if (kind % 3 == 2)
		d = descriptor();
	else
		p = path();
	name = attribute();
	switch (kind) {
	case 0:
		f = NUMBER(0, 0, XATTR_CREATE, XATTR_REPLACE, 3, 4);
		return (syscall(SYS_setxattr, p, name, v, n, f));
	case 1:
		f = NUMBER(0, 0, XATTR_CREATE, XATTR_REPLACE, 3, 4);
		return (syscall(SYS_lsetxattr, p, name, v, n, f));
	case 2:
		f = NUMBER(0, 0, XATTR_CREATE, XATTR_REPLACE, 3, 4);
		return (syscall(SYS_fsetxattr, d, name, v, n, f));
	case 3:
		return (syscall(SYS_removexattr, p, name));
	case 4:
		return (syscall(SYS_lremovexattr, p, name));
	default:
		return (syscall(SYS_fremovexattr, d, name));
	}
}

static long
times(void)
{
	static const struct timespec ts[] = { { 1000, 5 }, { 1000, 5 },
	    { 77, 999999999 }, { 77, 1000000000 }, { 0, UTIME_OMIT },
	    { 0, UTIME_NOW }, { 88, -1 } };
	struct timespec t[2] = { PICK(ts), PICK(ts) };
	struct timeval tv[2] = { { 99, 7 }, { 98, pick(4) ? 8 : 1000000 } };
	struct utimbuf ut = { 55, 56 };
	const char *p;
	void *a = pick(4) == 0 ? NULL : pick(20) == 0 ? (void *)8 : t;
	int d;

	say("%s %ld %ld ", a == NULL ? "now" : a == t ? "set" : "bad",
	    t[0].tv_nsec, t[1].tv_nsec);
	switch (pick(6)) {
	case 0:
		say("utime");
		return (syscall(SYS_utime, path(), a == t ? &ut : a));
	case 1:
		say("utimes");
		return (syscall(SYS_utimes, path(), a == t ? tv : a));
	case 2:
		say("futimesat");
		d = dirfd_of();
		return (syscall(SYS_futimesat, d, pick(4) ? path() : NULL,
		    a == t ? tv : a));
	case 3:
		say("futimens");
		d = descriptor();
		return (syscall(SYS_utimensat, d, NULL, a, NUMBER(0, 0, 0,
		    AT_SYMLINK_NOFOLLOW)));
	default:
		say("utimensat");
		d = dirfd_of();
		p = path();
		return (syscall(SYS_utimensat, d, p, a, NUMBER(0, 0,
		    AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH, 1)));
	}
}

static long
truncates(void)
{
	static const long size[] = { 0, 1, 5, 1000, 4096, 4097, 100000, -1 };
	const char *p;
	long n;

	say("truncate");
	p = path();
	n = PICK(size);
	say(" %ld", n);
	return (syscall(SYS_truncate, p, n));
}

static long
one_call(int *opened)
{
	*opened = 0;
	switch (pick(14)) {
	case 0:
	case 1:
	case 2:
	case 3:
	case 4:
		*opened = 1;
		return (opens());
	case 5:
	case 6:
	case 7:
		return (makes());
	case 8:
	case 9:
		return (moves());
	case 10:
		return (modes());
	case 11:
		return (attributes());
	case 12:
		return (pick(2) ? times() : owners());
	default:
		return (truncates());
	}
}

static void	on_tick(int);

static void
handle(int flags)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_tick;
	sa.sa_flags = flags;
	(void)sigaction(SIGALRM, &sa, NULL);
}

/* Even what is restarted ends at last. */
static void
on_tick(int sig)
{
	(void)sig;
	if (++ticks == PATIENCE)
		handle(0);
}

/*
 * Opening a FIFO without another end has to end.  Without signals nothing
 * else takes as long.
 */
static void
begin_ticks(void)
{
	static const int us[] = { 30, 100, 300, 1000 };
	struct itimerval it = { { 0, 0 }, { 0, WAIT_US } };

	ticks = 0;
	handle((mode & SIGNALS) && (seed & 64) ? SA_RESTART : 0);
	if (mode & SIGNALS)
		it.it_value.tv_usec = it.it_interval.tv_usec =
		    us[(seed >> 7) % NELEM(us)];
	if (setitimer(ITIMER_REAL, &it, NULL) == -1)
		err(1, "setitimer");
}

static void
end_ticks(void)
{
	const struct itimerval it = { { 0, 0 }, { 0, 0 } };

	if (setitimer(ITIMER_REAL, &it, NULL) == -1)
		err(1, "setitimer");
}

/* What descriptors the next calls go by; often of what is removed by now. */
static void
renew(void)
{
	(void)close(sub);
	(void)close(file);
	(void)close(opath);
	(void)close(opfile);
	sub = open("d", O_RDONLY | O_DIRECTORY);
	file = open("a", O_RDONLY | O_NONBLOCK);
	opath = open("d", O_PATH);
	opfile = open("a", O_PATH | O_NOFOLLOW);
}

/* So that there always is something. */
static void
restock(void)
{
	int fd;

	(void)chmod("d", 0755);
	(void)chmod("a", 0644);
	(void)mkdir("d", 0755);
	(void)mkdir("d/d", 0755);
	(void)!symlink(pick(2) ? "a" : "d/none", pick(2) ? "l" : "d/l");
	fd = open(pick(2) ? "a" : "d/b", O_WRONLY | O_CREAT | O_NONBLOCK,
	    0644);
	if (fd != -1)
		(void)!write(fd, "restocked", 9);
	(void)close(fd);
	renew();
}

static void
wander(void)
{
	if (fchmod(root, 0755) == -1 || fchdir(root) == -1)
		err(1, "root");
	switch (pick(8)) {
	case 0:
		(void)!chdir("d");
		break;
	case 1:
		(void)!fchdir(sub);
		break;
	}
	(void)umask(pick(3) ? 022 : pick(2) ? 0 : 077);
}

/* The call whose number is saved. */
static long
attempt(uint64_t saved, int *opened, int *none)
{
	long r;
	int e;

	seed = saved;
	line[0] = '\0';
	*none = (mode & FULL) && pick(2) == 0;
	if (mode & FULL)
		room(*none);
	begin_ticks();
	errno = 0;
	r = one_call(opened);
	e = errno;
	end_ticks();
	if (mode & FULL)
		room(0);
	errno = e;
	return (r);
}

/* One call, and again if it was interrupted and could not be. */
static void
step(unsigned long i)
{
	const char *which = getenv("WATCH_DIFFER");
	uint64_t before, saved = seed, after;
	unsigned tries = 0, most = mode & SIGNALS ? TRIES_SIGNALS : TRIES;
	int opened, none, e;
	long r;

	before = tree();
	for (;;) {
		r = attempt(saved, &opened, &none);
		e = errno;
		if (r != -1 || e != EINTR || ++tries == most)
			break;
		if (tree() != before)
			wrong++;
	}
	if (r != -1 || e != EINTR)
		interrupted += tries;
	say("%s = %s", none ? " (none)" : "", r == -1 ? strerrorname_np(e) :
	    "ok");
	if (opened && r != -1)
		say_opened((int)r);
	show = which != NULL && strtoul(which, NULL, 10) == i;
	after = tree();
	show = 0;
	printf("%lu: %s [%08x]%s\n", i, line, (unsigned)after,
	    after == before ? "" : " *");
}

static void
prepare(void)
{
	make_paths();
	if (getcwd(cwd, sizeof(cwd)) == NULL ||
	    (root = open(".", O_RDONLY | O_DIRECTORY)) == -1)
		err(1, "current directory");
	sub = file = opath = opfile = -1;
	(void)signal(SIGXFSZ, SIG_IGN);
}

int
main(int argc, char **argv)
{
	struct rlimit rl;
	unsigned long i, n;

	if (argc < 3)
		errx(1, "usage: watch_differ seed calls [mode]");
	seed = strtoull(argv[1], NULL, 10) * 2654435761U + 88172645463325252U;
	n = strtoul(argv[2], NULL, 10);
	if (argc > 3)
		mode = strcmp(argv[3], "full") == 0 ? FULL :
		    strcmp(argv[3], "signals") == 0 ? SIGNALS : 0;
	prepare();
	if (getrlimit(RLIMIT_FSIZE, &rl) == -1)
		err(1, "getrlimit");
	rl.rlim_cur = 4096;	/* standard output is a pipe */
	if (setrlimit(RLIMIT_FSIZE, &rl) == -1)
		err(1, "setrlimit");
	for (i = 0; i < n; i++) {
		wander();
		if (i % 8 == 0)
			restock();
		step(i);
	}
	fprintf(stderr, "interrupted %lu wrong %lu\n", interrupted, wrong);
	return (wrong != 0);
}
