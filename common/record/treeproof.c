/* SPDX-License-Identifier: ISC */
/* Proofs of the tree over the records; see treeproof.h. */
#include "config.h"

#include <string.h>

#include "common/record/treeproof.h"

/* The largest power of two below n, which is more than 1. */
static uint64_t
split(uint64_t n)
{
	uint64_t k = 1;

	while (k << 1 < n)
		k <<= 1;
	return (k);
}

static uint64_t
gone_of(const struct tree_leaves *l)
{
	return (l->gone != NULL ? l->gone->size : 0);
}

/* Of n leaves that are gone: only as a perfect subtree that is kept. */
static int
root_of_gone(uint8_t out[TREE_HASH], const struct tree *t, uint64_t from,
    uint64_t n)
{
	size_t h;

	for (h = 0; h < TREE_DEPTH - 1 && UINT64_C(1) << h != n; h++)
		;
	if (UINT64_C(1) << h != n || (t->size >> h & 1) == 0 ||
	    from != t->size >> (h + 1) << (h + 1))
		return (-1);
	memcpy(out, t->node[h], TREE_HASH);
	return (0);
}

/* Of n leaves from that one on, which are a subtree of a tree. */
static int
root_of(uint8_t out[TREE_HASH], const struct tree_leaves *l, uint64_t from,
    uint64_t n)
{
	const uint64_t gone = gone_of(l);
	uint8_t left[TREE_HASH];
	struct tree t;
	uint64_t i, k;

	if (from + n <= gone)
		return (root_of_gone(out, l->gone, from, n));
	if (from < gone) {
		k = split(n);
		if (root_of(left, l, from, k) == -1 ||
		    root_of(out, l, from + k, n - k) == -1)
			return (-1);
		tree_join(out, left, out);
		return (0);
	}
	tree_init(&t);
	for (i = 0; i < n; i++)
		tree_add(&t, l->v[from - gone + i]);
	tree_root(&t, out);
	return (0);
}

/* They come from the root downwards: the first is put last. */
static void
reverse(struct tree_proof *p)
{
	uint8_t h[TREE_HASH];
	size_t i, k;

	for (i = 0; i + 1 < p->n - i; i++) {
		k = p->n - 1 - i;
		memcpy(h, p->hash[i], TREE_HASH);
		memcpy(p->hash[i], p->hash[k], TREE_HASH);
		memcpy(p->hash[k], h, TREE_HASH);
	}
}

int
tree_include(struct tree_proof *p, const struct tree_leaves *l,
    uint64_t size, uint64_t index)
{
	uint64_t from = 0, k;
	int r = index < gone_of(l) ? -1 : 0;

	p->n = 0;
	while (r == 0 && size > 1 && p->n < TREE_PROOF) {
		k = split(size);
		if (index < k) {
			r = root_of(p->hash[p->n++], l, from + k, size - k);
			size = k;
		} else {
			r = root_of(p->hash[p->n++], l, from, k);
			from += k;
			index -= k;
			size -= k;
		}
	}
	reverse(p);
	return (r);
}

/*
 * With a proof of what is in the tree: is there a hash for every level, and
 * what comes out?  RFC 9162, 2.1.3.2.
 */
int
tree_check_include(const struct tree_proof *p, const uint8_t leaf[TREE_HASH],
    uint64_t index, uint64_t size, const uint8_t root[TREE_HASH])
{
	uint64_t fn = index, sn = size - 1;
	uint8_t r[TREE_HASH];
	size_t i;

	if (index >= size || p->n > TREE_PROOF)
		return (-1);
	memcpy(r, leaf, TREE_HASH);
	for (i = 0; i < p->n; i++) {
		if (sn == 0)
			return (-1);
		if ((fn & 1) != 0 || fn == sn) {
			tree_join(r, p->hash[i], r);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else
			tree_join(r, r, p->hash[i]);
		fn >>= 1;
		sn >>= 1;
	}
	return (sn == 0 && memcmp(r, root, TREE_HASH) == 0 ? 0 : -1);
}

int
tree_extend(struct tree_proof *p, const struct tree_leaves *l, uint64_t old,
    uint64_t to)
{
	int whole = 1;	/* old is all of the old tree still */
	uint64_t from = 0, k;
	int r = old < gone_of(l) ? -1 : 0;

	p->n = 0;
	while (r == 0 && old != to && p->n < TREE_DEPTH) {
		k = split(to);
		if (old <= k) {
			r = root_of(p->hash[p->n++], l, from + k, to - k);
			to = k;
		} else {
			r = root_of(p->hash[p->n++], l, from, k);
			from += k;
			old -= k;
			to -= k;
			whole = 0;
		}
	}
	if (r == 0 && !whole)
		r = root_of(p->hash[p->n++], l, from, to);
	reverse(p);
	return (r);
}

/* RFC 9162, 2.1.4.2, from its third step on: with the first hash there. */
static int
check_path(const struct tree_proof *p, const uint8_t *first, size_t i,
    uint64_t fn, uint64_t sn, const uint8_t old_root[TREE_HASH],
    const uint8_t root[TREE_HASH])
{
	uint8_t fr[TREE_HASH], sr[TREE_HASH];

	while ((fn & 1) != 0) {
		fn >>= 1;
		sn >>= 1;
	}
	memcpy(fr, first, TREE_HASH);
	memcpy(sr, first, TREE_HASH);
	for (; i < p->n; i++) {
		if (sn == 0)
			return (-1);
		if ((fn & 1) != 0 || fn == sn) {
			tree_join(fr, p->hash[i], fr);
			tree_join(sr, p->hash[i], sr);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else
			tree_join(sr, sr, p->hash[i]);
		fn >>= 1;
		sn >>= 1;
	}
	return (sn == 0 && memcmp(fr, old_root, TREE_HASH) == 0 &&
	    memcmp(sr, root, TREE_HASH) == 0 ? 0 : -1);
}

int
tree_check_extend(const struct tree_proof *p, uint64_t from,
    const uint8_t old_root[TREE_HASH], uint64_t to,
    const uint8_t root[TREE_HASH])
{
	/* a power of two is a subtree of the new tree, and is not told */
	int told = (from & (from - 1)) != 0;

	if (from == 0 || from > to || p->n > TREE_PROOF)
		return (-1);
	if (from == to)
		return (p->n == 0 && memcmp(old_root, root, TREE_HASH) == 0 ?
		    0 : -1);
	if (p->n == 0)
		return (-1);
	return (check_path(p, told ? p->hash[0] : old_root, told != 0,
	    from - 1, to - 1, old_root, root));
}
