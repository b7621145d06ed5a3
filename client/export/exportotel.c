/* SPDX-License-Identifier: ISC */
/* Records as logs of OTLP, in its JSON encoding; see export.h. */
#include "config.h"

#include <string.h>

#include "client/export/export.h"
#include "client/recwalk.h"
#include "common/field.h"

static void	put_value(struct buf *, const char *val, size_t len,
		    unsigned depth);

static void
put_list(struct buf *b, const char *val, size_t len, unsigned depth)
{
	struct recmember m;
	struct recwalk w;
	int n = 0;

	buf_printf(b, "{\"arrayValue\":{\"values\":[");
	recwalk_init(&w, val, len);
	while (recwalk_element(&w, &m)) {
		buf_printf(b, "%s", n++ == 0 ? "" : ",");
		put_value(b, m.val, m.len, depth + 1);
	}
	buf_printf(b, "]}}");
}

static void
put_members(struct buf *b, const char *before, const char *val, size_t len,
    unsigned depth)
{
	struct recmember m;
	struct recwalk w;
	int n = 0;

	recwalk_init(&w, val, len);
	while (recwalk_next(&w, &m)) {
		buf_printf(b, "%s{\"key\":\"%s%.*s\",\"value\":",
		    n++ == 0 ? "" : ",", before, (int)m.keylen, m.key);
		put_value(b, m.val, m.len, depth);
		buf_put_u8(b, '}');
	}
}

/* An AnyValue.  Whole numbers are strings there, as they may have 64 bits. */
static void
put_value(struct buf *b, const char *val, size_t len, unsigned depth)
{
	if (len == 0 || depth > RECORD_DEPTH)
		buf_printf(b, "{}");
	else if (*val == '{') {
		buf_printf(b, "{\"kvlistValue\":{\"values\":[");
		put_members(b, "", val, len, depth + 1);
		buf_printf(b, "]}}");
	} else if (*val == '[')
		put_list(b, val, len, depth);
	else if (*val == '"')
		buf_printf(b, "{\"stringValue\":%.*s}", (int)len, val);
	else if (*val == 't' || *val == 'f')
		buf_printf(b, "{\"boolValue\":%.*s}", (int)len, val);
	else
		buf_printf(b, "{\"intValue\":\"%.*s\"}", (int)len, val);
}

static void
put_resource(struct buf *b, const struct export_in *in)
{
	buf_printf(b, "{\"resourceLogs\":[{\"resource\":{\"attributes\":["
	    "{\"key\":\"service.name\",\"value\":{\"stringValue\":\"clawbot\""
	    "}},{\"key\":\"service.version\",\"value\":{\"stringValue\":\""
	    CB_VERSION "\"}},{\"key\":\"host.name\",\"value\":{"
	    "\"stringValue\":");
	json_str(b, in->host, strlen(in->host));
	buf_printf(b, "}}]},\"scopeLogs\":[{\"scope\":{\"name\":"
	    "\"clawbot.audit\"},\"logRecords\":[{");
}

static void
put_record(struct buf *b, const struct record_view *v)
{
	buf_printf(b, ",\"body\":{\"stringValue\":\"%s",
	    record_kind_name(v->kind));
	if (record_has(v, "ev")) {
		char ev[64];

		if (record_member_str(v->json, v->jsonlen, "ev", ev,
		    sizeof(ev)) > 0)
			buf_printf(b, " %s", ev);
	}
	buf_printf(b, "\"},\"attributes\":[{\"key\":\"clawbot.number\","
	    "\"value\":{\"intValue\":\"%llu\"}},{\"key\":\"clawbot.kind\","
	    "\"value\":{\"stringValue\":\"%s\"}},",
	    (unsigned long long)v->number, record_kind_name(v->kind));
	put_members(b, "clawbot.", v->json, v->jsonlen, 1);
	buf_put_u8(b, ']');
}

void
export_otel(struct buf *b, const struct export_in *in)
{
	/* SeverityNumber: INFO, WARN, ERROR */
	static const struct { unsigned n; const char *text; } severity[] = {
		[WEIGHT_PLAIN] = { 9, "INFO" },
		[WEIGHT_REFUSED] = { 13, "WARN" },
		[WEIGHT_GRAVE] = { 17, "ERROR" }
	};
	const enum record_weight w = in->v == NULL ? WEIGHT_REFUSED :
	    record_weight(in->v);

	put_resource(b, in);
	buf_printf(b, "\"timeUnixNano\":\"%llu000\",\"severityNumber\":%u,"
	    "\"severityText\":\"%s\"", (unsigned long long)in->time_us,
	    severity[w].n, severity[w].text);
	if (in->v != NULL)
		put_record(b, in->v);
	else {
		buf_printf(b, ",\"body\":{\"stringValue\":");
		json_str(b, in->line, in->len - 1);
		buf_printf(b, "},\"attributes\":[{\"key\":\"clawbot.invalid\","
		    "\"value\":{\"boolValue\":true}}]");
	}
	buf_printf(b, "}]}]}]}");
}
