/* SPDX-License-Identifier: ISC */
/*
 * What a start reads of the log: the closed segments that are not known yet,
 * and the current one; all of it where what is known cannot be believed.
 */
#ifndef AUDITOR_STARTREAD_H
#define AUDITOR_STARTREAD_H

#include "auditor/known.h"
#include "common/record/logscan.h"

struct log_found {
	struct auditor	*a;
	struct logscan_result res;
	struct sealcheck seals;
	struct known_log known;		/* the closed ones as they are */
	struct buf	 state;		/* behind them; empty: not whole */
	int		 named;		/* the log has such a digest */
	uint8_t		 digest[KNOWN_DIGEST];
	int		 believed;	/* what was known was */
	int		 wrong;		/* it was there, and was another */
};

/* Fills in what it finds, and what the auditor keeps of the log. */
void	startread(struct auditor *, struct log_found *);

#endif
