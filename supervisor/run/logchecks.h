/* SPDX-License-Identifier: ISC */
/*
 * What the auditor tells of what it keeps: whether closed parts of the log are
 * what was written there, which of them have the immutable attribute, and how
 * much output of runs is stored.
 */
#ifndef SUPERVISOR_LOGCHECKS_H
#define SUPERVISOR_LOGCHECKS_H

#include "common/payload.h"
#include "supervisor/daemon.h"

/* A_CHECKED: people are told what is new of it. */
void	logchecks_told(struct daemon *, const struct msg_checked *);

/* A_STORED */
void	logchecks_stored(struct daemon *, const struct msg_stored *);

/* A_PARTS, and what READY says of that. */
void	logchecks_parts(struct daemon *, const struct msg_parts *);
void	logchecks_ready(struct daemon *, const void *ready, size_t);

/* For status. */
struct logchecks_show {
	const char	*state;		/* static */
	char		 detail[512];
};
void	logchecks_show(const struct daemon *, struct logchecks_show *);
/* The same of stored output; 0: nothing is known of that. */
int	logchecks_show_stored(const struct daemon *, struct logchecks_show *);
/* The same of the immutable attribute of closed parts. */
void	logchecks_show_fixed(const struct daemon *, struct logchecks_show *);

#endif
