/* SPDX-License-Identifier: ISC */
/* Versions of secrets; see secretver.h. */
#include "config.h"

#include <string.h>

#include "supervisor/secretver.h"

void
secretver_take(struct secretver *s, struct msg_versions *v)
{
	shape_free(&msg_versions_shape, &s->now);
	s->now = *v;
	memset(v, 0, sizeof(*v));
}

uint64_t
secretver_of(const struct secretver *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->now.n; i++)
		if (strcmp(s->now.v[i].name, name) == 0)
			return (s->now.v[i].version);
	return (0);
}
