/* SPDX-License-Identifier: ISC */
/*
 * The configuration was reloaded: every skill's spawner and resolver get their
 * part of it, behind what they were asked before and in front of what they are
 * asked next.  Sandboxes that wait were born with the old one, and end.
 */
#include "config.h"

#include <string.h>

#include "common/log.h"
#include "executor/exec_reload.h"
#include "executor/pool.h"
#include "executor/spawner/spawner.h"

/* The skill of these rules, which comes once; NULL: there is none. */
static struct skill *
skill_of(struct executor *x, const struct xskill *v, uint8_t *seen)
{
	size_t i;

	for (i = 0; i < x->xc.nskills; i++)
		if (strcmp(x->xc.skills[i].name, v->name) == 0)
			break;
	if (i == x->xc.nskills || seen[i])
		return (NULL);
	seen[i] = 1;
	return (&x->skills[i]);
}

/* What is wrong with it ends the process, and all that is half done. */
static const char *
reload_skill(struct executor *x, const struct msg_sealed *in, uint8_t *seen)
{
	struct xskill v, *have;
	struct skill *s;

	if (shape_get(&xskill_shape, &v, in->rules, in->len) == -1)
		return ("malformed rules");
	if ((s = skill_of(x, &v, seen)) == NULL)
		return ("a skill that there is not, or twice");
	have = &x->xc.skills[s->index];
	if (xskill_fixed_differs(have, &v) != NULL)
		return ("what a reload cannot change");
	if (s->spawner != -1 && spawner_renew(s, in->ticket, in->rules,
	    in->len) == -1)
		fatal(EXIT_SYSTEM, "new rules for the spawner of skill %s",
		    have->name);
	pool_drop(s);
	shape_free(&xskill_shape, have);
	*have = v;
	return (NULL);
}

const char *
exec_reload(struct executor *x, const struct msg_xreload *v)
{
	uint8_t seen[XCONF_MAXSKILLS];
	const char *wrong = NULL;
	size_t i;

	if (v->n != x->xc.nskills)
		return ("another number of skills");
	memset(seen, 0, sizeof(seen));
	for (i = 0; i < v->n && wrong == NULL; i++)
		wrong = reload_skill(x, &v->sealed[i], seen);
	return (wrong);
}
