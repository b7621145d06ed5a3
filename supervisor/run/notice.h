/* SPDX-License-Identifier: ISC */
/*
 * Notices: approvals.notify is told of each request, and of each program held
 * inside of a run, that begins to wait, of room for the log, and of damage to
 * it; by the notifier, a process that holds nothing, one after the other, and
 * no faster than people read.  What becomes of a notice changes nothing for
 * what waits.  A notifier that dies or breaks the protocol is done without
 * until the next start, and that is told.
 *
 * Without approvals.notify all of this does nothing.
 */
#ifndef SUPERVISOR_NOTICE_H
#define SUPERVISOR_NOTICE_H

#include <stddef.h>
#include <stdint.h>

#include "supervisor/daemon.h"

struct notices	*notices_new(void);
/* The notifier is READY: what it says is heard from now on.  0 or -1. */
int	 notice_attach(struct daemon *);
/*
 * NOTICE_* about the log itself, by its record and in words: before anything
 * else, and of each of these the newest alone.  One that comes before the
 * notifier is there waits for it.
 */
enum notice_of_log {
	NOTICE_LOG_ROOM, NOTICE_LOG_DAMAGE, NOTICE_LOG_MENDED,
	NOTICE_LOG_REMOVED, NOTICE_LOG_LOST, NOTICE_LOG_MAX
};
void	 notice_log(struct daemon *, enum notice_of_log, unsigned about,
	    uint64_t record, const char *);
/* Once a second. */
void	 notice_tick(struct daemon *);
/* Its process has ended, with this status of wait(2). */
void	 notice_ended(struct daemon *, int status);
/* The daemon stops. */
void	 notice_stop(struct daemon *);

/* For status: what is known of it. */
struct notice_show {
	const char	*state;		/* static */
	char		 detail[512];
};
void	 notice_show(const struct daemon *, struct notice_show *);

#endif
