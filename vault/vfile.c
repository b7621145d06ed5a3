/* SPDX-License-Identifier: ISC */
/* Files of the vault; see vfile.h. */
#include "config.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "vault/vfile.h"

static int __attribute__((__format__ (printf, 3, 4)))
fail(char *err, size_t errlen, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(err, errlen, fmt, ap);
	va_end(ap);
	return (-1);
}

static int
not_ours(const struct vdir *d, const char *name, const struct stat *st,
    char *err, size_t errlen)
{
	return (fail(err, errlen, "belongs to uid %u, not to the vault's; if "
	    "nobody has changed it: chown %u %s/%s", (unsigned)st->st_uid,
	    (unsigned)d->uid, d->root, name));
}

/* Others could have changed or could read what they have access to. */
static int
check_inode(const struct vdir *d, const char *name, int fd, char *err,
    size_t errlen)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return (fail(err, errlen, "%s", strerror(errno)));
	if (!S_ISREG(st.st_mode))
		return (fail(err, errlen, "not a regular file"));
	if (st.st_uid != d->uid)
		return (not_ours(d, name, &st, err, errlen));
	if (st.st_mode & 077)
		return (fail(err, errlen, "group or others have access to "
		    "it; if nobody has used that: chmod 600 %s/%s", d->root,
		    name));
	if (st.st_size > (off_t)STORE_MAX)
		return (fail(err, errlen, "larger than %u bytes", STORE_MAX));
	return (0);
}

static int
read_all(int fd, struct buf *b, char *err, size_t errlen)
{
	uint8_t chunk[16384];
	ssize_t n;

	for (;;) {
		n = read(fd, chunk, sizeof(chunk));
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (fail(err, errlen, "%s", strerror(errno)));
		if (n == 0)
			return (0);
		buf_put(b, chunk, (size_t)n);
		if (b->bad)
			return (fail(err, errlen, "larger than %u bytes",
			    STORE_MAX));
	}
}

int
vfile_read(const struct vdir *d, const char *name, struct buf *b, char *err,
    size_t errlen)
{
	struct stat st;
	int fd, r;

	buf_init(b, STORE_MAX);
	/* O_NONBLOCK: a pipe of that name must not hold the start. */
	fd = openat(d->fd, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT)
		return (0);
	if (fd == -1 && errno == EACCES && fstatat(d->fd, name, &st,
	    AT_SYMLINK_NOFOLLOW) == 0 && st.st_uid != d->uid)
		return (not_ours(d, name, &st, err, errlen));
	if (fd == -1)
		return (fail(err, errlen, "%s", strerror(errno)));
	r = check_inode(d, name, fd, err, errlen);
	if (r == 0)
		r = read_all(fd, b, err, errlen);
	(void)close(fd);
	if (r == -1)
		buf_free(b);
	return (r == 0 ? 1 : -1);
}

void
vfile_digest(const void *p, size_t len, uint8_t out[STORE_DIGEST])
{
	(void)crypto_generichash(out, STORE_DIGEST, p, len, NULL, 0);
}

int
vfile_prepare(const struct vdir *d, const void *p, size_t len,
    char tmp[VFILE_TMP], char *err, size_t errlen)
{
	uint8_t raw[8];
	char hex[2 * sizeof(raw) + 1];
	int fd, r, saved;

	randombytes_buf(raw, sizeof(raw));
	(void)snprintf(tmp, VFILE_TMP, VFILE_NEW "%s",
	    sodium_bin2hex(hex, sizeof(hex), raw, sizeof(raw)));
	fd = openat(d->fd, tmp,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return (fail(err, errlen, "creating %s: %s", tmp,
		    strerror(errno)));
	r = io_write(fd, p, len);
	if (r == 0)
		r = io_fsync(fd);
	saved = errno;
	if (close(fd) == -1 && r == 0) {
		r = -1;
		saved = errno;
	}
	/* Its name must be there after a crash, or the log names nothing. */
	if (r == 0 && (r = io_fsync(d->fd)) == -1)
		saved = errno;
	if (r == 0)
		return (0);
	vfile_remove(d, tmp);
	return (fail(err, errlen, "writing %s: %s", tmp, strerror(saved)));
}

int
vfile_commit(const struct vdir *d, const char *tmp)
{
	if (renameat(d->fd, tmp, d->fd, VFILE_NAME) == -1)
		return (-1);
	return (io_fsync(d->fd) == -1 ? -2 : 0);
}

void
vfile_remove(const struct vdir *d, const char *name)
{
	(void)unlinkat(d->fd, name, 0);
}

/*
 * Calls fn for each new file until it gives something else than 0, which is
 * then the result; -1 if the directory is unreadable.
 */
static int
each_new(const struct vdir *d, int (*fn)(const struct vdir *, const char *,
    void *), void *arg)
{
	struct dirent *e;
	DIR *dir;
	int fd, r = 0;

	fd = openat(d->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return (-1);
	dir = fdopendir(fd);
	if (dir == NULL) {
		(void)close(fd);
		return (-1);
	}
	while (r == 0 && (e = readdir(dir)) != NULL)
		if (strncmp(e->d_name, VFILE_NEW, sizeof(VFILE_NEW) - 1) == 0)
			r = fn(d, e->d_name, arg);
	(void)closedir(dir);
	return (r);
}

static int
sweep_one(const struct vdir *d, const char *name, void *arg)
{
	int *count = arg;

	vfile_remove(d, name);
	(*count)++;
	return (0);
}

int
vfile_sweep(const struct vdir *d)
{
	int count = 0;

	return (each_new(d, sweep_one, &count) == -1 ? -1 : count);
}

struct find {
	const uint8_t	*digest;
	char		*tmp;
	struct buf	*b;
};

static int
find_one(const struct vdir *d, const char *name, void *arg)
{
	struct find *f = arg;
	uint8_t digest[STORE_DIGEST];
	char err[128];

	if (strlen(name) >= VFILE_TMP ||
	    vfile_read(d, name, f->b, err, sizeof(err)) != 1)
		return (0);
	vfile_digest(f->b->data, f->b->len, digest);
	if (memcmp(digest, f->digest, sizeof(digest)) != 0) {
		buf_free(f->b);
		return (0);
	}
	(void)snprintf(f->tmp, VFILE_TMP, "%s", name);
	return (1);
}

int
vfile_find(const struct vdir *d, const uint8_t digest[STORE_DIGEST],
    char tmp[VFILE_TMP], struct buf *b)
{
	struct find f = { digest, tmp, b };

	buf_init(b, STORE_MAX);
	return (each_new(d, find_one, &f) == 1 ? 1 : 0);
}
