/* SPDX-License-Identifier: ISC */
/*
 * A file with other bytes: another one that takes its name at once, or, where
 * that would not be the same file any more to those who know it, itself.
 */
#include "config.h"

#include <sys/random.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "common/io.h"
#include "file/file.h"

#define TRIES	16

/* A file of a name that there is not, in the same directory. */
static int
make_new(const struct target *t, char *name, size_t len)
{
	uint64_t r;
	int fd = -1, i;

	for (i = 0; i < TRIES && fd == -1; i++) {
		if (getrandom(&r, sizeof(r), 0) != sizeof(r))
			return (-1);
		(void)snprintf(name, len, ".new-%016llx",
		    (unsigned long long)r);
		/* what there is not gets what the umask leaves */
		fd = openat(t->dir, name, O_WRONLY | O_CREAT | O_EXCL |
		    O_NOFOLLOW | O_CLOEXEC, t->exists ? 0600 : 0666);
		if (fd == -1 && errno != EEXIST)
			return (-1);
	}
	return (fd);
}

/* As the old one was; bits that give rights to who runs it are not kept. */
static int
fill_new(const struct target *t, int fd)
{
	struct stat st;

	if (t->exists) {
		if (fstat(fd, &st) == -1)
			return (-1);
		if (st.st_gid != t->st.st_gid &&
		    fchown(fd, (uid_t)-1, t->st.st_gid) == -1)
			return (-1);
		if (fchmod(fd, t->st.st_mode & 0777) == -1)
			return (-1);
	}
	return (io_write(fd, t->data, t->len) == -1 || io_fsync(fd) == -1 ?
	    -1 : 0);
}

/* Nothing that came meanwhile is lost. */
static int
take_name(const struct target *t, const char *name)
{
	if (!target_same(t)) {
		errno = EAGAIN;
		return (-1);
	}
	if (t->exists)
		return (renameat(t->dir, name, t->dir, t->name));
	if (renameat2(t->dir, name, t->dir, t->name, RENAME_NOREPLACE) == 0)
		return (0);
	if (errno == EEXIST)
		errno = EAGAIN;
	if (errno != EINVAL && errno != ENOSYS)
		return (-1);
	/* a file system that cannot do that */
	if (linkat(t->dir, name, t->dir, t->name, 0) == -1)
		return (-1);
	(void)unlinkat(t->dir, name, 0);
	return (0);
}

static void
sync_dir(const struct target *t)
{
	int fd = openat(t->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return;
	(void)io_fsync(fd);
	(void)close(fd);
}

int
fileop_replace(const struct target *t, int *again)
{
	char name[64];
	int fd, e, made;

	*again = 0;
	if ((fd = make_new(t, name, sizeof(name))) == -1) {
		/* the file alone may be ours to write */
		*again = errno == EACCES || errno == EPERM || errno == EROFS;
		return (-1);
	}
	made = fill_new(t, fd) == 0;
	/* its group is not ours to give, or has no number here */
	if (!made)
		*again = errno == EPERM || errno == EINVAL;
	if (made && take_name(t, name) == 0) {
		(void)close(fd);
		sync_dir(t);
		return (0);
	}
	e = errno;
	if (made)
		*again = e == EBUSY;		/* something is mounted on it */
	(void)unlinkat(t->dir, name, 0);
	(void)close(fd);
	errno = e;
	return (-1);
}

/* Room first: it is neither the old nor the new one where that ends. */
int
fileop_change(const struct target *t)
{
	struct stat st;
	int fd, e, r = -1;

	fd = openat(t->dir, t->name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return (-1);
	if (fstat(fd, &st) == -1)
		goto out;
	if (st.st_dev != t->st.st_dev || st.st_ino != t->st.st_ino ||
	    !target_same(t)) {
		errno = EAGAIN;
		goto out;
	}
	if (t->len > 0 && (e = posix_fallocate(fd, 0, (off_t)t->len)) != 0 &&
	    e != EOPNOTSUPP && e != EINVAL) {
		errno = e;
		goto out;
	}
	if (io_write(fd, t->data, t->len) == 0 &&
	    ftruncate(fd, (off_t)t->len) == 0)
		r = io_fsync(fd);
out:
	e = errno;
	(void)close(fd);
	errno = e;
	return (r);
}
