/* SPDX-License-Identifier: ISC */
/*
 * The notifier's process: it hears of one thing that waits at a time, and runs
 * the program that the configuration names for it.  It holds nothing and
 * decides nothing; what the program is told is all that it knows.
 */
#ifndef NOTIFIER_NOTIFIER_H
#define NOTIFIER_NOTIFIER_H

#include "common/ipc.h"

#define NOTIFIER_NOFILE	256	/* descriptors, the program's too */
#define NOTIFIER_NPROC	64	/* processes of its account */

struct notifier {
	struct ipc	*ipc;
	char		*program;
	int		 signals;	/* tells of children that have ended */
	uint64_t	 id;		/* that the program is told of */
};

/* Until the supervisor ends it, or is gone. */
void	notifier_serve(struct notifier *) __attribute__((__noreturn__));
/* A frame that no supervisor of ours sends. */
void	notifier_breach(unsigned type) __attribute__((__noreturn__));

#endif
