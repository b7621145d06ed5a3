/* SPDX-License-Identifier: ISC */
/* A packed segment: from its beginning, and by parts, it holds the same. */
#include "config.h"

#include <sys/mman.h>

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auditor/packfile.h"
#include "common/record/packed.h"
#include "tests/fuzz/fuzz.h"

#define MOST	(1U << 20)

struct got {
	uint8_t	 data[MOST + PACKED_PART];
	size_t	 len;
};

static int
take(const void *p, size_t n, void *arg)
{
	struct got *g = arg;

	memcpy(g->data + g->len, p, n);
	g->len += n;
	return (g->len > MOST);
}

static struct packfile *
by_parts(const uint8_t *p, size_t n)
{
	int fd;

	if ((fd = memfd_create("packed", MFD_CLOEXEC)) == -1 ||
	    write(fd, p, n) != (ssize_t)n)
		abort();
	return (packfile_packed(fd));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct got whole, pieces;
	static uint8_t part[PACKED_PART];
	struct packfile *f;
	struct unpack *u;
	uint64_t at;
	ssize_t r;
	size_t i;
	int a, b = 0;

	whole.len = pieces.len = 0;
	u = unpack_new();
	a = unpack_feed(u, p, n, take, &whole);
	unpack_free(u);
	u = unpack_new();
	for (i = 0; i < n && b == 0; i++)
		b = unpack_feed(u, p + i, 1, take, &pieces);
	unpack_free(u);
	if (a == 0 && (b != 0 || whole.len != pieces.len ||
	    memcmp(whole.data, pieces.data, whole.len) != 0))
		abort();
	if ((f = by_parts(p, n)) == NULL)
		return (0);
	for (at = 0; at < packfile_size(f) && at < MOST; at += (uint64_t)r) {
		r = packfile_read(f, part, sizeof(part), at);
		if (r <= 0)
			break;
		if (a == 0 && at + (uint64_t)r <= whole.len &&
		    memcmp(part, whole.data + at, (size_t)r) != 0)
			abort();
	}
	packfile_close(f);
	return (0);
}
