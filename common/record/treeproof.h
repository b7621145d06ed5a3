/* SPDX-License-Identifier: ISC */
/*
 * Proofs of the tree over the records: that one is in it (RFC 6962, section
 * 2.1.1), and that one tree is the beginning of another one (2.1.2).  They are
 * made from the hashes of all leaves.
 */
#ifndef COMMON_RECORD_TREEPROOF_H
#define COMMON_RECORD_TREEPROOF_H

#include "common/record/tree.h"

/* A proof is not longer. */
#define TREE_PROOF	(TREE_DEPTH + 1)

/* Hashes from the leaf upwards, as the RFC has them. */
struct tree_proof {
	size_t		 n;
	uint8_t		 hash[TREE_PROOF][TREE_HASH];
};

/* Leaves, of which the first ones may be gone: those of that tree, or NULL. */
struct tree_leaves {
	const struct tree *gone;
	const uint8_t	(*v)[TREE_HASH];	/* the others */
};

/*
 * That leaf index, counted from 0, is one of size; size > index.  0, or -1
 * where it is gone.
 */
int	tree_include(struct tree_proof *, const struct tree_leaves *,
	    uint64_t size, uint64_t index);
/* 0, or -1: it does not prove that. */
int	tree_check_include(const struct tree_proof *,
	    const uint8_t leaf[TREE_HASH], uint64_t index, uint64_t size,
	    const uint8_t root[TREE_HASH]);
/*
 * That the first from leaves of to are a tree of their own; 0 < from <= to.  0,
 * or -1 where some of what that needs is gone.
 */
int	tree_extend(struct tree_proof *, const struct tree_leaves *,
	    uint64_t from, uint64_t to);
/* 0, or -1: it does not prove that. */
int	tree_check_extend(const struct tree_proof *, uint64_t from,
	    const uint8_t old_root[TREE_HASH], uint64_t to,
	    const uint8_t root[TREE_HASH]);

#endif
