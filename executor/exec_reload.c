/* SPDX-License-Identifier: ISC */
/*
 * The configuration was reloaded: every skill's spawner and resolver get their
 * part of it, behind what they were asked before and in front of what they are
 * asked next.  Sandboxes that wait were born with the old one, and end.
 */
#include "config.h"

#include <string.h>

#include "common/log.h"
#include "common/payload.h"
#include "executor/exec_reload.h"
#include "executor/pool.h"
#include "executor/spawner/spawner.h"

/* The skill of these rules: each comes once, and none is missing. */
static struct skill *
skill_of(struct executor *x, const struct xskill *v, uint8_t *seen)
{
	size_t i;

	for (i = 0; i < x->xc.nskills; i++)
		if (strcmp(x->xc.skills[i].name, v->name) == 0)
			break;
	if (i == x->xc.nskills || seen[i])
		exec_breach("X_RELOAD of a skill that there is not, or twice");
	seen[i] = 1;
	return (&x->skills[i]);
}

static void
reload_skill(struct executor *x, const struct msg_sealed *in, uint8_t *seen)
{
	struct xskill v, *have;
	struct skill *s;
	const char *what;

	if (shape_get(&xskill_shape, &v, in->rules, in->len) == -1)
		exec_breach("malformed rules in X_RELOAD");
	s = skill_of(x, &v, seen);
	have = &x->xc.skills[s->index];
	if ((what = xskill_fixed_differs(have, &v)) != NULL)
		exec_breach("X_RELOAD with another %s", what);
	if (s->spawner != -1 && spawner_renew(s, in->ticket, in->rules,
	    in->len) == -1)
		fatal(EXIT_SYSTEM, "new rules for the spawner of skill %s",
		    have->name);
	pool_drop(s);
	shape_free(&xskill_shape, have);
	*have = v;
}

void
exec_reload(struct executor *x, const struct ipc_msg *m)
{
	uint8_t seen[XCONF_MAXSKILLS];
	struct msg_xreload v;
	size_t i;

	exec_get(m, &msg_xreload_shape, &v);
	if (v.n != x->xc.nskills)
		exec_breach("X_RELOAD of %zu skills", v.n);
	memset(seen, 0, sizeof(seen));
	for (i = 0; i < v.n; i++)
		reload_skill(x, &v.sealed[i], seen);
	shape_free(&msg_xreload_shape, &v);
	if (ipc_send(x->rm.ipc, MSG_X_RELOADED, m->id, NULL, 0, NULL, 0) == -1)
		fatalx(EXIT_SYSTEM, "%s", ipc_error(x->rm.ipc));
}
