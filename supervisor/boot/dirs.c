/* SPDX-License-Identifier: ISC */
/* Directories, pid file, sockets; see dirs.h. */
#include "config.h"

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/boot/dirs.h"

#define BACKLOG	128

static int __attribute__((__format__ (printf, 4, 5)))
fail(char *err, size_t errlen, int num, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	(void)vsnprintf(err, errlen, fmt, ap);
	va_end(ap);
	n = strlen(err);
	if (num != 0)
		(void)snprintf(err + n, errlen - n, ": %s", strerror(num));
	return (-1);
}

/* Every directory above path that is missing. */
static int
make_parents(const char *path, char *err, size_t errlen)
{
	char dir[4096], *p;

	if (path[0] != '/' || strlen(path) >= sizeof(dir))
		return (fail(err, errlen, 0, "%s: not an absolute path",
		    path));
	(void)snprintf(dir, sizeof(dir), "%s", path);
	for (p = dir + 1; (p = strchr(p, '/')) != NULL; p++) {
		*p = '\0';
		if (mkdir(dir, 0755) == -1 && errno != EEXIST)
			return (fail(err, errlen, errno, "mkdir %s", dir));
		*p = '/';
	}
	return (0);
}

static int
check_owner(int fd, const char *path, uid_t uid, struct stat *st, char *err,
    size_t errlen)
{
	if (fstat(fd, st) == -1)
		return (fail(err, errlen, errno, "stat %s", path));
	if (st->st_uid != uid)
		return (fail(err, errlen, 0,
		    "%s: belongs to uid %u, must belong to uid %u", path,
		    st->st_uid, uid));
	return (0);
}

static int
check_dir(int fd, const char *path, uid_t uid, gid_t gid, mode_t mode,
    int made, char *err, size_t errlen)
{
	struct stat st;

	if (made && fchown(fd, uid, gid) == -1)
		return (fail(err, errlen, errno, "chown %s", path));
	if (check_owner(fd, path, uid, &st, err, errlen) == -1)
		return (-1);
	if ((st.st_mode & 07777) != mode && fchmod(fd, mode) == -1)
		return (fail(err, errlen, errno, "chmod %s", path));
	return (0);
}

int
dirs_make(const char *path, uid_t uid, gid_t gid, mode_t mode, char *err,
    size_t errlen)
{
	int fd, made, r;

	if (make_parents(path, err, errlen) == -1)
		return (-1);
	made = mkdir(path, 0700) == 0;
	if (!made && errno != EEXIST)
		return (fail(err, errlen, errno, "mkdir %s", path));
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return (fail(err, errlen, errno, "open %s", path));
	r = check_dir(fd, path, uid, gid, mode, made, err, errlen);
	(void)close(fd);
	return (r);
}

/* Could it be made?  What is there of its parents must be directories. */
static int
look_parents(const char *path, char *err, size_t errlen)
{
	char dir[4096], *p;
	struct stat st;

	memset(&st, 0, sizeof(st));
	(void)snprintf(dir, sizeof(dir), "%s", path);
	while ((p = strrchr(dir, '/')) != NULL) {
		*(p == dir ? p + 1 : p) = '\0';
		if (stat(dir, &st) == 0)
			break;
		if (errno != ENOENT || p == dir)
			return (fail(err, errlen, errno, "%s", dir));
	}
	if (!S_ISDIR(st.st_mode))
		return (fail(err, errlen, ENOTDIR, "%s", dir));
	if (access(dir, W_OK) == -1)
		return (fail(err, errlen, errno, "mkdir %s", path));
	return (0);
}

int
dirs_look(const char *path, uid_t uid, char *err, size_t errlen)
{
	struct stat st;
	int fd, r;

	if (path[0] != '/' || strlen(path) >= 4096)
		return (fail(err, errlen, 0, "%s: not an absolute path",
		    path));
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT)
		return (look_parents(path, err, errlen));
	if (fd == -1)
		return (fail(err, errlen, errno, "open %s", path));
	r = check_owner(fd, path, uid, &st, err, errlen);
	(void)close(fd);
	return (r);
}

/* Opened without following a link, as the executor does; what it is. */
static int
look_granted(const char *path, struct stat *st, char *err, size_t errlen)
{
	struct open_how how;
	int fd, r;

	memset(&how, 0, sizeof(how));
	how.flags = O_PATH | O_CLOEXEC;
	how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
	fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	if (fd == -1 && errno == ELOOP)
		return (fail(err, errlen, 0, "there is a link in %s", path));
	if (fd == -1)
		return (fail(err, errlen, errno, "%s", path));
	r = fstat(fd, st) == 0 ? 0 : fail(err, errlen, errno, "%s", path);
	(void)close(fd);
	return (r);
}

/* Who else could put something else there?  In a sticky one nobody can. */
static int
look_others(const char *path, char *err, size_t errlen)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return (fail(err, errlen, errno, "%s", path));
	if (st.st_uid != 0)
		return (fail(err, errlen, 0, "%s is not owned by root", path));
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0 &&
	    (!S_ISDIR(st.st_mode) || (st.st_mode & S_ISVTX) == 0))
		return (fail(err, errlen, 0, "%s is writable by group or "
		    "others", path));
	return (0);
}

int
dirs_look_program(const char *path, char *err, size_t errlen)
{
	char part[4096];
	struct stat st;
	size_t i;

	if (dirs_look_grant(path, err, errlen) == -1)
		return (-1);
	(void)snprintf(part, sizeof(part), "%s", path);
	for (i = strlen(part); i > 0; i--) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		part[i] = '\0';
		if (look_others(part, err, errlen) == -1)
			return (-1);
	}
	if (stat(path, &st) == -1 || !S_ISREG(st.st_mode) ||
	    (st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0)
		return (fail(err, errlen, 0, "%s is no program", path));
	return (0);
}

/* In a sticky directory anybody may make what is not there. */
static int
look_maker(const char *dir, int made_here, char *err, size_t errlen)
{
	struct stat st;

	if (look_others(dir, err, errlen) == -1)
		return (-1);
	if (lstat(dir, &st) == -1 || !S_ISDIR(st.st_mode))
		return (fail(err, errlen, 0, "%s is no directory", dir));
	if (made_here && (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return (fail(err, errlen, 0, "%s is writable by group or "
		    "others", dir));
	return (0);
}

int
dirs_look_ours(const char *path, char *err, size_t errlen)
{
	char dir[4096], *p;
	struct stat st;
	int made_here = 1;

	if (path[0] != '/' || strlen(path) >= sizeof(dir))
		return (fail(err, errlen, 0, "%s: not an absolute path",
		    path));
	(void)snprintf(dir, sizeof(dir), "%s", path);
	while (strcmp(dir, "/") != 0 && (p = strrchr(dir, '/')) != NULL) {
		*(p == dir ? p + 1 : p) = '\0';
		if (made_here && lstat(dir, &st) == -1 && errno == ENOENT)
			continue;
		if (look_maker(dir, made_here, err, errlen) == -1)
			return (-1);
		made_here = 0;
	}
	return (0);
}

int
dirs_look_grant(const char *path, char *err, size_t errlen)
{
	struct stat st;

	if (look_granted(path, &st, err, errlen) == -1)
		return (-1);
	if (S_ISDIR(st.st_mode) || S_ISREG(st.st_mode))
		return (0);
	return (fail(err, errlen, 0, "%s is neither a file nor a directory",
	    path));
}

int
dirs_look_granted_socket(const char *path, struct stat *st, char *err,
    size_t errlen)
{
	if (look_granted(path, st, err, errlen) == -1)
		return (-1);
	if (S_ISSOCK(st->st_mode))
		return (0);
	return (fail(err, errlen, 0, "%s is no socket", path));
}

int
dirs_lock(const char *dir, char *err, size_t errlen)
{
	char path[4096], pid[32];
	ssize_t n;
	int fd;

	if (snprintf(path, sizeof(path), "%s/clawbotd.pid", dir) >=
	    (int)sizeof(path))
		return (fail(err, errlen, 0, "%s: too long", dir));
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd == -1)
		return (fail(err, errlen, errno, "open %s", path));
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return (fd);
	if (errno != EWOULDBLOCK) {
		(void)fail(err, errlen, errno, "lock %s", path);
		(void)close(fd);
		return (-1);
	}
	n = read(fd, pid, sizeof(pid) - 1);
	pid[n > 0 ? n : 0] = '\0';
	pid[strspn(pid, "0123456789")] = '\0';
	(void)close(fd);
	return (fail(err, errlen, 0, "already running%s%s (%s is locked)",
	    pid[0] != '\0' ? " as process " : "", pid, path));
}

int
dirs_pid(int fd, char *err, size_t errlen)
{
	char pid[32];
	int n;

	n = snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	if (fchmod(fd, 0644) == -1 || ftruncate(fd, 0) == -1 ||
	    pwrite(fd, pid, (size_t)n, 0) != n)
		return (fail(err, errlen, errno, "pid file"));
	return (0);
}

int
dirs_look_socket(const char *path, char *err, size_t errlen)
{
	struct stat st;

	if (lstat(path, &st) == -1) {
		if (errno == ENOENT || errno == ENOTDIR)
			return (0);
		return (fail(err, errlen, errno, "stat %s", path));
	}
	if (!S_ISSOCK(st.st_mode))
		return (fail(err, errlen, 0, "%s: exists and is no socket",
		    path));
	return (1);
}

/* Only a socket is removed; anything else there is somebody's mistake. */
static int
remove_stale(const char *path, char *err, size_t errlen)
{
	int there = dirs_look_socket(path, err, errlen);

	if (there != 1)
		return (there);
	if (unlink(path) == -1)
		return (fail(err, errlen, errno, "unlink %s", path));
	return (0);
}

int
dirs_listen(const char *path, mode_t mode, char *err, size_t errlen)
{
	struct sockaddr_un sun;
	int fd;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(sun.sun_path))
		return (fail(err, errlen, 0, "%s: too long for a socket",
		    path));
	memcpy(sun.sun_path, path, strlen(path));
	if (remove_stale(path, err, errlen) == -1)
		return (-1);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	if (fd == -1)
		return (fail(err, errlen, errno, "socket"));
	/* umask keeps others out until the mode is right */
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    chmod(path, mode) == -1 || listen(fd, BACKLOG) == -1) {
		(void)fail(err, errlen, errno, "socket %s", path);
		(void)close(fd);
		return (-1);
	}
	return (fd);
}

const char *
dirs_empty(void)
{
#if CB_TEST_HOOKS
	const char *dir;

	if ((dir = getenv("CLAWBOT_EMPTYDIR")) != NULL)
		return (dir);
#endif
	return (CB_EMPTYDIR);
}
