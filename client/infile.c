/* SPDX-License-Identifier: ISC */
/* Files that somebody names to be read; see infile.h. */
#include "config.h"

#include <sys/stat.h>
#include <sys/vfs.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/infile.h"
#include "common/role.h"

static int
wrong(struct fail *f, int status, const char *path, const char *why)
{
	fail_set(f, status, "%s: %s", path, why);
	return (-1);
}

static int
is_nameless(int fd)
{
	struct statfs fs;

	return (fstatfs(fd, &fs) == 0 && fs.f_type == PIPEFS_MAGIC);
}

/* The link in /dev/fd to a pipe is none that somebody else could change. */
static int
look(const char *path, unsigned how, struct stat *st, int *pipe)
{
	int at;

	*pipe = 0;
	if ((at = open(path, O_PATH | O_CLOEXEC)) == -1)
		return (-1);
	if (fstat(at, st) == 0)
		*pipe = S_ISFIFO(st->st_mode) && is_nameless(at);
	if (*pipe || (how & INFILE_NOLINK) == 0)
		return (at);
	(void)close(at);
	at = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (at != -1)
		(void)fstat(at, st);
	return (at);
}

static int
is_wanted(unsigned how, const struct stat *st, int pipe)
{
	if (S_ISREG(st->st_mode))
		return (1);
	if ((how & INFILE_STREAM) != 0 && (S_ISFIFO(st->st_mode) ||
	    S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)))
		return (1);
	return (pipe && (how & INFILE_PLAIN) == 0);
}

static int
refuse(const char *path, unsigned how, const struct stat *st, struct fail *f)
{
	if (S_ISLNK(st->st_mode)) {
		(void)wrong(f, EXIT_USAGE, path, "a symbolic link");
		fail_hint(f, "name the file that it leads to");
	} else if (S_ISDIR(st->st_mode))
		(void)wrong(f, EXIT_USAGE, path, "a directory");
	else {
		(void)wrong(f, EXIT_USAGE, path, "not a regular file");
		if ((how & INFILE_PLAIN) == 0)
			fail_hint(f, "what a command prints is read from "
			    "<(command) of a shell that has it");
		else
			fail_hint(f, "write it to a file first");
	}
	return (-1);
}

/* What was looked at, and nothing that has its name since. */
static int
open_it(int at, unsigned how, int pipe)
{
	char self[64];
	int fd, fl;

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", at);
	if ((how & INFILE_STREAM) != 0)
		return (open(self, O_RDONLY | O_NOCTTY | O_CLOEXEC));
	fd = open(self, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1 || !pipe)
		return (fd);
	if ((fl = fcntl(fd, F_GETFL)) != -1 &&
	    fcntl(fd, F_SETFL, fl & ~O_NONBLOCK) != -1)
		return (fd);
	(void)close(fd);
	return (-1);
}

/* It is there, as it has been looked at: then this is not about its name. */
static int
not_opened(struct fail *f, int status, const char *path)
{
	const int num = errno;

	if (num != ENOENT || access("/proc/self/fd", F_OK) == 0)
		return (wrong(f, status, path, strerror(num)));
	(void)wrong(f, status, path, "cannot be opened, as /proc is not "
	    "mounted");
	fail_hint(f, "mount -t proc proc /proc");
	return (-1);
}

int
infile_open(const char *path, unsigned how, int status, struct fail *f)
{
	struct stat st = { 0 };
	int at, fd, pipe;

	if ((at = look(path, how, &st, &pipe)) == -1)
		return (wrong(f, status, path, strerror(errno)));
	if (!is_wanted(how, &st, pipe)) {
		(void)close(at);
		return (refuse(path, how, &st, f));
	}
	fd = open_it(at, how, pipe);
	if (fd == -1)
		(void)not_opened(f, status, path);
	(void)close(at);
	return (fd);
}
