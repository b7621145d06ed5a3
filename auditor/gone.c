/* SPDX-License-Identifier: ISC */
/* What was removed from the log; see gone.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auditor/auditor.h"
#include "auditor/gone.h"
#include "common/io.h"
#include "common/log.h"
#include "common/xmalloc.h"

#define GONE_NEW	LOG_PRUNED ".new"
#define GONE_SPARE	LOG_STEM ".spare"
#define GONE_SPARE_SIZE	(256 * 1024)

void
gone_set(struct gone *g, const char *line, size_t len)
{
	struct record_view v;
	struct pruned what;

	if (pruned_read(&what, line, len) == -1 ||
	    record_view(&v, line, len) == -1 || record_member_u64(v.json,
	    v.jsonlen, "first", &g->first) == -1)
		return;
	free(g->line);
	g->line = xmalloc(len);
	memcpy(g->line, line, len);
	g->len = len;
	g->what = what;
	g->unfinished = 1;
}

void
gone_now(struct gone *g, uint64_t us, uint64_t record)
{
	if (g->last_us != 0 && us > g->last_us + GONE_JUMP_US)
		g->jump = record;
	if (us > g->last_us)
		g->last_us = us;
}

void
gone_see(struct gone *g, const struct record_view *v, const char *line,
    size_t len)
{
	const char *by;
	char ev[16];
	size_t n;

	gone_now(g, v->time_us, v->number);
	if (v->kind == RECORD_PRUNE) {
		gone_set(g, line, len);
		/* somebody who looked at the time; not to say it again */
		if (record_member(v->json, v->jsonlen, "by", &by, &n) &&
		    !record_member(v->json, v->jsonlen, "record", &by, &n))
			g->jump = 0;
	} else if (v->kind == RECORD_SESSION && record_member_str(v->json,
	    v->jsonlen, "ev", ev, sizeof(ev)) > 0 && strcmp(ev, "start") == 0)
		g->unfinished = 0;
}

void
gone_put(struct buf *b, const struct gone *g)
{
	buf_put_bytes(b, g->line, g->len);
	buf_put_u8(b, g->unfinished != 0);
	buf_put_u64(b, g->last_us);
	buf_put_u64(b, g->jump);
}

void
gone_get(struct rd *r, struct gone *g)
{
	const uint8_t *line;
	size_t len;
	int unfinished;

	line = rd_bytes(r, &len, PRUNED_LINE);
	unfinished = rd_u8(r);
	g->last_us = rd_u64(r);
	g->jump = rd_u64(r);
	if (!r->bad && len != 0)
		gone_set(g, (const char *)line, len);
	g->unfinished = unfinished;
}

void
gone_free(struct gone *g)
{
	free(g->line);
	memset(g, 0, sizeof(*g));
}

void
gone_spare_use(const struct auditor *a)
{
	(void)unlinkat(a->chain.seg.dirfd, GONE_SPARE, 0);
}

void
gone_spare(const struct auditor *a)
{
	int fd;

	fd = openat(a->chain.seg.dirfd, GONE_SPARE, O_WRONLY | O_CREAT |
	    O_NOFOLLOW | O_CLOEXEC, LOG_MODE);
	if (fd == -1)
		return;
	(void)fallocate(fd, 0, 0, GONE_SPARE_SIZE);
	(void)close(fd);
}

int
gone_write(const struct auditor *a)
{
	const int dirfd = a->chain.seg.dirfd;
	int fd, r, saved;

	fd = openat(dirfd, GONE_NEW, O_WRONLY | O_CREAT | O_TRUNC |
	    O_NOFOLLOW | O_CLOEXEC, LOG_MODE);
	if (fd == -1)
		return (-1);
	r = io_write(fd, a->gone.line, a->gone.len);
	if (r == 0)
		r = io_fsync(fd);
	saved = errno;
	(void)close(fd);
	errno = saved;
	if (r == 0)
		r = renameat(dirfd, GONE_NEW, dirfd, LOG_PRUNED);
	return (r == -1 ? -1 : segment_syncdir(&a->chain.seg));
}

static int
remove_one(const struct auditor *a, const char *name)
{
	return (unlinkat(a->chain.seg.dirfd, name, 0) == -1 &&
	    errno != ENOENT ? -1 : 0);
}

/*
 * The packed one last: it is listed while it is there, and the plain one would
 * be without it.
 */
int
gone_unlink(const struct auditor *a, uint64_t first)
{
	char plain[LOG_NAMEMAX], packed[LOG_NAMEMAX], exec[LOG_NAMEMAX];

	logseg_name(exec, LOG_EXEC_STEM, first);
	logseg_name(plain, LOG_STEM, first);
	logseg_packed_name(packed, first);
	if (remove_one(a, exec) == -1 || remove_one(a, plain) == -1 ||
	    remove_one(a, packed) == -1)
		return (-1);
	return (segment_syncdir(&a->chain.seg));
}

int
gone_is_half(const struct auditor *a)
{
	const struct segment *s = &a->chain.seg;
	const struct gone *g = &a->gone;

	return (g->unfinished && g->what.record != 0 &&
	    a->sealing.at > g->what.record && s->nold != 0 &&
	    s->old[0] == g->first);
}

int
gone_held(const struct auditor *a, struct record_head *head,
    struct sealcheck *seals)
{
	const uint64_t oldest = segment_oldest(&a->chain.seg);
	const struct pruned *what = &a->gone.what;

	record_start(head);
	sealcheck_init(seals);
	if (!gone_is_half(a) && oldest == 1)
		return (0);
	if (what->record == 0 || (!gone_is_half(a) &&
	    what->last.number + 1 != oldest))
		return (-1);
	*head = what->last;
	*seals = what->seals;
	return (0);
}

/* The last record that says so had no effect: one before it has. */
static void
fall_back(struct auditor *a)
{
	const uint64_t first = a->chain.seg.old[0];
	struct gone was;
	char *line;
	ssize_t n;
	int fd;

	fd = logseg_open(a->chain.seg.dirfd, LOG_PRUNED, O_RDONLY);
	if (fd == -1)
		return;
	memset(&was, 0, sizeof(was));
	line = xmalloc(PRUNED_LINE);
	n = pread(fd, line, PRUNED_LINE, 0);
	(void)close(fd);
	if (n > 0)
		gone_set(&was, line, (size_t)n);
	free(line);
	if (was.what.record == 0 || was.what.last.number + 1 != first) {
		gone_free(&was);
		return;
	}
	was.unfinished = 0;
	was.last_us = a->gone.last_us;
	was.jump = a->gone.jump;
	free(a->gone.line);
	a->gone = was;
}

/* What keeps the files says who has to do what. */
static void __attribute__((__noreturn__))
cannot_finish(struct auditor *a)
{
	const unsigned long long first = a->gone.first;
	const int error = errno;
	char name[LOG_NAMEMAX];
	const char *letters = fixed_bars(a, a->gone.first, name);

	if (error == EPERM && letters != NULL)
		rolemain_fail(a->rm, EXIT_IO, "segment %llu in %s, whose "
		    "removal is recorded, is kept by an attribute: as root "
		    "lift it with \"chattr -%s %s/%s\", and start again",
		    first, a->rm->root, letters, a->rm->root, name);
	rolemain_fail(a->rm, EXIT_IO, "segment %llu in %s, whose removal is "
	    "recorded: %s", first, a->rm->root, strerror(error));
}

/* The auditor has ended between the record and the last of its files. */
uint64_t
gone_finish(struct auditor *a)
{
	struct segment *s = &a->chain.seg;
	const struct gone *g = &a->gone;

	if (!gone_is_half(a)) {
		if (s->nold != 0 && s->old[0] == g->first)
			fall_back(a);
		return (0);
	}
	gone_spare_use(a);
	if (gone_write(a) == -1 || gone_unlink(a, g->first) == -1)
		cannot_finish(a);
	segment_forget(s);
	return (g->first);
}

uint64_t
gone_before(struct buf *b, const struct auditor *a)
{
	const struct segment *s = &a->chain.seg;
	const struct gone *g = &a->gone;

	if (g->what.record == 0 || (!gone_is_half(a) &&
	    g->what.last.number + 1 != segment_oldest(s)))
		return (0);
	buf_put(b, g->line, g->len);
	return (g->what.links);
}
