/* SPDX-License-Identifier: ISC */
/*
 * The Merkle tree over the records of a log, that of RFC 6962 with SHA-256,
 * and its root for any size.  Needs libsodium.
 *
 * A tree that grows is kept as its perfect subtrees alone, one for each bit
 * of its size.
 */
#ifndef COMMON_RECORD_TREE_H
#define COMMON_RECORD_TREE_H

#include <stddef.h>
#include <stdint.h>

#define TREE_HASH	32
#define TREE_DEPTH	40	/* more leaves than a log has records */

struct tree {
	uint64_t	 size;		/* leaves */
	uint8_t		 node[TREE_DEPTH][TREE_HASH]; /* by height; those of
					   the bits of size are in use */
};

void	tree_init(struct tree *);
/* The hash of a leaf. */
void	tree_leaf(uint8_t out[TREE_HASH], const void *, size_t);
/* One more leaf, by its hash. */
void	tree_add(struct tree *, const uint8_t leaf[TREE_HASH]);
/* The hash of an inner node; out may be one of the two. */
void	tree_join(uint8_t out[TREE_HASH], const uint8_t left[TREE_HASH],
	    const uint8_t right[TREE_HASH]);
/* Of no leaves: the hash of nothing. */
void	tree_root(const struct tree *, uint8_t out[TREE_HASH]);

#endif
