/* SPDX-License-Identifier: ISC */
/* Records as JSON and as lines of syslog; see export.h. */
#include "config.h"

#include <string.h>

#include "client/export/export.h"
#include "client/recwalk.h"
#include "common/civil.h"

/* RFC 5424: PRI is 8 times the facility, log audit, and the severity. */
#define FACILITY	13U
#define WARNING		4U
#define CRITICAL	2U
#define INFORMATIONAL	6U
#define HOST_MAX	255
#define SEQUENCE_MAX	2147483647U

enum export_weight
export_weight(const struct record_view *v)
{
	if (v->kind == RECORD_STOP || v->kind == RECORD_RECOVER ||
	    record_is(v, "ev", "lost"))
		return (EXPORT_GRAVE);
	if (record_is(v, "ev", "refused") || record_is(v, "verdict", "deny") ||
	    record_is(v, "ev", "deny") || record_is(v, "outcome", "denied"))
		return (EXPORT_REFUSED);
	return (EXPORT_PLAIN);
}

void
export_json(struct buf *b, const struct export_in *in)
{
	record_to_json(b, in->line, in->len);
}

/* Printable ASCII without blanks, or "-". */
static void
put_header(struct buf *b, const char *s)
{
	size_t i;

	for (i = 0; i < HOST_MAX && s[i] != '\0'; i++)
		buf_put_u8(b, s[i] > ' ' && s[i] < 0x7f ? (uint8_t)s[i] :
		    '?');
	if (i == 0)
		buf_put_u8(b, '-');
}

static void
put_stamp(struct buf *b, const struct export_in *in)
{
	char text[CIVIL_TEXT];

	if (in->v != NULL) {
		buf_printf(b, "%.*s", RECORD_TIME, in->v->time);
		return;
	}
	civil_text(text, in->time_us / 1000000);
	buf_printf(b, "%s", text);
}

void
export_syslog(struct buf *b, const struct export_in *in)
{
	static const unsigned severity[] = { [EXPORT_PLAIN] = INFORMATIONAL,
	    [EXPORT_REFUSED] = WARNING, [EXPORT_GRAVE] = CRITICAL };
	const struct record_view *v = in->v;

	buf_printf(b, "<%u>1 ", FACILITY * 8 + (v == NULL ? WARNING :
	    severity[export_weight(v)]));
	put_stamp(b, in);
	buf_put_u8(b, ' ');
	put_header(b, in->host);
	buf_printf(b, " clawbot - %s ", v == NULL ? "-" :
	    record_kind_name(v->kind));
	if (v != NULL && v->number <= SEQUENCE_MAX)
		buf_printf(b, "[meta sequenceId=\"%llu\"] ",
		    (unsigned long long)v->number);
	else
		buf_printf(b, "- ");
	record_to_json(b, in->line, in->len);
}
