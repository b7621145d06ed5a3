/* SPDX-License-Identifier: ISC */
/* Copies of exec lines against the log; see verifyexec.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/verifyexec.h"
#include "common/io.h"
#include "common/record/lines.h"
#include "common/record/logseg.h"

#define EXEC_PIECE	4096

struct exec_copy {
	int		 fd;
	uint64_t	 size;
	uint64_t	 at;
	uint64_t	 record;	/* of the last exec line */
	int		 ended;		/* too early, which is no change */
	int		 wrong;
};

/* Are the next n bytes these?  No line has a NUL: it ends in front of one. */
static void
compare(struct exec_copy *c, const char *p, size_t n)
{
	char have[EXEC_PIECE];
	ssize_t got = 0;
	size_t i, done;

	for (done = 0; done < n && !c->wrong && !c->ended;
	    done += (size_t)got) {
		if (c->at >= c->size) {
			c->ended = 1;
			return;
		}
		i = n - done < sizeof(have) ? n - done : sizeof(have);
		if (i > c->size - c->at)
			i = (size_t)(c->size - c->at);
		if ((got = pread(c->fd, have, i, (off_t)c->at)) <= 0) {
			c->wrong = 1;
			return;
		}
		for (i = 0; i < (size_t)got && have[i] == p[done + i]; i++)
			;
		if (i < (size_t)got) {
			c->ended = have[i] == '\0';
			c->wrong = !c->ended;
		}
		c->at += (uint64_t)got;
	}
}

static int
on_exec_line(const char *line, size_t len, void *arg)
{
	struct exec_copy *c = arg;
	struct record_view v;

	if (record_begins(line, len, RECORD_EXEC) != 1)
		return (0);
	if (record_view(&v, line, len) == 0)
		c->record = v.number;
	compare(c, line, len);
	return (c->wrong || c->ended);
}

/* Does it go on behind all lines that the segment has? */
static int
has_more(const struct exec_copy *c)
{
	char next;

	return (c->at < c->size &&
	    pread(c->fd, &next, 1, (off_t)c->at) == 1 && next != '\0');
}

/* Both are still what they were called: no rotation came between. */
static int
is_still(int dirfd, const char *name, int fd)
{
	struct stat a, b;

	return (fstat(fd, &a) == 0 && fstatat(dirfd, name, &b,
	    AT_SYMLINK_NOFOLLOW) == 0 && a.st_dev == b.st_dev &&
	    a.st_ino == b.st_ino);
}

static void
check_lines(struct exec_copy *c, int seg)
{
	static uint8_t piece[65536];
	struct record_lines lines;
	ssize_t n;
	int r = 0;

	record_lines_init(&lines);
	while (r == 0 && (n = io_read(seg, piece, sizeof(piece))) > 0)
		r = record_lines_feed(&lines, piece, (size_t)n, on_exec_line,
		    c);
	record_lines_free(&lines);
	if (!c->wrong && !c->ended && has_more(c))
		c->wrong = 1;
}

/* How long the copy is is asked first: the segment has no less then. */
static void
check_copy(int dirfd, const struct logseg *s, struct verify_report *r)
{
	char name[LOG_NAMEMAX] = LOG_EXEC;
	struct exec_copy c = { 0 };
	struct stat st;
	int seg;

	if (s->first != 0)
		logseg_name(name, LOG_EXEC_STEM, s->first);
	if ((c.fd = logseg_open(dirfd, name, O_RDONLY)) == -1)
		return;
	seg = logseg_open(dirfd, s->name, O_RDONLY);
	if (seg != -1 && fstat(c.fd, &st) == 0) {
		c.size = (uint64_t)st.st_size;
		check_lines(&c, seg);
		if (c.wrong && is_still(dirfd, name, c.fd) &&
		    is_still(dirfd, s->name, seg)) {
			r->status = VERIFY_TAMPERED;
			r->beside = 1;
			r->note[0] = '\0';
			(void)snprintf(r->line, sizeof(r->line), "TAMPERED "
			    "record=%llu rule=exec file=%s",
			    (unsigned long long)c.record, name);
		}
	}
	if (seg != -1)
		(void)close(seg);
	(void)close(c.fd);
}

void
verifyexec_dir(const char *dir, struct verify_report *r)
{
	struct logseg *segs = NULL;
	size_t i, n = 0;
	int dirfd, next;

	dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd == -1)
		return;
	if (logseg_list(dirfd, &segs, &n, &next) == 0)
		for (i = 0; i < n && verify_good(r); i++)
			if (!segs[i].packed)
				check_copy(dirfd, &segs[i], r);
	free(segs);
	(void)close(dirfd);
}
