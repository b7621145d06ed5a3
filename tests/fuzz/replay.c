/* SPDX-License-Identifier: ISC */
/*
 * Runs a fuzz target over files without a fuzzer, for make check: every file
 * of a directory, or the files named, one TAP line each.  Each input is also
 * tried cut at every one of a few places and with some of its bits turned,
 * from a fixed seed.
 */
#include "config.h"

#include <sys/stat.h>

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAXFILES	4096
#define MAXSIZE		(1024 * 1024)
#define TURNS		200

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);
int	LLVMFuzzerInitialize(int *, char ***) __attribute__((__weak__));

static char	*files[MAXFILES];
static size_t	 nfiles;

static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525U + 1013904223U;
	return (*seed >> 8);
}

static void
add_file(const char *path)
{
	if (nfiles == MAXFILES)
		errx(1, "too many files");
	if ((files[nfiles++] = strdup(path)) == NULL)
		err(1, "strdup");
}

static int
by_name(const void *a, const void *b)
{
	return (strcmp(*(char *const *)a, *(char *const *)b));
}

static void
add_dir(const char *dir)
{
	struct dirent *e;
	char path[4096];
	DIR *d;

	if ((d = opendir(dir)) == NULL)
		err(1, "%s", dir);
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		add_file(path);
	}
	(void)closedir(d);
	qsort(files, nfiles, sizeof(files[0]), by_name);
}

/* In a block of exactly this size, so that the sanitizer sees every step
 * beyond it. */
static void
one(const uint8_t *p, size_t n)
{
	uint8_t *q;

	if ((q = malloc(n != 0 ? n : 1)) == NULL)
		err(1, "malloc");
	if (n != 0)
		memcpy(q, p, n);
	(void)LLVMFuzzerTestOneInput(q, n);
	free(q);
}

static void
turn(uint8_t *p, size_t n)
{
	uint32_t seed = 1;
	size_t i, at;
	uint8_t bit;

	for (i = 0; i < TURNS && n != 0; i++) {
		at = next(&seed) % n;
		bit = (uint8_t)(1U << (next(&seed) & 7));
		p[at] ^= bit;
		one(p, n);
		p[at] ^= bit;
		one(p, next(&seed) % n);
	}
}

static int
replay(const char *path)
{
	static uint8_t p[MAXSIZE];
	ssize_t n;
	int fd;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return (-1);
	n = read(fd, p, sizeof(p));
	(void)close(fd);
	if (n == -1)
		return (-1);
	one(p, (size_t)n);
	turn(p, (size_t)n);
	return (0);
}

int
main(int argc, char **argv)
{
	struct stat st;
	const char *base;
	size_t i, bad = 0;
	int k;

	if (LLVMFuzzerInitialize != NULL)
		(void)LLVMFuzzerInitialize(&argc, &argv);
	for (k = 1; k < argc; k++) {
		if (stat(argv[k], &st) == -1)
			err(1, "%s", argv[k]);
		if (S_ISDIR(st.st_mode))
			add_dir(argv[k]);
		else
			add_file(argv[k]);
	}
	if (nfiles == 0)
		errx(1, "no corpus");
	printf("1..%zu\n", nfiles);
	for (i = 0; i < nfiles; i++) {
		(void)fflush(stdout);
		k = replay(files[i]);
		bad += k == -1;
		base = strrchr(files[i], '/');
		printf("%sok %zu - %s\n", k == -1 ? "not " : "", i + 1,
		    base != NULL ? base + 1 : files[i]);
	}
	return (bad != 0);
}
