/* SPDX-License-Identifier: ISC */
/*
 * What the calls of watch_differ are made with, decided by a seed: paths,
 * descriptors, flags; and the tree in which they are made, as a number.
 */
#ifndef TESTS_DIFFER_H
#define TESTS_DIFFER_H

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SET_TIMES	1200000000	/* the calls set none that is later */
#define PATH_LEN	256
#define DESCRIPTORS	32
#define NELEM(a)	(sizeof(a) / sizeof((a)[0]))
#define PICK(a)		((a)[pick(NELEM(a))])

static char cwd[1024], line[9000];
static char longname[300], longpath[5000], fullpath[4200], fullname[256];
static char *edge;		/* behind it nothing is mapped */
static uint64_t seed, hash;
static int root, sub, file, opath, opfile, show;

/* xorshift64* */
static inline uint32_t
pick(size_t n)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return ((uint32_t)((seed * 0x2545f4914f6cdd1dULL) >> 33) %
	    (uint32_t)n);
}

static inline void __attribute__((__format__(__printf__, 1, 2)))
say(const char *fmt, ...)
{
	size_t n = strlen(line);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line + n, sizeof(line) - n, fmt, ap);
	va_end(ap);
}

/* The tree. */

static inline void __attribute__((__format__(__printf__, 1, 2)))
note(const char *fmt, ...)
{
	char buf[2000];
	const char *p;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	for (p = buf; *p != '\0'; p++)
		hash = (hash ^ (uint8_t)*p) * 0x100000001b3ULL;
	if (show)
		(void)fputs(buf, stdout);
}

static inline void
note_contents(int dir, const char *name)
{
	char buf[64], val[16];
	ssize_t n;
	int fd;

	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1) {
		note(" %s", strerrorname_np(errno));
		return;
	}
	n = read(fd, buf, sizeof(buf));
	note(" \"%.*s\"", n < 0 ? 0 : (int)n, buf);
	n = fgetxattr(fd, "user.a", val, sizeof(val));
	note(" a=%.*s", n < 0 ? 0 : (int)n, val);
	(void)close(fd);
}

static inline void	note_dir(int dir, const char *name, int depth);

static inline void
note_entry(int dir, const char *name, int depth)
{
	struct stat st;
	char buf[300];
	ssize_t n;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1) {
		note("%s %s\n", name, strerrorname_np(errno));
		return;
	}
	note("%*s%.20s %o %u:%u", depth, "", name, st.st_mode, st.st_uid,
	    st.st_gid);
	if (!S_ISDIR(st.st_mode))
		note(" %lu", (unsigned long)st.st_nlink);
	if (st.st_mtime < SET_TIMES)
		note(" m %ld.%09ld", (long)st.st_mtime,
		    st.st_mtim.tv_nsec);
	if (S_ISLNK(st.st_mode)) {
		n = readlinkat(dir, name, buf, sizeof(buf));
		if (strncmp(buf, cwd, strlen(cwd)) != 0)
			note(" -> %.*s", n < 0 ? 0 : (int)n, buf);
	} else if (S_ISREG(st.st_mode)) {
		note(" %ld", (long)st.st_size);
		note_contents(dir, name);
	}
	note("\n");
	if (S_ISDIR(st.st_mode) && depth < 12)
		note_dir(dir, name, depth + 1);
}

static inline int
by_name(const struct dirent **a, const struct dirent **b)
{
	return (strcmp((*a)->d_name, (*b)->d_name));
}

static inline void
note_dir(int dir, const char *name, int depth)
{
	struct dirent **v;
	int fd, i, n;

	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	if (fd == -1 || (n = scandirat(fd, ".", &v, NULL, by_name)) == -1) {
		note("%s\n", strerrorname_np(errno));
		(void)close(fd);
		return;
	}
	for (i = 0; i < n; i++) {
		if (strcmp(v[i]->d_name, ".") != 0 &&
		    strcmp(v[i]->d_name, "..") != 0)
			note_entry(fd, v[i]->d_name, depth);
		free(v[i]);
	}
	free(v);
	(void)close(fd);
}

static inline uint64_t
tree(void)
{
	hash = 0xcbf29ce484222325ULL;
	note_dir(root, ".", 0);
	return (hash);
}

/* Arguments. */

static const char *
odd_path(void)
{
	static char buf[2 * 1024 + 64];

	switch (pick(18)) {
	case 0:
		return ("");
	case 1:
		return (".");
	case 2:
		return ("..");
	case 3:
		return ("/nowhere/x");
	case 4:
		return (longname);
	case 5:
		return (fullname);
	case 6:
		return (longpath);
	case 7:
		return (fullpath);
	case 8:
		return (NULL);
	case 9:
		return (edge - 3);	/* "abc", and no end */
	case 10:
		return (edge - 6);	/* "d" up to the very edge */
	case 11:
		return ("/proc/self/exe");
	case 12:
		return ("/dev/null/x");
	case 13:
		(void)snprintf(buf, sizeof(buf), "/proc/self/fd/%d",
		    pick(2) ? file : sub);
		return (buf);
	case 14:
		(void)snprintf(buf, sizeof(buf), "/proc/self/fd/%d/a",
		    pick(2) ? opath : sub);
		return (buf);
	case 15:
		return ("/proc/self/cwd/a");
	case 16:
		return ("/proc/thread-self/cwd/d/b");
	default:
		(void)snprintf(buf, sizeof(buf), "%s/%s", cwd,
		    pick(2) ? "a" : "d/c");
		return (buf);
	}
}

static inline void
say_path(const char *p)
{
	char one = 0;

	if (p == NULL)
		say(" NULL");
	else if (p >= edge - 6 && p <= edge)
		say(" edge-%d", (int)(edge - p));
	else if (strncmp(p, cwd, strlen(cwd)) == 0)
		say(" CWD%s", p + strlen(cwd));
	else {
		one = strlen(p) > 40;
		say(" \"%.40s\"%s", p, one ? "..." : "");
	}
}

/* To a buffer of PATH_LEN, in which there is room. */
static inline void
append(char *p, const char *text)
{
	size_t n = strlen(p);

	(void)snprintf(p + n, PATH_LEN - n, "%s", text);
}

/* Two at a time live. */
static const char *
path(void)
{
	static const char *const name[] = { "a", "b", "c", "d", "d", "e",
	    "l" };
	static const char *const between[] = { "/", "/", "/", "//", "/./",
	    "/../" };
	static const char *const end[] = { "/", "/.", "/..", "//" };
	static char buf[2][PATH_LEN];
	static unsigned k;
	char *p = buf[k++ & 1];
	const char *odd;
	unsigned n = 1 + pick(3);

	if (pick(14) == 0) {
		odd = odd_path();
		say_path(odd);
		return (odd);
	}
	p[0] = '\0';
	if (pick(10) == 0)
		append(p, "./");
	for (;;) {
		append(p, PICK(name));
		if (--n == 0 || pick(2) == 0)
			break;
		append(p, PICK(between));
	}
	if (pick(9) == 0)
		append(p, PICK(end));
	say_path(p);
	return (p);
}

static inline int
dirfd_of(void)
{
	int v[] = { AT_FDCWD, AT_FDCWD, AT_FDCWD, AT_FDCWD, root, sub, sub,
	    opath, file, opfile, -1, 999 };
	static const char *const name[] = { "CWD", "CWD", "CWD", "CWD",
	    "root", "sub", "sub", "opath", "file", "opfile", "-1", "999" };
	unsigned i = pick(NELEM(v));

	say(" %s", name[i]);
	return (v[i]);
}

static inline int
number(const char *what, const int *v, size_t n)
{
	int r = v[pick(n)];

	say(" %s%o", what, (unsigned)r);
	return (r);
}

#define NUMBER(...)							\
	number("", (const int[]){ __VA_ARGS__ },			\
	    sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

static inline int
flags_of(void)
{
	static const int acc[] = { O_RDONLY, O_WRONLY, O_RDWR, O_ACCMODE };
	static const int more[] = { O_CREAT, O_CREAT, O_EXCL, O_TRUNC,
	    O_APPEND, O_NONBLOCK, O_NONBLOCK, O_CLOEXEC, O_DIRECTORY,
	    O_NOFOLLOW, O_PATH, O_TMPFILE, O_SYNC, O_NOATIME, O_NOCTTY,
	    O_DIRECT, O_ASYNC, 1 << 26 };
	int f = acc[pick(16) == 0 ? 3 : pick(3)];
	unsigned n = pick(4);

	while (n-- > 0)
		f |= PICK(more);
	say(" f%o", (unsigned)f);
	return (f);
}

/* Without the bits that no run may set: these are refused on purpose. */
static inline mode_t
mode_of(void)
{
	return ((mode_t)NUMBER(0644, 0600, 0755, 0777, 0, 0400, 0200, 0500,
	    01755, 01777, 0170644, 0666));
}

/* What came of an open(). */
static inline void
say_opened(int fd)
{
	char name[32], to[1100];
	struct stat st;
	ssize_t n;

	/* O_NOFOLLOW is not kept, see watch.h */
	say(" fd %d flags %o %o at %ld", fd,
	    (unsigned)fcntl(fd, F_GETFL) & ~(unsigned)O_NOFOLLOW,
	    (unsigned)fcntl(fd, F_GETFD), (long)lseek(fd, 0, SEEK_CUR));
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if ((n = readlink(name, to, sizeof(to) - 1)) > 0) {
		to[n] = '\0';
		if (strncmp(to, cwd, strlen(cwd)) == 0 &&
		    strstr(to, "/#") == NULL)
			say(" %.60s", to + strlen(cwd));
	}
	if (fstat(fd, &st) == 0 && !S_ISFIFO(st.st_mode)) {
		n = write(fd, "wrote", 5);
		say(" write %s", n == -1 ? strerrorname_np(errno) : "ok");
	}
	(void)close(fd);
}

/* No descriptor is left, or some are. */
static inline void
room(int none)
{
	struct rlimit rl;
	int fd;

	if ((fd = dup(root)) != -1)
		(void)close(fd);
	if (getrlimit(RLIMIT_NOFILE, &rl) == -1)
		err(1, "getrlimit");
	rl.rlim_cur = none && fd != -1 ? (rlim_t)fd : DESCRIPTORS;
	if (setrlimit(RLIMIT_NOFILE, &rl) == -1)
		err(1, "setrlimit");
}

/* Those that are long, or end where nothing is mapped. */
static inline void
make_paths(void)
{
	char *p;
	int i;

	memset(longname, 'n', sizeof(longname) - 1);
	memset(fullname, 'm', sizeof(fullname) - 1);
	memset(longpath, '/', sizeof(longpath) - 1);
	for (i = 0; i < 4094; i += 2)
		memcpy(fullpath + i, "./", 2);
	memcpy(fullpath + 4094, "b", 2);
	p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED || munmap(p + 4096, 4096) == -1)
		err(1, "mmap");
	edge = p + 4096;
	memcpy(edge - 6, "./\0abc", 6);
}

#endif
