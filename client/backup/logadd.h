/* SPDX-License-Identifier: ISC */
/*
 * Records that restore adds to a log of which no auditor runs: they are bound
 * to the last one like any other, and the next auditor goes on behind them.
 */
#ifndef CLIENT_LOGADD_H
#define CLIENT_LOGADD_H

#include "client/backup/logstate.h"
#include "client/cli.h"

/*
 * An emergency stop of everything, to the log in dir, whose end ls knows: what
 * came from a backup runs nothing before somebody says so.  0, or -1 and *f.
 */
int	logadd_stop(const char *dir, struct logstate *ls, const char *why,
	    struct fail *);
/* That this is the vault from now on, by its version and digest. */
int	logadd_vault(const char *dir, struct logstate *ls, uint64_t version,
	    const uint8_t digest[BACKUP_DIGEST], const char *why,
	    struct fail *);

#endif
