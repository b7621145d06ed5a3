/* SPDX-License-Identifier: ISC */
/*
 * A payload for every type of msg.h: what the golden frames carry, and what
 * hostile peers begin with.  It comes from the shape of the type (gen.h); the
 * values that the golden frames have are below, by the name of the member.
 * What has none is in the middle of its bounds.
 */
#ifndef TESTS_PAYLOAD_H
#define TESTS_PAYLOAD_H

#include "common/buf.h"
#include "common/cberr.h"
#include "common/field.h"
#include "common/msg.h"
#include "common/payload.h"
#include "common/record/kind.h"
#include "common/ticket.h"
#include "tests/gen.h"
#include "tests/sample.h"

/* A member of one type of message (MSG_NONE: of all others) is that. */
struct sample_value {
	unsigned	 type;
	const char	*member;
	uint64_t	 n;		/* numbers; the seed of raw bytes */
	const char	*text;
};

/* The first that fits. */
static const struct sample_value sample_values[] = {
	{ MSG_FAILED, "status", EXIT_CONFIG, NULL },
	{ MSG_HELLO, "version", MSG_PROTOCOL, NULL },
	{ MSG_HELLO, "program", 0, "clawbot" },
	{ MSG_WHY, "uid", UINT32_MAX, NULL },
	{ MSG_RULES, "uid", UINT32_MAX, NULL },
	{ MSG_APPROVALS, "watch", WATCH_MAX, NULL },
	{ MSG_APPROVE, "digest", 9, NULL },
	{ MSG_DENY, "why", 0, "not today" },
	{ MSG_STANDING_ADD, "digest", 9, NULL },
	{ MSG_STANDING_ADD, "for_s", 3600, NULL },
	{ MSG_STANDING_ADD, "like", 0, "touch *" },
	{ MSG_REVOKE, "standing", SAMPLE_ID, NULL },
	{ MSG_REVOKE, "why", 0, "it was enough" },
	{ MSG_STOP, "why", 0, "it deletes things" },
	{ MSG_RESUME, "why", 0, "it was a test" },
	{ MSG_BREAKER, "why", 0, "mended" },
	{ MSG_AUDIT, "query", QUERY_TAIL, NULL },
	{ MSG_AUDIT, "run", 0, NULL },
	{ MSG_END, "code", CBE_AGAIN, NULL },
	{ MSG_X_UNRESOLVED, "code", CBE_NOTFOUND, NULL },
	{ MSG_X_GO, "ticket", TICKET_EXEC, NULL },
	{ MSG_X_KILL, "outcome", OUTCOME_KILLED, NULL },
	{ MSG_X_KILL, "now", 1, NULL },
	{ MSG_X_EXAMINING, "done", 8, NULL },
	{ MSG_X_EXAMINING, "of", 9, NULL },
	{ MSG_X_EXAMINED, "skills", 2, NULL },
	{ MSG_X_EXAMINED, "attempts", 198, NULL },
	{ MSG_X_EXAMINED, "open", 1, NULL },
	{ MSG_X_LOGGED, "code", CBE_NOENT, NULL },
	{ MSG_X_HIDE, "code", CBE_NOENT, NULL },
	{ MSG_X_HIDDEN, "code", CBE_NOENT, NULL },
	{ MSG_X_EXECED, "durable", 1024, NULL },
	{ MSG_X_ANSWER, "seq", 12, NULL },
	{ MSG_X_ANSWER, "allowed", 1, NULL },
	{ MSG_X_ANSWER, "ticket", TICKET_ANSWER, NULL },
	{ MSG_X_ANSWER, "reason", 0, "" },
	{ MSG_X_ASKED, "seq", 12, NULL },
	{ MSG_A_CONFIG, "exec_key", 1, NULL },
	{ MSG_A_CONFIG, "vault_key", 2, NULL },
	{ MSG_A_CONFIG, "segment", 64U * 1024 * 1024, NULL },
	{ MSG_A_CONFIG, "compress", 1, NULL },
	{ MSG_A_CONFIG, "text", 0, "{}\n" },
	{ MSG_A_CONFIG, "path", 0, "/etc/clawbot.conf" },
	{ MSG_A_RECORD, "kind", RECORD_APPROVAL, NULL },
	{ MSG_A_RECORD, "flags", 0, NULL },
	{ MSG_A_CLOSE, "how", CLOSE_RESULT, NULL },
	{ MSG_A_COMMIT, "digest", 3, NULL },
	{ MSG_A_TICKET, "ticket", TICKET_EXEC, NULL },
	{ MSG_A_TICKET, "secrets", TICKET_SECRET, NULL },
	{ MSG_A_REFUSED, "code", CBE_AGAIN, NULL },
	{ MSG_A_QUERY, "query", QUERY_SHOW, NULL },
	{ MSG_A_QUERY, "uid", UINT32_MAX, NULL },
	{ MSG_A_QUERIED, "code", CBE_OK, NULL },
	{ MSG_A_QUERIED, "records", 42, NULL },
	{ MSG_A_QUERIED, "digest", 4, NULL },
	{ MSG_X_PRINTS, "len", 65536, NULL },
	{ MSG_V_PRINTS, "len", 65536, NULL },
	{ MSG_V_CONFIG, "ticket_key", 1, NULL },
	{ MSG_V_CONFIG, "print_key", 3, NULL },
	{ MSG_V_CONFIG, "cipher", CIPHER_AES256, NULL },
	{ MSG_V_CONFIG, "lock_after", 3600, NULL },
	{ MSG_V_CONFIG, "kind", UNLOCK_KEYFILE, NULL },
	{ MSG_V_CONFIG, "version", 7, NULL },
	{ MSG_V_CONFIG, "digest", 2, NULL },
	{ MSG_V_CONFIG, "label", 0, "/etc/clawbot.key" },
	{ MSG_V_CONFIG, "why", 0, "" },
	{ MSG_SLOT_ADD, "type", 3, NULL },
	{ MSG_SLOT_ADD, "label", 0, "passphrase" },
	{ MSG_V_SLOT_ADD, "type", 3, NULL },
	{ MSG_V_SLOT_ADD, "label", 0, "passphrase" },
	{ MSG_SLOT_RM, "slot", 2, NULL },
	{ MSG_V_SLOT_RM, "slot", 2, NULL },
	{ MSG_REKEY, "keep", 3, NULL },
	{ MSG_V_REKEY, "keep", 3, NULL },
	{ MSG_REVEAL, "why", 0, "the token is to be moved" },
	{ MSG_V_RELEASE, "ticket", TICKET_SECRET, NULL },
	{ MSG_V_RELEASE, "version", 4, NULL },
	{ MSG_V_RELEASE, "oldest", 3, NULL },
	{ MSG_V_PREPARED, "version", 8, NULL },
	{ MSG_V_PREPARED, "digest", 3, NULL },
	{ MSG_V_COMMIT, "ticket", TICKET_COMMIT, NULL },
	{ MSG_V_DONE, "code", CBE_NOENT, NULL },
	{ MSG_NONE, "run", SAMPLE_ID, NULL },
	{ MSG_NONE, "record", 42, NULL },
	{ MSG_NONE, "count", 10, NULL },
	{ MSG_NONE, "follow", 1, NULL },
	{ MSG_NONE, "rows", 24, NULL },
	{ MSG_NONE, "cols", 80, NULL },
	{ MSG_NONE, "name", 0, "TOKEN" },
	{ MSG_NONE, "text", 0, "disk full" },
};

static inline const struct sample_value *
sample_value(unsigned type, const char *member)
{
	size_t i;

	for (i = 0; i < sizeof(sample_values) / sizeof(sample_values[0]); i++)
		if ((sample_values[i].type == type ||
		    sample_values[i].type == MSG_NONE) &&
		    strcmp(sample_values[i].member, member) == 0)
			return (&sample_values[i]);
	return (NULL);
}

static inline void
sample_ticket(uint8_t out[TICKET_SIZE], unsigned kind)
{
	uint8_t key[TICKET_KEY];
	struct ticket t;

	memset(&t, 0, sizeof(t));
	t.kind = (uint8_t)kind;
	t.run = SAMPLE_ID;
	t.record = 42;
	t.expires_ms = 1000000;
	sample_digest(t.digest, sizeof(t.digest), 5);
	sample_digest(key, sizeof(key), 6);
	ticket_make(out, &t, key);
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

/* The fields of a type. */
static inline void
sample_fields(unsigned type, const struct shape_row *row, void *v)
{
	struct buf b;

	buf_init(&b, 4096);
	if (type == MSG_DELAY) {
		field_str(&b, "role", "executor");
		field_u64(&b, "seconds", 5);
	} else if (type == MSG_V_NAMES) {
		field_str(&b, "name", "TOKEN");
		field_u64(&b, "version", 1);
	} else
		put_fields(&b);
	gen_bytes(row, v, b.data, b.len);
	buf_free(&b);
}

static inline void
sample_raw(const struct shape_row *row, void *v, uint64_t seed)
{
	static uint8_t keys[4][GEN_KEY];

	if (row->kind == SHAPE_KEY) {
		sample_digest(keys[seed & 3], row->max, (unsigned)seed);
		gen_set_ptr(v, row->off, keys[seed & 3]);
	} else if (row->max == TICKET_SIZE)
		sample_ticket(gen_at(v, row->off), (unsigned)seed);
	else
		sample_digest(gen_at(v, row->off), row->max, (unsigned)seed);
}

static inline void
sample_rest(const struct shape_row *row, void *v, unsigned type,
    const struct sample_value *s)
{
	uint8_t ticket[TICKET_SIZE];

	if (row->kind == SHAPE_BYTES)
		gen_bytes(row, v, s->text, strlen(s->text));
	else if (s != NULL) {
		sample_ticket(ticket, (unsigned)s->n);
		gen_bytes(row, v, ticket, sizeof(ticket));
	} else
		sample_fields(type, row, v);
}

static inline void
sample_member(unsigned type, const struct shape_row *row, void *v)
{
	const struct sample_value *s = sample_value(type, row->name);

	switch (row->kind) {
	case SHAPE_REST:
	case SHAPE_FIELDS:
	case SHAPE_BOXED:
		sample_rest(row, v, type, s);
		return;
	case SHAPE_OF:
		if (row->of == &masks_shape) {
			shape_free(&masks_shape, gen_at(v, row->off));
			sample_masks(gen_at(v, row->off));
		}
		return;
	case SHAPE_EACH:
		sample_member(type, &row->of->rows[0], gen_ptr(v, row->off));
		return;
	default:
		break;
	}
	if (s == NULL)
		return;
	if (row->kind == SHAPE_BYTES)
		sample_rest(row, v, type, s);
	else if (row->kind == SHAPE_RAW || row->kind == SHAPE_KEY)
		sample_raw(row, v, s->n);
	else if (row->kind == SHAPE_STR && s->text != NULL)
		gen_str(row, v, s->text);
	else if (gen_widest(row->kind) != 0 && s->text == NULL)
		gen_number(row, v, s->n);
}

/* Those of sample.h, which are not only a message's. */
static inline int
put_sample(struct buf *b, const struct shape *s)
{
	static const struct {
		const struct shape	*shape;
		void			(*put)(struct buf *);
	} t[] = {
		{ &runreq_shape, sample_put_runreq },
		{ &resolve_shape, sample_put_resolve },
		{ &resolved_shape, sample_put_resolved },
		{ &intent_shape, sample_put_intent },
		{ &runresult_shape, sample_put_runresult },
		{ &xconf_shape, sample_put_xconf },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if (t[i].shape == s) {
			t[i].put(b);
			return (1);
		}
	return (0);
}

/* Nothing for a type that there is not. */
static inline void
put_payload(struct buf *b, unsigned type)
{
	const struct msg_row *row = msg_row(type);
	const struct shape *s = row == NULL ? NULL : row->shape;
	size_t i;
	void *v;

	if (s == NULL || put_sample(b, s))
		return;
	v = xcalloc(1, s->size);
	gen_fill(s, v);
	for (i = 0; i < s->nrows; i++)
		sample_member(type, &s->rows[i], v);
	shape_put(s, b, v);
	shape_free(s, v);
	free(v);
}

#endif
