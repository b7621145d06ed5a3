/* SPDX-License-Identifier: ISC */
/* Output that is stored; see keep.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/fingerprint.h"
#include "common/xconf.h"
#include "executor/runner/keep.h"
#include "executor/runner/lately.h"

#define KEEP_QUEUE	(256U * 1024)	/* waits to be sent, at most */
#define KEEP_WAIT_MS	10000	/* for the auditor to take some of it */
#define SEND_MIN	4096U	/* less waits for more, or the end */
#define KEEP_SLACK	8192U	/* beyond an excerpt, to find what is hidden */
#define JOIN_US		5000	/* of one part: what comes within this */
#define SIZES_MAX	64U
#define STREAMS		3	/* OUTFILE_OUT to OUTFILE_TTY */

struct keep_stream {
	struct keep	*k;
	enum outfile_kind kind;
	struct scrub	*scrub;
};

struct keep {
	const struct keepconf *how;
	int		 fd;		/* -1: nobody takes it */
	int64_t		 begun;
	int64_t		 last;		/* when something came */
	struct scrubber	 by;
	struct keep_stream s[STREAMS];
	uint64_t	 left;		/* that may still be sent */
	uint64_t	 gap;		/* bytes that were not */
	unsigned	 sizes;		/* of the terminal, that were told */
	struct buf	 out;		/* parts to be sent */
	size_t		 sent;		/* of out */
	size_t		 open;		/* head of the last part, which can
					   become longer; SIZE_MAX: none */
	int64_t		 open_us;
	enum outfile_kind open_kind;
	/* KEEP_EXCERPT */
	struct lately	*first;
	struct lately	*late;
	struct lately	*end;		/* takes what is scrubbed; or NULL */
};

static int64_t
now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_BOOTTIME, &ts);
	return ((int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
}

static uint64_t
at(const struct keep *k, int64_t us)
{
	return (us > k->begun ? (uint64_t)(us - k->begun) : 0);
}

/* What is scrubbed, as a part or the rest of one: how many bytes that took. */
static size_t
put_part(struct keep *k, enum outfile_kind kind, int64_t us,
    const uint8_t *p, size_t n)
{
	size_t have;

	if (k->open != SIZE_MAX && k->open_kind == kind &&
	    us - k->open_us <= JOIN_US && us >= k->open_us) {
		have = k->out.len - k->open - OUTFILE_HEAD;
		if (have + n <= OUTFILE_PART) {
			buf_put(&k->out, p, n);
			buf_set_u32(&k->out, k->open + 4,
			    (uint32_t)(have + n));
			return (n);
		}
	}
	k->open = k->out.len;
	k->open_us = us;
	k->open_kind = kind;
	outfile_put(&k->out, kind, at(k, us), n);
	buf_put(&k->out, p, n);
	return (OUTFILE_HEAD + n);
}

static void
on_scrubbed(void *arg, int64_t us, const uint8_t *p, size_t n)
{
	struct keep_stream *s = arg;
	struct keep *k = s->k;
	size_t some, took;

	if (k->end != NULL) {
		lately_add(k->end, (unsigned)s->kind, us, p, n);
		return;
	}
	while (n > 0 && k->left > 0) {
		some = n < OUTFILE_PART ? n : OUTFILE_PART;
		if (some > k->left)
			some = (size_t)k->left;
		took = put_part(k, s->kind, us, p, some);
		k->left -= took < k->left ? took : k->left;
		p += some;
		n -= some;
	}
	k->gap += n;
}

struct keep *
keep_new(const struct keepconf *how, struct fingerprints *secrets, int fd)
{
	struct keep *k;
	size_t i;

	k = xcalloc(1, sizeof(*k));
	k->how = how;
	k->by.patterns = how->patterns;
	k->by.known = how->known;
	k->by.secrets = secrets;
	k->fd = fd;
	(void)fcntl(fd, F_SETFL, O_WRONLY | O_NONBLOCK);
	k->begun = now_us();
	k->left = how->max;
	k->open = SIZE_MAX;
	buf_init(&k->out, UINT32_MAX);
	for (i = 0; i < STREAMS; i++) {
		k->s[i].k = k;
		k->s[i].kind = (enum outfile_kind)(OUTFILE_OUT + i);
	}
	if (how->how == KEEP_EXCERPT) {
		k->first = lately_new((size_t)how->max / 2 +
		    KEEP_SLACK);
		k->late = lately_new((size_t)how->max / 2 +
		    KEEP_SLACK);
	}
	return (k);
}

void
keep_begin(struct keep *k, int64_t us)
{
	if (k != NULL)
		k->begun = us;
}

/* To the stream's lines. */
static void
feed(struct keep *k, enum outfile_kind kind, int64_t us, const uint8_t *p,
    size_t n)
{
	struct keep_stream *s = &k->s[kind - OUTFILE_OUT];

	if (s->scrub == NULL)
		s->scrub = scrub_new(&k->by, on_scrubbed, s);
	scrub_feed(s->scrub, us, p, n);
}

/* By scrub_end() or scrub_cut(), what is held of lines; they begin anew. */
static void
end_lines(struct keep *k, void (*leave)(struct scrub *))
{
	size_t i;

	for (i = 0; i < STREAMS; i++) {
		if (k->s[i].scrub == NULL)
			continue;
		leave(k->s[i].scrub);
		k->gap += scrub_skipped(k->s[i].scrub);
		scrub_free(k->s[i].scrub);
		k->s[i].scrub = NULL;
	}
}

void
keep_put(struct keep *k, enum outfile_kind kind, const uint8_t *p, size_t n)
{
	size_t room;

	if (k == NULL)
		return;
	k->last = now_us();
	if (k->how->how == KEEP_EXCERPT) {
		room = lately_room(k->first);
		room = room < n ? room : n;
		lately_add(k->first, (unsigned)kind, k->last, p, room);
		lately_add(k->late, (unsigned)kind, k->last, p + room,
		    n - room);
	} else if (k->left > 0) {
		feed(k, kind, k->last, p, n);
		if (k->left == 0)
			end_lines(k, scrub_end);
	} else
		k->gap += n;
}

void
keep_size(struct keep *k, uint16_t rows, uint16_t cols)
{
	if (k == NULL || rows == 0 || cols == 0 || k->sizes == SIZES_MAX)
		return;
	k->sizes++;
	k->open = SIZE_MAX;
	outfile_put_size(&k->out, at(k, now_us()), rows, cols);
}

int
keep_waits(const struct keep *k)
{
	return (k != NULL && k->out.len - k->sent > KEEP_QUEUE);
}

void
keep_poll(const struct keep *k, struct pollfd *p)
{
	p->fd = k != NULL && k->out.len - k->sent >= SEND_MIN ? k->fd : -1;
	p->events = POLLOUT;
	p->revents = 0;
}

/* Nobody takes it any more: the auditor has what it wants. */
static void
nobody(struct keep *k)
{
	(void)close(k->fd);
	k->fd = -1;
	k->left = 0;
}

static void
compact(struct keep *k)
{
	if (k->sent < KEEP_QUEUE)
		return;
	memmove(k->out.data, k->out.data + k->sent, k->out.len - k->sent);
	k->out.len -= k->sent;
	k->sent = 0;
}

static void
send_some(struct keep *k)
{
	ssize_t n;

	while (k->fd != -1 && k->sent < k->out.len) {
		n = write(k->fd, k->out.data + k->sent, k->out.len - k->sent);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN)
			break;
		if (n <= 0)
			nobody(k);
		else
			k->sent += (size_t)n;
	}
	k->open = SIZE_MAX;
	if (k->fd != -1 && k->sent < k->out.len) {
		compact(k);
		return;
	}
	buf_reset(&k->out);
	k->sent = 0;
}

void
keep_step(struct keep *k, const struct pollfd *p)
{
	if (p->fd != -1 && p->revents != 0)
		send_some(k);
}

static void
on_late(void *arg, unsigned kind, int64_t us, const uint8_t *p, size_t n)
{
	feed(arg, (enum outfile_kind)kind, us, p, n);
}

static void
put_gap(struct keep *k)
{
	if (k->gap == 0)
		return;
	outfile_put_gap(&k->out, at(k, k->last), k->gap);
	k->open = SIZE_MAX;
	k->gap = 0;
}

static void
on_end(void *arg, unsigned kind, int64_t us, const uint8_t *p, size_t n)
{
	struct keep *k = arg;

	on_scrubbed(&k->s[kind - OUTFILE_OUT], us, p, n);
}

/*
 * Something is missing in between.  Where the end begins in a line, that line
 * is not stored: what would be hidden of it can be before that.
 */
static void
put_end(struct keep *k)
{
	struct lately *end;
	size_t i;

	k->gap += lately_lost(k->late);
	for (i = 0; i < STREAMS; i++) {
		k->s[i].scrub = scrub_new(&k->by, on_scrubbed, &k->s[i]);
		scrub_resync(k->s[i].scrub);
	}
	end = k->end = lately_new((size_t)k->how->max / 2);
	lately_each(k->late, on_late, k);
	end_lines(k, scrub_end);
	k->end = NULL;
	k->gap += lately_lost(end);
	put_gap(k);
	k->left = UINT64_MAX;
	lately_each(end, on_end, k);
	lately_free(end);
}

static void
put_excerpt(struct keep *k)
{
	const int whole = lately_lost(k->late) == 0;

	k->left = whole ? k->how->max + 2 * KEEP_SLACK : k->how->max / 2;
	lately_each(k->first, on_late, k);
	if (whole)
		lately_each(k->late, on_late, k);
	/* pieces may have filled it long before its bytes, or marks have made
	   it short: there is no slack behind it then */
	end_lines(k, whole ? scrub_end : scrub_cut);
	if (!whole)
		put_end(k);
	lately_free(k->first);
	lately_free(k->late);
}

/* The auditor reads whatever there is, unless it is about to end. */
static void
send_all(struct keep *k)
{
	struct pollfd p;

	for (;;) {
		send_some(k);
		if (k->out.len == 0)
			return;
		p.fd = k->fd;
		p.events = POLLOUT;
		if (poll(&p, 1, KEEP_WAIT_MS) == 0)
			return;
	}
}

void
keep_end(struct keep *k)
{
	if (k == NULL)
		return;
	if (k->how->how == KEEP_EXCERPT)
		put_excerpt(k);
	else
		end_lines(k, scrub_end);
	put_gap(k);
	send_all(k);
	if (k->fd != -1)
		(void)close(k->fd);
	buf_free(&k->out);
	fingerprints_free(k->by.secrets);
	freezero(k, sizeof(*k));
}
