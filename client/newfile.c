/* SPDX-License-Identifier: ISC */
/* A file that appears whole; see newfile.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/newfile.h"
#include "common/io.h"
#include "common/xmalloc.h"

#define TMP_TRIES	100

/* In the directory that the name is for; -1 and errno. */
static int
nameless(const char *path)
{
	char *copy = xstrdup(path);
	int fd, saved;

	fd = open(dirname(copy), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	saved = errno;
	free(copy);
	errno = saved;
	return (fd);
}

int
newfile_open(struct newfile *f, const char *path)
{
	int saved;

	f->tmp = NULL;
	f->path = xstrdup(path);
	if ((f->fd = nameless(path)) != -1)
		return (0);
	/* what open(2) says of file systems that have none, and of kernels */
	if (errno == EOPNOTSUPP || errno == EISDIR) {
		xasprintf(&f->tmp, "%s.XXXXXX", path);
		if ((f->fd = mkostemp(f->tmp, O_CLOEXEC)) != -1)
			return (0);
	}
	saved = errno;
	free(f->tmp);
	free(f->path);
	f->tmp = f->path = NULL;
	errno = saved;
	return (-1);
}

/* Never one that something has. */
static int
give_name(const struct newfile *f)
{
	char proc[64];

	if (f->tmp != NULL) {
		if (link(f->tmp, f->path) == 0)
			return (0);
		/* but where the file system has no second names */
		if (errno != EPERM && errno != EOPNOTSUPP)
			return (-1);
		return (renameat2(AT_FDCWD, f->tmp, AT_FDCWD, f->path,
		    RENAME_NOREPLACE));
	}
	(void)snprintf(proc, sizeof(proc), "/proc/self/fd/%d", f->fd);
	return (linkat(AT_FDCWD, proc, AT_FDCWD, f->path, AT_SYMLINK_FOLLOW));
}

/* The name itself stays only once its directory is on disk. */
static int
sync_name(const char *path)
{
	char *copy = xstrdup(path);
	int fd, r;

	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	if (fd == -1)
		return (-1);
	r = io_fsync(fd);
	(void)close(fd);
	return (r);
}

/* A name of its own, if it has none: only what has one can be renamed. */
static int
give_tmp(struct newfile *f)
{
	char proc[64];
	unsigned i;
	int r = -1;

	if (f->tmp != NULL)
		return (0);
	(void)snprintf(proc, sizeof(proc), "/proc/self/fd/%d", f->fd);
	for (i = 0; i < TMP_TRIES && r == -1; i++) {
		free(f->tmp);
		xasprintf(&f->tmp, "%s.%06x", f->path,
		    randombytes_uniform(1U << 24));
		r = linkat(AT_FDCWD, proc, AT_FDCWD, f->tmp,
		    AT_SYMLINK_FOLLOW);
		if (r == -1 && errno != EEXIST)
			break;
	}
	if (r == -1) {
		free(f->tmp);
		f->tmp = NULL;
	}
	return (r);
}

static int
done(struct newfile *f, int r)
{
	const int saved = errno;

	newfile_drop(f);
	errno = saved;
	return (r);
}

int
newfile_close(struct newfile *f)
{
	int r, saved;

	if ((r = io_fsync(f->fd)) == 0 && (r = give_name(f)) == 0 &&
	    (r = sync_name(f->path)) == -1) {
		saved = errno;
		(void)unlink(f->path);
		errno = saved;
	}
	return (done(f, r));
}

int
newfile_replace(struct newfile *f)
{
	int r;

	if ((r = io_fsync(f->fd)) == 0 && (r = give_tmp(f)) == 0 &&
	    (r = rename(f->tmp, f->path)) == 0) {
		free(f->tmp);
		f->tmp = NULL;
		r = sync_name(f->path);
	}
	return (done(f, r));
}

void
newfile_drop(struct newfile *f)
{
	if (f->path == NULL)
		return;
	if (f->tmp != NULL)
		(void)unlink(f->tmp);
	(void)close(f->fd);
	free(f->tmp);
	free(f->path);
	f->tmp = f->path = NULL;
	f->fd = -1;
}
