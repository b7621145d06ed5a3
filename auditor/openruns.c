/* SPDX-License-Identifier: ISC */
/* The runs whose intent is written and whose result is not. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "auditor/openruns.h"
#include "common/xmalloc.h"

static size_t
index_of(const struct open_runs *r, uint64_t id)
{
	size_t i;

	for (i = 0; i < r->n && r->v[i].id != id; i++)
		;
	return (i);
}

const struct open_run *
openruns_find(const struct open_runs *r, uint64_t id)
{
	size_t i = index_of(r, id);

	return (i < r->n ? &r->v[i] : NULL);
}

void
openruns_add(struct open_runs *r, uint64_t id, uint64_t record,
    const char *skill, uint32_t uid)
{
	openruns_del(r, id);
	r->v = xrecallocarray(r->v, r->n, r->n + 1, sizeof(*r->v));
	r->v[r->n].id = id;
	r->v[r->n].uid = uid;
	r->v[r->n].skill = skill == NULL ? NULL : xstrdup(skill);
	r->v[r->n++].record = record;
}

void
openruns_del(struct open_runs *r, uint64_t id)
{
	size_t i = index_of(r, id);

	if (i == r->n)
		return;
	free(r->v[i].skill);
	r->n--;
	memmove(&r->v[i], &r->v[i + 1], (r->n - i) * sizeof(*r->v));
}
