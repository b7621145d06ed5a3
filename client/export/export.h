/* SPDX-License-Identifier: ISC */
/*
 * Records in the forms of others.  Each makes one line of one record, with all
 * of its members in it; what a form has no place for stands where that form
 * keeps such things.  clawbot-export(5) has the mapping.
 */
#ifndef CLIENT_EXPORT_EXPORT_H
#define CLIENT_EXPORT_EXPORT_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/record/told.h"

struct export_in {
	const struct record_view *v;	/* NULL: it is no record that this
					   version knows */
	const char	*line;		/* with its newline */
	size_t		 len;
	uint64_t	 time_us;	/* its time; of one that is no record,
					   of the record before it */
	const char	*host;		/* the host's name */
};

typedef void	export_fn(struct buf *, const struct export_in *);

export_fn	export_json;	/* as --json has it */
export_fn	export_ocsf;	/* OCSF 1.3 events */
export_fn	export_syslog;	/* RFC 5424 */
export_fn	export_otel;	/* OTLP logs, JSON encoding, a request a line */

#endif
