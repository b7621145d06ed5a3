/* SPDX-License-Identifier: ISC */
/*
 * What an attempt to archive leaves that came to nothing.  Each file was whole
 * when it got its name, and the next attempt goes on behind it; but one that
 * has become something else since would keep all of these from going on.
 */
#include "config.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/archiveput.h"
#include "common/io.h"
#include "common/outfile.h"
#include "common/record/logseg.h"
#include "common/xmalloc.h"

struct archive_put_file {
	char		*name;
	int		 output;	/* it is in OUTFILE_DIR */
	dev_t		 dev;
	ino_t		 ino;
	uint8_t		 digest[ARCHIVE_DIGEST];
};

int
archivestay_digest(int fd, uint8_t digest[ARCHIVE_DIGEST])
{
	static uint8_t part[65536];
	crypto_generichash_state h;
	ssize_t n;

	(void)crypto_generichash_init(&h, NULL, 0, ARCHIVE_DIGEST);
	while ((n = io_read(fd, part, sizeof(part))) > 0)
		(void)crypto_generichash_update(&h, part,
		    (unsigned long long)n);
	(void)crypto_generichash_final(&h, digest, ARCHIVE_DIGEST);
	return (n == 0 ? 0 : -1);
}

int
archivestay_note(struct archive *a, int dirfd, const char *name,
    const uint8_t digest[ARCHIVE_DIGEST])
{
	struct archive_put_file *f;
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return (-1);
	a->put = xrecallocarray(a->put, a->nput, a->nput + 1,
	    sizeof(*a->put));
	f = &a->put[a->nput++];
	f->name = xstrdup(name);
	f->output = dirfd == a->outfd;
	f->dev = st.st_dev;
	f->ino = st.st_ino;
	memcpy(f->digest, digest, sizeof(f->digest));
	return (0);
}

void
archivestay_free(struct archive *a)
{
	size_t i;

	for (i = 0; i < a->nput; i++)
		free(a->put[i].name);
	free(a->put);
	a->put = NULL;
	a->nput = 0;
}

/* What is there by its name now. */
enum stays_as { STAYS_WHOLE, STAYS_CHANGED, STAYS_OTHER };

static enum stays_as
look(const struct archive_put_file *f, int dirfd)
{
	uint8_t have[ARCHIVE_DIGEST];
	enum stays_as is = STAYS_OTHER;
	struct stat st;
	int fd;

	if ((fd = logseg_open(dirfd, f->name, O_RDONLY)) == -1)
		return (STAYS_OTHER);
	if (fstat(fd, &st) == 0 && st.st_dev == f->dev &&
	    st.st_ino == f->ino) {
		/* off the disk, not out of memory */
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		is = archivestay_digest(fd, have) == 0 &&
		    memcmp(have, f->digest, sizeof(have)) == 0 ?
		    STAYS_WHOLE : STAYS_CHANGED;
	}
	(void)close(fd);
	return (is);
}

size_t
archive_stays(const struct archive *a)
{
	const struct archive_put_file *f;
	const char *in;
	size_t i, n = 0;
	int dirfd;

	for (i = 0; i < a->nput; i++) {
		f = &a->put[i];
		dirfd = f->output ? a->outfd : a->fd;
		in = f->output ? OUTFILE_DIR "/" : "";
		switch (look(f, dirfd)) {
		case STAYS_WHOLE:
			n++;
			break;
		case STAYS_CHANGED:
			complain("%s/%s%s is not as it was put there%s",
			    a->path, in, f->name,
			    unlinkat(dirfd, f->name, 0) == 0 ?
			    ": it was removed" : ", and cannot be removed");
			break;
		case STAYS_OTHER:
			complain("%s/%s%s, which was put there, is gone, or "
			    "is another file", a->path, in, f->name);
			break;
		}
	}
	if (n != 0)
		complain("%zu file%s that came stay%s in %s: they are whole, "
		    "and the next attempt goes on from there", n,
		    n == 1 ? "" : "s", n == 1 ? "s" : "", a->path);
	return (n);
}
