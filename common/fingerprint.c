/* SPDX-License-Identifier: ISC */
/*
 * Fingerprints; see fingerprint.h.
 *
 * The middle of a value, since what begins one is known of many
 * (-----BEGIN PRIVATE KEY-----) and would have each place looked at that an
 * agent writes so.
 *
 * Where a middle is, the text around it is held against the value's sum: the
 * bytes as a polynomial modulo a prime, at a secret point, as Karp and Rabin
 * have it ("Efficient randomized pattern-matching algorithms", 1987).  That of
 * any piece of a text comes from the sums of what is before its two ends, so a
 * place costs the same whatever the value's length is, and who knows the eight
 * bytes and writes them everywhere has nothing looked through for longer.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "common/fingerprint.h"
#include "common/xmalloc.h"

#define PRINT_WINDOW		MSG_PRINT_MIDDLE
#define LONG_PRINT		64U	/* of shorter ones two bytes are
					   told, of three */
#define BITS		65536U		/* by two bytes of a window's hash */
#define PRIME		2147483647U	/* 2^31 - 1 */
/*
 * For each byte of a text, so many sums are compared, and so many bytes are
 * hashed.  More sums would be those of values that have their middle in common,
 * more bytes those of one that repeats itself, where it is; from there on a
 * middle, and a sum, are enough to hide that one place.
 */
#define SUMS_EACH	16U
#define BYTES_EACH	16U
#define WORK_LEAST	4096U		/* for any text */

struct subkeys {
	uint8_t		 window[crypto_shorthash_KEYBYTES];
	uint8_t		 all[crypto_generichash_KEYBYTES];
	uint32_t	 point;		/* of the sums */
};

struct fingerprints {
	struct msg_print	*p;	/* by their windows */
	uint32_t		*power;	/* the point to that of their lengths */
	size_t			 n;
	struct subkeys		 keys;
	uint8_t			 bits[BITS / 8];	/* windows there are */
};

_Static_assert(FINGERPRINT_LEAST >= MSG_PRINT_MIDDLE, "they have a middle");
_Static_assert(MSG_PRINT_KEY >= crypto_generichash_KEYBYTES_MIN, "BLAKE2b");

static void
subkeys_make(struct subkeys *k, const uint8_t *key)
{
	static const uint8_t window[] = "clawbot print window";
	static const uint8_t all[] = "clawbot print";
	static const uint8_t sum[] = "clawbot print sum";
	uint64_t point;

	(void)crypto_generichash(k->window, sizeof(k->window), window,
	    sizeof(window), key, MSG_PRINT_KEY);
	(void)crypto_generichash(k->all, sizeof(k->all), all, sizeof(all),
	    key, MSG_PRINT_KEY);
	(void)crypto_generichash((uint8_t *)&point, sizeof(point), sum,
	    sizeof(sum), key, MSG_PRINT_KEY);
	k->point = (uint32_t)(point % (PRIME - 256)) + 256;
}

static uint32_t
times(uint32_t a, uint32_t b)
{
	return ((uint32_t)((uint64_t)a * b % PRIME));
}

/* One byte more. */
static uint32_t
sum_next(uint32_t sum, uint32_t point, uint8_t byte)
{
	/* no byte is nothing: what begins with some would be as without */
	return ((uint32_t)(((uint64_t)sum * point + byte + 1) % PRIME));
}

static uint32_t
sum_of(const struct subkeys *k, const uint8_t *p, size_t len)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < len; i++)
		sum = sum_next(sum, k->point, p[i]);
	return (sum);
}

static uint32_t
power_of(uint32_t point, size_t n)
{
	uint32_t p = 1;

	for (; n != 0; n >>= 1) {
		if ((n & 1) != 0)
			p = times(p, point);
		point = times(point, point);
	}
	return (p);
}

static void
hash_window(uint8_t out[crypto_shorthash_BYTES], const struct subkeys *k,
    const uint8_t *p)
{
	(void)crypto_shorthash(out, p, PRINT_WINDOW, k->window);
}

static void
hash_all(uint8_t *out, size_t outlen, const struct subkeys *k,
    const uint8_t *p, size_t len)
{
	(void)crypto_generichash(out, outlen, p, len, k->all, sizeof(k->all));
}

static void
add_one(struct msg_prints *to, const struct subkeys *k, const uint8_t *value,
    size_t len)
{
	uint8_t window[crypto_shorthash_BYTES];
	struct msg_print *p;

	if (to->n == MSG_PRINTS_MAX)
		return;
	to->p = xrecallocarray(to->p, to->n, to->n + 1, sizeof(*to->p));
	p = &to->p[to->n++];
	p->len = (uint32_t)len;
	p->at = (uint32_t)((len - PRINT_WINDOW) / 2);
	p->sum = sum_of(k, value, len);
	hash_window(window, k, value + p->at);
	memcpy(p->window, window, sizeof(p->window));
	if (len < LONG_PRINT)
		p->window[2] = 0;
	hash_all(p->digest, sizeof(p->digest), k, value, len);
}

/* Without what ends a line. */
static size_t
bare(const uint8_t *p, size_t len)
{
	while (len > 0 && (p[len - 1] == '\n' || p[len - 1] == '\r'))
		len--;
	return (len);
}

void
fingerprint_add(struct msg_prints *to, const uint8_t *key,
    const uint8_t *value, size_t len)
{
	struct subkeys k;
	const uint8_t *end;
	size_t at, line, n;

	if ((len = bare(value, len)) < FINGERPRINT_LEAST)
		return;
	subkeys_make(&k, key);
	add_one(to, &k, value, len);
	for (at = 0; at < len; at += line + 1) {
		end = memchr(value + at, '\n', len - at);
		line = end != NULL ? (size_t)(end - value) - at : len - at;
		n = bare(value + at, line);
		/* nor what stands around any key in PEM */
		if (n >= FINGERPRINT_LINE && n != len &&
		    memcmp(value + at, "-----", 5) != 0)
			add_one(to, &k, value + at, n);
	}
	sodium_memzero(&k, sizeof(k));
}

static int
by_window(const void *a, const void *b)
{
	const struct msg_print *x = a, *y = b;

	return (memcmp(x->window, y->window, sizeof(x->window)));
}

static unsigned
bit_of(const uint8_t *window)
{
	return ((unsigned)window[0] << 8 | window[1]);
}

struct fingerprints *
fingerprints_new(const struct msg_prints *from, const uint8_t *key)
{
	struct fingerprints *f = xcalloc(1, sizeof(*f));
	unsigned bit;
	size_t i;

	subkeys_make(&f->keys, key);
	f->n = from->n;
	f->p = xcalloc(f->n + 1, sizeof(*f->p));
	f->power = xcalloc(f->n + 1, sizeof(*f->power));
	if (f->n != 0)
		memcpy(f->p, from->p, f->n * sizeof(*f->p));
	qsort(f->p, f->n, sizeof(*f->p), by_window);
	for (i = 0; i < f->n; i++) {
		f->power[i] = power_of(f->keys.point, f->p[i].len);
		bit = bit_of(f->p[i].window);
		f->bits[bit / 8] |= (uint8_t)(1U << bit % 8);
	}
	return (f);
}

void
fingerprints_free(struct fingerprints *f)
{
	if (f == NULL)
		return;
	freezero(f->p, (f->n + 1) * sizeof(*f->p));
	freezero(f->power, (f->n + 1) * sizeof(*f->power));
	freezero(f, sizeof(*f));
}

struct print_hunt {
	const struct fingerprints *f;
	const uint8_t	*text;
	size_t		 len;
	uint8_t		*hide;
	uint32_t	*sums;		/* of what is before each byte */
	size_t		 places;	/* that may still be looked at */
	size_t		 bytes;		/* that may still be hashed */
	size_t		 from, to;	/* what was hidden last */
	size_t		 found;
};

/* So that the text is gone through only where there is a middle. */
static void
make_sums(struct print_hunt *l)
{
	size_t i;

	l->sums = xcalloc(l->len + 1, sizeof(*l->sums));
	for (i = 0; i < l->len; i++)
		l->sums[i + 1] = sum_next(l->sums[i], l->f->keys.point,
		    l->text[i]);
}

static int
has_sum(struct print_hunt *l, const struct msg_print *p, size_t from)
{
	uint32_t before;

	if (l->places == 0)
		return (1);
	l->places--;
	if (l->sums == NULL)
		make_sums(l);
	before = times(l->sums[from], l->f->power[p - l->f->p]);
	return ((l->sums[from + p->len] + PRIME - before) % PRIME == p->sum);
}

static int
has_digest(struct print_hunt *l, const struct msg_print *p, size_t from)
{
	uint8_t digest[sizeof(p->digest)];

	if (p->len > l->bytes)
		return (1);
	l->bytes -= p->len;
	hash_all(digest, sizeof(digest), &l->f->keys, l->text + from, p->len);
	return (memcmp(digest, p->digest, sizeof(digest)) == 0);
}

/* One that repeats itself is in the same place again and again, a byte on, and
 * a shorter one in it: what is hidden by now is not hidden once more. */
static void
hides(struct print_hunt *l, size_t from, size_t to)
{
	l->found++;
	if (from < l->from || from > l->to) {
		memset(l->hide + from, 1, to - from);
		l->from = from;
		l->to = to;
	} else if (to > l->to) {
		memset(l->hide + l->to, 1, to - l->to);
		l->to = to;
	}
}

/* Is it there, with its middle at i? */
static void
try_one(struct print_hunt *l, const struct msg_print *p, size_t i)
{
	size_t from;

	if (p->at > i || p->len > l->len - (i - p->at))
		return;
	from = i - p->at;
	if (!has_sum(l, p, from) || !has_digest(l, p, from))
		return;
	hides(l, from, from + p->len);
}

/* All of them that this can be the middle of. */
static void
try_all(struct print_hunt *l, const uint8_t *window, size_t i)
{
	const struct msg_print *p = l->f->p;
	size_t lo = 0, hi = l->f->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (memcmp(p[mid].window, window, 2) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < l->f->n && memcmp(p[lo].window, window, 2) == 0; lo++)
		if (p[lo].len < LONG_PRINT || p[lo].window[2] == window[2])
			try_one(l, &p[lo], i);
}

size_t
fingerprints_find(const struct fingerprints *f, const char *text, size_t len,
    uint8_t *hide)
{
	struct print_hunt l = { .f = f, .text = (const uint8_t *)text,
	    .len = len, .hide = hide, .places = WORK_LEAST + SUMS_EACH * len,
	    .bytes = WORK_LEAST + BYTES_EACH * len };
	uint8_t window[crypto_shorthash_BYTES];
	unsigned bit;
	size_t i;

	for (i = 0; f->n != 0 && i + PRINT_WINDOW <= len; i++) {
		hash_window(window, &f->keys, l.text + i);
		bit = bit_of(window);
		if ((f->bits[bit / 8] & 1U << bit % 8) != 0)
			try_all(&l, window, i);
	}
	if (l.sums != NULL)
		freezero(l.sums, (len + 1) * sizeof(*l.sums));
	return (l.found);
}
