/* SPDX-License-Identifier: ISC */
/*
 * Records as events of OCSF 1.3: those that fit one of its classes as that, all
 * others as its base event.  Every event has all members of the record in
 * "unmapped".  clawbot-export(5) tells what is what.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/esc.h"
#include "client/execline.h"
#include "client/export/export.h"
#include "client/recwalk.h"
#include "common/defs.h"
#include "common/field.h"

#define OCSF_VERSION	"1.3.0"

enum ocsf_class {
	OCSF_BASE = 0,
	OCSF_FILE = 1001,
	OCSF_PROCESS = 1007,
	OCSF_AUTHORIZE = 3003,
	OCSF_ENTITY = 3004,
	OCSF_APP = 6002
};
#define OCSF_OTHER	99U		/* an activity, or a status */
#define OCSF_SUCCESS	1U
#define OCSF_FAILURE	2U

/* What a form of a kind is; the first that fits. */
static const struct mapping {
	enum record_kind kind;
	const char	*ev;		/* NULL: any */
	enum ocsf_class	 class;
	unsigned	 activity;
	const char	*name;		/* of the activity */
} mappings[] = {
	{ RECORD_EXEC, "intent", OCSF_PROCESS, 1, "Launch" },
	{ RECORD_EXEC, "exec", OCSF_PROCESS, 1, "Launch" },
	{ RECORD_EXEC, "refused", OCSF_PROCESS, 1, "Launch" },
	{ RECORD_EXEC, "result", OCSF_PROCESS, 2, "Terminate" },
	{ RECORD_EXEC, "abort", OCSF_PROCESS, 2, "Terminate" },
	{ RECORD_EXEC, "lost", OCSF_PROCESS, 2, "Terminate" },
	{ RECORD_APPROVAL, "approve", OCSF_AUTHORIZE, 1,
	    "Assign Privileges" },
	{ RECORD_APPROVAL, "confirm", OCSF_AUTHORIZE, 1,
	    "Assign Privileges" },
	{ RECORD_APPROVAL, "consent", OCSF_AUTHORIZE, 1,
	    "Assign Privileges" },
	{ RECORD_APPROVAL, NULL, OCSF_AUTHORIZE, OCSF_OTHER, NULL },
	{ RECORD_FILE, "made", OCSF_FILE, 1, "Create" },
	{ RECORD_FILE, "linked", OCSF_FILE, 1, "Create" },
	{ RECORD_FILE, "symlinked", OCSF_FILE, 1, "Create" },
	{ RECORD_FILE, "written", OCSF_FILE, 3, "Update" },
	{ RECORD_FILE, "removed", OCSF_FILE, 4, "Delete" },
	{ RECORD_FILE, "renamed", OCSF_FILE, 5, "Rename" },
	{ RECORD_FILE, "exchanged", OCSF_FILE, 5, "Rename" },
	{ RECORD_FILE, "marked", OCSF_FILE, 6, "Set Attributes" },
	{ RECORD_SECRET, "set", OCSF_ENTITY, 3, "Update" },
	{ RECORD_SECRET, "rm", OCSF_ENTITY, 4, "Delete" },
	{ RECORD_SESSION, "start", OCSF_APP, 3, "Start" },
	{ RECORD_SESSION, "stop", OCSF_APP, 4, "Stop" },
};
static const struct mapping other = { RECORD_NONE, NULL, OCSF_BASE,
    OCSF_OTHER, NULL };

static const struct mapping *
mapping_of(const struct record_view *v)
{
	size_t i;

	for (i = 0; v != NULL && i < NELEM(mappings); i++)
		if (mappings[i].kind == v->kind && (mappings[i].ev == NULL ||
		    record_is(v, "ev", mappings[i].ev)))
			return (&mappings[i]);
	return (&other);
}

/* "KEY":VALUE, of a member as it is; 0 if there is none. */
static int
put_member(struct buf *b, const struct record_view *v, const char *before,
    const char *key, const char *path)
{
	const char *val;
	size_t len;

	if (!record_member(v->json, v->jsonlen, path, &val, &len))
		return (0);
	buf_printf(b, "%s\"%s\":%.*s", before, key, (int)len, val);
	return (1);
}

/* The same where it has to be a text: what is no UTF-8 is an object here. */
static int
put_string(struct buf *b, const struct record_view *v, const char *key,
    const char *path)
{
	const char *val;
	size_t len;

	return (record_member(v->json, v->jsonlen, path, &val, &len) &&
	    *val == '"' && put_member(b, v, ",", key, path));
}

/* And where it has to be a number. */
static void
put_number(struct buf *b, const struct record_view *v, const char *key,
    const char *path)
{
	const char *val;
	size_t len;

	if (record_member(v->json, v->jsonlen, path, &val, &len) &&
	    strchr("-0123456789", *val) != NULL)
		(void)put_member(b, v, ",", key, path);
}

/* The same of a number, as a text: uids of OCSF are. */
static void
put_uid(struct buf *b, const struct record_view *v, const char *key,
    const char *path)
{
	uint64_t n;

	if (record_member_u64(v->json, v->jsonlen, path, &n) == -1)
		buf_printf(b, "\"%s\":{\"uid\":\"unknown\"}", key);
	else
		buf_printf(b, "\"%s\":{\"uid\":\"%llu\"}", key,
		    (unsigned long long)n);
}

static void
put_text(struct buf *b, const char *before, const char *key,
    const char *text)
{
	buf_printf(b, "%s\"%s\":", before, key);
	json_str(b, text, strlen(text));
}

/* The words of a command in one text, such that they can be told apart. */
static void
put_command(struct buf *b, const struct record_view *v)
{
	struct strv words = { NULL, 0 };
	struct buf t;
	char *text;

	execline_argv(v, &words);
	buf_init(&t, 16U * RECORD_MAX);
	esc_words(&t, &words);
	if (words.n != 0 && (text = buf_text(&t)) != NULL) {
		put_text(b, ",", "cmd_line", text);
		free(text);
	} else
		buf_free(&t);
	strv_free(&words);
}

/* An object of a file; type 1 is a regular one, 0 is unknown. */
static void
put_file(struct buf *b, const struct record_view *v, const char *key,
    const char *path, const char *digest, unsigned type)
{
	struct strv words = { NULL, 0 };
	const char *name;
	char hex[72];

	execline_words(v, path, &words);
	if (words.n == 0) {
		const char *val;
		size_t len;

		/* a name that is no UTF-8 */
		if (record_member(v->json, v->jsonlen, path, &val, &len))
			strv_addn(&words, val, len);
		else
			strv_add(&words, "unknown");
	}
	name = strrchr(words.v[0], '/');
	name = name != NULL && name[1] != '\0' ? name + 1 : words.v[0];
	buf_printf(b, ",\"%s\":", key);
	put_text(b, "{", "name", name);
	put_text(b, ",", "path", words.v[0]);
	buf_printf(b, ",\"type_id\":%u", type);
	if (digest != NULL && record_text(v, digest, hex, sizeof(hex)) == 0 &&
	    strspn(hex, "0123456789abcdef") == strlen(hex))
		buf_printf(b, ",\"hashes\":[{\"algorithm_id\":99,"
		    "\"algorithm\":\"BLAKE2b-256\",\"value\":\"%s\"}]", hex);
	buf_put_u8(b, '}');
	strv_free(&words);
}

/* Of number 0, the request's own program, the run. */
static void
put_parent(struct buf *b, const char *run, uint64_t seq)
{
	buf_printf(b, ",\"parent_process\":{\"uid\":\"%s", run);
	if (seq != 0)
		buf_printf(b, "#%llu", (unsigned long long)seq);
	buf_printf(b, "\"}");
}

static void
put_process(struct buf *b, const struct record_view *v)
{
	char run[64];
	uint64_t seq, n;

	if (record_member_str(v->json, v->jsonlen, "run", run,
	    sizeof(run)) == -1)
		(void)snprintf(run, sizeof(run), "unknown");
	if (record_member_u64(v->json, v->jsonlen, "seq", &seq) == -1)
		buf_printf(b, ",\"process\":{\"uid\":\"%s\"", run);
	else
		buf_printf(b, ",\"process\":{\"uid\":\"%s#%llu\"", run,
		    (unsigned long long)seq);
	put_command(b, v);
	if (record_has(v, "exe.path"))
		put_file(b, v, "file", "exe.path", "exe.digest", 1);
	else if (record_has(v, "path"))
		put_file(b, v, "file", "path", "digest", 1);
	if (record_has(v, "account") && record_member_u64(v->json,
	    v->jsonlen, "uid", &n) == 0) {
		buf_printf(b, ",\"user\":{\"uid\":\"%llu\"",
		    (unsigned long long)n);
		(void)put_string(b, v, "name", "account");
		buf_put_u8(b, '}');
	}
	if (record_member_u64(v->json, v->jsonlen, "parent", &n) == 0)
		put_parent(b, run, n);
	buf_put_u8(b, '}');
	put_number(b, v, "exit_code", "exit");
}

/* Who did it: the account that asked, of what is known. */
static void
put_actor(struct buf *b, const struct record_view *v)
{
	buf_printf(b, ",\"actor\":{\"app_name\":\"clawbot\",");
	if (record_has(v, "why.uid"))
		put_uid(b, v, "user", "why.uid");
	else {
		buf_printf(b, "\"process\":{");
		if (!put_member(b, v, "", "uid", "run"))
			buf_printf(b, "\"uid\":\"unknown\"");
		buf_put_u8(b, '}');
	}
	buf_put_u8(b, '}');
}

static void
put_status(struct buf *b, const struct record_view *v,
    const struct mapping *m)
{
	unsigned status = 0;

	if (record_is(v, "ev", "refused") || record_is(v, "verdict", "deny") ||
	    record_is(v, "ev", "abort") || record_is(v, "ev", "lost"))
		status = OCSF_FAILURE;
	else if (m->class == OCSF_PROCESS || m->class == OCSF_FILE ||
	    (m->class == OCSF_AUTHORIZE && m->activity == 1))
		status = OCSF_SUCCESS;
	if (status != 0)
		buf_printf(b, ",\"status_id\":%u,\"status\":\"%s\"", status,
		    status == OCSF_SUCCESS ? "Success" : "Failure");
	(void)put_string(b, v, "status_detail", "outcome");
	(void)put_string(b, v, "message", "reason");
}

/* What its class needs besides. */
static void
put_class(struct buf *b, const struct record_view *v, const struct mapping *m)
{
	switch (m->class) {
	case OCSF_PROCESS:
		put_actor(b, v);
		put_process(b, v);
		break;
	case OCSF_FILE:
		put_actor(b, v);
		put_file(b, v, "file", "path", NULL, 0);
		if (record_has(v, "to"))
			put_file(b, v, "file_result", "to", NULL, 0);
		break;
	case OCSF_AUTHORIZE:
		buf_put_u8(b, ',');
		put_uid(b, v, "user", "why.uid");
		if (record_has(v, "by.uid")) {
			buf_printf(b, ",\"actor\":{");
			put_uid(b, v, "user", "by.uid");
			buf_put_u8(b, '}');
		}
		break;
	case OCSF_ENTITY:
		buf_printf(b, ",\"entity\":{\"type\":\"secret\"");
		if (!put_string(b, v, "name", "name"))
			buf_printf(b, ",\"uid\":\"unknown\"");
		buf_printf(b, "},\"actor\":{");
		put_uid(b, v, "user", "uid");
		buf_put_u8(b, '}');
		break;
	case OCSF_APP:
		buf_printf(b, ",\"app\":{\"name\":\"clawbot\",\"vendor_name\":"
		    "\"clawbot\"");
		(void)put_string(b, v, "version", "version");
		buf_put_u8(b, '}');
		break;
	case OCSF_BASE:
		break;
	}
	put_status(b, v, m);
}

static void
put_metadata(struct buf *b, const struct export_in *in)
{
	const struct record_view *v = in->v;

	buf_printf(b, ",\"metadata\":{\"version\":\"" OCSF_VERSION "\","
	    "\"product\":{\"name\":\"clawbot\",\"vendor_name\":\"clawbot\","
	    "\"version\":\"" CB_VERSION "\"},\"log_name\":"
	    "\"gateway.log\"");
	if (v != NULL) {
		buf_printf(b, ",\"sequence\":%llu,\"original_time\":"
		    "\"%.*s\",\"event_code\":\"%s",
		    (unsigned long long)v->number, RECORD_TIME, v->time,
		    record_kind_name(v->kind));
		buf_put_u8(b, '"');
	}
	buf_put_u8(b, '}');
	put_text(b, ",\"device\":{\"type_id\":0,", "hostname", in->host);
	buf_put_u8(b, '}');
}

void
export_ocsf(struct buf *b, const struct export_in *in)
{
	/* severity_id: Informational, Low, High */
	static const unsigned severity[] = { [WEIGHT_PLAIN] = 1,
	    [WEIGHT_REFUSED] = 2, [WEIGHT_GRAVE] = 4 };
	const struct record_view *v = in->v;
	const struct mapping *m = mapping_of(v);

	buf_printf(b, "{\"category_uid\":%u,\"class_uid\":%u,\"activity_id\":"
	    "%u,\"type_uid\":%u,\"severity_id\":%u,\"time\":%llu",
	    (unsigned)m->class / 1000, (unsigned)m->class, m->activity,
	    (unsigned)m->class * 100 + m->activity, v == NULL ? 2 :
	    severity[record_weight(v)],
	    (unsigned long long)(in->time_us / 1000));
	if (m->name != NULL)
		buf_printf(b, ",\"activity_name\":\"%s\"", m->name);
	else if (v != NULL && record_has(v, "ev"))
		(void)put_string(b, v, "activity_name", "ev");
	else
		buf_printf(b, ",\"activity_name\":\"Other\"");
	put_metadata(b, in);
	if (v != NULL) {
		put_class(b, v, m);
		buf_printf(b, ",\"unmapped\":{\"kind\":\"%s\",",
		    record_kind_name(v->kind));
		buf_put(b, v->json + 1, v->jsonlen - 1);
	} else {
		buf_printf(b, ",\"unmapped\":{\"invalid\":true},\"raw_data\""
		    ":");
		json_str(b, in->line, in->len - 1);
	}
	buf_put_u8(b, '}');
}
