/* SPDX-License-Identifier: ISC */
/* What of the log is to go, as commands ask for it. */
#ifndef CLIENT_PRUNEWHAT_H
#define CLIENT_PRUNEWHAT_H

#include "client/conn.h"
#include "common/payload.h"

/*
 * The options that say what and why; leaves those alone that it does not
 * know.  All zero before the first one but why, which is a fresh string.  Ends
 * the process where they make no sense.  0, or -1 and *f.
 */
int	prune_option(struct msg_prune *, const struct command *, int ch,
	    struct fail *);
/* Behind the last one. */
void	prune_options_end(const struct msg_prune *, const struct command *);
/* Asks the daemon; row is called for each part of the log. */
int	prune_ask(const struct cli *, const struct msg_prune *,
	    conn_row_cb row, void *arg, struct fail *);

#endif
