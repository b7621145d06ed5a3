/* SPDX-License-Identifier: ISC */
/* Last uses of secrets; see lastuse.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/decimal.h"
#include "common/field.h"
#include "common/lastuse.h"
#include "common/plan.h"
#include "common/varname.h"
#include "common/xmalloc.h"

static int
compare(const struct lastuse_row *r, const char *name, size_t len)
{
	int c = strncmp(r->name, name, len);

	return (c != 0 ? c : r->name[len] != '\0');
}

/* Where the name is, or belongs; *there: it is. */
static size_t
place(const struct lastuse *u, const char *name, size_t len, int *there)
{
	size_t lo = 0, hi = u->n, mid;
	int c;

	*there = 0;
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		c = compare(&u->v[mid], name, len);
		if (c == 0) {
			*there = 1;
			return (mid);
		}
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (lo);
}

static void
drop_oldest(struct lastuse *u)
{
	size_t i, old = 0;

	for (i = 1; i < u->n; i++)
		if (u->v[i].time_s < u->v[old].time_s)
			old = i;
	free(u->v[old].name);
	memmove(&u->v[old], &u->v[old + 1],
	    (u->n - old - 1) * sizeof(*u->v));
	u->n--;
}

void
lastuse_note(struct lastuse *u, const char *name, size_t len, uint64_t time_s)
{
	size_t i;
	int there;

	if (varname_malformed(name, len) != NULL)
		return;
	i = place(u, name, len, &there);
	if (there) {
		if (u->v[i].time_s < time_s)
			u->v[i].time_s = time_s;
		return;
	}
	if (u->v == NULL)
		u->v = xcalloc(LASTUSE_MAX, sizeof(*u->v));
	if (u->n == LASTUSE_MAX) {
		drop_oldest(u);
		i = place(u, name, len, &there);
	}
	memmove(&u->v[i + 1], &u->v[i], (u->n - i) * sizeof(*u->v));
	u->v[i].name = xcalloc(1, len + 1);
	memcpy(u->v[i].name, name, len);
	u->v[i].time_s = time_s;
	u->n++;
}

uint64_t
lastuse_of(const struct lastuse *u, const char *name)
{
	int there;
	size_t i = place(u, name, strlen(name), &there);

	return (there ? u->v[i].time_s : 0);
}

void
lastuse_put(struct buf *b, const char *key, const struct lastuse *u)
{
	struct strv list = { NULL, 0 };
	char text[VARNAME_MAX + 32];
	size_t i;

	for (i = 0; i < u->n; i++) {
		(void)snprintf(text, sizeof(text), "%s %llu", u->v[i].name,
		    (unsigned long long)u->v[i].time_s);
		strv_add(&list, text);
	}
	field_list(b, key, &list);
	strv_free(&list);
}

void
lastuse_take(struct lastuse *u, const void *fields, size_t len,
    const char *key)
{
	struct strv list = { NULL, 0 };
	const char *sp;
	uint64_t t;
	size_t i;

	field_get_list(fields, len, key, &list);
	for (i = 0; i < list.n; i++) {
		if ((sp = strchr(list.v[i], ' ')) == NULL)
			continue;
		if (decimal(sp + 1, UINT64_MAX, &t) == 0)
			lastuse_note(u, list.v[i], (size_t)(sp - list.v[i]),
			    t);
	}
	strv_free(&list);
}

void
lastuse_free(struct lastuse *u)
{
	size_t i;

	for (i = 0; i < u->n; i++)
		free(u->v[i].name);
	free(u->v);
	memset(u, 0, sizeof(*u));
}
