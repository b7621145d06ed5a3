/* SPDX-License-Identifier: ISC */
/*
 * Shapes of what is asked, resolved and executed.  The order of a plan's rows
 * is its canonical encoding; changing it changes every plan digest.
 */
#include "config.h"

#include <string.h>

#include "common/msg.h"
#include "common/plan.h"
#include "common/varname.h"

#define PLAN_MAGIC	0x43425036U	/* "CBP6" */
#define MAXENTRY	(PLAN_MAXNAME + 1 + PLAN_MAXARG)

static const struct shape_row runreq_rows[] = {
	U32(runreq, flags, 0, RUNREQ_FLAGS),
	U32(runreq, timeout_s, 0, UINT32_MAX),
	U16(runreq, rows, 0, UINT16_MAX),
	U16(runreq, cols, 0, UINT16_MAX),
	U16(runreq, umask, 0, 0777),
	STR(runreq, skill, PLAN_MAXNAME),
	STR(runreq, cwd, PLAN_MAXPATH),
	STR(runreq, reason, PLAN_MAXREASON),
	STR(runreq, rotates, VARNAME_MAX),
	STRV(runreq, argv, PLAN_MAXARGS, PLAN_MAXARG),
	STRV(runreq, env, PLAN_MAXENV, MAXENTRY),
	STRV(runreq, locale, PLAN_MAXENV, MAXENTRY),
};

/* What is printed goes to the one who stores it, by a pipe, and alone. */
static int
rotates_wrong(const char *name, unsigned elsewhere)
{
	return (*name != '\0' && (elsewhere ||
	    varname_malformed(name, strlen(name)) != NULL));
}

static int
runreq_wrong(const void *p)
{
	const struct runreq *q = p;

	return (q->argv.n == 0 || q->argv.v[0][0] == '\0' ||
	    q->cwd[0] != '/' || (q->flags & (RUNREQ_TTY | RUNREQ_DETACH)) ==
	    (RUNREQ_TTY | RUNREQ_DETACH) || rotates_wrong(q->rotates,
	    q->flags & (RUNREQ_TTY | RUNREQ_DETACH | RUNREQ_JOIN)));
}

SHAPE(runreq, "RUNREQ", runreq_rows, runreq_wrong);
SHAPE_FUNCTIONS(runreq)

static const struct shape_row resolve_rows[] = {
	STR(resolve, channel, PLAN_MAXNAME),
	STR(resolve, skill, PLAN_MAXNAME),
	U32(resolve, uid, 0, UINT32_MAX),
	U32(resolve, gid, 0, UINT32_MAX),
	OF(resolve, limits, limits),
	U8(resolve, bind, 0, 1),
	OF(resolve, req, runreq),
};
SHAPE(resolve, "RESOLVE", resolve_rows, NULL);
SHAPE_FUNCTIONS(resolve)

static const struct shape_row ident_rows[] = {
	STR(ident, path, PLAN_MAXPATH),
	U64(ident, dev),
	U64(ident, ino),
	U64(ident, size),
	I64(ident, mtime_ns),
	I64(ident, ctime_ns),
	RAW(ident, digest),
};
SHAPE(ident, "IDENT", ident_rows, NULL);

static const struct shape_row bound_rows[] = {
	U8(bound, how, BOUND_FILE, BOUND_SPECIAL),
	OF(bound, file, ident),
};

static int
bound_wrong(const void *v)
{
	return (((const struct bound *)v)->file.path[0] != '/');
}

SHAPE(bound, "BOUND", bound_rows, bound_wrong);

static const struct shape_row plan_rows[] = {
	MAGIC(PLAN_MAGIC),
	STR(plan, channel, PLAN_MAXNAME),
	STR(plan, skill, PLAN_MAXNAME),
	U32(plan, caller, 0, UINT32_MAX),
	U32(plan, uid, 0, UINT32_MAX),
	U32(plan, gid, 0, UINT32_MAX),
	STR(plan, account, PLAN_MAXNAME),
	STR(plan, cwd, PLAN_MAXPATH),
	U64(plan, cwd_dev),
	U64(plan, cwd_ino),
	STRV(plan, argv, PLAN_MAXARGS, PLAN_MAXARG),
	STRV(plan, env, PLAN_MAXENV * 3, MAXENTRY),
	STRV(plan, asked_env, PLAN_MAXENV, PLAN_MAXNAME),
	OF(plan, exe, ident),
	OF(plan, script, ident),
	STR(plan, interp_arg, PLAN_MAXPATH),
	U8(plan, bind, 0, 1),
	U32(plan, unbound, 0, UINT32_MAX),
	EACH(plan, bound, nbound, PLAN_MAXBOUND, bound),
	U8(plan, tty, 0, 1),
	U8(plan, detach, 0, 1),
	STR(plan, rotates, VARNAME_MAX),
	U16(plan, umask, 0, 0777),
	OF(plan, terms, terms),
};

static int
plan_wrong(const void *v)
{
	const struct plan *p = v;

	return (p->argv.n == 0 || p->cwd[0] != '/' ||
	    p->exe.path[0] != '/' || rotates_wrong(p->rotates,
	    p->tty || p->detach));
}

SHAPE(plan, "PLAN", plan_rows, plan_wrong);
SHAPE_FUNCTIONS(plan)

static const struct shape_row resolved_rows[] = {
	BYTES(resolved, plan, planlen, MSG_PLAN_MAX),
	RAW(resolved, digest),
	U32(resolved, flags, 0, UINT32_MAX),
	STRV(resolved, names, PLAN_MAXARGS, PLAN_MAXPATH),
	STRV(resolved, same, PLAN_MAXARGS, PLAN_MAXPATH),
	STRV(resolved, interp, PLAN_MAXARGS, PLAN_MAXPATH),
	OF(resolved, masks, masks),
};
SHAPE(resolved, "RESOLVED", resolved_rows, NULL);
SHAPE_FUNCTIONS(resolved)

static const struct shape_row intent_rows[] = {
	BYTES(intent, plan, planlen, MSG_PLAN_MAX),
	STR(intent, reason, PLAN_MAXREASON),
	U32(intent, expires_s, 1, 3600),
	STRV(intent, given, PLAN_MAXSECRETS, VARNAME_VERSIONED),
	OF(intent, masks, masks),
	BYTES(intent, why, whylen, MSG_INTENT_MAX),
};
SHAPE(intent, "INTENT", intent_rows, NULL);
SHAPE_FUNCTIONS(intent)
