/* SPDX-License-Identifier: ISC */
/* The shapes of small payloads, and what comes in as one or goes out. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/cberr.h"
#include "common/civil.h"
#include "common/forwardto.h"
#include "common/ipc.h"
#include "common/payload.h"
#include "common/record/record.h"
#include "common/text.h"
#include "common/ticket.h"
#include "common/xconf.h"

#define LAST_US	(CIVIL_LAST * 1000000 + 999999) /* of a record */

static const struct shape_row hello_rows[] = {
	U32(msg_hello, version, 0, UINT32_MAX),
	STR(msg_hello, program, PLAN_MAXNAME),
};
SHAPE(msg_hello, "HELLO", hello_rows, NULL);

static const struct shape_row why_rows[] = {
	U32(msg_why, uid, 0, UINT32_MAX),
	OF(msg_why, req, runreq),
};
SHAPE(msg_why, "WHY", why_rows, NULL);

static const struct shape_row account_rows[] = {
	U32(msg_account, uid, 0, UINT32_MAX),
};
SHAPE(msg_account, "ACCOUNT", account_rows, NULL);

static const struct shape_row try_rows[] = {
	STR(msg_try, skill, PLAN_MAXNAME),
	STRV(msg_try, lines, MSG_TRY_MAX, 65536),
};
SHAPE(msg_try, "TRY", try_rows, NULL);

static const struct shape_row runid_rows[] = {
	U64(msg_runid, run),
};
SHAPE(msg_runid, "RUNID", runid_rows, NULL);

static const struct shape_row ownrun_rows[] = {
	U64(msg_ownrun, run),
	U8(msg_ownrun, own, 0, 1),
};
SHAPE(msg_ownrun, "OWNRUN", ownrun_rows, NULL);

static const struct shape_row watch_rows[] = {
	U8(msg_watch, watch, 0, WATCH_MAX),
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

static const struct shape_row standing_rows[] = {
	U64(msg_standing, run),
	RAW(msg_standing, digest),
	U32(msg_standing, for_s, 1, STANDING_MAXFOR),
	U32(msg_standing, count, 0, STANDING_MAXCOUNT),
	STR(msg_standing, like, STANDING_MAXLIKE),
};

/* One use is an approval. */
static int
standing_wrong(const void *p)
{
	const struct msg_standing *v = p;

	return (v->count == 1);
}

SHAPE(msg_standing, "STANDING", standing_rows, standing_wrong);

static const struct shape_row revoke_rows[] = {
	U64(msg_revoke, standing),
	STR(msg_revoke, why, PLAN_MAXREASON),
};
SHAPE(msg_revoke, "REVOKE", revoke_rows, NULL);

static const struct shape_row secret_name_rows[] = {
	STR(msg_secret_name, name, PLAN_MAXNAME),
};
SHAPE(msg_secret_name, "NAME", secret_name_rows, NULL);

static const struct shape_row rotate_rows[] = {
	STR(msg_rotate, name, PLAN_MAXNAME),
	U32(msg_rotate, keep_s, 0, ROTATE_MAXKEEP),
	U64(msg_rotate, from),
};
SHAPE(msg_rotate, "ROTATE", rotate_rows, NULL);

static const struct shape_row slot_add_rows[] = {
	U8(msg_slot_add, type, 1, 3),
	STR(msg_slot_add, label, MSG_LABEL_MAX),
};
SHAPE(msg_slot_add, "SLOT_ADD", slot_add_rows, NULL);

static const struct shape_row slot_rows[] = {
	U8(msg_slot, slot, 1, 255),
	RAW(msg_slot, seen),
};
SHAPE(msg_slot, "SLOT", slot_rows, NULL);
static const struct shape_row rekey_rows[] = {
	U32(msg_rekey, keep, 0, UINT32_MAX),
	RAW(msg_rekey, seen),
};
SHAPE(msg_rekey, "REKEY", rekey_rows, NULL);

static const struct shape_row export_rows[] = {
	U8(msg_export, phrase, 0, 1),
};
SHAPE(msg_export, "EXPORT", export_rows, NULL);

static const struct shape_row bring_rows[] = {
	U8(msg_bring, replace, 0, BRING_SEEN),
	RAW(msg_bring, seen),
};
SHAPE(msg_bring, "BRING", bring_rows, NULL);

static const struct shape_row reveal_rows[] = {
	STR(msg_reveal, name, PLAN_MAXNAME),
	STR(msg_reveal, why, MSG_REVEAL_WHY),
};
SHAPE(msg_reveal, "REVEAL", reveal_rows, NULL);

static const struct shape_row recover_rows[] = {
	STR(msg_recover, why, RECOVER_MAXWHY),
};
SHAPE(msg_recover, "RECOVER", recover_rows, NULL);

static const struct shape_row audit_rows[] = {
	U8(msg_audit, query, QUERY_TAIL, QUERY_PACKED),
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
	U8(msg_kill, now, 0, 1),
};
SHAPE(msg_kill, "KILL", kill_rows, NULL);

static const struct shape_row examining_rows[] = {
	U32(msg_examining, done, 1, XCONF_MAXSKILLS),
	U32(msg_examining, of, 1, XCONF_MAXSKILLS),
};

static int
examining_wrong(const void *p)
{
	const struct msg_examining *v = p;

	return (v->done > v->of);
}

SHAPE(msg_examining, "EXAMINING", examining_rows, examining_wrong);

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

static const struct shape_row batch_rows[] = {
	U8(msg_batch, kind, BATCH_EXECS, BATCH_FILES),
	BYTES(msg_batch, rows, len, MSG_EXECS_MAX),
};
SHAPE(msg_batch, "BATCH", batch_rows, NULL);
static const struct shape_row close_rows[] = {
	U8(msg_close, how, 0, UINT8_MAX),
	EACH(msg_close, batches, n, MSG_BATCHES_MAX, msg_batch),
	REST(msg_close, fields, len),
};
SHAPE(msg_close, "CLOSE", close_rows, NULL);

static const struct shape_row commit_rows[] = {
	RAW(msg_commit, digest),
	REST(msg_commit, fields, len),
};
SHAPE(msg_commit, "COMMIT", commit_rows, NULL);

static int
has_control(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return (1);
	return (0);
}

static int
claims_wrong(const void *v)
{
	const struct msg_claims *m = v;

	return (has_control(m->session) || has_control(m->model) ||
	    has_control(m->client));
}

static const struct shape_row claims_rows[] = {
	STR(msg_claims, session, CLAIM_MAX),
	STR(msg_claims, model, CLAIM_MAX),
	STR(msg_claims, client, CLAIM_MAX),
};
SHAPE(msg_claims, "CLAIMS", claims_rows, claims_wrong);

static const struct shape_row query_rows[] = {
	U8(msg_query, query, QUERY_TAIL, QUERY_FORWARD),
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
	U64(msg_prepared, secret),
	RAW(msg_prepared, digest),
	STRV(msg_prepared, names, IMPORT_MAX, PLAN_MAXNAME),
	RAW(msg_prepared, bundle),
};
SHAPE(msg_prepared, "PREPARED", prepared_rows, NULL);

static const struct shape_row release_rows[] = {
	RAW(msg_release, ticket),
	STR(msg_release, name, PLAN_MAXNAME),
	U64(msg_release, version),
	U64IN(msg_release, oldest, 1, UINT64_MAX),
};
SHAPE(msg_release, "RELEASE", release_rows, NULL);

static const struct shape_row version_rows[] = {
	STR(msg_version, name, PLAN_MAXNAME),
	U64IN(msg_version, version, 1, UINT64_MAX),
};
SHAPE(msg_version, "VERSION", version_rows, NULL);
static const struct shape_row versions_rows[] = {
	EACH(msg_versions, v, n, MSG_VERSIONS_MAX, msg_version),
};
SHAPE(msg_versions, "VERSIONS", versions_rows, NULL);

static const struct shape_row aconf_rows[] = {
	KEY(msg_aconf, exec_key, TICKET_KEY),
	KEY(msg_aconf, vault_key, TICKET_KEY),
	U64IN(msg_aconf, segment, MSG_SEGMENT_MIN, INT64_MAX),
	WORD(msg_aconf, compress, 0, 1),
	U32(msg_aconf, output_max, 0, 1U << 30),
	U64(msg_aconf, output_total),
	U32(msg_aconf, keep_days, 0, UINT32_MAX),
	U32(msg_aconf, check_s, 0, UINT32_MAX),
	WORD(msg_aconf, immutable, 0, 1),
	BYTES(msg_aconf, text, textlen, MSG_CONFIG_MAX),
	STR(msg_aconf, path, PLAN_MAXPATH),
};
SHAPE(msg_aconf, "ACONF", aconf_rows, NULL);

static const struct shape_row prune_rows[] = {
	U64IN(msg_prune, before_us, 1, LAST_US),
	U64(msg_prune, last),
	U8(msg_prune, dry, 0, 1),
	STR(msg_prune, why, MSG_TEXT_MAX),
};
SHAPE(msg_prune, "PRUNE", prune_rows, NULL);

static const struct shape_row aprune_rows[] = {
	U64IN(msg_aprune, before_us, 1, LAST_US),
	U64(msg_aprune, last),
	U8(msg_aprune, dry, 0, 1),
	REST(msg_aprune, fields, len),
};
SHAPE(msg_aprune, "APRUNE", aprune_rows, NULL);

static const struct shape_row way_rows[] = {
	U8(msg_way, kind, UNLOCK_KEYFILE, UNLOCK_CREDENTIAL),
	STR(msg_way, label, PLAN_MAXPATH),
};
SHAPE(msg_way, "WAY", way_rows, NULL);
static const struct shape_row vconf_rows[] = {
	KEY(msg_vconf, ticket_key, TICKET_KEY),
	KEY(msg_vconf, print_key, MSG_PRINT_KEY),
	U8(msg_vconf, cipher, CIPHER_AES256, CIPHER_XCHACHA),
	U64(msg_vconf, version),
	RAW(msg_vconf, digest),
	U32(msg_vconf, lock_after, 0, UINT32_MAX),
	EACH(msg_vconf, ways, n, MSG_WAYS_MAX, msg_way),
	STR(msg_vconf, why, MSG_TEXT_MAX),
};
SHAPE(msg_vconf, "VCONF", vconf_rows, NULL);

static const struct shape_row print_rows[] = {
	U32(msg_print, len, 8, MSG_SECRET_MAX),
	U32(msg_print, at, 0, MSG_SECRET_MAX),
	U32(msg_print, sum, 0, UINT32_MAX),
	RAW(msg_print, window),
	RAW(msg_print, digest),
};
_Static_assert(MSG_PRINT_BYTES == 3 * 4 +
    sizeof(((struct msg_print *)0)->window) +
    sizeof(((struct msg_print *)0)->digest), "bytes of a PRINT");
_Static_assert(MSG_PRINTS_BYTES == 4 + MSG_PRINTS_MAX * MSG_PRINT_BYTES,
    "bound of PRINTS");

/* The middle is eight bytes of it. */
static int
print_wrong(const void *v)
{
	const struct msg_print *p = v;

	return (p->at > p->len - MSG_PRINT_MIDDLE);
}
SHAPE(msg_print, "PRINT", print_rows, print_wrong);
static const struct shape_row prints_rows[] = {
	EACH(msg_prints, p, n, MSG_PRINTS_MAX, msg_print),
};
SHAPE(msg_prints, "PRINTS", prints_rows, NULL);

static const struct shape_row one_name_rows[] = {
	BOXED(msg_one_name, fields, len, MSG_ROW_MAX),
};
SHAPE(msg_one_name, "ONENAME", one_name_rows, NULL);
static const struct shape_row names_rows[] = {
	EACH(msg_names, names, n, MSG_NAMES_MAX, msg_one_name),
};
SHAPE(msg_names, "NAMES", names_rows, NULL);

static const struct shape_row ticket_rows[] = {
	RAW(msg_ticket, ticket),
};
SHAPE(msg_ticket, "TICKET", ticket_rows, NULL);

static const struct shape_row part_rows[] = {
	U8(msg_part, more, 0, 1),
	REST(msg_part, p, len),
};
SHAPE(msg_part, "PART", part_rows, NULL);

static const struct shape_row rules_rows[] = {
	STR(msg_rules, skill, PLAN_MAXNAME),
	BYTES(msg_rules, rules, len, MSG_CONFIG_MAX),
};
SHAPE(msg_rules, "RULES", rules_rows, NULL);
static const struct shape_row areload_rows[] = {
	BYTES(msg_areload, text, textlen, MSG_CONFIG_MAX),
	STR(msg_areload, path, PLAN_MAXPATH),
	EACH(msg_areload, rules, n, XCONF_MAXSKILLS, msg_rules),
	REST(msg_areload, fields, len),
};
SHAPE(msg_areload, "ARELOAD", areload_rows, NULL);

static const struct shape_row areloaded_rows[] = {
	U64(msg_areloaded, record),
	RAW(msg_areloaded, digest),
	REST(msg_areloaded, tickets, ticketslen),
};
SHAPE(msg_areloaded, "ARELOADED", areloaded_rows, NULL);

static const struct shape_row sealed_rows[] = {
	RAW(msg_sealed, ticket),
	BYTES(msg_sealed, rules, len, MSG_CONFIG_MAX),
};
SHAPE(msg_sealed, "SEALED", sealed_rows, NULL);

static const struct shape_row xreload_rows[] = {
	EACH(msg_xreload, sealed, n, XCONF_MAXSKILLS, msg_sealed),
};
SHAPE(msg_xreload, "XRELOAD", xreload_rows, NULL);

static const struct shape_row nconf_rows[] = {
	STR(msg_nconf, program, PLAN_MAXPATH),
};
SHAPE(msg_nconf, "NCONF", nconf_rows, NULL);

static int
is_plain(const char *s)
{
	size_t n = strlen(s), k;
	uint32_t c;

	for (; n != 0; s += k, n -= k)
		if ((k = text_char(s, n, &c)) == 0 || text_deceives(c))
			return (0);
	return (1);
}

static int
notice_wrong(const void *v)
{
	const struct msg_notice *m = v;

	return (!is_plain(m->channel) || !is_plain(m->skill) ||
	    !is_plain(m->command) || !is_plain(m->reason));
}

static const struct shape_row notice_rows[] = {
	U8(msg_notice, about, NOTICE_REQUEST, NOTICE_LOST),
	U32(msg_notice, uid, 0, UINT32_MAX),
	U32(msg_notice, expires_s, 0, UINT32_MAX),
	U32(msg_notice, waiting, 0, UINT32_MAX),
	U32(msg_notice, missed, 0, UINT32_MAX),
	STR(msg_notice, channel, PLAN_MAXNAME),
	STR(msg_notice, skill, PLAN_MAXNAME),
	STR(msg_notice, command, NOTICE_COMMAND),
	STR(msg_notice, reason, NOTICE_REASON),
};
SHAPE(msg_notice, "NOTICE", notice_rows, notice_wrong);

static const struct shape_row noticed_rows[] = {
	U8(msg_noticed, how, NOTICED_OK, NOTICED_NOT),
	U32(msg_noticed, value, 0, UINT32_MAX),
};
SHAPE(msg_noticed, "NOTICED", noticed_rows, NULL);

static const struct shape_row fconf_rows[] = {
	STR(msg_fconf, to, FORWARDTO_MAX),
};
SHAPE(msg_fconf, "FCONF", fconf_rows, NULL);

static const struct shape_row from_rows[] = {
	U64IN(msg_from, record, 1, RECORD_LAST),
};
SHAPE(msg_from, "FROM", from_rows, NULL);

static const struct shape_row forward_rows[] = {
	U8(msg_forward, stalled, 0, 1),
	U64IN(msg_forward, done, 0, RECORD_LAST),
	U32(msg_forward, waiting, 0, UINT32_MAX),
	U64(msg_forward, oldest_us),
	U32(msg_forward, failures, 0, UINT32_MAX),
	STR(msg_forward, why, FORWARD_WHY),
};
SHAPE(msg_forward, "FORWARD", forward_rows, NULL);

static int
gap_wrong(const void *v)
{
	const struct msg_gap *m = v;

	return (m->first > m->last);
}

static const struct shape_row gap_rows[] = {
	U64IN(msg_gap, first, 1, RECORD_LAST),
	U64IN(msg_gap, last, 1, RECORD_LAST),
};
SHAPE(msg_gap, "GAP", gap_rows, gap_wrong);

static const struct shape *
shape_of(unsigned type)
{
	const struct msg_row *row = msg_row(type);

	return (row == NULL ? NULL : row->shape);
}

int
payload_get(const struct ipc_msg *m, const struct shape *s, void *v)
{
	if (shape_of(m->type) != s)
		abort();
	return (shape_get(s, v, m->data, m->len));
}

int
payload_open(struct payload *p, const struct ipc_msg *m)
{
	p->shape = shape_of(m->type);
	p->v = NULL;
	if (p->shape == NULL)
		return (m->len == 0 ? 0 : -1);
	p->v = xcalloc(1, p->shape->size);
	return (shape_get(p->shape, p->v, m->data, m->len));
}

void *
payload_as(const struct payload *p, const struct shape *s)
{
	if (p->shape != s || p->v == NULL)
		abort();
	return (p->v);
}

void
payload_close(struct payload *p)
{
	if (p->v != NULL)
		shape_free(p->shape, p->v);
	free(p->v);
	p->v = NULL;
}

void
payload_put(struct buf *b, unsigned type, const struct shape *s,
    const void *v)
{
	const struct msg_row *row = msg_row(type);

	if (row == NULL || row->shape != s)
		abort();
	buf_init(b, row->max);
	shape_put(s, b, v);
}
