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

/*
 * An emergency stop of everything, to the log in dir, whose end ls knows: what
 * came from a backup runs nothing before somebody says so.  0, or -1 and *f.
 */
int	logadd_stop(const char *dir, struct logstate *ls, const char *why,
	    struct fail *);
/* That this is the vault from now on, where the log names another one. */
int	logadd_vault(const char *dir, struct logstate *ls,
	    const struct buf *vault, const char *why, struct fail *);
/*
 * That what was behind its end is lost, and where it is; res tells what was
 * wrong with it, if that is known.
 */
int	logadd_lost(const char *dir, struct logstate *ls,
	    const struct setaside *, const struct logscan_result *res,
	    const char *why, struct fail *);

#endif
