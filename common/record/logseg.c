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

#include "common/record/logseg.h"
#include "common/record/packed.h"
#include "common/record/record.h"
#include "common/xmalloc.h"

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
	int fd, saved;

	fd = openat(dirfd, name, flags | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY |
	    O_CLOEXEC);
	if (fd == -1)
		return (-1);
	saved = fstat(fd, &st) == -1 ? errno : S_ISREG(st.st_mode) ? 0 : EINVAL;
	if (saved == 0)
		return (fd);
	(void)close(fd);
	errno = saved;
	return (-1);
}
