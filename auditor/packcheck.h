/* SPDX-License-Identifier: ISC */
/*
 * Is a closed segment what the log says, before it is there packed alone?  Its
 * file must be the very one that the start has read or this auditor has
 * written, and its lines a chain that ends where the next segment begins.
 */
#ifndef AUDITOR_PACKCHECK_H
#define AUDITOR_PACKCHECK_H

#include <stddef.h>
#include <stdint.h>

#include "common/record/lines.h"
#include "common/record/record.h"
#include "common/record/seal.h"

struct auditor;
struct packfile;

struct packcheck {
	struct record_lines lines;
	struct record_head last;	/* number 0: none yet */
	uint64_t	 first;
	struct record_head before;	/* what it goes on with */
	struct sealcheck *seals;	/* of all up to there, or NULL */
	const char	*bad;		/* the rule that is broken, or NULL */
};

/*
 * Does its name stand for the file that is open, and is that the one that is
 * known?  1 or 0, or -1 where nothing is known of it in this session.
 */
int	packcheck_same(const struct auditor *, const struct packfile *,
	    uint64_t first);
void	packcheck_begin(struct packcheck *, uint64_t first);
/* Its seals, too, are held to those in front of it, which go on with it. */
void	packcheck_seals(struct packcheck *, const struct record_head *before,
	    struct sealcheck *);
void	packcheck_feed(struct packcheck *, const void *, size_t);
/* Behind its last byte: the rule that it breaks by itself, or NULL. */
const char *packcheck_inside(struct packcheck *);
/*
 * The same; it is segment i of the log.  0; 1, and *bad is the rule
 * that it breaks; or -1 and errno: what follows it cannot be read.
 */
int	packcheck_end(struct packcheck *, const struct auditor *, size_t i,
	    const char **bad);
void	packcheck_free(struct packcheck *);
/*
 * Does the segment behind segment i begin with what follows that end?  1, 0, or
 * -1 and errno.
 */
int	packcheck_followed(const struct record_head *, const struct auditor *,
	    size_t i);
/*
 * The time of the first record behind segment i, without reading that one; 0 if
 * there is none, or it cannot be read.
 */
uint64_t packcheck_time(const struct auditor *, size_t i);

#endif
