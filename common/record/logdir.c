/* SPDX-License-Identifier: ISC */
/* A log in a directory, pushed through a scanner, file by file. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/record/logscan.h"
#include "common/record/pruned.h"
#include "common/xmalloc.h"

#define CHUNK	(256U * 1024)

struct log_files {
	int		 dirfd;
	struct logseg	*v;
	size_t		 n;
	size_t		 closed;	/* of these */
	int		 next;		/* LOG_NEXT is there */
	uint64_t	 cut;		/* what is not of the log any more */
	uint8_t		*chunk;
};

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

/* Up to max bytes: 0 to go on, -1 when the result is clear. */
static int
scan_file(struct logscan *s, int fd, const char *name, uint64_t max,
    uint8_t *chunk)
{
	ssize_t n;
	int r = 0;

	while (r == 0 && max != 0 && (n = read(fd, chunk,
	    max < CHUNK ? (size_t)max : CHUNK)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			logscan_io(s, name, "cannot be read");
			return (-1);
		}
		max -= (uint64_t)n;
		r = logscan_feed(s, chunk, (size_t)n);
	}
	return (r);
}

static int
scan_open(struct logscan *s, int fd, const char *name, uint64_t first,
    uint64_t max, uint8_t *chunk)
{
	if (logscan_file(s, name, first, first == 0) == -1)
		return (-1);
	if (fd != -1)
		return (scan_file(s, fd, name, max, chunk));
	logscan_io(s, name, "cannot be opened as a plain file");
	return (-1);
}

static int
scan_segment(struct logscan *s, int dirfd, struct logseg *seg, uint8_t *chunk)
{
	int fd, r;

	fd = open_segment(dirfd, seg);
	r = scan_open(s, fd, seg->name, seg->first, UINT64_MAX, chunk);
	if (fd != -1)
		(void)close(fd);
	return (r);
}

/* Those that are wanted, in their order; 0, or -1 when the result is clear. */
static int
scan_parts(struct logscan *s, const struct log_files *p, size_t i, size_t end,
    uint64_t from)
{
	int r = 0;

	for (; i < end && r == 0; i++)
		if (p->v[i].first == 0 || (p->v[i].first >= from &&
		    p->v[i].first > p->cut))
			r = scan_segment(s, p->dirfd, &p->v[i], p->chunk);
	return (r);
}

/* The seals of what is gone. */
static int
scan_links(struct logscan *s, struct log_files *p, uint64_t links)
{
	int fd, r;

	fd = logseg_open(p->dirfd, LOG_SEALS, O_RDONLY);
	if (fd == -1 && errno == ENOENT) {
		logscan_missing(s, LOG_SEALS);
		return (-1);
	}
	r = scan_open(s, fd, LOG_SEALS, 0, links, p->chunk);
	if (fd != -1)
		(void)close(fd);
	return (r);
}

/* What stands in front of a log whose beginning was removed; likewise. */
static int
scan_before(struct logscan *s, struct log_files *p)
{
	const uint64_t first = p->n != 0 ? p->v[0].first : 0;
	struct pruned pruned;
	int fd, r;
	ssize_t n;

	memset(&pruned, 0, sizeof(pruned));
	if (first == 1 || (fd = logseg_open(p->dirfd, LOG_PRUNED,
	    O_RDONLY)) == -1) {
		if (first == 1 || errno == ENOENT)
			return (0);
		return (scan_open(s, -1, LOG_PRUNED, 0, 0, NULL));
	}
	n = pread(fd, p->chunk, PRUNED_LINE, 0);
	if (n > 0 && pruned_read(&pruned, (char *)p->chunk, (size_t)n) == 0)
		p->cut = pruned.last.number;
	r = scan_open(s, fd, LOG_PRUNED, 0, UINT64_MAX, p->chunk);
	(void)close(fd);
	if (r == -1 || p->cut == 0 || pruned.links == 0)
		return (r);
	return (scan_links(s, p, pruned.links));
}

/* The same behind an archive, as far as there is a gap between them. */
static int
scan_gap(struct logscan *s, struct log_files *p)
{
	struct pruned pruned;
	ssize_t n;
	int fd, r;

	if ((fd = logseg_open(p->dirfd, LOG_PRUNED, O_RDONLY)) == -1) {
		if (errno == ENOENT)
			return (0);
		logscan_io(s, LOG_PRUNED, "cannot be opened as a plain file");
		return (-1);
	}
	n = pread(fd, p->chunk, PRUNED_LINE, 0);
	(void)close(fd);
	if (n == -1) {
		logscan_io(s, LOG_PRUNED, "cannot be read");
		return (-1);
	}
	if (n == 0 || pruned_read(&pruned, (char *)p->chunk, (size_t)n) == -1)
		return (0);
	r = logscan_gap(s, (char *)p->chunk, (size_t)n);
	if (r != 1)
		return (r);
	p->cut = pruned.last.number;
	return (scan_links(s, p, pruned.links));
}

static int
list_dir(struct log_files *p, int dirfd)
{
	memset(p, 0, sizeof(*p));
	if (logseg_list(dirfd, &p->v, &p->n, &p->next) == -1)
		return (-1);
	p->closed = p->n != 0 && p->v[p->n - 1].first == 0 ? p->n - 1 : p->n;
	return (0);
}

static void
scan_all(struct logscan *s, struct log_files *p, uint64_t from,
    void (*current)(struct logscan *, void *), void *arg)
{
	if ((from == 0 ? scan_before(s, p) : scan_gap(s, p)) == -1)
		return;
	if (scan_parts(s, p, 0, p->closed, from) == -1)
		return;
	if (current != NULL)
		current(s, arg);
	if (scan_parts(s, p, p->closed, p->n, 0) == 0 &&
	    p->closed == p->n && !(p->next && p->n != 0))
		logscan_missing(s, LOG_CURRENT);
}

void
logscan_dir_from(struct logscan *s, int dirfd, uint64_t from,
    void (*current)(struct logscan *, void *), void *arg)
{
	struct log_files p;

	if (list_dir(&p, dirfd) == -1) {
		logscan_io(s, ".", "cannot be listed");
		return;
	}
	p.dirfd = dirfd;
	p.chunk = xmalloc(CHUNK);
	scan_all(s, &p, from, current, arg);
	free(p.chunk);
	free(p.v);
}

void
logscan_dir(struct logscan *s, int dirfd)
{
	logscan_dir_from(s, dirfd, 0, NULL, NULL);
}

uint64_t
logscan_archive(struct logscan *s, int dirfd)
{
	struct log_files p;
	uint64_t last = 0;

	if (list_dir(&p, dirfd) == -1 || p.closed == 0) {
		logscan_io(s, ".", "has no part of a log");
		free(p.v);
		return (0);
	}
	p.dirfd = dirfd;
	p.chunk = xmalloc(CHUNK);
	if (scan_before(s, &p) == 0 &&
	    scan_parts(s, &p, 0, p.closed, 0) == 0)
		last = p.v[p.closed - 1].first;
	free(p.chunk);
	free(p.v);
	return (last);
}
