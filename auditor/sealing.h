/* SPDX-License-Identifier: ISC */
/*
 * When the log is sealed: a minute after the first record that is not, at so
 * many of them, a quarter of an hour after the last seal where there are none,
 * behind an emergency stop, and at the end of a session.  Times are those of a
 * clock that nobody sets (CLOCK_BOOTTIME).
 */
#ifndef AUDITOR_SEALING_H
#define AUDITOR_SEALING_H

#include <stdint.h>

#include "auditor/sealkey.h"

struct auditor;
struct event;

#define SEAL_RECORDS	1024	/* of an epoch, and those of one message */

struct sealing {
	struct sealkeys	*keys;		/* made before the locks */
	char		 log[SEAL_NAME + 1];
	uint64_t	 at;		/* record of the last seal, 0: none */
	uint64_t	 added;		/* of one in the batch, or 0 */
	uint64_t	 last_ms;	/* when the last seal was */
	uint64_t	 first_ms;	/* when the first record behind it was
					   seen, 0: there is none */
	uint64_t	 retry_ms;	/* not before that, after a failure */
	struct sealcheck check;		/* as of the last seal, but its tree */
	struct seal	 made;		/* the one in the batch */
	int		 asked;		/* with the next commit */
	int		 failed;	/* was said */
	struct event	*timer;
};

/*
 * The start: finds the key that the log's last seal names, or makes one for a
 * log without seals, or one that was restored without its keys (LOG_RESTORED),
 * and says its public half.  Ends the process with FAILED
 * where the log is not the one of the key.
 */
void	sealing_open(struct auditor *, const struct sealcheck *);
/* The event that is to bring about a commit when a seal is due. */
void	sealing_timer(struct auditor *, struct event *);
/* Is there one to be made before more is taken? */
int	sealing_full(const struct auditor *);
/* Soon: with the batch. */
void	sealing_ask(struct auditor *);
/* Before a commit: adds the seal that is due to the batch. */
void	sealing_add(struct auditor *);
/* The same before the last commit, whatever is due. */
void	sealing_add_last(struct auditor *);
/* After a commit: what the next record is held to by those that read. */
void	sealing_check(const struct auditor *, struct sealcheck *);
/* After a commit: what was added is durable, its key is wiped. */
void	sealing_done(struct auditor *);

#endif
