/* SPDX-License-Identifier: ISC */
/*
 * Lines on their way to what is stored.  The bytes are a run's, and no more is
 * held than a bound, whatever they are; what could not be searched in time is
 * hidden as a whole.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/fingerprint.h"
#include "common/knownsecret.h"
#include "common/plan.h"
#include "executor/runner/scrub.h"

#define SCRUB_PIECES	256U	/* times of arrival that are told apart */
#define KEY_MAX		32768U	/* bytes of a private key */
#define KEY_LINE	40U	/* of one that nobody saw begin */
#define KEY_BYTES	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst" \
			"uvwxyz0123456789+/= \t|>"

enum { IN_NO_KEY, IN_KEY_MAYBE, IN_KEY };

static const char key_begin[] = "-----BEGIN ", key_end[] = "-----END ",
    key_what[] = "PRIVATE KEY-----";

/* From this byte of what is held on, up to the next piece. */
struct scrub_piece {
	size_t	at;
	int64_t	us;
};

struct scrub {
	struct scrubber	*by;
	scrub_cb	 cb;
	void		*arg;
	uint8_t		 line[SCRUB_LINE];
	uint8_t		 hide[SCRUB_LINE];
	size_t		 n;
	struct scrub_piece piece[SCRUB_PIECES];
	size_t		 npieces;
	int		 marked;	/* the last thing was a mark */
	int		 rest;		/* of this line all is hidden */
	int		 key;		/* IN_*: inside of a private one */
	size_t		 keylen;
	int		 resync;
	uint64_t	 skipped;
};

struct scrub *
scrub_new(struct scrubber *by, scrub_cb cb, void *arg)
{
	struct scrub *s;

	s = xcalloc(1, sizeof(*s));
	s->by = by;
	s->cb = cb;
	s->arg = arg;
	return (s);
}

void
scrub_free(struct scrub *s)
{
	if (s != NULL)
		freezero(s, sizeof(*s));
}

void
scrub_resync(struct scrub *s)
{
	s->resync = 1;
	s->key = IN_KEY_MAYBE;
}

uint64_t
scrub_skipped(const struct scrub *s)
{
	return (s->skipped);
}

/* What came at one time: clear stretches, and a mark for each that is not. */
static void
put_piece(struct scrub *s, int64_t us, size_t from, size_t to)
{
	size_t i;

	while (from < to) {
		for (i = from; i < to && s->hide[i] == s->hide[from]; i++)
			;
		if (s->hide[from] == 0) {
			s->cb(s->arg, us, s->line + from, i - from);
			s->marked = 0;
		} else if (!s->marked) {
			s->cb(s->arg, us, (const uint8_t *)MASK_MARK,
			    sizeof(MASK_MARK) - 1);
			s->marked = 1;
		}
		from = i;
	}
}

/* Lets go of the first n bytes. */
static void
let_go(struct scrub *s, size_t n)
{
	size_t i, from, to, left = 0;

	for (i = 0; i < s->npieces; i++) {
		from = s->piece[i].at;
		to = i + 1 < s->npieces ? s->piece[i + 1].at : s->n;
		if (from < n)
			put_piece(s, s->piece[i].us, from, to < n ? to : n);
		if (to <= n)
			continue;
		s->piece[left].us = s->piece[i].us;
		s->piece[left++].at = from > n ? from - n : 0;
	}
	s->npieces = left;
	memmove(s->line, s->line + n, s->n - n);
	memmove(s->hide, s->hide + n, s->n - n);
	s->n -= n;
	memset(s->hide + s->n, 0, n);
}

/* Where the line that begins or ends a private key does so, or NULL. */
static uint8_t *
key_mark(uint8_t *from, const uint8_t *end, const char *word)
{
	uint8_t *at;

	at = memmem(from, (size_t)(end - from), word, strlen(word));
	if (at == NULL || memmem(at, (size_t)(end - at), key_what,
	    sizeof(key_what) - 1) == NULL)
		return (NULL);
	return (at);
}

/* Of a key's inner lines: base64, or what stands above that. */
static int
is_inner(const struct scrub *s, size_t len)
{
	size_t i;

	if (memmem(s->line, len, "Proc-Type:", 10) != NULL ||
	    memmem(s->line, len, "DEK-Info:", 9) != NULL)
		return (s->key == IN_KEY);
	for (i = 0; i < len; i++)
		if (strchr(KEY_BYTES, s->line[i]) == NULL ||
		    s->line[i] == '\0')
			return (0);
	return (s->key == IN_KEY || len >= KEY_LINE);
}

/* Inside of a private key, or where that may be. */
static void
inside_key(struct scrub *s, size_t len)
{
	if (key_mark(s->line, s->line + len, key_end) != NULL)
		s->key = IN_NO_KEY;
	else if (!is_inner(s, len) || s->keylen > KEY_MAX) {
		s->key = IN_NO_KEY;
		return;
	} else
		s->key = IN_KEY;
	memset(s->hide, 1, len);
	s->keylen += len;
}

/*
 * The lines of a private key, its first and last one with them.  What begins
 * one hides no more than what looks like one.
 */
static void
find_key(struct scrub *s, size_t len)
{
	uint8_t *begin;

	if (s->key != IN_NO_KEY)
		inside_key(s, len);
	if (s->key != IN_NO_KEY ||
	    (begin = key_mark(s->line, s->line + len, key_begin)) == NULL)
		return;
	memset(s->hide + (begin - s->line), 1,
	    len - (size_t)(begin - s->line));
	if (key_mark(begin, s->line + len, key_end) != NULL)
		return;
	s->key = IN_KEY;
	s->keylen = 0;
}

/* All that is held is looked at; len: without what ends the line. */
static void
find(struct scrub *s, size_t len)
{
	const char *text = (const char *)s->line;

	if (s->by->known) {
		find_key(s, len);
		(void)knownsecret_find(text, len, s->hide);
	}
	if (s->by->secrets != NULL)
		(void)fingerprints_find(s->by->secrets, text, len, s->hide);
	if (s->rest || redactpat_find(s->by->patterns, text, len,
	    s->hide) == -1)
		memset(s->hide, 1, len);
}

/* A line and its end is there. */
static void
end_line(struct scrub *s)
{
	size_t len = s->n;

	if (len > 0 && (s->line[len - 1] == '\n' || s->line[len - 1] == '\r'))
		len--;
	find(s, len);
	s->rest = 0;
	if (len < s->n)
		s->hide[len] = 0;
	let_go(s, s->n);
}

/* As much of a long line as can be let go of. */
static void
long_line(struct scrub *s)
{
	size_t n = s->n - SCRUB_BEHIND;

	find(s, s->n);
	while (n < s->n && s->hide[n] != 0)
		n++;
	if (n == s->n)
		s->rest = 1;
	let_go(s, n);
}

static void
note_time(struct scrub *s, int64_t us)
{
	if (s->npieces == SCRUB_PIECES || (s->npieces > 0 &&
	    s->piece[s->npieces - 1].us == us))
		return;
	s->piece[s->npieces].at = s->n;
	s->piece[s->npieces++].us = us;
}

/* How many of these are of the line that is held, with its end if it is
 * there. */
static size_t
of_line(const uint8_t *p, size_t n, int *ended)
{
	size_t i;

	for (i = 0; i < n && p[i] != '\n' && p[i] != '\r'; i++)
		;
	*ended = i < n;
	return (*ended ? i + 1 : i);
}

/* Behind what was lost: where the next line begins. */
static size_t
skip_line(struct scrub *s, const uint8_t *p, size_t n)
{
	int ended;
	size_t k;

	k = of_line(p, n, &ended);
	s->skipped += k;
	s->resync = !ended;
	return (k);
}

void
scrub_feed(struct scrub *s, int64_t us, const uint8_t *p, size_t n)
{
	size_t k;
	int ended;

	while (n > 0) {
		if (s->resync) {
			k = skip_line(s, p, n);
			p += k;
			n -= k;
			continue;
		}
		note_time(s, us);
		k = of_line(p, n, &ended);
		if (k > SCRUB_LINE - s->n) {
			k = SCRUB_LINE - s->n;
			ended = 0;
		}
		memcpy(s->line + s->n, p, k);
		s->n += k;
		p += k;
		n -= k;
		if (ended)
			end_line(s);
		else if (s->n == SCRUB_LINE)
			long_line(s);
	}
}

void
scrub_end(struct scrub *s)
{
	if (s->n > 0)
		end_line(s);
	s->key = IN_NO_KEY;
}

void
scrub_cut(struct scrub *s)
{
	if (s->n > SCRUB_BEHIND)
		long_line(s);
	s->skipped += s->n;
	s->n = s->npieces = 0;
	scrub_end(s);
}
