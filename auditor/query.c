/* SPDX-License-Identifier: ISC */
/*
 * Questions about the log.  Lines go to a pipe that somebody may read slowly
 * or not at all, so each query works in small steps between commits: one
 * piece of a file, then back to the loop.  It reads durable bytes only, and
 * memory is bounded by a piece or, with SHOW, by the longest line.
 *
 * A place is a segment's index and an offset.  Segments are added behind, so an
 * index keeps its meaning when the log rotates; where the first is removed,
 * query_forget() sees to it.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auditor/askview.h"
#include "auditor/hostile_auditor.h"
#include "auditor/query_priv.h"
#include "common/cberr.h"
#include "common/log.h"
#include "common/payload.h"
#include "common/xmalloc.h"


static void
answer(struct auditor *a, uint64_t id, enum cberr err, const char *why,
    uint64_t records, const uint8_t head[RECORD_DIGEST])
{
	static const uint8_t none[RECORD_DIGEST];
	struct buf b;

	buf_init(&b, MSG_FRAME_MAX);
	buf_put_u16(&b, (uint16_t)err);
	buf_put_str(&b, why);
	buf_put_u64(&b, records);
	buf_put(&b, head != NULL ? head : none, RECORD_DIGEST);
	audit_put(a, MSG_A_QUERIED, id, &b);
	if (ipc_flush(a->rm->ipc) == 1)
		(void)event_add(a->wev, NULL);
}

static void
finish(struct query *q, enum cberr err, const char *why)
{
	struct auditor *a = q->a;

	TAILQ_REMOVE(&a->queries, q, entry);
	a->nqueries--;
	event_free(q->ev);
	(void)close(q->pipe);
	packfile_close(q->file);
	if (q->before != -1)
		(void)close(q->before);
	queryfile_close(q);
	if (q->type == QUERY_VERIFY)
		answer(a, q->id, err, why, q->head.number, q->head.digest);
	else
		answer(a, q->id, err, why, q->records, NULL);
	record_lines_free(&q->lines);
	buf_free(&q->out);
	freezero(q, sizeof(*q));
}

/* Up to where the segment, which is open, may be read. */
static uint64_t
seg_size(const struct query *q, size_t seg)
{
	const struct segment *s = &q->a->chain.seg;

	return (seg == s->nold ? s->size : packfile_size(q->file));
}

/* Does it go on when there is no more? */
static int
follows(const struct query *q)
{
	return (q->type == QUERY_FOLLOW || q->type == QUERY_FORWARD);
}

static int
seg_open(struct query *q, size_t seg)
{
	if (q->file != NULL && q->file_seg == seg)
		return (0);
	packfile_close(q->file);
	q->file = segment_read(&q->a->chain.seg, seg);
	q->file_seg = seg;
	return (q->file == NULL ? -1 : 0);
}

/*
 * The next piece into p: its length, 0 at the end of what is asked for or,
 * with FOLLOW, of what is there, -1 on error.
 */
static ssize_t
read_piece(struct query *q, uint8_t *p)
{
	uint64_t size, left;
	ssize_t n;

	for (;;) {
		if (seg_open(q, q->at.seg) == -1) {
			/* a gap is for the verifier to name, be it that what
			   is there cannot be read any more */
			if (q->type != QUERY_VERIFY || (errno != ENOENT &&
			    errno != EBADMSG) || q->at.seg == q->end.seg)
				return (-1);
			q->at.seg++;
			q->at.off = 0;
			continue;
		}
		size = seg_size(q, q->at.seg);
		if (!follows(q) && q->at.seg == q->end.seg)
			size = q->end.off;
		if (q->at.off < size)
			break;
		if (q->at.seg == (follows(q) ?
		    q->a->chain.seg.nold : q->end.seg))
			return (0);
		q->at.seg++;
		q->at.off = 0;
	}
	left = size - q->at.off;
	n = packfile_read(q->file, p, left < QUERY_CHUNK ? (size_t)left :
	    QUERY_CHUNK, q->at.off);
	/* cut: the head that goes with the end tells the verifier */
	if (q->type == QUERY_VERIFY && (n == 0 || (n == -1 &&
	    errno == EBADMSG)))
		return (0);
	if (n <= 0)
		return (-1);
	q->at.off += (uint64_t)n;
	return (n);
}

/* One piece backwards.  1 at the first line wanted, 0 to go on, -1 error. */
static int
seek_step(struct query *q)
{
	uint8_t piece[QUERY_CHUNK];
	size_t n;
	ssize_t i;

	if (q->want == 0)
		return (1);
	if (q->at.off == 0 && q->at.seg == 0)
		return (1);
	if (q->at.off == 0) {
		q->at.seg--;
		if (seg_open(q, q->at.seg) == -1)
			return (-1);
		q->at.off = seg_size(q, q->at.seg);
		return (0);
	}
	n = q->at.off < QUERY_CHUNK ? (size_t)q->at.off : QUERY_CHUNK;
	if (seg_open(q, q->at.seg) == -1 || packfile_read(q->file, piece, n,
	    q->at.off - n) != (ssize_t)n)
		return (-1);
	for (i = (ssize_t)n - 1; i >= 0; i--) {
		/* one newline more than lines: it ends the one before */
		if (piece[i] == '\n' && --q->want == 0) {
			q->at.off -= n - (size_t)i - 1;
			return (1);
		}
	}
	q->at.off -= n;
	return (0);
}

static int
is_of_run(const struct query *q, const char *line, size_t len,
    struct record_view *v)
{
	char run[RUNID_TEXT];

	return (memmem(line, len, q->needle, strlen(q->needle)) != NULL &&
	    record_view(v, line, len) == 0 &&
	    record_member_str(v->json, v->jsonlen, "run", run,
	    sizeof(run)) > 0 && strcmp(run, q->run) == 0);
}

/* What stops the reading of a piece. */
enum { SHOW_OTHERS = 1, SHOW_AGAIN };

static int
show_line(const char *line, size_t len, void *arg)
{
	struct query *q = arg;
	struct record_view v;
	uint64_t uid;

	if (!is_of_run(q, line, len, &v))
		return (0);
	if (q->phase == Q_SEND) {
		if (q->uid == UINT32_MAX)
			buf_put(&q->out, line, len);
		else
			askview_line(&q->out, line, &v);
		q->records++;
		return (0);
	}
	if (record_member_u64(v.json, v.jsonlen, "why.uid", &uid) == -1)
		return (0);
	if (uid != q->uid)
		return (SHOW_OTHERS);
	/* from the start */
	q->phase = Q_SEND;
	q->at.seg = q->from;
	q->at.off = 0;
	return (SHOW_AGAIN);
}

/* 1 to go on, 0 at the end, -1 error. */
static int
show_step(struct query *q)
{
	uint8_t piece[QUERY_CHUNK];
	ssize_t n;

	if ((n = read_piece(q, piece)) <= 0)
		return ((int)n);
	switch (record_lines_feed(&q->lines, piece, (size_t)n, show_line, q)) {
	case -1:
		return (-1);
	case SHOW_OTHERS:
		return (0);
	}
	return (q->out.bad ? -1 : 1);
}

/* There may be more of them than what the pipe is to take at once. */
static int
before_step(struct query *q)
{
	uint8_t piece[QUERY_CHUNK];
	ssize_t n = 0;

	if (q->before != -1 && q->links != 0)
		n = pread(q->before, piece, q->links < sizeof(piece) ?
		    (size_t)q->links : sizeof(piece), (off_t)q->links_at);
	if (n == -1)
		return (errno == EINTR ? 1 : -1);
	/* what is missing there is for the verifier to name */
	if (n == 0)
		q->phase = Q_SEND;
	buf_put(&q->out, piece, (size_t)n);
	q->links -= (uint64_t)n;
	q->links_at += (uint64_t)n;
	return (1);
}

static int
send_step(struct query *q)
{
	uint8_t piece[QUERY_CHUNK];
	ssize_t i, n;

	if ((n = read_piece(q, piece)) <= 0)
		return ((int)n);
	for (i = 0; i < n; i++)
		q->records += piece[i] == '\n';
	buf_put(&q->out, piece, (size_t)n);
	return (1);
}

/* 1 to go on, 0 at the end, -1 error. */
static int
step(struct query *q)
{
	int r;

	if (q->type == QUERY_SHOW)
		return (show_step(q));
	if (queryfile_is(q))
		return (queryfile_step(q));
	if (q->type == QUERY_COPIES)
		return (query_copies(q));
	if (q->phase == Q_BEFORE)
		return (before_step(q));
	if (q->phase == Q_SEND)
		return (send_step(q));
	if ((r = seek_step(q)) == 1)
		q->phase = Q_SEND;
	return (r == -1 ? -1 : 1);
}

/* 1 all of it is out, 0 the pipe is full, -1 nobody reads it. */
static int
drain(struct query *q)
{
	ssize_t n;

	while (q->sent < q->out.len) {
		n = write(q->pipe, q->out.data + q->sent,
		    q->out.len - q->sent);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (errno == EAGAIN ? 0 : -1);
		q->sent += (size_t)n;
	}
	q->sent = 0;
	buf_reset(&q->out);
	return (1);
}

static void	on_ready(evutil_socket_t, short, void *);

/*
 * Waits for room in the pipe, or, idle, for the reader to leave: that shows
 * as EPOLLERR, which the loop reports whatever was asked for.
 */
static int
watch(struct query *q, int idle)
{
	q->idle = idle;
	(void)event_del(q->ev);
	if (event_assign(q->ev, q->a->base, q->pipe,
	    (short)((idle ? EV_READ : EV_WRITE) | EV_PERSIST), on_ready,
	    q) == -1 || event_priority_set(q->ev, 1) == -1 ||
	    event_add(q->ev, NULL) == -1)
		return (-1);
	return (0);
}

static void
end_of_log(struct query *q)
{
	if (follows(q)) {
		if (watch(q, 1) == -1)
			finish(q, CBE_INTERNAL, "cannot wait for records");
	} else if (q->type == QUERY_SHOW && q->records == 0)
		finish(q, CBE_NOENT, "no such run in the log");
	else
		finish(q, CBE_OK, "");
}

static void
reader_gone(struct query *q)
{
	finish(q, follows(q) ? CBE_OK : CBE_IO,
	    "the reader is gone");
}

/* Why the segment in which it stands cannot be read; errno tells. */
static void
cannot_read(struct query *q)
{
	const struct segment *s = &q->a->chain.seg;
	char name[LOG_NAMEMAX], why[512];

	if (q->type == QUERY_COPIES && errno == ESTALE) {
		finish(q, CBE_AGAIN, "a copy of exec lines became shorter "
		    "while it was read: ask again");
		return;
	}
	if (queryfile_is(q) || errno != EBADMSG ||
	    q->at.seg >= s->nold) {
		finish(q, CBE_IO, "the log cannot be read");
		return;
	}
	logseg_packed_name(name, s->old[q->at.seg]);
	(void)snprintf(why, sizeof(why), "%s is damaged: look at it with "
	    "\"clawbot audit verify %s\"", name, q->a->rm->root);
	finish(q, CBE_IO, why);
}

static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct query *q = arg;
	int r;

	(void)fd;
	(void)what;
	if (q->idle || (r = drain(q)) == -1) {
		reader_gone(q);
		return;
	}
	if (r == 0)
		return;
	errno = 0;
	if ((r = step(q)) == -1)
		cannot_read(q);
	else if (r == 0)
		end_of_log(q);
	else if (drain(q) == -1)
		reader_gone(q);
}

void
query_wake(struct auditor *a)
{
	struct query *q, *next;

	for (q = TAILQ_FIRST(&a->queries); q != NULL; q = next) {
		next = TAILQ_NEXT(q, entry);
		if (q->idle && watch(q, 0) == -1)
			finish(q, CBE_INTERNAL, "cannot wait for the pipe");
	}
}

void
query_stop(struct auditor *a)
{
	struct query *q;

	while ((q = TAILQ_FIRST(&a->queries)) != NULL)
		finish(q, CBE_UNAVAIL, "the daemon is stopping");
}

/* Is it in the oldest segment, or will it go back to that? */
static int
is_in_first(const struct query *q)
{
	return (q->at.seg == 0 || (q->file != NULL && q->file_seg == 0) ||
	    (q->phase == Q_OWNER && q->from == 0) || q->phase == Q_SEEK);
}

void
query_forget(struct auditor *a)
{
	struct query *q, *next;

	for (q = TAILQ_FIRST(&a->queries); q != NULL; q = next) {
		next = TAILQ_NEXT(q, entry);
		/* its file is open, and no part of the log */
		if (queryfile_is(q))
			continue;
		if (is_in_first(q)) {
			finish(q, CBE_AGAIN, "that part of the log is being "
			    "removed: ask again");
			continue;
		}
		q->at.seg--;
		q->end.seg--;
		q->file_seg--;
		if (q->from > 0)
			q->from--;
	}
}

static int
pipe_ok(int fd)
{
	struct stat st;
	int fl;

	return (fstat(fd, &st) != -1 && S_ISFIFO(st.st_mode) &&
	    (fl = fcntl(fd, F_GETFL)) != -1 &&
	    (fl & O_ACCMODE) == O_WRONLY &&
	    fcntl(fd, F_SETFL, fl | O_NONBLOCK) != -1);
}

static struct query *
query_new(struct auditor *a, uint64_t id, int fd)
{
	struct query *q;

	q = xcalloc(1, sizeof(*q));
	q->a = a;
	q->id = id;
	q->pipe = fd;
	q->before = -1;
	record_lines_init(&q->lines);
	buf_init(&q->out, RECORD_MAX + QUERY_CHUNK);
	q->ev = event_new(a->base, fd, EV_WRITE | EV_PERSIST, on_ready, q);
	if (q->ev == NULL)
		fatalx(EXIT_SYSTEM, "out of memory");
	TAILQ_INSERT_TAIL(&a->queries, q, entry);
	a->nqueries++;
	return (q);
}

/*
 * One of a run that nobody knows reads all of the log: an account has no more
 * than one of these at a time, and none of the places of who may read it, which
 * the supervisor shares out.  What is forwarded has a place of its own.
 */
static int
has_place(const struct auditor *a, uint32_t uid, unsigned type)
{
	size_t reads = 0, asks = 0, forwards = 0;
	const struct query *q;
	int own = 0;

	TAILQ_FOREACH(q, &a->queries, entry) {
		forwards += q->type == QUERY_FORWARD;
		reads += q->uid == UINT32_MAX && q->type != QUERY_FORWARD;
		asks += q->uid != UINT32_MAX;
		own |= q->uid == uid;
	}
	if (type == QUERY_FORWARD)
		return (forwards == 0);
	if (uid == UINT32_MAX)
		return (reads < AUDITOR_READS);
	return (!own && asks < AUDITOR_ASKS);
}

void
query_start(struct auditor *a, struct ipc_msg *m)
{
	struct msg_query v = { .uid = UINT32_MAX };
	const char *none;
	struct query *q;
	int fd, good;

	if ((fd = ipc_take_fd(m, 0)) == -1 || !pipe_ok(fd)) {
		(void)close(fd);
		answer(a, m->id, CBE_USAGE, "not the write end of a pipe", 0,
		    NULL);
		return;
	}
	if ((good = payload_get(m, &msg_query_shape, &v) == 0))
		hostile_owner(&v.uid);
	if (!has_place(a, v.uid, v.query)) {
		(void)close(fd);
		answer(a, m->id, CBE_AGAIN, "too many questions about the log "
		    "at once", 0, NULL);
		return;
	}
	q = query_new(a, m->id, fd);
	q->uid = v.uid;
	if (good)
		q->type = v.query;
	if (q->type == QUERY_FORWARD && v.count > a->chain.durable.number + 1)
		finish(q, CBE_NOENT, "the log ends before that record");
	else if (q->type == 0 || query_aim(q, v.count, v.run) == -1)
		finish(q, CBE_USAGE, "no such question");
	else if (q->uid != UINT32_MAX && q->type != QUERY_SHOW)
		finish(q, CBE_REFUSED, "only for own runs");
	else if ((none = queryfile_none(q)) != NULL)
		finish(q, CBE_NOENT, none);
	else if (watch(q, 0) == -1)
		finish(q, CBE_INTERNAL, "cannot wait for the pipe");
}
