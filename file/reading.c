/* SPDX-License-Identifier: ISC */
/*
 * A part of a file, and the digest of all of it, from the same bytes: both
 * come from one pass, so that the one is of the other, whoever writes to it
 * meanwhile.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "common/text.h"
#include "common/xmalloc.h"
#include "file/file.h"

struct pass {
	const struct fileread	*r;
	int			 fd;
	uint64_t		 at;	/* where the next bytes are */
	uint64_t		 size;	/* known, if it is too large */
	int			 large;
	uint8_t			*part;
	size_t			 len;
	crypto_hash_sha256_state hash;
};

/* What of these bytes belongs to the part. */
static void
take(struct pass *p, const uint8_t *chunk, size_t n)
{
	const uint64_t end = p->at + n;
	uint64_t skip = p->at < p->r->from ? p->r->from - p->at : 0;
	uint64_t k;

	if (!p->large)
		(void)crypto_hash_sha256_update(&p->hash, chunk, n);
	p->at = end;
	if (skip >= n)
		return;
	k = n - skip;
	if (k > p->r->most - p->len)
		k = p->r->most - p->len;
	memcpy(p->part + p->len, chunk + skip, (size_t)k);
	p->len += (size_t)k;
}

/* 0: all is read that has to be; -1 and errno. */
static int
read_it(struct pass *p)
{
	static uint8_t chunk[65536];
	ssize_t n;

	for (;;) {
		/* one more byte tells whether there is more */
		if ((p->large || p->at > FILEOP_HASH_MAX) &&
		    p->len == p->r->most && p->at > p->r->from + p->len)
			break;
		n = read(p->fd, chunk, sizeof(chunk));
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (-1);
		if (n == 0)
			break;
		take(p, chunk, (size_t)n);
	}
	return (0);
}

static int
tell(struct pass *p)
{
	char hex[FILEOP_HEX + 1] = "-";
	unsigned char h[crypto_hash_sha256_BYTES];
	uint64_t size = p->large && p->size > p->at ? p->size : p->at;
	int more = p->r->from + p->len < size;
	size_t whole;

	/* a character that is cut belongs to what comes next */
	if (more && (whole = text_whole(p->part, p->len)) != 0)
		p->len = whole;
	if (!p->large && p->at <= FILEOP_HASH_MAX) {
		(void)crypto_hash_sha256_final(&p->hash, h);
		(void)sodium_bin2hex(hex, sizeof(hex), h, sizeof(h));
	}
	if (io_write(STDOUT_FILENO, p->part, p->len) == -1)
		return (outcome_failed(errno));
	(void)fprintf(stderr, FILEOP_LINE "read size=%" PRIu64 " sha256=%s "
	    "bytes=%zu more=%d\n", size, hex, p->len, more);
	return (0);
}

int
fileop_read(const struct fileread *r)
{
	struct pass p;
	struct stat st;
	int status;

	memset(&p, 0, sizeof(p));
	p.r = r;
	/* a FIFO or a device must not hold us up */
	p.fd = open(r->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (p.fd == -1 || fstat(p.fd, &st) == -1)
		return (outcome_failed(errno));
	if (!S_ISREG(st.st_mode))
		return (outcome_not_a_file(&st));
	p.large = st.st_size > (off_t)FILEOP_HASH_MAX;
	p.size = (uint64_t)st.st_size;
	(void)crypto_hash_sha256_init(&p.hash);
	if (p.large && r->from < p.size) {
		if (lseek(p.fd, (off_t)r->from, SEEK_SET) == -1)
			return (outcome_failed(errno));
		p.at = r->from;
	}
	p.part = xmalloc((size_t)r->most);
	if (p.large && r->from >= p.size)
		p.at = p.size;
	else if (read_it(&p) == -1)
		return (outcome_failed(errno));
	status = tell(&p);
	freezero(p.part, (size_t)r->most);
	return (status);
}
