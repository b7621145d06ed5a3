/* SPDX-License-Identifier: ISC */
/* RUNRESULT, outcomes, and run ids as people see them. */
#include "config.h"

#include <string.h>

#include "common/cberr.h"
#include "common/files.h"
#include "common/msg.h"
#include "common/plan.h"

static const char *const outcomes[OUTCOME_MAX] = {
	[OUTCOME_EXITED] = "exited",
	[OUTCOME_SIGNALED] = "signaled",
	[OUTCOME_TIMEOUT] = "timeout",
	[OUTCOME_LIMITED] = "limited",
	[OUTCOME_KILLED] = "killed",
	[OUTCOME_ERROR] = "error",
	[OUTCOME_DENIED] = "denied",
	[OUTCOME_LOST] = "lost",
};

const char *
outcome_name(unsigned o)
{
	if (o >= OUTCOME_MAX || outcomes[o] == NULL)
		return ("unknown");
	return (outcomes[o]);
}

static const struct shape_row denied_rows[] = {
	STR(run_denied, program, RUN_DENIED_TEXT),
	STR(run_denied, rule, RUN_DENIED_TEXT),
	U32(run_denied, count, 1, UINT32_MAX),
	U8(run_denied, unanswered, 0, 1),
};
SHAPE(run_denied, "DENIED", denied_rows, NULL);

static const struct shape_row runresult_rows[] = {
	U8(runresult, outcome, OUTCOME_EXITED, OUTCOME_LOST),
	U16(runresult, err, 0, CBE_MAX - 1),
	I32(runresult, code),
	U64(runresult, wall_us),
	U64(runresult, user_us),
	U64(runresult, sys_us),
	U64(runresult, maxrss_kb),
	U64(runresult, in_bytes),
	U64(runresult, out_bytes),
	U64(runresult, err_bytes),
	U64(runresult, processes),
	U32(runresult, refused, 0, UINT32_MAX),
	RAW(runresult, digest),
	RAW(runresult, in_digest),
	U32(runresult, masked, 0, UINT32_MAX),
	U32(runresult, execs, 0, UINT32_MAX - 1),
	U32(runresult, files, 0, FILES_ROWS),
	U32(runresult, files_more, 0, UINT32_MAX),
	EACH(runresult, denied, ndenied, RUN_MAXDENIED, run_denied),
	STR(runresult, limit, PLAN_MAXNAME),
	STR(runresult, reason, MSG_TEXT_MAX),
	STR(runresult, logged, RUN_LOGGED_MAX),
};

/* What was denied has no result. */
static int
wrong_result(const void *v)
{
	return (((const struct runresult *)v)->outcome == OUTCOME_DENIED);
}

SHAPE(runresult, "RUNRESULT", runresult_rows, wrong_result);
SHAPE_FUNCTIONS(runresult)

/* Crockford's base32, lower case: no i, l, o, u. */
static const char b32[] = "0123456789abcdefghjkmnpqrstvwxyz";

static void
id_text(char out[RUNID_TEXT], char letter, uint64_t id)
{
	int i;

	out[0] = letter;
	for (i = 12; i >= 1; i--) {
		out[i] = b32[id & 31];
		id >>= 5;
	}
	out[13] = '\0';
}

static int
id_parse(const char *s, char letter, uint64_t *id)
{
	const char *p;
	uint64_t v = 0;
	int i;

	if (s[0] != letter || strlen(s) != 13)
		return (-1);
	for (i = 1; i <= 12; i++) {
		if ((p = strchr(b32, s[i])) == NULL)
			return (-1);
		v = v << 5 | (uint64_t)(p - b32);
	}
	if (v == 0)
		return (-1);
	*id = v;
	return (0);
}

void
runid_text(char out[RUNID_TEXT], uint64_t id)
{
	id_text(out, 'r', id);
}

int
runid_parse(const char *s, uint64_t *id)
{
	return (id_parse(s, 'r', id));
}

void
standingid_text(char out[RUNID_TEXT], uint64_t id)
{
	id_text(out, 's', id);
}

void
connid_text(char out[RUNID_TEXT], uint64_t id)
{
	id_text(out, 'c', id);
}

int
standingid_parse(const char *s, uint64_t *id)
{
	return (id_parse(s, 's', id));
}
