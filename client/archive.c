/* SPDX-License-Identifier: ISC */
/* Files of an archive; see archive.h. */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/archive.h"
#include "client/newfile.h"
#include "client/verify.h"
#include "common/io.h"
#include "common/outfile.h"
#include "common/record/logseg.h"
#include "common/role.h"

#define ARCHIVE_MODE	0440	/* of files */
#define ARCHIVE_PATH	512

static int
failed(struct fail *f, const char *dir, const char *name)
{
	fail_set(f, EXIT_IO, "%s/%s: %s", dir, name, strerror(errno));
	return (-1);
}

static int
open_dir(int dirfd, const char *path)
{
	return (openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static int
is_same_dir(int a, int b)
{
	struct stat x, y;

	return (fstat(a, &x) == 0 && fstat(b, &y) == 0 &&
	    x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}

/* For output, on both sides; the log may have none. */
static int
open_output(struct archive *a, struct fail *f)
{
	a->logoutfd = openat(a->logfd, OUTFILE_DIR, O_RDONLY | O_DIRECTORY |
	    O_NOFOLLOW | O_CLOEXEC);
	if (a->logoutfd == -1)
		return (errno == ENOENT ? 0 : failed(f, "the log's directory",
		    OUTFILE_DIR));
	if (mkdirat(a->fd, OUTFILE_DIR, 0700) == -1 && errno != EEXIST)
		return (failed(f, a->path, OUTFILE_DIR));
	a->outfd = openat(a->fd, OUTFILE_DIR, O_RDONLY | O_DIRECTORY |
	    O_NOFOLLOW | O_CLOEXEC);
	if (a->outfd == -1 || io_fsync(a->fd) == -1)
		return (failed(f, a->path, OUTFILE_DIR));
	return (0);
}

int
archive_open(struct archive *a, const char *path, const char *logdir,
    struct fail *f)
{
	memset(a, 0, sizeof(*a));
	a->path = path;
	a->fd = a->outfd = a->logfd = a->logoutfd = -1;
	if ((a->logfd = open_dir(AT_FDCWD, logdir)) == -1) {
		fail_set(f, errno == EACCES ? EXIT_NOPERM : EXIT_IO, "%s: %s",
		    logdir, strerror(errno));
		fail_hint(f, "the parts of the log are read there, by root");
		return (-1);
	}
	if ((a->fd = open_dir(AT_FDCWD, path)) == -1) {
		fail_set(f, EXIT_USAGE, "%s: %s", path, strerror(errno));
		return (-1);
	}
	if (is_same_dir(a->fd, a->logfd)) {
		fail_set(f, EXIT_USAGE, "%s is the log's own directory", path);
		return (-1);
	}
	if (flock(a->fd, LOCK_EX | LOCK_NB) == -1) {
		fail_set(f, EXIT_TEMPFAIL, "%s: %s", path,
		    errno == EWOULDBLOCK ? "another one writes there" :
		    strerror(errno));
		return (-1);
	}
	return (open_output(a, f));
}

void
archive_close(struct archive *a)
{
	const int fds[] = { a->fd, a->outfd, a->logfd, a->logoutfd };
	size_t i;

	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] != -1)
			(void)close(fds[i]);
}

/* All of a file, to another one unless out is -1; its digest and size. */
static int
pump(int in, int out, uint8_t digest[ARCHIVE_DIGEST], uint64_t *size)
{
	static uint8_t part[65536];
	crypto_generichash_state h;
	ssize_t n;

	*size = 0;
	(void)crypto_generichash_init(&h, NULL, 0, ARCHIVE_DIGEST);
	while ((n = io_read(in, part, sizeof(part))) > 0) {
		(void)crypto_generichash_update(&h, part,
		    (unsigned long long)n);
		*size += (uint64_t)n;
		if (out != -1 && io_write(out, part, (size_t)n) == -1)
			return (-1);
	}
	(void)crypto_generichash_final(&h, digest, ARCHIVE_DIGEST);
	return (n == 0 ? 0 : -1);
}

/* 1 if it is there and the same, 0 if it is not there, -1 and *f. */
static int
is_there(const struct archive *a, int dirfd, const char *name,
    const uint8_t digest[ARCHIVE_DIGEST], struct fail *f)
{
	uint8_t have[ARCHIVE_DIGEST];
	uint64_t size;
	int fd, r;

	if ((fd = logseg_open(dirfd, name, O_RDONLY)) == -1)
		return (errno == ENOENT ? 0 : failed(f, a->path, name));
	r = pump(fd, -1, have, &size);
	(void)close(fd);
	if (r == -1)
		return (failed(f, a->path, name));
	if (memcmp(have, digest, sizeof(have)) == 0)
		return (1);
	fail_set(f, VERIFY_TAMPERED, "%s/%s is there already, and is not what "
	    "the log has", a->path, name);
	fail_hint(f, "give another directory, or look at what is in there");
	return (-1);
}

/* One that is open, under a name that nothing has, or not at all. */
static int
put_new(struct archive *a, int in, int dirfd, const char *name,
    const uint8_t want[ARCHIVE_DIGEST], struct fail *f)
{
	uint8_t digest[ARCHIVE_DIGEST];
	char path[ARCHIVE_PATH];
	struct newfile file;
	uint64_t size;

	/* the directory that is held, whatever has its name by now */
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dirfd, name);
	if (newfile_open(&file, path) == -1)
		return (failed(f, a->path, name));
	if (lseek(in, 0, SEEK_SET) == -1 ||
	    pump(in, file.fd, digest, &size) == -1 ||
	    fchmod(file.fd, ARCHIVE_MODE) == -1) {
		(void)failed(f, a->path, name);
		newfile_drop(&file);
		return (-1);
	}
	if (memcmp(digest, want, sizeof(digest)) != 0) {
		newfile_drop(&file);
		fail_set(f, EXIT_TEMPFAIL, "%s has changed while it was read",
		    name);
		return (-1);
	}
	if (newfile_close(&file) == -1)
		return (failed(f, a->path, name));
	a->files++;
	a->bytes += size;
	return (0);
}

static int
put(struct archive *a, int from, int to, const char *name,
    const uint8_t *want, struct fail *f)
{
	uint8_t digest[ARCHIVE_DIGEST];
	uint64_t size;
	int fd, r;

	if ((fd = logseg_open(from, name, O_RDONLY)) == -1) {
		fail_set(f, errno == ENOENT ? EXIT_TEMPFAIL : EXIT_IO,
		    "%s in the log's directory: %s", name, strerror(errno));
		fail_hint(f, "if it was packed meanwhile, the next attempt "
		    "finds it");
		return (-1);
	}
	r = pump(fd, -1, digest, &size);
	if (r == -1)
		(void)failed(f, "the log's directory", name);
	else if (want != NULL && memcmp(want, digest, sizeof(digest)) != 0) {
		fail_set(f, EXIT_TEMPFAIL, "%s in the log's directory is not "
		    "what the daemon has read there", name);
		r = -1;
	} else if ((r = is_there(a, to, name, digest, f)) == 0)
		r = put_new(a, fd, to, name, digest, f);
	(void)close(fd);
	return (r == -1 ? -1 : 0);
}

int
archive_file(struct archive *a, const char *name,
    const uint8_t digest[ARCHIVE_DIGEST], struct fail *f)
{
	return (put(a, a->logfd, a->fd, name, digest, f));
}

int
archive_output(struct archive *a, uint64_t last, struct fail *f)
{
	const struct dirent *e;
	uint64_t intent;
	int fd, r = 0;
	DIR *d;

	if (a->logoutfd == -1)
		return (0);
	if ((fd = openat(a->logoutfd, ".", O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC)) == -1 || (d = fdopendir(fd)) == NULL) {
		if (fd != -1)
			(void)close(fd);
		return (failed(f, "the log's directory", OUTFILE_DIR));
	}
	while (r == 0 && (e = readdir(d)) != NULL)
		if (outfile_intent(e->d_name, &intent) == 0 && intent <= last)
			r = put(a, a->logoutfd, a->outfd, e->d_name, NULL, f);
	(void)closedir(d);
	return (r);
}
