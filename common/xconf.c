/* SPDX-License-Identifier: ISC */
/* XCONF: what the executor is told before it locks itself in. */
#include "config.h"

#include "common/payload.h"
#include "common/policy/rules.h"
#include "common/ticket.h"
#include "common/xconf.h"

#define MAXWORDS	4096
#define MAXRULES	(3 * MAXWORDS)

const char *const xconf_execs_words[] = { "judge", "record", "off", NULL };
const char *const xconf_files_words[] = { "changes", "off", NULL };
const char *const xconf_keep_words[] = { "digest", "excerpt", "full", NULL };

static const struct shape_row xskill_rows[] = {
	STR(xskill, name, PLAN_MAXNAME),
	OF(xskill, terms, terms),
	STRV(xskill, env, PLAN_MAXENV, PLAN_MAXARG),
	U8(xskill, run_as_caller, 0, 1),
	U32(xskill, uid, 0, UINT32_MAX),
	U32(xskill, gid, 0, UINT32_MAX),
	STR(xskill, account, PLAN_MAXNAME),
	STR(xskill, home, PLAN_MAXPATH),
	STRV(xskill, programs, MAXWORDS, PLAN_MAXPATH),
	U8(xskill, files, 0, FILES_OFF),
	U8(xskill, trace, 0, 1),
	U8(xskill, execs, 0, EXECS_OFF),
	U8(xskill, execs_dflt, 0, VERDICT_DENY),
	U8(xskill, dflt, 0, VERDICT_DENY),
	U8(xskill, approval, 0, APPROVAL_DENY),
	U32(xskill, held_s, 0, 604800),
	STRV(xskill, allow, MAXRULES, PLAN_MAXARG),
	STRV(xskill, ask, MAXRULES, PLAN_MAXARG),
	STRV(xskill, deny, MAXRULES, PLAN_MAXARG),
	STRV(xskill, destructive, MAXRULES, PLAN_MAXARG),
	STRV(xskill, wrappers, 2 * XCONF_MAXWRAPPERS, PLAN_MAXARG),
};
SHAPE(xskill, "XSKILL", xskill_rows, NULL);

const char *
xskill_fixed_differs(const struct xskill *a, const struct xskill *b)
{
	struct xskill v = *b;	/* a view, with what may be another */
	const char *what;

	v.limits = a->limits;
	v.programs = a->programs;
	v.execs = a->execs;
	v.execs_dflt = a->execs_dflt;
	v.dflt = a->dflt;
	v.approval = a->approval;
	v.held_s = a->held_s;
	v.allow = a->allow;
	v.ask = a->ask;
	v.deny = a->deny;
	v.destructive = a->destructive;
	v.wrappers = a->wrappers;
	if ((what = terms_differ(&a->terms, &v.terms)) != NULL)
		return (what);
	return (shape_differ(&xskill_shape, a, &v));
}

static const struct shape_row xid_rows[] = {
	U32(xid, uid, 0, UINT32_MAX),
	U32(xid, gid, 0, UINT32_MAX),
	STR(xid, name, PLAN_MAXNAME),
	STR(xid, home, PLAN_MAXPATH),
};
SHAPE(xid, "XID", xid_rows, NULL);

static const struct shape_row xconf_rows[] = {
	KEY(xconf, key, TICKET_KEY),
	KEY(xconf, mask_key, XCONF_MASK_KEY),
	KEY(xconf, print_key, MSG_PRINT_KEY),
	U32(xconf, uid, 0, UINT32_MAX),
	U32(xconf, gid, 0, UINT32_MAX),
	U8(xconf, accept_missing, 0, XCONF_ACCEPT_ALL),
	U32(xconf, warm, 0, XCONF_MAXWARM),
	STRV(xconf, redact, MAXWORDS, PLAN_MAXPATH),
	U8(xconf, redact_known, 0, 1),
	U8(xconf, output, 0, KEEP_FULL),
	U32(xconf, output_max, 0, 1U << 30),
	EACH(xconf, ids, nids, XCONF_MAXIDS, xid),
	EACH(xconf, skills, nskills, XCONF_MAXSKILLS, xskill),
};
SHAPE(xconf, "XCONF", xconf_rows, NULL);
SHAPE_FUNCTIONS(xconf)
