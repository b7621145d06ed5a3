/* SPDX-License-Identifier: ISC */
/* Records for other programs; see told.h. */
#include "config.h"

#include <string.h>

#include "common/civil.h"
#include "common/field.h"
#include "common/record/told.h"

/* RFC 5424: PRI is 8 times the facility, log audit, and the severity. */
#define FACILITY	13U
#define WARNING		4U
#define CRITICAL	2U
#define INFORMATIONAL	6U
#define HOST_MAX	255
#define SEQUENCE_MAX	2147483647U

int
record_is(const struct record_view *v, const char *path, const char *text)
{
	const size_t n = strlen(text);
	const char *val;
	size_t len;

	return (record_member(v->json, v->jsonlen, path, &val, &len) &&
	    len == n + 2 && *val == '"' && memcmp(val + 1, text, n) == 0);
}

void
record_to_json(struct buf *b, const char *line, size_t len)
{
	struct record_view v;
	uint64_t number;

	if (record_check(line, len, NULL, &number) != NULL ||
	    record_view(&v, line, len) == -1) {
		buf_printf(b, "{\"invalid\":");
		json_str(b, line, len - 1);
		buf_put_u8(b, '}');
		return;
	}
	buf_printf(b, "{\"number\":%llu,\"time\":\"%.*s\",\"kind\":\"%s\",",
	    (unsigned long long)v.number, RECORD_TIME, v.time,
	    record_kind_name(v.kind));
	buf_put(b, v.json + 1, v.jsonlen - 1);
}

enum record_weight
record_weight(const struct record_view *v)
{
	if (v->kind == RECORD_STOP || v->kind == RECORD_RECOVER ||
	    record_is(v, "ev", "lost"))
		return (WEIGHT_GRAVE);
	if (record_is(v, "ev", "refused") || record_is(v, "verdict", "deny") ||
	    record_is(v, "ev", "deny") || record_is(v, "outcome", "denied"))
		return (WEIGHT_REFUSED);
	return (WEIGHT_PLAIN);
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
put_stamp(struct buf *b, const struct record_view *v, uint64_t time_us)
{
	char text[CIVIL_TEXT];

	if (v != NULL) {
		buf_printf(b, "%.*s", RECORD_TIME, v->time);
		return;
	}
	civil_text(text, time_us / 1000000);
	buf_printf(b, "%s", text);
}

/* Up to the message. */
static void
put_head(struct buf *b, unsigned severity, const struct record_view *v,
    uint64_t time_us, const char *host, const char *id)
{
	buf_printf(b, "<%u>1 ", FACILITY * 8 + severity);
	put_stamp(b, v, time_us);
	buf_put_u8(b, ' ');
	put_header(b, host);
	buf_printf(b, " clawbot - %s ", id);
	if (v != NULL && v->number <= SEQUENCE_MAX)
		buf_printf(b, "[meta sequenceId=\"%llu\"] ",
		    (unsigned long long)v->number);
	else
		buf_printf(b, "- ");
}

static unsigned
severity_of(const struct record_view *v)
{
	static const unsigned severity[] = { [WEIGHT_PLAIN] = INFORMATIONAL,
	    [WEIGHT_REFUSED] = WARNING, [WEIGHT_GRAVE] = CRITICAL };

	return (v == NULL ? WARNING : severity[record_weight(v)]);
}

void
record_to_syslog(struct buf *b, const struct record_view *v,
    const char *line, size_t len, uint64_t time_us, const char *host)
{
	put_head(b, severity_of(v), v, time_us, host, v == NULL ? "-" :
	    record_kind_name(v->kind));
	record_to_json(b, line, len);
}

void
record_gap_syslog(struct buf *b, uint64_t first, uint64_t last,
    uint64_t time_us, const char *host)
{
	put_head(b, CRITICAL, NULL, time_us, host, "gap");
	buf_printf(b, "{\"gap\":true,\"first\":%llu,\"last\":%llu}",
	    (unsigned long long)first, (unsigned long long)last);
}

void
record_long_syslog(struct buf *b, const struct record_view *v, size_t len,
    uint64_t time_us, const char *host)
{
	put_head(b, severity_of(v), v, time_us, host, v == NULL ? "-" :
	    record_kind_name(v->kind));
	if (v == NULL)
		buf_printf(b, "{\"invalid\":true");
	else
		buf_printf(b, "{\"number\":%llu,\"time\":\"%.*s\","
		    "\"kind\":\"%s\"", (unsigned long long)v->number,
		    RECORD_TIME, v->time, record_kind_name(v->kind));
	buf_printf(b, ",\"left_out_bytes\":%zu}", len);
}
