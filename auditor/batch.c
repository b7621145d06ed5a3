/* SPDX-License-Identifier: ISC */
/* Records that come in batches: what a run has executed and changed. */
#include "config.h"

#include "auditor/auditor.h"
#include "auditor/batch.h"
#include "auditor/cut.h"
#include "auditor/recfields.h"
#include "common/payload.h"
#include "common/words.h"

/* One record of a batch, of these fields: CHAIN_FULL, or its number. */
static enum chain_append
append_cut(struct auditor *a, const struct ipc_msg *m, unsigned kind,
    const struct buf *b, const struct batch_to *to)
{
	enum chain_append r;
	struct buf cut;

	buf_init(&cut, AUDITOR_FIELDS);
	if (b->bad || cut_fields(&cut, b->data, b->len) == -1)
		cut.bad = 1;
	r = chain_append(&a->chain, kind, RECORD_BY_AUDITOR, &cut, to->open,
	    to->number);
	if (r == CHAIN_BAD)
		audit_breach(a, "%s makes no record: %s", msg_name(m->type),
		    a->chain.bad);
	buf_free(&cut);
	return (r);
}

static enum chain_append
append_execs(struct auditor *a, const struct ipc_msg *m, const void *p,
    size_t len, const struct batch_to *to)
{
	enum chain_append r = CHAIN_OK;
	struct exec_rows v;
	struct buf b;
	size_t i;

	if (shape_get(&exec_rows_shape, &v, p, len) == -1)
		audit_breach(a, "malformed %s", msg_name(m->type));
	for (i = 0; i < v.n && r == CHAIN_OK; i++) {
		if (v.rows[i].verdict == VERDICT_ASK)
			audit_breach(a, "%s with what is not decided",
			    msg_name(m->type));
		buf_init(&b, AUDITOR_FIELDS);
		recfields_exec(&b, m->id, &v.rows[i]);
		r = append_cut(a, m, RECORD_EXEC, &b, to);
		buf_free(&b);
	}
	shape_free(&exec_rows_shape, &v);
	return (r);
}

static enum chain_append
append_files(struct auditor *a, const struct ipc_msg *m, const void *p,
    size_t len, const struct batch_to *to)
{
	enum chain_append r = CHAIN_OK;
	struct file_rows v;
	struct buf b;
	size_t i;

	if (shape_get(&file_rows_shape, &v, p, len) == -1)
		audit_breach(a, "malformed %s", msg_name(m->type));
	for (i = 0; i < v.n && r == CHAIN_OK; i++) {
		if (file_row_wrong(&v.rows[i]))
			audit_breach(a, "%s with a name that cannot be",
			    msg_name(m->type));
		buf_init(&b, AUDITOR_FIELDS);
		recfields_file(&b, m->id, &v.rows[i]);
		r = append_cut(a, m, RECORD_FILE, &b, to);
		buf_free(&b);
	}
	shape_free(&file_rows_shape, &v);
	return (r);
}

enum chain_append
batch_append(struct auditor *a, const struct ipc_msg *m, const void *p,
    size_t len, const struct batch_to *to)
{
	return (to->kind == BATCH_EXECS ? append_execs(a, m, p, len, to) :
	    append_files(a, m, p, len, to));
}
