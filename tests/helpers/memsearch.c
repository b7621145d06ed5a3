/* SPDX-License-Identifier: ISC */
/*
 * memsearch FILE PID ...: looks for the bytes of FILE, or any part of 16 of
 * them, in all memory of these processes that root can read.  A line for
 * each place; exit status 1 if there was one, 2 if a process could not be
 * searched.
 */
#include "config.h"

#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/helpers/procmem.h"

#define PART	16
#define STEP	8
#define CHUNK	(256 * PROCMEM_PAGE)
#define NEEDLE	4096

static uint8_t	needle[NEEDLE];
static size_t	nlen;
static int	found;

static void
load(const char *path)
{
	ssize_t n;
	int fd;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1 ||
	    (n = read(fd, needle, sizeof(needle))) == -1)
		err(2, "%s", path);
	(void)close(fd);
	if (n < PART)
		errx(2, "%s: shorter than %d bytes", path, PART);
	nlen = (size_t)n;
}

/* 1 if a part of the needle is in there; *at is where. */
static int
look(const uint8_t *p, size_t n, size_t *at)
{
	const uint8_t *hit;
	size_t i;

	for (i = 0; i + PART <= nlen; i += STEP) {
		if ((hit = memmem(p, n, needle + i, PART)) != NULL) {
			*at = (size_t)(hit - p);
			return (1);
		}
	}
	return (0);
}

/* Bytes at off, or of as many pages as can be read; 0: not even one. */
static size_t
get(int fd, uint8_t *p, size_t n, uint64_t off)
{
	ssize_t r = pread(fd, p, n, (off_t)off);

	return (r > 0 ? (size_t)r : 0);
}

static void
search(int fd, uint64_t from, uint64_t to, const char *pid, const char *what)
{
	static uint8_t buf[PART + CHUNK];
	size_t n, keep = 0, at;

	/* the end of one piece is kept in front of the next */
	while (from < to) {
		n = to - from < CHUNK ? (size_t)(to - from) : CHUNK;
		if ((n = get(fd, buf + keep, n, from)) == 0) {
			from += PROCMEM_PAGE;
			keep = 0;
			continue;
		}
		if (look(buf, keep + n, &at)) {
			printf("%s 0x%" PRIx64 " %s\n", pid,
			    from - keep + at, what);
			found = 1;
			return;
		}
		from += n;
		n += keep;
		keep = n < PART - 1 ? n : PART - 1;
		memmove(buf, buf + n - keep, keep);
	}
}

int
main(int argc, char **argv)
{
	int i;

	if (argc < 3)
		errx(2, "usage: memsearch FILE PID ...");
	load(argv[1]);
	for (i = 2; i < argc; i++)
		if (procmem_each(argv[i], search) == 0)
			errx(2, "process %s has no memory", argv[i]);
	return (found);
}
