/* SPDX-License-Identifier: ISC */
/*
 * Emergency stops, as the log has them: what was stopped and not resumed
 * since.  No intent that one covers gets a ticket, whoever asks for it.
 */
#ifndef AUDITOR_STOPS_H
#define AUDITOR_STOPS_H

#include <stddef.h>

#include "common/estop.h"
#include "common/record/record.h"

/* One that is in the log, read at the start. */
void	stops_read(struct estops *, const struct record_view *);
/*
 * One that is about to be written: it holds at once, whether there is room
 * for its record or not.  Nothing where that is no record of a stop.
 */
void	stops_begin(struct estops *, unsigned kind, const void *fields,
	    size_t len);
/* One that was written: what it resumes goes on.  Likewise. */
void	stops_end(struct estops *, unsigned kind, const void *fields,
	    size_t len);

#endif
