/* SPDX-License-Identifier: ISC */
/* What is said of the run that asks; see lineage.h. */
#include "config.h"

#include "common/field.h"
#include "common/plan.h"
#include "supervisor/client/lineage.h"

uint64_t
lineage_asker(const struct lineage *l)
{
	return (l->depth == 0 ? 0 : l->ids[l->depth - 1]);
}

void
lineage_next(struct lineage *l, const struct lineage *of, uint64_t run)
{
	*l = *of;
	if (l->depth <= LINEAGE_MAX)
		l->ids[l->depth++] = run;
}

int
lineage_holds(const struct lineage *l, const struct lineage *what)
{
	return (l->depth == 0 || (what->depth >= l->depth &&
	    what->ids[l->depth - 1] == lineage_asker(l)));
}

void
lineage_put(struct buf *b, const struct lineage *l)
{
	char text[RUNID_TEXT];

	if (l->depth == 0)
		return;
	runid_text(text, lineage_asker(l));
	field_str(b, "asker", text);
	field_u64(b, "depth", l->depth);
}
