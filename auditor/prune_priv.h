/* SPDX-License-Identifier: ISC */
/* Inside of the removal of segments; see prune.h. */
#ifndef AUDITOR_PRUNE_PRIV_H
#define AUDITOR_PRUNE_PRIV_H

#include <sodium.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/record/logscan.h"
#include "common/record/pruned.h"

#define PRUNE_FIELDS	(512U * 1024)	/* of a record */

struct auditor;
struct event;

struct pruning {
	struct auditor	*a;
	struct event	*ev;		/* the next piece */
	struct event	*daily;
	uint32_t	 days;
	int		 told;		/* that the clock has jumped */
	size_t		 borrowed;

	/* what goes on, while busy */
	int		 busy;
	uint64_t	 op;		/* who asked, 0: nobody */
	uint64_t	 before_us;
	uint64_t	 last;		/* no record behind it goes; 0: any */
	int		 dry;
	struct buf	 asked;		/* fields of the record: why, by whom */
	uint64_t	 removed;	/* segments */

	/* the segment that is being read */
	size_t		 i;		/* its index; 0 but in a dry run */
	struct record_head head;	/* in front of it */
	struct sealcheck seals;
	struct links	 kept;
	int		 fd;		/* or -1 */
	char		 name[LOG_NAMEMAX];
	uint64_t	 first;
	uint64_t	 size;		/* of the file, as far as it was read */
	unsigned	 again;		/* it was read so often in vain */
	uint64_t	 from_us;	/* of its records */
	uint64_t	 until_us;
	struct logscan	*scan;
	crypto_generichash_state sum;
	uint8_t		 digest[RECORD_DIGEST];	/* of the file, then */
	struct links	 links;		/* with its seals */
	struct buf	 lines;		/* of these */
};

/* pruneact.c */
/*
 * Removes the segment that was read, with its record.  0, or -1 with errno and
 * what did not work.
 */
int	prune_remove(struct pruning *, const char **what);
/*
 * What an earlier one has recorded and left there is removed.  0, or -1 with
 * errno.
 */
int	prune_rest(struct auditor *);
/* Its name, is that still what was read? */
int	prune_is_same(const struct pruning *);
/* What there is to say of it. */
void	prune_put_segment(struct buf *, const struct pruning *);
void	prune_put_time(struct buf *, const char *key, uint64_t us);

#endif
