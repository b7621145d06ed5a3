/* SPDX-License-Identifier: ISC */
/*
 * What an attacker could try: change the file between two slices (its
 * numbers change, and it begins anew; what does so again and again fails,
 * before more of it is read, until it has held still from one turn to the
 * next), or behind its numbers by what is mapped (the digest is one of bytes
 * that never were together; it is compared with all of them at once before
 * anything is executed), have many files under way (those that were not
 * asked about for longest make way, and begin anew).
 */
#include "config.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "executor/lack.h"
#include "executor/resolver/slices.h"

/* Of the requests of three accounts at once (resolveq.h), and some more. */
#define SLICES		512
#define KNOWN_S		5	/* that a digest is kept */
#define SLICE_CHANGES		8	/* then it has to hold still */

struct slice {
	struct ident		 id;	/* without a path; ino 0: free */
	crypto_generichash_state st;
	uint64_t		 off;	/* read so far */
	int			 done;	/* id has its digest */
	unsigned		 again;	/* how often it was begun anew */
	int			 late;	/* begun anew too often, just now */
	time_t			 at;	/* when it was asked about last */
	uint64_t		 used;	/* likewise, as a number; 0: free */
};

static struct slice files[SLICES];
static uint64_t left, uses;
static int more;

void
slices_turn(void)
{
	left = SLICE_BYTES;
	more = 0;
}

int
slices_more(void)
{
	return (more);
}

static time_t
now_s(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec);
}

static void
begin(struct slice *s, const struct ident *id, unsigned again)
{
	memset(s, 0, sizeof(*s));
	s->id = *id;
	s->id.path = NULL;
	s->again = again;
	s->late = again > SLICE_CHANGES;
	(void)crypto_generichash_init(&s->st, NULL, 0, PLAN_DIGEST);
}

/* That of the file, begun if there is none of it as it is now. */
static struct slice *
slice_of(const struct ident *id, time_t now)
{
	struct slice *s, *oldest = &files[0];

	for (s = files; s < files + SLICES; s++) {
		if (s->used != 0 && s->id.ino == id->ino &&
		    s->id.dev == id->dev)
			break;
		if (s->used < oldest->used)
			oldest = s;
	}
	if (s == files + SLICES)
		begin(s = oldest, id, 0);
	else if (s->done && (now - s->at > KNOWN_S || !ident_same(&s->id, id)))
		begin(s, id, 0);
	else if (!ident_same(&s->id, id))
		begin(s, id, s->again + 1);
	s->at = now;
	s->used = ++uses;
	return (s);
}

/* Reads on, as far as this turn goes. 0, or -1 and errno, 0: it changed. */
static int
advance(struct slice *s, int fd)
{
	static uint8_t buf[131072];
	size_t want;
	ssize_t n;

	while (s->off < s->id.size && left > 0) {
		want = left < sizeof(buf) ? (size_t)left : sizeof(buf);
		n = pread(fd, buf, want, (off_t)s->off);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (-1);
		if (n == 0 || (uint64_t)n > s->id.size - s->off) {
			errno = 0;
			return (-1);
		}
		(void)crypto_generichash_update(&s->st, buf,
		    (unsigned long long)n);
		s->off += (uint64_t)n;
		left -= (uint64_t)n;
	}
	return (0);
}

/* It was read to its end: does it still have the same numbers? */
static int
finish(struct slice *s, int fd, struct trouble *t)
{
	struct ident again;

	if (ident_fill(fd, 0, &again, t) == -1)
		return (-1);
	if (!ident_same(&s->id, &again)) {
		trouble_set(t, CBE_CANTEXEC, "changed while it was read");
		return (-1);
	}
	(void)crypto_generichash_final(&s->st, s->id.digest, PLAN_DIGEST);
	s->done = 1;
	return (0);
}

static int
read_on(struct slice *s, int fd, struct trouble *t)
{
	if (advance(s, fd) == -1) {
		trouble_set(t, lack_err(errno, CBE_CANTEXEC), "%s", errno != 0 ?
		    strerror(errno) : "changed while it was read");
		return (-1);
	}
	if (s->off == s->id.size)
		return (finish(s, fd, t));
	more = 1;
	trouble_set(t, CBE_AGAIN, "is being read");
	return (-1);
}

int
slices_fill(int fd, struct ident *id, struct trouble *t)
{
	struct slice *s;

	if (ident_fill(fd, 0, id, t) == -1)
		return (-1);
	s = slice_of(id, now_s());
	if (s->late) {
		s->late = 0;
		trouble_set(t, CBE_CANTEXEC, "changed while it was read");
		return (-1);
	}
	if (!s->done && read_on(s, fd, t) == -1) {
		/* only what goes on has a place to go on from */
		if (t->err != CBE_AGAIN)
			memset(s, 0, sizeof(*s));
		return (-1);
	}
	memcpy(id->digest, s->id.digest, PLAN_DIGEST);
	return (0);
}
