/* SPDX-License-Identifier: ISC */
/*
 * A payload for every type of msg.h, with the values of tests/sample.h: what
 * the golden frames carry, and what hostile peers begin with.
 */
#ifndef TESTS_PAYLOAD_H
#define TESTS_PAYLOAD_H

#include "common/buf.h"
#include "common/cberr.h"
#include "common/field.h"
#include "common/msg.h"
#include "common/record/kind.h"
#include "common/ticket.h"
#include "tests/sample.h"

static inline void
put_ticket(struct buf *b, unsigned kind)
{
	uint8_t key[TICKET_KEY], out[TICKET_SIZE];
	struct ticket t;

	memset(&t, 0, sizeof(t));
	t.kind = (uint8_t)kind;
	t.run = SAMPLE_ID;
	t.record = 42;
	t.expires_ms = 1000000;
	sample_digest(t.digest, sizeof(t.digest), 5);
	sample_digest(key, sizeof(key), 6);
	ticket_make(out, &t, key);
	buf_put(b, out, sizeof(out));
}

static inline void
put_digest(struct buf *b, unsigned seed)
{
	uint8_t d[32];

	sample_digest(d, sizeof(d), seed);
	buf_put(b, d, sizeof(d));
}

static inline void
put_fields(struct buf *b)
{
	struct strv sv = { NULL, 0 };

	strv_add(&sv, "git");
	strv_add(&sv, "push");
	field_str(b, "ev", "intent");
	field_u64(b, "uid", 1000);
	field_i64(b, "exit", -1);
	field_bool(b, "admin", 1);
	field_list(b, "argv", &sv);
	field_hex(b, "digest", "\x00\xff", 2);
	field_end(b, field_obj(b, "why"));
	strv_free(&sv);
}

/* u16 code, str reason */
static inline void
put_reason(struct buf *b, unsigned code)
{
	buf_put_u16(b, (uint16_t)code);
	buf_put_str(b, "disk full");
}

static inline void
put_client(struct buf *b, unsigned type)
{
	switch (type) {
	case MSG_HELLO:
		buf_put_u32(b, MSG_PROTOCOL);
		buf_put_str(b, "clawbot");
		return;
	case MSG_RUN:
	case MSG_WHY:
		sample_put_runreq(b);
		return;
	case MSG_KILL:
	case MSG_WAIT:
	case MSG_ACCEPTED:
		buf_put_u64(b, SAMPLE_ID);
		return;
	case MSG_LOGS:
		buf_put_u64(b, SAMPLE_ID);
		buf_put_u8(b, 1);
		return;
	case MSG_WINSIZE:
		buf_put_u16(b, 24);
		buf_put_u16(b, 80);
		return;
	case MSG_APPROVALS:
		buf_put_u8(b, 1);
		return;
	case MSG_APPROVE:
		buf_put_u64(b, SAMPLE_ID);
		put_digest(b, 9);
		return;
	case MSG_DENY:
		buf_put_u64(b, SAMPLE_ID);
		buf_put_str(b, "not today");
		return;
	case MSG_SECRET_SET:
	case MSG_SECRET_RM:
		buf_put_str(b, "TOKEN");
		return;
	case MSG_AUDIT:
		buf_put_u8(b, QUERY_TAIL);
		buf_put_u64(b, 10);
		buf_put_u64(b, 0);
		return;
	case MSG_WELCOME:
	case MSG_WAITING:
	case MSG_STARTED:
	case MSG_RESULT:
	case MSG_ROW:
		put_fields(b);
		return;
	case MSG_END:
		put_reason(b, CBE_AGAIN);
		return;
	case MSG_DELAY:
		field_str(b, "role", "executor");
		field_u64(b, "seconds", 5);
		return;
	default:
		return;
	}
}

static inline void
put_executor(struct buf *b, unsigned type)
{
	struct masks m;

	switch (type) {
	case MSG_X_CONFIG:
		sample_put_xconf(b);
		return;
	case MSG_X_RESOLVE:
		sample_put_resolve(b);
		return;
	case MSG_X_PLAN:
		sample_put_resolved(b);
		return;
	case MSG_X_UNRESOLVED:
		put_reason(b, CBE_NOTFOUND);
		sample_masks(&m);
		masks_put(b, &m);
		masks_free(&m);
		return;
	case MSG_X_GO:
		put_ticket(b, TICKET_EXEC);
		return;
	case MSG_X_KILL:
		buf_put_u8(b, OUTCOME_KILLED);
		return;
	case MSG_X_RESULT:
		sample_put_runresult(b);
		return;
	case MSG_X_FOUND:
		put_fields(b);
		return;
	case MSG_X_EXAMINING:
		buf_put_u32(b, 8);
		buf_put_u32(b, 9);
		return;
	case MSG_X_EXAMINED:
		buf_put_u32(b, 2);
		buf_put_u32(b, 198);
		buf_put_u32(b, 1);
		put_fields(b);
		return;
	case MSG_X_WINSIZE:
		buf_put_u16(b, 24);
		buf_put_u16(b, 80);
		return;
	case MSG_X_LOGS:
		buf_put_u64(b, SAMPLE_ID);
		buf_put_u8(b, 1);
		return;
	case MSG_X_LOGGED:
		put_reason(b, CBE_NOENT);
		return;
	default:
		return;
	}
}

static inline void
put_auditor(struct buf *b, unsigned type)
{
	switch (type) {
	case MSG_A_CONFIG:
		put_digest(b, 1);
		put_digest(b, 2);
		buf_put_u64(b, 64U * 1024 * 1024);
		buf_put_bytes(b, "{}\n", 3);
		buf_put_str(b, "/etc/clawbot.conf");
		return;
	case MSG_A_INTENT:
		sample_put_intent(b);
		return;
	case MSG_A_RECORD:
		buf_put_u8(b, RECORD_APPROVAL);
		buf_put_u8(b, 0);
		put_fields(b);
		return;
	case MSG_A_CLOSE:
		buf_put_u8(b, CLOSE_RESULT);
		put_fields(b);
		return;
	case MSG_A_COMMIT:
		put_digest(b, 3);
		put_fields(b);
		return;
	case MSG_A_TICKET:
		buf_put_u64(b, 42);
		put_ticket(b, TICKET_EXEC);
		put_ticket(b, TICKET_SECRET);
		return;
	case MSG_A_REFUSED:
		put_reason(b, CBE_AGAIN);
		return;
	case MSG_A_DONE:
		buf_put_u64(b, 42);
		return;
	case MSG_A_QUERY:
		buf_put_u8(b, QUERY_SHOW);
		buf_put_u64(b, 10);
		buf_put_u64(b, SAMPLE_ID);
		buf_put_u32(b, UINT32_MAX);
		return;
	case MSG_A_QUERIED:
		put_reason(b, CBE_OK);
		buf_put_u64(b, 42);
		put_digest(b, 4);
		return;
	default:
		return;
	}
}

static inline void
put_vault(struct buf *b, unsigned type)
{
	struct buf f;

	switch (type) {
	case MSG_V_CONFIG:
		put_digest(b, 1);
		buf_put_u8(b, CIPHER_AES256);
		buf_put_u8(b, UNLOCK_KEYFILE);
		buf_put_u64(b, 7);
		put_digest(b, 2);
		buf_put_str(b, "keyfile");
		return;
	case MSG_V_RELEASE:
		put_ticket(b, TICKET_SECRET);
		buf_put_str(b, "TOKEN");
		return;
	case MSG_V_NAMES:
		buf_init(&f, 4096);
		field_str(&f, "name", "TOKEN");
		field_u64(&f, "version", 1);
		buf_put_u32(b, 1);
		buf_put_bytes(b, f.data, f.len);
		buf_free(&f);
		return;
	case MSG_V_SET:
	case MSG_V_RM:
		buf_put_str(b, "TOKEN");
		return;
	case MSG_V_PREPARED:
		buf_put_u64(b, 8);
		put_digest(b, 3);
		return;
	case MSG_V_COMMIT:
		put_ticket(b, TICKET_COMMIT);
		return;
	case MSG_V_DONE:
		put_reason(b, CBE_NOENT);
		return;
	default:
		return;
	}
}

static inline void
put_payload(struct buf *b, unsigned type)
{
	if (type == MSG_READY)
		put_fields(b);
	else if (type == MSG_FAILED)
		put_reason(b, EXIT_CONFIG);
	else if (type >= MSG_V_CONFIG)
		put_vault(b, type);
	else if (type >= MSG_A_CONFIG)
		put_auditor(b, type);
	else if (type >= MSG_X_CONFIG)
		put_executor(b, type);
	else
		put_client(b, type);
}

#endif
