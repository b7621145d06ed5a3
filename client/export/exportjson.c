/* SPDX-License-Identifier: ISC */
/* Records as JSON and as lines of syslog; see export.h. */
#include "config.h"

#include "client/export/export.h"

void
export_json(struct buf *b, const struct export_in *in)
{
	record_to_json(b, in->line, in->len);
}

void
export_syslog(struct buf *b, const struct export_in *in)
{
	record_to_syslog(b, in->v, in->line, in->len, in->time_us, in->host);
}
