/* SPDX-License-Identifier: ISC */
/* SHA-256, as models and other tools have it. */
#include "config.h"

#include <errno.h>
#include <sodium.h>
#include <unistd.h>

#include "file/file.h"

void
digest_bytes(const void *p, size_t n, char hex[FILEOP_HEX + 1])
{
	unsigned char h[crypto_hash_sha256_BYTES];

	(void)crypto_hash_sha256(h, p, n);
	(void)sodium_bin2hex(hex, FILEOP_HEX + 1, h, sizeof(h));
}

int
digest_file(int fd, char hex[FILEOP_HEX + 1])
{
	static unsigned char chunk[65536];
	unsigned char h[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state st;
	ssize_t n;

	(void)crypto_hash_sha256_init(&st);
	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (-1);
		(void)crypto_hash_sha256_update(&st, chunk,
		    (unsigned long long)n);
	}
	(void)crypto_hash_sha256_final(&st, h);
	(void)sodium_bin2hex(hex, FILEOP_HEX + 1, h, sizeof(h));
	return (0);
}
