/* SPDX-License-Identifier: ISC */
/*
 * Fingerprints; see fingerprint.h.
 *
 * The middle of a value, since what begins one is known of many
 * (-----BEGIN PRIVATE KEY-----) and would have each place looked at that an
 * agent writes so.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "common/fingerprint.h"
#include "common/xmalloc.h"

#define PRINT_WINDOW		FINGERPRINT_LEAST
#define BITS		65536U		/* by two bytes of a window's hash */
#define WORK_LEAST	(1024U * 1024)	/* bytes hashed for any text */
#define WORK_TIMES	16U		/* and so often those of a long one */

struct subkeys {
	uint8_t		 window[crypto_shorthash_KEYBYTES];
	uint8_t		 all[crypto_generichash_KEYBYTES];
};

struct fingerprints {
	struct msg_print	*p;	/* by their windows */
	size_t			 n;
	struct subkeys		 keys;
	uint8_t			 bits[BITS / 8];	/* windows there are */
};

_Static_assert(sizeof(((struct msg_print *)0)->window) ==
    crypto_shorthash_BYTES, "SipHash");
_Static_assert(MSG_PRINT_KEY >= crypto_generichash_KEYBYTES_MIN, "BLAKE2b");

static void
subkeys_make(struct subkeys *k, const uint8_t *key)
{
	static const uint8_t window[] = "clawbot print window";
	static const uint8_t all[] = "clawbot print";

	(void)crypto_generichash(k->window, sizeof(k->window), window,
	    sizeof(window), key, MSG_PRINT_KEY);
	(void)crypto_generichash(k->all, sizeof(k->all), all, sizeof(all),
	    key, MSG_PRINT_KEY);
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
	struct msg_print *p;

	if (to->n == MSG_PRINTS_MAX)
		return;
	to->p = xrecallocarray(to->p, to->n, to->n + 1, sizeof(*to->p));
	p = &to->p[to->n++];
	p->len = (uint32_t)len;
	p->at = (uint32_t)((len - PRINT_WINDOW) / 2);
	hash_window(p->window, k, value + p->at);
	hash_all(p->digest, sizeof(p->digest), k, value, len);
}

void
fingerprint_add(struct msg_prints *to, const uint8_t *key,
    const uint8_t *value, size_t len)
{
	struct subkeys k;
	const uint8_t *end;
	size_t at, n;

	if (len < FINGERPRINT_LEAST)
		return;
	subkeys_make(&k, key);
	add_one(to, &k, value, len);
	for (at = 0; at < len; at += n + 1) {
		end = memchr(value + at, '\n', len - at);
		n = end != NULL ? (size_t)(end - value) - at : len - at;
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
	if (f->n != 0)
		memcpy(f->p, from->p, f->n * sizeof(*f->p));
	qsort(f->p, f->n, sizeof(*f->p), by_window);
	for (i = 0; i < f->n; i++) {
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
	freezero(f, sizeof(*f));
}

struct print_hunt {
	const struct fingerprints *f;
	const uint8_t	*text;
	size_t		 len;
	uint8_t		*hide;
	size_t		 work;		/* bytes that may still be hashed */
	int		 found;
};

/* Is it there, with its middle at i?  -1: it would take too long. */
static int
try_one(struct print_hunt *l, const struct msg_print *p, size_t i)
{
	uint8_t digest[sizeof(p->digest)];
	size_t from;

	if (p->at > i || p->len > l->len - (i - p->at))
		return (0);
	if (p->len > l->work)
		return (-1);
	l->work -= p->len;
	from = i - p->at;
	hash_all(digest, sizeof(digest), &l->f->keys, l->text + from, p->len);
	if (memcmp(digest, p->digest, sizeof(digest)) != 0)
		return (0);
	memset(l->hide + from, 1, p->len);
	l->found++;
	return (0);
}

/* All of them that have this window. */
static int
try_all(struct print_hunt *l, const uint8_t *window, size_t i)
{
	const struct msg_print *p = l->f->p;
	size_t lo = 0, hi = l->f->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (memcmp(p[mid].window, window, sizeof(p->window)) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < l->f->n && memcmp(p[lo].window, window,
	    sizeof(p->window)) == 0; lo++)
		if (try_one(l, &p[lo], i) == -1)
			return (-1);
	return (0);
}

int
fingerprints_find(const struct fingerprints *f, const char *text, size_t len,
    uint8_t *hide)
{
	struct print_hunt l = { f, (const uint8_t *)text, len, hide,
	    len > WORK_LEAST / WORK_TIMES ? len * WORK_TIMES : WORK_LEAST, 0 };
	uint8_t window[crypto_shorthash_BYTES];
	unsigned bit;
	size_t i;

	for (i = 0; f->n != 0 && i + PRINT_WINDOW <= len; i++) {
		hash_window(window, &f->keys, l.text + i);
		bit = bit_of(window);
		if ((f->bits[bit / 8] & 1U << bit % 8) != 0 &&
		    try_all(&l, window, i) == -1)
			return (-1);
	}
	return (l.found);
}
