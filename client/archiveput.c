/* SPDX-License-Identifier: ISC */
/* One file of an archive; see archiveput.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/archiveput.h"
#include "client/newfile.h"
#include "client/segends.h"
#include "client/verify.h"
#include "common/io.h"
#include "common/outfile.h"
#include "common/record/logseg.h"
#include "common/role.h"

#define ARCHIVE_MODE	0400	/* of files: its owner may read the log */
#define ARCHIVE_PATH	512

/* Where what comes goes to, and what it comes to. */
struct coming {
	struct archive	*a;
	const char	*name;
	int		 dirfd;		/* that has the name */
	int		 fd;		/* or -1: nowhere */
	struct buf	*b;		/* or NULL: nowhere */
	struct segends_read *ends;	/* likewise */
	crypto_generichash_state sum;
	uint64_t	 size;
	uint8_t		 digest[ARCHIVE_DIGEST];
};

/* What is between the archive's path and a name in one of its directories. */
static const char *
inside(const struct archive *a, int dirfd)
{
	return (dirfd == a->outfd ? OUTFILE_DIR "/" : "");
}

static int
failed(struct fail *f, const struct archive *a, int dirfd, const char *name)
{
	fail_set(f, EXIT_IO, "%s/%s%s: %s", a->path, inside(a, dirfd), name,
	    strerror(errno));
	return (-1);
}

static int
on_piece(const uint8_t *p, size_t n, void *arg, struct fail *f)
{
	struct coming *c = arg;

	(void)crypto_generichash_update(&c->sum, p, n);
	c->size += n;
	/* what is stored of runs comes on top of what was promised */
	if (c->fd != -1 && c->a->progress.done + n <= c->a->progress.total)
		progress_add(&c->a->progress, n);
	if (c->fd != -1 && io_write(c->fd, p, n) == -1)
		return (failed(f, c->a, c->dirfd, c->name));
	if (c->ends != NULL)
		segends_feed(c->ends, p, n);
	if (c->b == NULL)
		return (0);
	buf_put(c->b, p, n);
	if (!c->b->bad)
		return (0);
	fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: it is too "
	    "long");
	return (-1);
}

/* All of the answer.  0, or -1 and *f. */
static int
fetch(struct archive *a, const struct query_ask *ask, struct coming *c,
    struct fail *f)
{
	int r = 0;

	c->a = a;
	c->size = 0;
	(void)crypto_generichash_init(&c->sum, NULL, 0, ARCHIVE_DIGEST);
	if (a->q != NULL)
		r = query_again(a->q, ask, c, f);
	else if ((a->q = query_begin(a->cli, ask, on_piece, NULL, c,
	    f)) == NULL)
		r = -1;
	if (r == 0)
		r = query_rest(a->q, f);
	(void)crypto_generichash_final(&c->sum, c->digest, ARCHIVE_DIGEST);
	return (r);
}

int
archiveput_get(struct archive *a, const struct query_ask *ask, struct buf *b,
    struct fail *f)
{
	struct coming c = { .fd = -1, .b = b };

	return (fetch(a, ask, &c, f));
}

int
archiveput_ends(struct archive *a, const struct query_ask *ask,
    struct segends_read *ends, struct fail *f)
{
	struct coming c = { .fd = -1, .ends = ends };

	return (fetch(a, ask, &c, f));
}

/*
 * There is a file of that name: is it this one?  What nobody names a digest of
 * is asked for once more.  Who has put it there may have been killed before it
 * was on disk, and what is read of it came from memory.
 */
static int
compare(struct archive *a, const struct query_ask *ask, int dirfd, int fd,
    const char *name, const uint8_t *want, struct fail *f)
{
	struct coming c = { .fd = -1 };
	uint8_t have[ARCHIVE_DIGEST];

	if (io_fsync(fd) == -1 || archivestay_digest(fd, have) == -1)
		return (failed(f, a, dirfd, name));
	if (want == NULL && fetch(a, ask, &c, f) == -1)
		return (-1);
	if (memcmp(have, want != NULL ? want : c.digest, sizeof(have)) == 0)
		return (0);
	fail_set(f, VERIFY_TAMPERED, "%s/%s%s is there already, and is not "
	    "what the log has", a->path, inside(a, dirfd), name);
	fail_hint(f, "give another directory, or look at what is in there");
	return (-1);
}

/* On a file system that has no modes it is as that was mounted. */
static int
close_to_others(int fd, struct fail *f, const char *dir)
{
	struct stat st;

	if (fchmod(fd, ARCHIVE_MODE) == 0 || (errno == EPERM &&
	    fstat(fd, &st) == 0 && (st.st_mode & 077) == 0))
		return (0);
	fail_set(f, EXIT_IO, "%s: a file there cannot be kept from others: %s",
	    dir, strerror(errno));
	fail_hint(f, "a file system without modes is mounted with umask=077");
	return (-1);
}

/* Under a name that nothing has, or not at all. */
static enum archive_put
put_new(struct archive *a, const struct query_ask *ask, int dirfd,
    const char *name, const uint8_t *want, struct fail *f)
{
	struct coming c = { .name = name, .dirfd = dirfd };
	char path[ARCHIVE_PATH];
	struct newfile file;

	/* the directory that is held, whatever has its name by now */
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dirfd, name);
	if (newfile_open(&file, path) == -1) {
		(void)failed(f, a, dirfd, name);
		return (PUT_FAILED);
	}
	c.fd = file.fd;
	if (fetch(a, ask, &c, f) == -1) {
		newfile_drop(&file);
		return (PUT_FAILED);
	}
	if (want != NULL && memcmp(c.digest, want, sizeof(c.digest)) != 0) {
		newfile_drop(&file);
		return (PUT_OTHER);
	}
	if (close_to_others(file.fd, f, a->path) == -1) {
		newfile_drop(&file);
		return (PUT_FAILED);
	}
	if (newfile_close(&file) == -1) {
		(void)failed(f, a, dirfd, name);
		newfile_drop(&file);
		return (PUT_FAILED);
	}
	if (archivestay_note(a, dirfd, name, c.digest) == -1) {
		(void)failed(f, a, dirfd, name);
		return (PUT_FAILED);
	}
	a->files++;
	a->bytes += c.size;
	return (PUT_DONE);
}

enum archive_put
archiveput_file(struct archive *a, const struct query_ask *ask, int dirfd,
    const char *name, const uint8_t want[ARCHIVE_DIGEST], struct fail *f)
{
	int fd, r;

	if ((fd = logseg_open(dirfd, name, O_RDONLY)) != -1) {
		r = compare(a, ask, dirfd, fd, name, want, f);
		(void)close(fd);
		return (r == 0 ? PUT_DONE : PUT_FAILED);
	}
	if (errno == ENOENT)
		return (put_new(a, ask, dirfd, name, want, f));
	(void)failed(f, a, dirfd, name);
	return (PUT_FAILED);
}
