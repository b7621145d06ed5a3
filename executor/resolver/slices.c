/* SPDX-License-Identifier: ISC */
/*
 * What an attacker could try: change the file between two slices (its
 * numbers change, and it begins anew as another one), or behind its numbers
 * by what is mapped (the digest is one of bytes that never were together; it
 * is compared with all of them at once before anything is executed), have
 * many files under way (those that were not asked about for longest make
 * way, and begin anew).
 */
#include "config.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "executor/resolver/slices.h"

#define SLICES		128
#define KNOWN_S		5	/* that a digest is kept */

struct slice {
	struct ident		 id;	/* without a path; ino 0: free */
	crypto_generichash_state st;
	uint64_t		 off;	/* read so far */
	int			 done;	/* id has its digest */
	time_t			 at;	/* when it was asked about last */
};

static struct slice files[SLICES];
static uint64_t left;
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

/* That of the file, begun if there is none. */
static struct slice *
slice_of(const struct ident *id, time_t now)
{
	struct slice *s, *oldest = &files[0];

	for (s = files; s < files + SLICES; s++) {
		if (s->done && now - s->at > KNOWN_S)
			memset(s, 0, sizeof(*s));
		if (s->id.ino != 0 && ident_same(&s->id, id))
			return (s);
		if (s->id.ino == 0 || (oldest->id.ino != 0 &&
		    s->at < oldest->at))
			oldest = s;
	}
	s = oldest;
	memset(s, 0, sizeof(*s));
	s->id = *id;
	s->id.path = NULL;
	(void)crypto_generichash_init(&s->st, NULL, 0, PLAN_DIGEST);
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
		trouble_set(t, CBE_CANTEXEC, "%s", errno != 0 ?
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
	time_t now = now_s();
	struct slice *s;

	if (ident_fill(fd, 0, id, t) == -1)
		return (-1);
	s = slice_of(id, now);
	s->at = now;
	if (!s->done && read_on(s, fd, t) == -1) {
		/* only what goes on has a place to go on from */
		if (t->err != CBE_AGAIN)
			memset(s, 0, sizeof(*s));
		return (-1);
	}
	memcpy(id->digest, s->id.digest, PLAN_DIGEST);
	return (0);
}
