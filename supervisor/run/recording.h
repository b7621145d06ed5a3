/* SPDX-License-Identifier: ISC */
/* Records that the supervisor has written by the auditor. */
#ifndef SUPERVISOR_RECORDING_H
#define SUPERVISOR_RECORDING_H

#include <stdint.h>

#include "common/buf.h"
#include "supervisor/daemon.h"

/* Those that a run waits for; see engine.c. */
struct recording_told {
	/* does the run still take this event? */
	int	(*takes)(struct daemon *, uint64_t run, unsigned event);
	/* it comes; with the record's number, or why there is none */
	void	(*event)(struct daemon *, uint64_t run, unsigned event,
		    uint64_t record, const char *reason);
};

/* Which run that is, and its events when it is durable or refused. */
struct recording_note {
	const struct recording_told *told;
	uint64_t	 run;
	unsigned	 done;
	unsigned	 refused;
};

/*
 * Sends fields (freed) to the auditor as a record.  When it is durable or
 * refused, the run of the note, if there is one, gets the event, and the
 * client, if one is given, an END.  -1 if that was not possible; nothing of
 * it happens then.
 */
int	recording_put(struct daemon *, unsigned kind, struct buf *fields,
	    struct client *, const struct recording_note *);

#endif
