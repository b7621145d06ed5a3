/* SPDX-License-Identifier: ISC */
/* The shapes of what is said about programs inside of a run. */
#include "config.h"

#include "common/execs.h"
#include "common/field.h"
#include "common/words.h"

static const struct shape_row row_rows[] = {
	U32(exec_row, seq, 1, UINT32_MAX - 1),
	U32(exec_row, parent, 0, UINT32_MAX),
	U32(exec_row, pid, 0, UINT32_MAX),
	U8(exec_row, how, EXEC_DIRECT, EXEC_ORPHAN),
	U8(exec_row, verdict, VERDICT_ALLOW, VERDICT_DENY),
	U8(exec_row, answered, 0, 1),
	U64(exec_row, at_us),
	U64(exec_row, dev),
	U64(exec_row, ino),
	RAW(exec_row, digest),
	STR(exec_row, path, PLAN_MAXPATH),
	U64(exec_row, script_dev),
	U64(exec_row, script_ino),
	RAW(exec_row, script_digest),
	STR(exec_row, script, PLAN_MAXPATH),
	STR(exec_row, cwd, PLAN_MAXPATH),
	STRV(exec_row, argv, EXECS_ARGS, EXECS_ARG),
	STR(exec_row, rule, EXECS_TEXT),
	STR(exec_row, reason, EXECS_TEXT),
};

SHAPE(exec_row, "EXEC", row_rows, NULL);

static const struct shape_row rows_rows[] = {
	EACH(exec_rows, rows, n, EXECS_ROWS, exec_row),
};
SHAPE(exec_rows, "EXECS", rows_rows, NULL);

static const struct shape_row done_rows[] = {
	U32(exec_done, durable, 1, UINT32_MAX - 1),
};
SHAPE(exec_done, "EXECED", done_rows, NULL);

static const struct shape_row step_rows[] = {
	U32(exec_step, seq, 0, UINT32_MAX),
	STR(exec_step, path, PLAN_MAXPATH),
	STRV(exec_step, argv, EXECS_ARGS, EXECS_ARG),
};
SHAPE(exec_step, "STEP", step_rows, NULL);

static const struct shape_row ask_rows[] = {
	RAW(exec_ask, digest),
	OF(exec_ask, row, exec_row),
	EACH(exec_ask, way, nway, EXECS_WAY, exec_step),
};

/* From what is asked about back to the run, and never to what is younger. */
static int
wrong_way(const struct exec_ask *a)
{
	uint32_t was = a->row.seq, seq;
	size_t i;

	if (a->nway != 0 && a->way[0].seq != a->row.parent)
		return (1);
	for (i = 0; i < a->nway; i++) {
		seq = a->way[i].seq;
		if (was == 0 || (seq != EXECS_UNKNOWN && seq > was))
			return (1);
		was = seq;
	}
	return (0);
}

static int
wrong_ask(const void *v)
{
	const struct exec_ask *a = v;

	return (a->row.verdict != VERDICT_ASK || a->row.answered ||
	    wrong_way(a));
}

SHAPE(exec_ask, "ASK", ask_rows, wrong_ask);

static const struct shape_row answer_rows[] = {
	U32(exec_answer, seq, 1, UINT32_MAX - 1),
	U8(exec_answer, allowed, 0, 1),
	RAW(exec_answer, ticket),
	STR(exec_answer, reason, EXECS_TEXT),
};

SHAPE(exec_answer, "ANSWER", answer_rows, NULL);

static const struct shape_row consent_rows[] = {
	U64(exec_consent, run),
	BYTES(exec_consent, ask, asklen, MSG_EXECS_MAX),
	REST(exec_consent, fields, len),
};
SHAPE(exec_consent, "CONSENT", consent_rows, NULL);

static const struct shape_row asked_rows[] = {
	U32(exec_asked, seq, 1, UINT32_MAX - 1),
};
SHAPE(exec_asked, "ASKED", asked_rows, NULL);

/* Each program between it and the request, the nearest first. */
static void
show_way(struct buf *b, const struct exec_ask *ask)
{
	size_t i, tok, one;

	tok = field_rows(b, "way");
	for (i = 0; i < ask->nway; i++) {
		one = field_obj(b, "program");
		field_str(b, "exe", ask->way[i].path);
		field_list(b, "argv", &ask->way[i].argv);
		field_end(b, one);
	}
	field_end(b, tok);
}

void
exec_show(struct buf *b, const struct exec_ask *ask)
{
	const struct exec_row *row = &ask->row;

	field_str(b, "rule", row->rule);
	field_str(b, "because", row->reason);
	field_list(b, "argv", &row->argv);
	field_str(b, "exe", row->path);
	field_hex(b, "exe_digest", row->digest, sizeof(row->digest));
	if (row->script[0] != '\0') {
		field_str(b, "script", row->script);
		field_hex(b, "script_digest", row->script_digest,
		    sizeof(row->script_digest));
	}
	field_str(b, "cwd", row->cwd);
	show_way(b, ask);
	field_u64(b, "seq", row->seq);
	field_u64(b, "run_pid", row->pid);
	field_hex(b, "exec", ask->digest, sizeof(ask->digest));
}
