/* SPDX-License-Identifier: ISC */
/*
 * A record as other programs are told of it: as JSON, and as a message of
 * RFC 5424.  Who exports the log and who forwards it say the same.
 */
#ifndef COMMON_RECORD_TOLD_H
#define COMMON_RECORD_TOLD_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/record/record.h"

/* Is that member this text? */
int	record_is(const struct record_view *, const char *path,
	    const char *text);

/*
 * Appends a line as an object: number, time and kind go in front of the
 * record's own members.  A line that is not well-formed is passed on as a
 * string, so that what comes out is always JSON.
 */
void	record_to_json(struct buf *, const char *line, size_t len);

/* How much a record matters. */
enum record_weight {
	WEIGHT_PLAIN,
	WEIGHT_REFUSED,		/* something was not let */
	WEIGHT_GRAVE		/* stops, lost runs, a log that was torn */
};
enum record_weight record_weight(const struct record_view *);

/*
 * Appends a message of RFC 5424: the header with the number as sequenceId, and
 * the line as record_to_json has it, without a newline.  v is NULL for a line
 * that is no record that this version knows; that has time_us.
 */
void	record_to_syslog(struct buf *, const struct record_view *v,
	    const char *line, size_t len, uint64_t time_us, const char *host);
/*
 * The same about records first to last, which the log has no more, and about
 * one of len bytes that no datagram takes.
 */
void	record_gap_syslog(struct buf *, uint64_t first, uint64_t last,
	    uint64_t time_us, const char *host);
void	record_long_syslog(struct buf *, const struct record_view *v,
	    size_t len, uint64_t time_us, const char *host);

#endif
