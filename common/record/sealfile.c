/* SPDX-License-Identifier: ISC */
/* seal.key; see sealfile.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "common/decimal.h"
#include "common/record/sealfile.h"

#define SLOT		4096	/* in blocks of their own */

/* magic, epoch, seed, and a digest of these */
#define MAGIC_LEN	8
#define BODY		(MAGIC_LEN + 8 + crypto_sign_SEEDBYTES)
#define SUM		32
#define PLACE		(BODY + SUM)

static const char magic[MAGIC_LEN + 1] = "cbseal1\n";

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

int
sealfile_put(int fd, uint64_t epoch, const uint8_t secret[SEALFILE_SECRET])
{
	uint8_t raw[PLACE];
	size_t i;
	int r;

	memcpy(raw, magic, MAGIC_LEN);
	for (i = 0; i < 8; i++)
		raw[MAGIC_LEN + i] = (uint8_t)(epoch >> (56 - 8 * i));
	(void)crypto_sign_ed25519_sk_to_seed(raw + MAGIC_LEN + 8, secret);
	(void)crypto_generichash(raw + BODY, SUM, raw, BODY, NULL, 0);
	r = pwrite_all(fd, raw, sizeof(raw), slot_of(epoch));
	sodium_memzero(raw, sizeof(raw));
	return (r);
}

/* The place of that epoch: 1 if a key is there, *got its epoch; 0, or -1. */
static int
read_place(int fd, uint64_t epoch, uint8_t raw[PLACE], uint64_t *got)
{
	uint8_t sum[SUM];
	ssize_t n;
	size_t i;

	do {
		n = pread(fd, raw, PLACE, slot_of(epoch));
	} while (n == -1 && errno == EINTR);
	if (n != PLACE)
		return (n == -1 ? -1 : 0);
	for (*got = 0, i = 0; i < 8; i++)
		*got = *got << 8 | raw[MAGIC_LEN + i];
	(void)crypto_generichash(sum, SUM, raw, BODY, NULL, 0);
	return (memcmp(raw, magic, MAGIC_LEN) == 0 &&
	    memcmp(sum, raw + BODY, SUM) == 0);
}

int
sealfile_get(int fd, uint64_t epoch, uint8_t secret[SEALFILE_SECRET],
    uint8_t public[SEAL_KEY])
{
	uint8_t raw[PLACE];
	uint64_t got;
	int is;

	if ((is = read_place(fd, epoch, raw, &got)) == 1)
		is = got == epoch;
	if (is == 1)
		(void)crypto_sign_seed_keypair(public, secret,
		    raw + MAGIC_LEN + 8);
	sodium_memzero(raw, sizeof(raw));
	return (is);
}

int
sealfile_any(int dirfd)
{
	uint8_t raw[PLACE];
	uint64_t got;
	int fd, is;

	if ((fd = logseg_open(dirfd, LOG_SEALKEY, O_RDONLY)) == -1)
		return (errno != ENOENT ? -1 : 0);
	if ((is = read_place(fd, 0, raw, &got)) == 0)
		is = read_place(fd, 1, raw, &got);
	sodium_memzero(raw, sizeof(raw));
	(void)close(fd);
	return (is);
}

int
sealfile_restored(int dirfd, const struct sealcheck *c, uint64_t tail)
{
	const char *end;
	uint64_t number;
	char text[24];
	ssize_t n;
	int fd;

	fd = openat(dirfd, LOG_RESTORED, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return (0);
	n = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	if (n <= 0)
		return (0);
	text[n] = '\0';
	end = decimal_front(text, &number);
	return (end != NULL && strcmp(end, "\n") == 0 &&
	    number > c->at && number <= tail);
}

int
sealfile_fits(int dirfd, const struct sealcheck *c, uint64_t tail)
{
	uint8_t secret[SEALFILE_SECRET], public[SEAL_KEY];
	int fd, is, fresh;

	/* then the first key of a series, which is made where there is none */
	fresh = c->seals == 0 || sealfile_restored(dirfd, c, tail);
	fd = logseg_open(dirfd, LOG_SEALKEY, O_RDONLY);
	if (fd == -1)
		return (errno != ENOENT ? -1 : fresh);
	is = 0;
	if (c->seals != 0)
		is = sealfile_get(fd, c->last.epoch + 1, secret, public);
	if (is == 1)
		is = memcmp(public, c->last.next, sizeof(public)) == 0;
	if (is == 0 && fresh)
		is = sealfile_get(fd, 0, secret, public);
	sodium_memzero(secret, sizeof(secret));
	(void)close(fd);
	return (is);
}
