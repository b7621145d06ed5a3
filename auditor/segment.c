/* SPDX-License-Identifier: ISC */
/* The files of the log. */
#include "config.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "auditor/segment.h"
#include "common/io.h"
#include "common/log.h"
#include "common/role.h"
#include "common/xmalloc.h"

#define RESERVE_CHUNK	(1024U * 1024)	/* set aside at once, with room */
#define RESERVE_BLOCK		4096U

int
segment_syncdir(const struct segment *s)
{
	return (io_fsync(s->dirfd));
}

int
segment_open(struct segment *s)
{
	s->fd = openat(s->dirfd, LOG_CURRENT, O_RDWR | O_APPEND | O_NOFOLLOW |
	    O_CLOEXEC);
	if (s->fd != -1 || errno != ENOENT)
		return (s->fd == -1 ? -1 : 0);
	s->fd = openat(s->dirfd, LOG_CURRENT, O_RDWR | O_APPEND | O_CREAT |
	    O_EXCL | O_NOFOLLOW | O_CLOEXEC, LOG_MODE);
	if (s->fd == -1)
		return (-1);
	return (io_fsync(s->fd) == -1 ? -1 : segment_syncdir(s));
}

static int
no_room(int e)
{
	return (e == ENOSPC || e == EDQUOT || e == EFBIG);
}

/* Room as the file system tells it; others may take it before we do. */
static int
estimate(const struct segment *s, uint64_t n)
{
	struct statvfs v;

	if (fstatvfs(s->fd, &v) == -1)
		fatal(EXIT_IO, "room for %s", LOG_CURRENT);
	return (v.f_bavail >= n / v.f_frsize + 1 ? 0 : -1);
}

/* 0, or -1 where there is no room, or no way to set any aside. */
static int
set_aside(struct segment *s, int fd, uint64_t from, uint64_t to)
{
	int r;

	do {
		r = fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)from,
		    (off_t)(to - from));
	} while (r == -1 && errno == EINTR);
	if (r == 0)
		return (0);
	if (errno == EOPNOTSUPP || errno == ENOSYS) {
		s->estimate = 1;
		return (-1);
	}
	if (!no_room(errno))
		fatal(EXIT_IO, "set room aside behind %s", LOG_CURRENT);
	return (-1);
}

/*
 * In whole blocks: where tmpfs fails to set aside, it takes back the page that
 * the attempt began in, also if it was set aside before.
 */
int
segment_reserve(struct segment *s, uint64_t n)
{
	uint64_t end = s->size + n + RESERVE_BLOCK - 1;

	end -= end % RESERVE_BLOCK;
	if (s->estimate)
		return (estimate(s, n));
	if (end <= s->reserved)
		return (0);
	if (s->reserved < s->size)
		s->reserved = s->size;
	if (set_aside(s, s->fd, s->reserved, end + RESERVE_CHUNK) == 0) {
		s->reserved = end + RESERVE_CHUNK;
		return (0);
	}
	if (s->estimate)
		return (estimate(s, n));
	if (set_aside(s, s->fd, s->reserved, end) == -1)
		return (-1);
	s->reserved = end;
	return (0);
}

/* What was appended is the end of the file now, or the end of that end. */
static void
keep_end(struct segment *s, const uint8_t *data, size_t len)
{
	size_t keep;

	if (len >= SEGMENT_END) {
		memcpy(s->end, data + len - SEGMENT_END, SEGMENT_END);
		s->nend = SEGMENT_END;
		return;
	}
	keep = s->nend < SEGMENT_END - len ? s->nend : SEGMENT_END - len;
	memmove(s->end, s->end + s->nend - keep, keep);
	memcpy(s->end + keep, data, len);
	s->nend = keep + len;
}

int
segment_know(struct segment *s, uint64_t size)
{
	ssize_t n;

	s->size = size;
	s->nend = size < SEGMENT_END ? (size_t)size : SEGMENT_END;
	n = pread(s->fd, s->end, s->nend, (off_t)(size - s->nend));
	if (n == (ssize_t)s->nend)
		return (0);
	if (n != -1)
		errno = EIO;
	return (-1);
}

/* NULL, or what is the matter with gateway.log; errno 0: somebody's doing. */
static const char *
look(const struct segment *s)
{
	struct stat name, file;
	uint8_t end[SEGMENT_END];
	ssize_t n;

	if (fstat(s->fd, &file) == -1)
		return ("cannot be looked at");
	if (fstatat(s->dirfd, LOG_CURRENT, &name, AT_SYMLINK_NOFOLLOW) == -1) {
		if (errno != ENOENT)
			return ("cannot be looked at");
		errno = 0;
		return ("was moved away");
	}
	n = pread(s->fd, end, s->nend, (off_t)(s->size - s->nend));
	if (n == -1)
		return ("cannot be read");
	errno = 0;
	if (name.st_dev != file.st_dev || name.st_ino != file.st_ino)
		return ("was replaced");
	if ((uint64_t)file.st_size < s->size)
		return ("was cut");
	if ((uint64_t)file.st_size > s->size || n != (ssize_t)s->nend ||
	    memcmp(end, s->end, s->nend) != 0)
		return ("was written to by somebody else");
	return (NULL);
}

static void
look_or_die(const struct segment *s)
{
	const char *why;

	if ((why = look(s)) == NULL)
		return;
	if (errno != 0)
		fatal(EXIT_IO, "%s %s", LOG_CURRENT, why);
	fatalx(EXIT_IO, "%s %s while it was in use: nothing more is recorded, "
	    "and nothing runs; look at it with \"clawbot audit verify\"",
	    LOG_CURRENT, why);
}

void
segment_write(struct segment *s, const void *data, size_t len)
{
	look_or_die(s);
	if (io_write(s->fd, data, len) == -1)
		fatal(EXIT_IO, "write %s", LOG_CURRENT);
	if (io_fdatasync(s->fd) == -1)
		fatal(EXIT_IO, "sync %s", LOG_CURRENT);
	s->size += len;
	keep_end(s, data, len);
}

/* An empty gateway.next with n bytes set aside, or -1. */
static int
make_next(struct segment *s, uint64_t n)
{
	int fd, room;

	fd = openat(s->dirfd, LOG_NEXT, O_RDWR | O_APPEND | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, LOG_MODE);
	if (fd == -1) {
		if (!no_room(errno))
			log_warn("%s", LOG_NEXT);
		return (-1);
	}
	room = s->estimate ? estimate(s, n) : set_aside(s, fd, 0, n);
	if (room == 0 && io_fsync(fd) == 0 && segment_syncdir(s) == 0)
		return (fd);
	if (room == 0)
		log_warn("%s", LOG_NEXT);
	(void)close(fd);
	(void)unlinkat(s->dirfd, LOG_NEXT, 0);
	return (-1);
}

static void
rename_or_die(struct segment *s, const char *from, const char *to)
{
	if (renameat(s->dirfd, from, s->dirfd, to) == -1 ||
	    segment_syncdir(s) == -1)
		fatal(EXIT_IO, "rename %s to %s", from, to);
}

/*
 * The new file is there before the old one gives up its name, and each step
 * is durable before the next: whatever a crash leaves, the start can tell a
 * rotation that was under way from a segment that somebody took away.
 */
void
segment_rotate(struct segment *s, uint64_t next, uint64_t n)
{
	char name[LOG_NAMEMAX];
	struct stat st;
	int fd;

	if (s->size < s->limit || next == s->first)
		return;
	logseg_name(name, LOG_STEM, s->first);
	if (fstatat(s->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != -1)
		fatalx(EXIT_IO, "%s is there already", name);
	if ((fd = make_next(s, n)) == -1)
		return;
	/* give back what was set aside and not used */
	if (ftruncate(s->fd, (off_t)s->size) == -1)
		log_warn("%s", LOG_CURRENT);
	if (fchmod(s->fd, LOG_CLOSED_MODE) == -1)
		log_warn("mode of %s", LOG_CURRENT);
	rename_or_die(s, LOG_CURRENT, name);
	rename_or_die(s, LOG_NEXT, LOG_CURRENT);
	execlog_follow(&s->exec, s->fd, s->size);
	execlog_close(&s->exec);
	logseg_name(name, LOG_EXEC_STEM, s->first);
	if (renameat(s->dirfd, LOG_EXEC, s->dirfd, name) == -1)
		log_warn("rename %s to %s", LOG_EXEC, name);
	execlog_open(&s->exec, s->dirfd, 0);
	(void)close(s->fd);
	s->old = xrecallocarray(s->old, s->nold, s->nold + 1,
	    sizeof(*s->old));
	s->old[s->nold++] = s->first;
	s->fd = fd;
	s->first = next;
	s->size = s->nend = 0;
	s->reserved = s->estimate ? 0 : n;
}

struct packfile *
segment_read(const struct segment *s, size_t i)
{
	return (packfile_open(s->dirfd, i < s->nold ? s->old[i] : 0));
}

int
segment_place(const struct segment *s, uint64_t first, size_t *i)
{
	for (*i = 0; *i < s->nold; (*i)++)
		if (s->old[*i] == first)
			return (0);
	return (first == s->first ? 0 : -1);
}

uint64_t
segment_oldest(const struct segment *s)
{
	return (s->nold != 0 ? s->old[0] : s->first);
}

void
segment_forget(struct segment *s)
{
	s->nold--;
	memmove(s->old, s->old + 1, s->nold * sizeof(*s->old));
}
