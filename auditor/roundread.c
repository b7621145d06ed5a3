/* SPDX-License-Identifier: ISC */
/* A segment is read again; see rounds_priv.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "auditor/auditor.h"
#include "auditor/rounds_priv.h"
#include "common/log.h"
#include "common/ticket.h"

#define ROUND_CHUNK	(64U * 1024)
#define ROUND_TRIES	3

static const struct segment *
seg_of(const struct rounds *r)
{
	return (&r->a->chain.seg);
}

int
rounds_hurry(const struct rounds *r)
{
	return (r->hurry != 0 && (r->ntodo != 0 || r->doubt != 0 ||
	    (r->in != NULL && !r->in_round)));
}

/* By itself it is wrong, so that nothing is wrong with the one before. */
static void
bad(struct rounds *r, const char *rule)
{
	damage_found(r->a, r->first, rule, &r->was);
	if (r->doubt != 0)
		(void)rounds_left(r, r->doubt, &r->doubt_was);
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

/* It could not be opened, or read any further. */
static void
unread(struct rounds *r, int error)
{
	const char *rule = rounds_rule(error);

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
	if (r->left_out)
		log_warnx("not all of the log could be read just now: it is "
		    "not recorded as checked");
	else
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

void
rounds_begin(struct rounds *r)
{
	const struct segment *s = seg_of(r);
	size_t i;

	if (rounds_place(r, r->first, &i) == -1)
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

	if (r->doubt != 0 && rounds_place(r, r->doubt, &i) == 0)
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
	rounds_good(r, r->first);
	if (!mends || i == 0)
		return;
	before = seg_of(r)->old[i - 1];
	d = damage_of(r->a, before);
	if (d != NULL && strcmp(d->rule, "chain") == 0)
		rounds_suspect(r, before);
}

/*
 * Does what comes behind it go on with its end?  Where it does not, that one
 * may be what is wrong: it is read before anything is said.  One that goes on
 * with neither the one before nor to the one behind is wrong itself.
 */
static void
whole(struct rounds *r, size_t i)
{
	int wait;

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
		wait = rounds_rule(errno) != NULL;
		end_doubt(r);
		leave(r);
		/* nothing may have been said of that one yet */
		if (wait && rounds_left(r, r->first, &r->was))
			rounds_suspect(r, rounds_behind(r, r->first));
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
	if (rounds_place(r, r->first, &i) == -1)
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
		rounds_begin(r);
	else if (r->in_round && r->current)
		end_of_round(r);
}

void
rounds_piece(struct rounds *r)
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
	if (rounds_hurry(r))
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

