/* SPDX-License-Identifier: ISC */
/*
 * The index of a work tree (gitformat-index(5), versions 2 to 4), in which git
 * keeps what it takes the files of a commit to be.  A file that it was told
 * that it has made, and that is not there, it would take for one that was
 * deleted, and the next commit of all that has changed would delete it for
 * everybody.  So such an entry gets the mark "skip-worktree", by which git
 * itself says that the work tree has nothing to say about it: it stays in each
 * commit as it was.
 */
#ifndef EXECUTOR_WATCH_GITINDEX_H
#define EXECUTOR_WATCH_GITINDEX_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

#define GITINDEX_MAX	(64U << 20)	/* bytes of one that is looked at */

/* What git keeps of a file, of each the low word. */
struct gitindex_stat {
	uint32_t	mtime;		/* seconds */
	uint32_t	dev;
	uint32_t	ino;
	uint32_t	mode;		/* of the entry */
	uint32_t	size;
};

/*
 * The same index in *out, where each entry is marked that mine() says so of.
 * How many were not marked before, or -1: it is not understood, or is split
 * over several files; out is to be freed in any case.
 */
int	gitindex_mark(const uint8_t *, size_t len,
	    int (*mine)(const struct gitindex_stat *), struct buf *out);

#endif
