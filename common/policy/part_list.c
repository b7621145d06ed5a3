/* SPDX-License-Identifier: ISC */
/* The list of commands in a command; see part.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/policy/part.h"

int
part_has_hole(const char *s)
{
	return (strpbrk(s, PART_ANY_HOLE) != NULL);
}

int
part_may_split(const char *s)
{
	return (strchr(s, PART_HOLES) != NULL);
}

char **
parts_list(struct parts *ps, size_t n)
{
	char **w = xcalloc(n + 1, sizeof(*w));

	if ((ps->nlists & (ps->nlists - 1)) == 0)
		ps->lists = xrecallocarray(ps->lists, ps->nlists,
		    ps->nlists == 0 ? 1 : ps->nlists * 2, sizeof(*ps->lists));
	ps->lists[ps->nlists++] = w;
	return (w);
}

char *
parts_text(struct parts *ps, const char *s, size_t n)
{
	strv_addn(&ps->texts, s, n);
	return (ps->texts.v[ps->texts.n - 1]);
}

char *
parts_join(struct parts *ps, char *const *w, size_t n)
{
	size_t i, len = 0;
	char *s, *p;

	for (i = 0; i < n; i++)
		len += strlen(w[i]) + 1;
	s = p = xmalloc(len + 1);
	for (i = 0; i < n; i++) {
		if (i > 0)
			*p++ = ' ';
		len = strlen(w[i]);
		memcpy(p, w[i], len);
		p += len;
	}
	strv_addn(&ps->texts, s, (size_t)(p - s));
	freezero(s, (size_t)(p - s));
	return (ps->texts.v[ps->texts.n - 1]);
}

/* What a shell has built in is the shell's own doing. */
static void
make_blind(struct parts *ps, size_t in)
{
	struct part *p = &ps->p[in];

	p->blind = 1;
	while (p->in != in && (p->flags & PART_CODE) != 0 && p->n > 0 &&
	    shell_has(p->w[0])) {
		in = p->in;
		p = &ps->p[in];
		p->blind = 1;
	}
}

void
parts_opaque(struct parts *ps, size_t in, const char *why)
{
	if (ps->opaque == NULL)
		ps->opaque = why;
	make_blind(ps, in);
	for (; in != 0; in = ps->p[in].in)
		ps->p[in].opaque = 1;
	ps->p[0].opaque = 1;
}

void
parts_bad(struct parts *ps, const char *why)
{
	if (ps->bad == NULL)
		ps->bad = why;
}

static void
look_for_holes(struct part *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (part_has_hole(p->w[i]))
			p->flags |= PART_HOLED;
}

struct part *
parts_add(struct parts *ps, size_t in, char **w, size_t n, unsigned flags)
{
	size_t depth = ps->n == 0 ? 0 : ps->p[in].depth + 1, cap;
	struct part *p;

	if (ps->n == PARTS_MAX || depth > PARTS_DEPTH) {
		parts_bad(ps, "it has more commands in it than are judged");
		return (NULL);
	}
	if (ps->n == ps->cap) {
		cap = ps->cap == 0 ? 4 : ps->cap * 2;
		ps->p = xrecallocarray(ps->p, ps->cap, cap, sizeof(*ps->p));
		ps->cap = cap;
	}
	p = &ps->p[ps->n++];
	p->w = w;
	p->n = p->own = n;
	p->flags = flags;
	p->in = in;
	p->depth = depth;
	look_for_holes(p);
	return (p);
}

void
parts_free(struct parts *ps)
{
	size_t i;

	for (i = 0; i < ps->nlists; i++)
		free(ps->lists[i]);
	free(ps->lists);
	free(ps->p);
	strv_free(&ps->written);
	strv_free(&ps->texts);
	memset(ps, 0, sizeof(*ps));
}
