/* SPDX-License-Identifier: ISC */
/* The Merkle tree of RFC 6962; see tree.h. */
#include "config.h"

#include <sodium.h>
#include <string.h>

#include "common/record/tree.h"

/* What leaves and inner nodes begin with, so that none passes for the other. */
#define LEAF	0
#define NODE	1

void
tree_init(struct tree *t)
{
	memset(t, 0, sizeof(*t));
}

void
tree_leaf(uint8_t out[TREE_HASH], const void *data, size_t len)
{
	static const uint8_t prefix = LEAF;
	crypto_hash_sha256_state st;

	(void)crypto_hash_sha256_init(&st);
	(void)crypto_hash_sha256_update(&st, &prefix, 1);
	(void)crypto_hash_sha256_update(&st, data, len);
	(void)crypto_hash_sha256_final(&st, out);
}

void
tree_join(uint8_t out[TREE_HASH], const uint8_t left[TREE_HASH],
    const uint8_t right[TREE_HASH])
{
	uint8_t b[1 + 2 * TREE_HASH];

	b[0] = NODE;
	memcpy(b + 1, left, TREE_HASH);
	memcpy(b + 1 + TREE_HASH, right, TREE_HASH);
	(void)crypto_hash_sha256(out, b, sizeof(b));
}

void
tree_add(struct tree *t, const uint8_t leaf[TREE_HASH])
{
	uint8_t h[TREE_HASH];
	unsigned i;

	memcpy(h, leaf, TREE_HASH);
	for (i = 0; i < TREE_DEPTH - 1 && (t->size >> i & 1) != 0; i++)
		tree_join(h, t->node[i], h);
	memcpy(t->node[i], h, TREE_HASH);
	t->size++;
}

void
tree_root(const struct tree *t, uint8_t out[TREE_HASH])
{
	unsigned i;
	int some = 0;

	for (i = 0; i < TREE_DEPTH; i++) {
		if ((t->size >> i & 1) == 0)
			continue;
		if (some)
			tree_join(out, t->node[i], out);
		else
			memcpy(out, t->node[i], TREE_HASH);
		some = 1;
	}
	if (!some)
		(void)crypto_hash_sha256(out, NULL, 0);
}
