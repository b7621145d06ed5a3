/* SPDX-License-Identifier: ISC */
/*
 * Skills that the configuration in force has and no request of the period was
 * for, and allow patterns of what the accounts of the log may use by which
 * nothing was let run.
 */
#ifndef CLIENT_REPORT_UNUSED_H
#define CLIENT_REPORT_UNUSED_H

#include "client/cli.h"
#include "client/report/gather.h"

/* Asks the daemon; where it does not tell, the report says why. */
void	unused_ask(struct report *, const struct cli *);

#endif
