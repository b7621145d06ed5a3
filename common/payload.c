/* SPDX-License-Identifier: ISC */
/* The shapes of small payloads, and whose they are. */
#include "config.h"

#include <stdlib.h>

#include "common/cberr.h"
#include "common/ipc.h"
#include "common/payload.h"
#include "common/xconf.h"

static const struct shape_row hello_rows[] = {
	U32(msg_hello, version, 0, UINT32_MAX),
	STR(msg_hello, program, PLAN_MAXNAME),
};
SHAPE(msg_hello, "HELLO", hello_rows, NULL);

static const struct shape_row runid_rows[] = {
	U64(msg_runid, run),
};
SHAPE(msg_runid, "RUNID", runid_rows, NULL);

static const struct shape_row watch_rows[] = {
	U8(msg_watch, watch, 0, 1),
};
SHAPE(msg_watch, "WATCH", watch_rows, NULL);

static const struct shape_row approve_rows[] = {
	U64(msg_approve, run),
	RAW(msg_approve, digest),
};
SHAPE(msg_approve, "APPROVE", approve_rows, NULL);

static const struct shape_row deny_rows[] = {
	U64(msg_deny, run),
	STR(msg_deny, why, PLAN_MAXREASON),
};
SHAPE(msg_deny, "DENY", deny_rows, NULL);

static const struct shape_row secret_name_rows[] = {
	STR(msg_secret_name, name, PLAN_MAXNAME),
};
SHAPE(msg_secret_name, "NAME", secret_name_rows, NULL);

static const struct shape_row audit_rows[] = {
	U8(msg_audit, query, QUERY_TAIL, QUERY_FOLLOW),
	U64(msg_audit, count),
	U64(msg_audit, run),
};
SHAPE(msg_audit, "AUDIT", audit_rows, NULL);

static const struct shape_row logs_rows[] = {
	U64(msg_logs, run),
	U8(msg_logs, follow, 0, 1),
};
SHAPE(msg_logs, "LOGS", logs_rows, NULL);

static const struct shape_row window_rows[] = {
	U16(msg_window, rows, 0, UINT16_MAX),
	U16(msg_window, cols, 0, UINT16_MAX),
};
SHAPE(msg_window, "WINDOW", window_rows, NULL);

static const struct shape_row fields_rows[] = {
	FIELDS(msg_fields, p, len),
};
SHAPE(msg_fields, "fields", fields_rows, NULL);

static const struct shape_row reason_rows[] = {
	U16(msg_reason, code, 0, CBE_MAX - 1),
	STR(msg_reason, text, 2 * MSG_TEXT_MAX),
};
SHAPE(msg_reason, "REASON", reason_rows, NULL);

static const struct shape_row refused_rows[] = {
	U16(msg_reason, code, CBE_OK + 1, CBE_MAX - 1),
	STR(msg_reason, text, MSG_TEXT_MAX),
};
const struct shape msg_refused_shape =
    SHAPE_OF_ROWS(msg_reason, "REFUSED", refused_rows, NULL);

static const struct shape_row failed_rows[] = {
	U16(msg_failed, status, 1, 125),
	STR(msg_failed, text, MSG_TEXT_MAX),
};
SHAPE(msg_failed, "FAILED", failed_rows, NULL);

static const struct shape_row unresolved_rows[] = {
	U16(msg_unresolved, code, CBE_OK + 1, CBE_MAX - 1),
	STR(msg_unresolved, text, MSG_TEXT_MAX),
	OF(msg_unresolved, masks, masks),
};
SHAPE(msg_unresolved, "UNRESOLVED", unresolved_rows, NULL);

static const struct shape_row kill_rows[] = {
	U8(msg_kill, outcome, OUTCOME_TIMEOUT, OUTCOME_ERROR),
};
SHAPE(msg_kill, "KILL", kill_rows, NULL);

static const struct shape_row examining_rows[] = {
	U32(msg_examining, done, 1, XCONF_MAXSKILLS),
	U32(msg_examining, of, 1, XCONF_MAXSKILLS),
};
SHAPE(msg_examining, "EXAMINING", examining_rows, NULL);

static const struct shape_row examined_rows[] = {
	U32(msg_examined, skills, 0, UINT32_MAX),
	U32(msg_examined, attempts, 0, UINT32_MAX),
	U32(msg_examined, open, 0, UINT32_MAX),
	FIELDS(msg_examined, ready, readylen),
};
SHAPE(msg_examined, "EXAMINED", examined_rows, NULL);

static const struct shape_row record_rows[] = {
	U8(msg_record, kind, 0, UINT8_MAX),
	U8(msg_record, flags, 0, UINT8_MAX),
	REST(msg_record, fields, len),
};
SHAPE(msg_record, "RECORD", record_rows, NULL);

static const struct shape_row close_rows[] = {
	U8(msg_close, how, 0, UINT8_MAX),
	REST(msg_close, fields, len),
};
SHAPE(msg_close, "CLOSE", close_rows, NULL);

static const struct shape_row commit_rows[] = {
	RAW(msg_commit, digest),
	REST(msg_commit, fields, len),
};
SHAPE(msg_commit, "COMMIT", commit_rows, NULL);

static const struct shape_row query_rows[] = {
	U8(msg_query, query, QUERY_TAIL, QUERY_FOLLOW),
	U64(msg_query, count),
	U64(msg_query, run),
	U32(msg_query, uid, 0, UINT32_MAX),
};
SHAPE(msg_query, "QUERY", query_rows, NULL);

static const struct shape_row done_rows[] = {
	U64(msg_done, record),
};
SHAPE(msg_done, "DONE", done_rows, NULL);

static const struct shape_row tickets_rows[] = {
	U64(msg_tickets, record),
	RAW(msg_tickets, ticket),
	REST(msg_tickets, secrets, secretslen),
};
SHAPE(msg_tickets, "TICKETS", tickets_rows, NULL);

static const struct shape_row queried_rows[] = {
	U16(msg_queried, code, 0, CBE_MAX - 1),
	STR(msg_queried, text, MSG_TEXT_MAX),
	U64(msg_queried, records),
	RAW(msg_queried, digest),
};
SHAPE(msg_queried, "QUERIED", queried_rows, NULL);

static const struct shape_row prepared_rows[] = {
	U64(msg_prepared, version),
	RAW(msg_prepared, digest),
};
SHAPE(msg_prepared, "PREPARED", prepared_rows, NULL);

static const struct shape_row release_rows[] = {
	RAW(msg_release, ticket),
	STR(msg_release, name, PLAN_MAXNAME),
};
SHAPE(msg_release, "RELEASE", release_rows, NULL);

static const struct {
	unsigned		 type;
	const struct shape	*shape;
} payloads[] = {
	{ MSG_READY, &msg_fields_shape },
	{ MSG_FAILED, &msg_failed_shape },
	{ MSG_HELLO, &msg_hello_shape },
	{ MSG_RUN, &runreq_shape },
	{ MSG_KILL, &msg_runid_shape },
	{ MSG_APPROVALS, &msg_watch_shape },
	{ MSG_APPROVE, &msg_approve_shape },
	{ MSG_DENY, &msg_deny_shape },
	{ MSG_SECRET_SET, &msg_secret_name_shape },
	{ MSG_SECRET_RM, &msg_secret_name_shape },
	{ MSG_AUDIT, &msg_audit_shape },
	{ MSG_WHY, &runreq_shape },
	{ MSG_LOGS, &msg_logs_shape },
	{ MSG_WAIT, &msg_runid_shape },
	{ MSG_WINSIZE, &msg_window_shape },
	{ MSG_WELCOME, &msg_fields_shape },
	{ MSG_ACCEPTED, &msg_runid_shape },
	{ MSG_WAITING, &msg_fields_shape },
	{ MSG_STARTED, &msg_fields_shape },
	{ MSG_RESULT, &msg_fields_shape },
	{ MSG_ROW, &msg_fields_shape },
	{ MSG_END, &msg_reason_shape },
	{ MSG_DELAY, &msg_fields_shape },
	{ MSG_X_CONFIG, &xconf_shape },
	{ MSG_X_EXAMINING, &msg_examining_shape },
	{ MSG_X_RESOLVE, &resolve_shape },
	{ MSG_X_PLAN, &resolved_shape },
	{ MSG_X_UNRESOLVED, &msg_unresolved_shape },
	{ MSG_X_KILL, &msg_kill_shape },
	{ MSG_X_RESULT, &runresult_shape },
	{ MSG_X_WINSIZE, &msg_window_shape },
	{ MSG_X_LOGS, &msg_logs_shape },
	{ MSG_X_LOGGED, &msg_reason_shape },
	{ MSG_X_FOUND, &msg_fields_shape },
	{ MSG_X_EXAMINED, &msg_examined_shape },
	{ MSG_A_INTENT, &intent_shape },
	{ MSG_A_RECORD, &msg_record_shape },
	{ MSG_A_CLOSE, &msg_close_shape },
	{ MSG_A_COMMIT, &msg_commit_shape },
	{ MSG_A_QUERY, &msg_query_shape },
	{ MSG_A_TICKET, &msg_tickets_shape },
	{ MSG_A_REFUSED, &msg_refused_shape },
	{ MSG_A_DONE, &msg_done_shape },
	{ MSG_A_QUERIED, &msg_queried_shape },
	{ MSG_V_RELEASE, &msg_release_shape },
	{ MSG_V_SET, &msg_secret_name_shape },
	{ MSG_V_RM, &msg_secret_name_shape },
	{ MSG_V_PREPARED, &msg_prepared_shape },
	{ MSG_V_DONE, &msg_reason_shape },
};

const struct shape *
payload_shape(unsigned type)
{
	size_t i;

	for (i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++)
		if (payloads[i].type == type)
			return (payloads[i].shape);
	return (NULL);
}

int
payload_get(const struct ipc_msg *m, const struct shape *s, void *v)
{
	if (payload_shape(m->type) != s)
		abort();
	return (shape_get(s, v, m->data, m->len));
}
