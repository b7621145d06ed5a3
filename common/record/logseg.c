/* SPDX-License-Identifier: ISC */
/* The files that a log consists of. */
#include "config.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/record/record.h"
#include "common/record/logscan.h"
#include "common/record/packed.h"
#include "common/xmalloc.h"

#define CHUNK	(256U * 1024)

void
logseg_name(char out[LOG_NAMEMAX], const char *stem, uint64_t first)
{
	(void)snprintf(out, LOG_NAMEMAX, "%s-%012" PRIu64 ".log", stem, first);
}

void
logseg_packed_name(char out[LOG_NAMEMAX], uint64_t first)
{
	(void)snprintf(out, LOG_NAMEMAX, LOG_STEM "-%012" PRIu64 ".log"
	    PACKED_SUFFIX, first);
}

void
logseg_lost_name(char out[LOG_NAMEMAX], uint64_t record)
{
	(void)snprintf(out, LOG_NAMEMAX, "lost-%012" PRIu64, record);
}

int
logseg_lost(int dirfd, uint64_t record)
{
	char name[LOG_NAMEMAX];
	struct stat st;

	logseg_lost_name(name, record);
	return (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode));
}

uint64_t
logseg_first(const char *name, int *packed)
{
	static const char stem[] = LOG_STEM "-";
	const size_t slen = sizeof(stem) - 1;
	const char *end;
	uint64_t v = 0;
	size_t i;

	*packed = 0;
	if (strlen(name) < slen + RECORD_NUMLEN + 4 ||
	    memcmp(name, stem, slen) != 0)
		return (0);
	end = name + slen + RECORD_NUMLEN;
	*packed = strcmp(end, ".log" PACKED_SUFFIX) == 0;
	if (!*packed && strcmp(end, ".log") != 0)
		return (0);
	for (i = slen; i < slen + RECORD_NUMLEN; i++) {
		if (name[i] < '0' || name[i] > '9')
			return (0);
		v = v * 10 + (uint64_t)(name[i] - '0');
	}
	return (v);
}

/* By number; the current one, which has none, behind all. */
static int
seg_cmp(const void *pa, const void *pb)
{
	const struct logseg *a = pa, *b = pb;

	if (a->first == 0 || b->first == 0)
		return ((a->first == 0) - (b->first == 0));
	if (a->first == b->first)
		return (a->packed - b->packed);
	return (a->first > b->first ? 1 : -1);
}

static void
seg_add(struct logseg **segs, size_t *n, uint64_t first, int packed)
{
	struct logseg *seg;

	*segs = xrecallocarray(*segs, *n, *n + 1, sizeof(**segs));
	seg = &(*segs)[(*n)++];
	seg->first = first;
	seg->packed = packed;
	if (packed)
		logseg_packed_name(seg->name, first);
	else if (first != 0)
		logseg_name(seg->name, LOG_STEM, first);
	else
		(void)snprintf(seg->name, LOG_NAMEMAX, "%s", LOG_CURRENT);
}

/* Of those that are sorted: the first of each number. */
static size_t
only_first(struct logseg *segs, size_t n)
{
	size_t i, k = 0;

	for (i = 0; i < n; i++)
		if (k == 0 || segs[i].first != segs[k - 1].first)
			segs[k++] = segs[i];
	return (k);
}

int
logseg_list(int dirfd, struct logseg **segs, size_t *n, int *next)
{
	struct dirent *de;
	uint64_t first;
	DIR *d;
	int fd, packed, saved;

	*segs = NULL;
	*n = 0;
	*next = 0;
	fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return (-1);
	if ((d = fdopendir(fd)) == NULL) {
		saved = errno;
		(void)close(fd);
		errno = saved;
		return (-1);
	}
	for (errno = 0; (de = readdir(d)) != NULL; errno = 0) {
		first = logseg_first(de->d_name, &packed);
		if (first != 0 || strcmp(de->d_name, LOG_CURRENT) == 0)
			seg_add(segs, n, first, packed);
		else if (strcmp(de->d_name, LOG_NEXT) == 0)
			*next = 1;
	}
	saved = errno;
	(void)closedir(d);
	if (saved != 0) {
		free(*segs);
		*segs = NULL;
		*n = 0;
		errno = saved;
		return (-1);
	}
	if (*n != 0)
		qsort(*segs, *n, sizeof(**segs), seg_cmp);
	*n = only_first(*segs, *n);
	return (0);
}

int
logseg_open(int dirfd, const char *name, int flags)
{
	struct stat st;
	int fd;

	fd = openat(dirfd, name, flags | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY |
	    O_CLOEXEC);
	if (fd == -1)
		return (-1);
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		(void)close(fd);
		errno = EINVAL;
		return (-1);
	}
	return (fd);
}

/* It may be packed between the listing and now. */
static int
open_segment(int dirfd, struct logseg *seg)
{
	int fd;

	fd = logseg_open(dirfd, seg->name, O_RDONLY);
	if (fd != -1 || errno != ENOENT || seg->first == 0 || seg->packed)
		return (fd);
	seg->packed = 1;
	logseg_packed_name(seg->name, seg->first);
	return (logseg_open(dirfd, seg->name, O_RDONLY));
}

/* 0 to go on, -1 when the result is clear. */
static int
scan_file(struct logscan *s, int fd, const char *name, uint8_t *chunk)
{
	ssize_t n;
	int r = 0;

	while (r == 0 && (n = read(fd, chunk, CHUNK)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			logscan_io(s, name, "cannot be read");
			r = -1;
		} else
			r = logscan_feed(s, chunk, (size_t)n);
	}
	return (r);
}

static int
scan_segment(struct logscan *s, int dirfd, struct logseg *seg, uint8_t *chunk)
{
	int fd, r = -1;

	fd = open_segment(dirfd, seg);
	if (logscan_file(s, seg->name, seg->first, seg->first == 0) == 0) {
		if (fd != -1)
			r = scan_file(s, fd, seg->name, chunk);
		else
			logscan_io(s, seg->name,
			    "cannot be opened as a plain file");
	}
	if (fd != -1)
		(void)close(fd);
	return (r);
}

/* Those that are wanted, in their order; 0, or -1 when the result is clear. */
static int
scan_files(struct logscan *s, int dirfd, struct logseg *segs, size_t n,
    uint64_t from)
{
	uint8_t *chunk = xmalloc(CHUNK);
	size_t i;
	int r = 0;

	for (i = 0; i < n && r == 0; i++)
		if (segs[i].first == 0 || segs[i].first >= from)
			r = scan_segment(s, dirfd, &segs[i], chunk);
	free(chunk);
	return (r);
}

void
logscan_dir_from(struct logscan *s, int dirfd, uint64_t from,
    void (*current)(struct logscan *, void *), void *arg)
{
	struct logseg *segs;
	size_t closed, n;
	int next;

	if (logseg_list(dirfd, &segs, &n, &next) == -1) {
		logscan_io(s, ".", "cannot be listed");
		return;
	}
	closed = n != 0 && segs[n - 1].first == 0 ? n - 1 : n;
	if (scan_files(s, dirfd, segs, closed, from) == 0) {
		if (current != NULL)
			current(s, arg);
		if (scan_files(s, dirfd, segs + closed, n - closed, 0) == 0 &&
		    closed == n && !(next && n != 0))
			logscan_missing(s, LOG_CURRENT);
	}
	free(segs);
}

void
logscan_dir(struct logscan *s, int dirfd)
{
	logscan_dir_from(s, dirfd, 0, NULL, NULL);
}
