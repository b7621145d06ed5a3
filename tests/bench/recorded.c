/* SPDX-License-Identifier: ISC */
/*
 * recorded DIR WRITERS RUNS [BYTES]: so many runs are recorded in the new log
 * directory DIR, WRITERS at a time, each with an argument of BYTES; prints the
 * records that were durable in a second, flushes for a record, the median of
 * what a record takes from asking to knowing that it is on disk, and of one
 * bare write and fdatasync(2) of as many bytes beside it, in microseconds, and
 * the bytes of a run.  recorded DIR: how many milliseconds a start on it takes.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/record/logseg.h"
#include "tests/times.h"
#include "tests/unit/auditor_util.h"

#define SEGMENT		(UINT64_C(64) << 20)
#define RECORDED_RUNS	(1U << 20)

/* Of the auditor, which is our child. */
static uint64_t *flushes;

int
fdatasync(int fd)
{
	if (flushes != NULL)
		++*flushes;
	return ((int)syscall(SYS_fdatasync, fd));
}

static double
median(double *us, size_t n)
{
	qsort(us, n, sizeof(*us), by_time);
	return (us[n / 2]);
}

static uint64_t
bytes_in(const char *dir)
{
	struct dirent *de;
	struct stat st;
	uint64_t all = 0;
	DIR *d = opendir(dir);

	if (d == NULL)
		err(1, "%s", dir);
	while ((de = readdir(d)) != NULL)
		if (strncmp(de->d_name, LOG_STEM, strlen(LOG_STEM)) == 0 &&
		    fstatat(dirfd(d), de->d_name, &st, 0) == 0)
			all += (uint64_t)st.st_size;
	(void)closedir(d);
	return (all);
}

/* One write and one flush of n bytes, as the log's are. */
static double
bare(const char *dir, size_t n, size_t rounds)
{
	double *us = xcalloc(rounds, sizeof(*us)), since;
	char path[512], *text = xmalloc(n);
	size_t i;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/bare", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd == -1 || fallocate(fd, FALLOC_FL_KEEP_SIZE, 0,
	    (off_t)(n * rounds)) == -1)
		err(1, "%s", path);
	memset(text, 'x', n);
	for (i = 0; i < rounds; i++) {
		since = now_us();
		if (write(fd, text, n) != (ssize_t)n ||
		    syscall(SYS_fdatasync, fd) == -1)
			err(1, "%s", path);
		us[i] = now_us() - since;
	}
	(void)close(fd);
	(void)unlink(path);
	free(text);
	since = median(us, rounds);
	free(us);
	return (since);
}

/* Until all of them are over; when each record was asked for is in *us. */
static size_t
record_all(struct aud *a, size_t writers, size_t runs, const char *arg,
    double *us)
{
	double *asked = xcalloc(runs + 1, sizeof(*asked));
	size_t begun = 0, over = 0, n = 0;
	uint64_t id;

	for (; begun < writers && begun < runs; begun++) {
		asked[begun + 1] = now_us();
		aud_intent(a, begun + 1, arg);
	}
	while (over < runs) {
		if (aud_recv(a) != MSG_A_TICKET && a->m.type != MSG_A_DONE)
			errx(1, "%s", msg_name(a->m.type));
		id = a->m.id;
		us[n++] = now_us() - asked[id];
		asked[id] = now_us();
		if (a->m.type == MSG_A_TICKET) {
			aud_close(a, id);
			continue;
		}
		over++;
		if (begun < runs) {
			asked[++begun] = now_us();
			aud_intent(a, begun, arg);
		}
	}
	free(asked);
	return (n);
}

static void
fill(const char *dir, size_t writers, size_t runs, size_t bytes)
{
	double *us = xcalloc(2 * runs, sizeof(*us)), since, took, each;
	char *arg = xcalloc(1, bytes + 1);
	uint64_t before, size;
	struct aud a;
	size_t n;

	memset(arg, 'x', bytes);
	if (aud_up(&a, dir, SEGMENT) != MSG_READY)
		errx(1, "%s: no log", dir);
	before = *flushes;
	since = now_us();
	n = record_all(&a, writers, runs, arg, us);
	took = now_us() - since;
	before = *flushes - before;
	(void)aud_shutdown(&a);
	size = bytes_in(dir) / runs;
	each = median(us, n);
	printf("%.0f %.3f %.0f %.0f %llu\n", (double)n / took * 1e6,
	    (double)before / (double)n, each, bare(dir, (size_t)size / 2,
	    n < 500 ? n : 500), (unsigned long long)size);
	free(arg);
	free(us);
}

static void
start(const char *dir)
{
	const double since = now_us();
	struct aud a;

	if (aud_up(&a, dir, SEGMENT) != MSG_READY)
		errx(1, "%s: no start", dir);
	printf("%.0f %llu\n", (now_us() - since) / 1000,
	    (unsigned long long)(bytes_in(dir) >> 20));
	(void)aud_shutdown(&a);
}

static size_t
number(const char *arg, size_t max)
{
	char *end;
	unsigned long n = strtoul(arg, &end, 10);

	if (*arg < '0' || *arg > '9' || *end != '\0' || n > max)
		errx(1, "%s is not a number up to %zu", arg, max);
	return ((size_t)n);
}

int
main(int argc, char **argv)
{
	if (argc != 2 && argc != 4 && argc != 5)
		errx(1, "usage: recorded DIR [WRITERS RUNS [BYTES]]");
	flushes = mmap(NULL, sizeof(*flushes), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (flushes == MAP_FAILED)
		err(1, "mmap");
	if (argc == 2)
		start(argv[1]);
	else
		fill(argv[1], number(argv[2], AUDITOR_BATCH),
		    number(argv[3], RECORDED_RUNS),
		    argc == 5 ? number(argv[4], 65536) : 8);
	return (0);
}
