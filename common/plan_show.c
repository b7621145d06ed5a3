/* SPDX-License-Identifier: ISC */
/*
 * A plan as fields.  Who approves makes them from the plan's own bytes, so
 * that what is shown is what the digest stands for.
 */
#include "config.h"

#include <stdio.h>

#include "common/field.h"
#include "common/plan.h"

/* What its words name: as it is now, and what may change. */
static void
put_bound(struct buf *b, const struct plan *p)
{
	struct strv fixed = { NULL, 0 }, open = { NULL, 0 };

	plan_bound_show(p, NULL, &fixed, &open);
	field_list(b, "bound", &fixed);
	field_list(b, "not_bound", &open);
	strv_free(&fixed);
	strv_free(&open);
}

void
plan_show(struct buf *b, const struct plan *p,
    const uint8_t digest[PLAN_DIGEST])
{
	char mask[8];

	field_list(b, "argv", &p->argv);
	field_str(b, "cwd", p->cwd);
	field_list(b, "env", &p->env);
	field_list(b, "asked_env", &p->asked_env);
	field_str(b, "exe", p->exe.path);
	field_hex(b, "exe_digest", p->exe.digest, PLAN_DIGEST);
	if (p->script.path[0] != '\0') {
		field_str(b, "script", p->script.path);
		field_hex(b, "script_digest", p->script.digest, PLAN_DIGEST);
		if (p->interp_arg[0] != '\0')
			field_str(b, "interpreter_argument", p->interp_arg);
	}
	put_bound(b, p);
	field_str(b, "account", p->account);
	terms_show(b, &p->terms);
	field_bool(b, "terminal", p->tty);
	field_bool(b, "detached", p->detach);
	if (p->rotates[0] != '\0')
		field_str(b, "rotates", p->rotates);
	(void)snprintf(mask, sizeof(mask), "%04o", p->umask);
	field_str(b, "umask", mask);
	limits_show(b, &p->limits);
	field_hex(b, "plan", digest, PLAN_DIGEST);
}
