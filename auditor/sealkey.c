/* SPDX-License-Identifier: ISC */
/* The keys that seal the log; see sealkey.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "auditor/sealkey.h"
#include "common/buf.h"
#include "common/io.h"

#define SEALKEY_NEW	SEALKEY_FILE ".new"
#define SLOT		4096	/* in blocks of their own */

/* magic, epoch, seed, and a digest of these */
#define MAGIC_LEN	8
#define BODY		(MAGIC_LEN + 8 + crypto_sign_SEEDBYTES)
#define SUM		32
#define PLACE		(BODY + SUM)

static const char magic[MAGIC_LEN + 1] = "cbseal1\n";

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

static off_t
slot_of(uint64_t epoch)
{
	return ((off_t)(epoch & 1) * SLOT);
}

static int
pwrite_all(int fd, const uint8_t *p, size_t n, off_t at)
{
	ssize_t r;

	while (n != 0) {
		r = pwrite(fd, p, n, at);
		if (r == -1 && errno == EINTR)
			continue;
		if (r == -1)
			return (-1);
		p += r;
		n -= (size_t)r;
		at += r;
	}
	return (0);
}

/* The key of that epoch in its place; not synced. */
static int
put(int fd, struct sealkeys *k, uint64_t epoch)
{
	uint8_t raw[PLACE];
	size_t i;
	int r;

	memcpy(raw, magic, MAGIC_LEN);
	for (i = 0; i < 8; i++)
		raw[MAGIC_LEN + i] = (uint8_t)(epoch >> (56 - 8 * i));
	(void)crypto_sign_ed25519_sk_to_seed(raw + MAGIC_LEN + 8,
	    pair_of(k, epoch)->secret);
	(void)crypto_generichash(raw + BODY, SUM, raw, BODY, NULL, 0);
	r = pwrite_all(fd, raw, sizeof(raw), slot_of(epoch));
	sodium_memzero(raw, sizeof(raw));
	return (r);
}

/* 1 if the place has the key of that epoch, which it takes; 0, or -1. */
static int
get(int fd, struct sealkeys *k, uint64_t epoch)
{
	struct sealkey_pair *p = pair_of(k, epoch);
	uint8_t raw[PLACE], sum[SUM];
	uint64_t got = 0;
	ssize_t n;
	size_t i;
	int is;

	do {
		n = pread(fd, raw, sizeof(raw), slot_of(epoch));
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		return (-1);
	for (i = 0; i < 8 && n == PLACE; i++)
		got = got << 8 | raw[MAGIC_LEN + i];
	(void)crypto_generichash(sum, SUM, raw, BODY, NULL, 0);
	is = n == PLACE && memcmp(raw, magic, MAGIC_LEN) == 0 &&
	    got == epoch && memcmp(sum, raw + BODY, SUM) == 0;
	if (is)
		(void)crypto_sign_seed_keypair(p->public, p->secret,
		    raw + MAGIC_LEN + 8);
	sodium_memzero(raw, sizeof(raw));
	return (is);
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
