/* SPDX-License-Identifier: ISC */
/* Marks in the index of a work tree; see gitindex.h. */
#include "config.h"

#include <sodium.h>
#include <string.h>

#include "executor/watch/gitindex.h"
#include "executor/watch/gitsum.h"

#define INDEX_HEAD	12U	/* signature, version, number of entries */
#define STAT_MTIME	8U	/* of an entry */
#define STAT_DEV	16U	/* behind two times */
#define STAT_INO	20U
#define STAT_MODE	24U
#define STAT_SIZE	36U
#define STAT_LEN	40U	/* what stat(2) said, and behind it a digest */
#define FLAGS		2U
#define FLAG_EXTENDED	0x4000U
#define FLAG_STAGE	0x3000U
#define FLAG_NAME	0x0fffU	/* its length, or this: or more */
#define MORE_SKIP	0x4000U	/* skip-worktree */

struct gitindex {
	const uint8_t	*p;
	size_t		 end;		/* of all but the sum */
	size_t		 hash;		/* bytes of a digest, and the sum */
	uint32_t	 version;
	uint32_t	 n;
};

/* One entry: what is before its name, and the name with what ends it. */
struct gitentry {
	size_t		 at;
	unsigned	 flags;
	unsigned	 more;
	size_t		 name;		/* at, with what version 4 cuts off */
	size_t		 namelen;	/* bytes from there to the NUL */
	size_t		 full;		/* of the whole name */
	size_t		 next;
};

static unsigned
be16(const uint8_t *p)
{
	return ((unsigned)p[0] << 8 | p[1]);
}

static uint32_t
be32(const uint8_t *p)
{
	return ((uint32_t)be16(p) << 16 | be16(p + 2));
}

/* In version 4, how much of the name before this one is not in it. */
static int
get_cut(const struct gitindex *x, struct gitentry *e, size_t *cut)
{
	size_t v;
	uint8_t c;

	v = 0;
	do {
		if (e->name >= x->end || v > UINT32_MAX)
			return (-1);
		c = x->p[e->name++];
		v = (v << 7) | (c & 0x7f);
		if (c & 0x80)
			v++;
	} while (c & 0x80);
	*cut = v;
	return (0);
}

/* 0 or -1; full is that of the entry before. */
static int
get_name(const struct gitindex *x, struct gitentry *e)
{
	const size_t begins = e->name;
	const uint8_t *nul;
	size_t cut = 0;

	if (x->version == 4 && (get_cut(x, e, &cut) == -1 || cut > e->full))
		return (-1);
	if (e->name >= x->end ||
	    (nul = memchr(x->p + e->name, '\0', x->end - e->name)) == NULL)
		return (-1);
	e->namelen = (size_t)(nul - (x->p + e->name));
	e->full = (x->version == 4 ? e->full - cut : 0) + e->namelen;
	if ((e->flags & FLAG_NAME) != (e->full < FLAG_NAME ? e->full :
	    FLAG_NAME))
		return (-1);
	e->next = e->name + e->namelen + 1;
	if (x->version < 4)
		e->next = e->at + ((e->next - 1 - e->at + 8) & ~(size_t)7);
	e->namelen += e->name - begins;	/* what was cut off goes with it */
	e->name = begins;
	return (e->next > x->end ? -1 : 0);
}

/* The entry at e->next, behind the one in *e.  0 or -1. */
static int
get_entry(const struct gitindex *x, struct gitentry *e)
{
	e->at = e->next;
	e->name = e->at + STAT_LEN + x->hash + FLAGS;
	if (e->name > x->end)
		return (-1);
	e->flags = be16(x->p + e->name - FLAGS);
	e->more = 0;
	if (e->flags & FLAG_EXTENDED) {
		if (x->version < 3 || e->name + FLAGS > x->end)
			return (-1);
		e->more = be16(x->p + e->name);
		e->name += FLAGS;
	}
	return (get_name(x, e));
}

/* Is all of it what it has to be?  0, and where entries end; or -1. */
static int
check(const struct gitindex *x, size_t *ends)
{
	struct gitentry e = { .next = INDEX_HEAD };
	size_t at;
	uint32_t i;

	for (i = 0; i < x->n; i++)
		if (get_entry(x, &e) == -1)
			return (-1);
	*ends = at = e.next;
	while (at != x->end) {
		if (x->end - at < 8 || be32(x->p + at + 4) > x->end - at - 8 ||
		    memcmp(x->p + at, "link", 4) == 0)
			return (-1);
		at += 8 + (size_t)be32(x->p + at + 4);
	}
	return (0);
}

static int
is_mine(const struct gitindex *x, const struct gitentry *e,
    int (*mine)(const struct gitindex_stat *))
{
	const uint8_t *p = x->p + e->at;
	struct gitindex_stat f;

	f.mtime = be32(p + STAT_MTIME);
	f.dev = be32(p + STAT_DEV);
	f.ino = be32(p + STAT_INO);
	f.mode = be32(p + STAT_MODE);
	f.size = be32(p + STAT_SIZE);
	return ((e->flags & FLAG_STAGE) == 0 && !(e->more & MORE_SKIP) &&
	    mine(&f));
}

static void
put_entry(const struct gitindex *x, const struct gitentry *e, int marked,
    struct buf *out)
{
	static const uint8_t zero[8];
	const size_t begins = out->len;

	if (!marked) {
		buf_put(out, x->p + e->at, e->next - e->at);
		return;
	}
	buf_put(out, x->p + e->at, STAT_LEN + x->hash);
	buf_put_u16(out, (uint16_t)(e->flags | FLAG_EXTENDED));
	buf_put_u16(out, (uint16_t)(e->more | MORE_SKIP));
	buf_put(out, x->p + e->name, e->namelen);
	buf_put(out, zero, x->version == 4 ? 1 :
	    8 - (out->len - begins) % 8);
}

/* Those that say where something stands in the file are left out. */
static void
put_extensions(const struct gitindex *x, size_t at, struct buf *out)
{
	size_t n;

	for (; at < x->end; at += n) {
		n = 8 + (size_t)be32(x->p + at + 4);
		if (memcmp(x->p + at, "EOIE", 4) != 0 &&
		    memcmp(x->p + at, "IEOT", 4) != 0)
			buf_put(out, x->p + at, n);
	}
}

static void
sum_of(size_t hash, const uint8_t *p, size_t len, uint8_t *sum)
{
	if (hash == GITSUM_SIZE)
		gitsum(sum, p, len);
	else
		(void)crypto_hash_sha256(sum, p, len);
}

/* git may have been told to do without, which is zero. */
static int
has_sum(const struct gitindex *x)
{
	return (!sodium_is_zero(x->p + x->end, x->hash));
}

static int
is_whole(const struct gitindex *x)
{
	uint8_t sum[crypto_hash_sha256_BYTES];

	sum_of(x->hash, x->p, x->end, sum);
	return (!has_sum(x) || memcmp(sum, x->p + x->end, x->hash) == 0);
}

static void
put_sum(const struct gitindex *x, struct buf *out)
{
	uint8_t sum[crypto_hash_sha256_BYTES] = { 0 };

	if (!out->bad && has_sum(x))
		sum_of(x->hash, out->data, out->len, sum);
	buf_put(out, sum, x->hash);
}

static int
mark_all(const struct gitindex *x, size_t ends,
    int (*mine)(const struct gitindex_stat *), struct buf *out)
{
	struct gitentry e = { .next = INDEX_HEAD };
	uint32_t i;
	int marked, n = 0;

	buf_put(out, x->p, INDEX_HEAD);
	for (i = 0; i < x->n; i++) {
		if (get_entry(x, &e) == -1)
			return (-1);
		marked = is_mine(x, &e, mine);
		n += marked;
		put_entry(x, &e, marked, out);
	}
	if (n != 0 && x->version == 2 && !out->bad)
		buf_set_u32(out, 4, 3);
	put_extensions(x, ends, out);
	put_sum(x, out);
	return (out->bad ? -1 : n);
}

int
gitindex_mark(const uint8_t *p, size_t len,
    int (*mine)(const struct gitindex_stat *), struct buf *out)
{
	static const size_t sizes[] = { GITSUM_SIZE,
	    crypto_hash_sha256_BYTES };
	struct gitindex x;
	size_t ends, i;

	/* an entry becomes 8 bytes longer at most, and has more than 60 */
	buf_init(out, len + len / 4 + 64);
	if (len > GITINDEX_MAX)
		return (-1);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (len < INDEX_HEAD + sizes[i] ||
		    memcmp(p, "DIRC", 4) != 0)
			return (-1);
		x.p = p;
		x.hash = sizes[i];
		x.end = len - x.hash;
		x.version = be32(p + 4);
		x.n = be32(p + 8);
		if (x.version < 2 || x.version > 4)
			return (-1);
		if (check(&x, &ends) == 0 && is_whole(&x))
			return (mark_all(&x, ends, mine, out));
	}
	return (-1);
}
