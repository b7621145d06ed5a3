/* SPDX-License-Identifier: ISC */
/* A record of any kind as one line for people. */
#ifndef CLIENT_LOGLINE_H
#define CLIENT_LOGLINE_H

#include "common/buf.h"
#include "common/record/record.h"

/*
 * Appends number, local time, kind and what it is, run, who asked, the command
 * or what else it is about, verdict, outcome, reason, and who decided; without
 * a newline.
 */
void	logline_show(struct buf *, const struct record_view *);
/* Its local time alone, and an account's name, or number, escaped. */
void	logline_time(struct buf *, const struct record_view *);
void	logline_account(struct buf *, uint64_t uid);

#endif
