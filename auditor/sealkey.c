/* SPDX-License-Identifier: ISC */
/* The keys that seal the log; see sealkey.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "auditor/sealkey.h"
#include "common/io.h"
#include "common/record/sealfile.h"

#define SEALKEY_NEW	SEALKEY_FILE ".new"

static struct sealkey_pair *
pair_of(struct sealkeys *k, uint64_t epoch)
{
	return (&k->pair[epoch & 1]);
}

const struct sealkey_pair *
sealkey_now(const struct sealkeys *k)
{
	return (&k->pair[k->epoch & 1]);
}

const struct sealkey_pair *
sealkey_next(const struct sealkeys *k)
{
	return (&k->pair[(k->epoch + 1) & 1]);
}

static void
draw(struct sealkeys *k, uint64_t epoch)
{
	struct sealkey_pair *p = pair_of(k, epoch);

	(void)crypto_sign_keypair(p->public, p->secret);
}

/* The key of that epoch in its place; not synced. */
static int
put(int fd, struct sealkeys *k, uint64_t epoch)
{
	return (sealfile_put(fd, epoch, pair_of(k, epoch)->secret));
}

static int
get(int fd, struct sealkeys *k, uint64_t epoch)
{
	struct sealkey_pair *p = pair_of(k, epoch);

	return (sealfile_get(fd, epoch, p->secret, p->public));
}

static int
close_as(int fd, int r)
{
	int saved = errno;

	(void)close(fd);
	errno = saved;
	return (r);
}

int
sealkey_make(struct sealkeys *k, int dirfd)
{
	int fd;

	k->epoch = 0;
	k->ready = 0;
	draw(k, 0);
	draw(k, 1);
	fd = openat(dirfd, SEALKEY_NEW, O_WRONLY | O_CREAT | O_TRUNC |
	    O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return (-1);
	if (put(fd, k, 0) == -1 || put(fd, k, 1) == -1 ||
	    io_fsync(fd) == -1 || renameat(dirfd, SEALKEY_NEW, dirfd,
	    SEALKEY_FILE) == -1 || io_fsync(dirfd) == -1)
		return (close_as(fd, -1));
	k->ready = 1;
	return (close_as(fd, 0));
}

enum sealkey_found
sealkey_read(struct sealkeys *k, int dirfd, uint64_t epoch,
    const uint8_t want[SEAL_KEY])
{
	int fd, r;

	fd = openat(dirfd, SEALKEY_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return (errno == ENOENT ? SEALKEY_NONE : SEALKEY_ERROR);
	r = close_as(fd, get(fd, k, epoch));
	if (r == -1)
		return (SEALKEY_ERROR);
	if (r == 0 || (want != NULL && memcmp(want,
	    pair_of(k, epoch)->public, SEAL_KEY) != 0)) {
		sodium_memzero(k->pair, sizeof(k->pair));
		return (SEALKEY_OTHER);
	}
	k->epoch = epoch;
	k->ready = 0;
	draw(k, epoch + 1);
	return (SEALKEY_OK);
}

void
sealkey_step(struct sealkeys *k)
{
	sodium_memzero(pair_of(k, k->epoch), sizeof(k->pair[0]));
	k->epoch++;
	k->ready = 0;
	draw(k, k->epoch + 1);
}

int
sealkey_prepare(struct sealkeys *k, int dirfd)
{
	int fd;

	if (k->ready)
		return (0);
	fd = openat(dirfd, SEALKEY_FILE, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return (-1);
	if (put(fd, k, k->epoch + 1) == -1 || io_fdatasync(fd) == -1)
		return (close_as(fd, -1));
	k->ready = 1;
	return (close_as(fd, 0));
}
