/* SPDX-License-Identifier: ISC */
/* Closed segments are looked at while the auditor runs; see rounds.h. */
#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "auditor/auditor.h"
#include "auditor/packcheck.h"
#include "auditor/rounds.h"
#include "common/log.h"
#include "common/ticket.h"
#include "common/xmalloc.h"

#define ROUND_CHUNK	(64U * 1024)
/* Between two of them, and where records were written meanwhile. */
#define ROUND_PAUSE_US	10000
#define ROUND_BUSY_US	50000
#define ROUND_LOOK_MS	60000
#define ROUND_LOOKS	64		/* files at a time */
/* That much of what looks different is read without a pause, each minute. */
#define ROUND_HURRY	(UINT64_C(256) << 20)
/* A start has looked at all of it: the first time it is not at once. */
#define ROUND_FIRST_MS	300000U
#define ROUND_TRIES	3

struct rounds {
	struct auditor	*a;
	struct event	*ev;
	uint64_t	 every_ms;	/* 0: never */
	uint64_t	 due_ms;	/* all of it is read */
	uint64_t	 looked_ms;
	uint64_t	 sealed;	/* record of the seal then */
	uint64_t	 hurry;		/* bytes that are left of that */
	uint64_t	 hurried_ms;	/* since when */
	int		 looking;	/* 2: and once more */
	size_t		 look;		/* the next to be looked at */
	uint64_t	*todo;		/* segments that look different */
	size_t		 ntodo;
	/* a round: it goes on with that segment, 0: there is none */
	uint64_t	 next;
	uint64_t	 oldest;	/* record that was there */
	int		 left_out;	/* some of it could not be read */
	struct record_head held;	/* read so far, without a gap */
	struct sealcheck seals;		/* up to there */
	struct sealcheck now;		/* in the segment that is read */
	/* the segment that is read, while in is not NULL */
	struct packfile	*in;
	uint64_t	 first;
	int		 in_round;
	int		 current;	/* the one that is written */
	int		 touched;	/* somebody was at it meanwhile */
	unsigned	 tries;
	struct known_file was;
	uint64_t	 at;
	uint64_t	 size;
	struct record_head head;	/* the last record then */
	struct packcheck check;
	/* what follows it is another log, or is damaged itself; 0: none */
	uint64_t	 doubt;
	struct known_file doubt_was;
	uint64_t	 seen;		/* the last record at the last piece */
};

static const struct segment *
seg_of(const struct rounds *r)
{
	return (&r->a->chain.seg);
}

/* Its place among all, the current one behind them; or -1. */
static int
place_of(const struct rounds *r, uint64_t first, size_t *i)
{
	const struct segment *s = seg_of(r);

	for (*i = 0; *i < s->nold; (*i)++)
		if (s->old[*i] == first)
			return (0);
	return (first == s->first ? 0 : -1);
}

/* The segment behind that, which may be gone; 0: it is the last one. */
static uint64_t
behind(const struct rounds *r, uint64_t first)
{
	const struct segment *s = seg_of(r);
	size_t i;

	for (i = 0; i < s->nold; i++)
		if (s->old[i] > first)
			return (s->old[i]);
	return (first < s->first ? s->first : 0);
}

/* What looks different is read at once, as far as that goes. */
static int
hurries(const struct rounds *r)
{
	return (r->hurry != 0 && (r->ntodo != 0 || r->doubt != 0 ||
	    (r->in != NULL && !r->in_round)));
}

static void
go_on(struct rounds *r)
{
	const uint64_t now = r->a->chain.durable.number;
	const struct timeval pause = { 0, hurries(r) ? 0 : r->seen != now ?
	    ROUND_BUSY_US : ROUND_PAUSE_US };

	r->seen = now;
	(void)event_add(r->ev, &pause);
}

static void
suspect(struct rounds *r, uint64_t first)
{
	size_t i;

	/* it is read to its end, and then once more */
	if (r->in != NULL && r->first == first) {
		r->touched = 1;
		return;
	}
	for (i = 0; i < r->ntodo; i++)
		if (r->todo[i] == first)
			return;
	r->todo = xrecallocarray(r->todo, r->ntodo, r->ntodo + 1,
	    sizeof(*r->todo));
	r->todo[r->ntodo++] = first;
}

/* One of those that are known. */
static void
look_at(struct rounds *r, size_t i)
{
	const struct known_log *k = &r->a->closed.known;
	const uint64_t first = k->v[i].first;
	const struct damage *d = damage_of(r->a, first);
	struct known_file now;

	switch (known_still(r->a, k, i, &now)) {
	case -1:
		/* else nothing can be said of it for now */
		if (errno == ENOENT)
			damage_found(r->a, first, "missing", &now);
		break;
	case 0:
		/*
		 * As it was when it was read, and found wanting; but what
		 * could not be read may be so by now.
		 */
		if (d == NULL || !known_alike(&d->was, &now) ||
		    strcmp(d->rule, "read") == 0)
			suspect(r, first);
		break;
	}
}

static void
look(struct rounds *r)
{
	size_t n;

	for (n = 0; n < ROUND_LOOKS; n++) {
		if (r->look >= r->a->closed.known.n) {
			r->look = 0;
			r->looking--;
			return;
		}
		look_at(r, r->look++);
	}
}

/* By itself it is wrong, so that nothing is wrong with the one before. */
static void
bad(struct rounds *r, const char *rule)
{
	damage_found(r->a, r->first, rule, &r->was);
	r->doubt = 0;
}

/* Nothing can be said of it for now. */
static void
leave(struct rounds *r)
{
	/* what was read in a round may be in doubt for this one */
	r->left_out |= r->in_round || r->doubt != 0;
	r->doubt = 0;
}

static const char *
rule_of(int error)
{
	return (error == ENOENT ? "missing" : error == EBADMSG ? "packed" :
	    error == EIO || error == EINVAL || error == ELOOP ||
	    error == EISDIR ? "read" : NULL);
}

/* It could not be opened, or read any further. */
static void
unread(struct rounds *r, int error)
{
	const char *rule = rule_of(error);

	if (rule != NULL)
		bad(r, rule);
	else
		leave(r);
}

/* The last segment of a round was read, or left out. */
static void
end_of_round(struct rounds *r)
{
	r->due_ms = ticket_now() + r->every_ms;
	if (!r->left_out)
		damage_read(r->a, r->oldest, r->head.number);
}

/* It, and how it looks and how much there is of it; 0, or -1 and errno. */
static int
open_it(struct rounds *r, size_t i)
{
	const struct segment *s = seg_of(r);
	struct packfile *f;
	int saved;

	if ((f = segment_read(s, i)) == NULL)
		return (-1);
	if (known_open(packfile_fd(f), &r->was) == -1) {
		saved = errno;
		packfile_close(f);
		errno = saved;
		return (-1);
	}
	r->size = r->current ? s->size : packfile_size(f);
	if (r->size == 0 && r->was.size != 0) {
		/* it could not be looked at, or was emptied just now */
		packfile_close(f);
		errno = EAGAIN;
		return (-1);
	}
	r->in = f;
	return (0);
}

static void
begin(struct rounds *r)
{
	const struct segment *s = seg_of(r);
	size_t i;

	if (place_of(r, r->first, &i) == -1)
		return;
	r->current = i == s->nold;
	r->touched = 0;
	r->head = r->a->chain.durable;
	memset(&r->was, 0, sizeof(r->was));
	if (open_it(r, i) == -1) {
		unread(r, errno);
		if (r->in_round && r->current)
			end_of_round(r);
		return;
	}
	(void)posix_fadvise(packfile_fd(r->in), 0, 0, POSIX_FADV_SEQUENTIAL);
	r->at = 0;
	packcheck_begin(&r->check, r->first);
	/* all that is in front of it was read before it, and is good */
	if (!r->in_round || r->held.number + 1 != r->first)
		return;
	r->now = r->seals;
	packcheck_seals(&r->check, &r->held, &r->now);
}

/* Is the file that was read still the one of that name? */
static int
is_same(const struct rounds *r)
{
	struct known_file now;
	char name[LOG_NAMEMAX];

	return (!r->touched && known_find(r->a, r->first, name, &now) == 0 &&
	    known_alike(&now, &r->was));
}

/* This one is whole by itself: what is wrong is the one before. */
static void
end_doubt(struct rounds *r)
{
	size_t i;

	if (r->doubt != 0 && place_of(r, r->doubt, &i) == 0)
		damage_found(r->a, r->doubt, "chain", &r->doubt_was);
	r->doubt = 0;
}

static int
is_of_seals(const struct damage *d)
{
	return (strcmp(d->rule, "seal") == 0 || strcmp(d->rule, "key") == 0);
}

/* What is written there; the one before was held to it, as it was. */
static void
good(struct rounds *r, size_t i, const struct known_file *was)
{
	const struct damage *d = damage_of(r->a, r->first);
	const int mends = d != NULL;
	uint64_t before;

	if (r->check.seals != NULL) {
		r->held = r->check.last;
		r->seals = r->now;
	} else if (mends && is_of_seals(d)) {
		/* only who has read all that is in front of it can say so */
		damage_found(r->a, r->first, d->rule, &r->was);
		return;
	}
	damage_none(r->a, r->first, was);
	if (!mends || i == 0)
		return;
	before = seg_of(r)->old[i - 1];
	d = damage_of(r->a, before);
	if (d != NULL && strcmp(d->rule, "chain") == 0)
		suspect(r, before);
}

/*
 * Does what comes behind it go on with its end?  Where it does not, that one
 * may be what is wrong: it is read before anything is said.  One that goes on
 * with neither the one before nor to the one behind is wrong itself.
 */
static void
whole(struct rounds *r, size_t i)
{
	switch (packcheck_followed(&r->check.last, r->a, i)) {
	case 1:
		end_doubt(r);
		good(r, i, &r->was);
		break;
	case 0:
		if (r->doubt != 0) {
			bad(r, "chain");
			break;
		}
		r->doubt = r->first;
		r->doubt_was = r->was;
		break;
	default:
		end_doubt(r);
		leave(r);
	}
}

/* The current one, up to where it went when that was begun. */
static void
whole_current(struct rounds *r, size_t i)
{
	const char *rule = NULL;

	if (r->size != 0 && (rule = packcheck_inside(&r->check)) == NULL &&
	    (r->check.last.number != r->head.number ||
	    memcmp(r->check.last.digest, r->head.digest, RECORD_DIGEST) != 0))
		rule = "chain";
	if (rule != NULL) {
		bad(r, rule);
		return;
	}
	end_doubt(r);
	/* it may have been closed meanwhile, and look otherwise since */
	good(r, i, NULL);
}

static void
close_segment(struct rounds *r)
{
	if (!r->current)
		(void)posix_fadvise(packfile_fd(r->in), 0, 0,
		    POSIX_FADV_DONTNEED);
	packfile_close(r->in);
	packcheck_free(&r->check);
	r->in = NULL;
}

static void
end_of_segment(struct rounds *r)
{
	const char *rule;
	size_t i;
	int again = 0;

	/* removed, with its record */
	if (place_of(r, r->first, &i) == -1)
		r->doubt = 0;
	else if (r->current)
		whole_current(r, i);
	else if (!is_same(r)) {
		/* packed meanwhile, or somebody is at it */
		if ((again = r->tries++ < ROUND_TRIES) == 0)
			leave(r);
	} else if ((rule = packcheck_inside(&r->check)) != NULL)
		bad(r, rule);
	else
		whole(r, i);
	close_segment(r);
	if (again)
		begin(r);
	else if (r->in_round && r->current)
		end_of_round(r);
}

static void
piece(struct rounds *r)
{
	static uint8_t chunk[ROUND_CHUNK];
	uint64_t left = r->size - r->at;
	ssize_t n = 0;

	errno = EIO;
	if (left != 0)
		n = packfile_read(r->in, chunk, left < sizeof(chunk) ?
		    (size_t)left : sizeof(chunk), r->at);
	if (left != 0 && n <= 0) {
		unread(r, errno);
		close_segment(r);
		if (r->in_round && r->current)
			end_of_round(r);
		return;
	}
	if (hurries(r))
		r->hurry -= r->hurry < (uint64_t)n ? r->hurry : (uint64_t)n;
	packcheck_feed(&r->check, chunk, (size_t)n);
	r->at += (uint64_t)n;
	if (r->at == r->size || r->check.bad != NULL)
		end_of_segment(r);
	else if (r->current || r->size == r->was.size)
		/* of one that is packed these are no offsets of the file */
		(void)posix_fadvise(packfile_fd(r->in), (off_t)r->at,
		    ROUND_CHUNK, POSIX_FADV_WILLNEED);
}

/* What looks different first; then the round goes on. */
static void
next_segment(struct rounds *r)
{
	r->in_round = 0;
	r->tries = 0;
	if (r->doubt != 0)
		r->first = behind(r, r->doubt);
	else if (r->ntodo != 0)
		r->first = r->todo[--r->ntodo];
	else if (r->next != 0) {
		r->in_round = 1;
		r->first = r->next;
		r->next = behind(r, r->first);
	} else
		return;
	begin(r);
}

static int
is_busy(const struct rounds *r)
{
	return (r->looking || r->in != NULL || r->doubt != 0 ||
	    r->ntodo != 0 || r->next != 0);
}

static void
on_step(evutil_socket_t fd, short what, void *arg)
{
	struct rounds *r = arg;

	(void)fd;
	(void)what;
	if (r->looking)
		look(r);
	if (r->in != NULL)
		piece(r);
	else
		next_segment(r);
	if (chain_pending(&r->a->chain) || r->a->damages.unsaid)
		audit_commit(r->a);
	if (is_busy(r))
		go_on(r);
}

void
rounds_tick(struct auditor *a)
{
	struct rounds *r = a->rounds;
	uint64_t now = ticket_now();
	const int busy = is_busy(r);

	damage_again(a);
	if (now - r->hurried_ms >= ROUND_LOOK_MS) {
		r->hurried_ms = now;
		r->hurry = ROUND_HURRY;
	}
	if (!r->looking && (a->sealing.at != r->sealed ||
	    now - r->looked_ms >= ROUND_LOOK_MS)) {
		r->sealed = a->sealing.at;
		r->looked_ms = now;
		r->looking = 1;
		r->look = 0;
	}
	if (r->next == 0 && r->every_ms != 0 && now >= r->due_ms) {
		r->next = segment_oldest(&a->chain.seg);
		if (gone_is_half(a))
			r->next = behind(r, r->next);
		r->oldest = r->next;
		r->left_out = 0;
		/* where that is not known, seals are held to nothing */
		if (gone_held(a, &r->held, &r->seals) == -1)
			r->held.number = UINT64_MAX - 1;
		r->due_ms = UINT64_MAX;
	}
	if (!busy && is_busy(r))
		go_on(r);
}

void
rounds_heard(struct auditor *a, uint64_t first, int written)
{
	const struct known_log *k = &a->closed.known;
	struct rounds *r = a->rounds;
	const int busy = is_busy(r);
	size_t i;

	if (first == 0)
		r->looking = r->looking ? 2 : 1;
	for (i = 0; first != 0 && i < k->n; i++) {
		if (k->v[i].first != first)
			continue;
		look_at(r, i);
		if (!written)
			continue;
		/* whatever it looks like, until it is read to its end */
		closed_doubt(a, first);
		suspect(r, first);
	}
	if (!busy && is_busy(r))
		go_on(r);
}

struct rounds *
rounds_new(struct auditor *a, uint32_t every_s)
{
	struct rounds *r;

	r = xcalloc(1, sizeof(*r));
	r->a = a;
	r->every_ms = (uint64_t)every_s * 1000;
	r->looked_ms = ticket_now();
	r->due_ms = r->looked_ms + (r->every_ms < ROUND_FIRST_MS ?
	    r->every_ms : ROUND_FIRST_MS);
	r->sealed = a->sealing.at;
	r->hurried_ms = r->looked_ms;
	r->hurry = ROUND_HURRY;
	r->ev = event_new(a->base, -1, 0, on_step, r);
	if (r->ev == NULL || event_priority_set(r->ev, 1) == -1)
		rolemain_fail(a->rm, EXIT_SYSTEM, "event loop");
	return (r);
}
