/* SPDX-License-Identifier: ISC */
/*
 * Records that restore and recover add to a log of which no auditor runs: they
 * are bound to the last one like any other, and the next auditor goes on behind
 * them.
 */
#ifndef CLIENT_LOGADD_H
#define CLIENT_LOGADD_H

#include "client/backup/logstate.h"
#include "client/backup/setaside.h"
#include "client/cli.h"

struct logadd {
	struct logstate	*ls;		/* of the log they go to */
	struct buf	 lines;		/* as they are to be appended */
	int		 n;		/* how many there are */
};

/* Records behind the end that ls knows; it goes on with them. */
void	logadd_begin(struct logadd *, struct logstate *);
void	logadd_free(struct logadd *);
/*
 * An emergency stop of everything: what came from a backup, or is behind a
 * loss, runs nothing before somebody says so.  0, or -1 and *f.
 */
int	logadd_stop(struct logadd *, const char *why, struct fail *);
/* That this is the vault from now on, where the log names another one. */
int	logadd_vault(struct logadd *, const struct buf *vault,
	    const char *why, struct fail *);
/*
 * That what was behind its end is lost, and where it is; res tells what was
 * wrong with it, if that is known.
 */
int	logadd_lost(struct logadd *, const struct setaside *,
	    const struct logscan_result *res, const char *why, struct fail *);
/* What was removed in front of it; fields are all that it has of that. */
int	logadd_gone(struct logadd *, struct buf *fields, const char *why,
	    struct fail *);
/*
 * Says beside the log in dir that other keys seal it from that record on: those
 * that sealed it are in no backup, and are not kept behind a loss.
 */
int	logadd_restored(const char *dir, uint64_t number, struct fail *);
/* Appends them to the log in dir, durably.  0, or -1 and *f. */
int	logadd_append(const struct logadd *, const char *dir, struct fail *);

#endif
