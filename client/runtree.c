/* SPDX-License-Identifier: ISC */
/* What a run has executed; see runtree.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/esc.h"
#include "client/recwalk.h"
#include "client/runtree.h"
#include "common/xmalloc.h"

#define NO_NODE		SIZE_MAX
#define LINE_COLS	160	/* of one, unless all are wanted */
#define DEPTH_SHOWN	12	/* to which it is moved to the right */

struct node {
	uint64_t	 seq;
	uint64_t	 parent;
	char		*text;
	size_t		 child;		/* the first, or NO_NODE */
	size_t		 next;		/* of the same parent */
};

struct runtree {
	int		 all;
	struct node	*v;
	size_t		 n;
	size_t		 cap;
	size_t		 few;		/* kept whatever the verdict was */
	size_t		 count;
};

struct runtree *
runtree_new(int all)
{
	struct runtree *t = xcalloc(1, sizeof(*t));

	t->all = all;
	return (t);
}

void
runtree_free(struct runtree *t)
{
	size_t i;

	if (t == NULL)
		return;
	for (i = 0; i < t->n; i++)
		free(t->v[i].text);
	free(t->v);
	free(t);
}

size_t
runtree_count(const struct runtree *t)
{
	return (t->count);
}

/* Is it kept? */
static int
takes(struct runtree *t, int allowed)
{
	t->count++;
	if (t->all)
		return (1);
	if (t->few < RUNTREE_FEW) {
		t->few++;
		return (1);
	}
	return (!allowed && t->n < RUNTREE_FEW + RUNTREE_REFUSED);
}

static char *
line_of(const struct runtree *t, const struct record_view *v, int allowed)
{
	struct buf b;

	buf_init(&b, 16U * RECORD_MAX);
	if (!allowed) {
		(void)record_show(&b, v, "verdict");
		buf_printf(&b, ": ");
	}
	if (record_has(v, "excerpt"))
		buf_printf(&b, RECORD_UNSHOWN);
	(void)record_show(&b, v, "argv");
	if (!t->all && esc_fits((const char *)b.data, b.len, LINE_COLS) <
	    b.len) {
		b.len = esc_fits((const char *)b.data, b.len, LINE_COLS);
		buf_printf(&b, " ...");
	}
	if (!allowed) {
		buf_printf(&b, "  by ");
		if (record_show(&b, v, "rule") == -1)
			buf_printf(&b, "no rule");
	}
	if (record_has(v, "answered"))
		buf_printf(&b, ", answered");
	return (buf_text(&b));
}

void
runtree_add(struct runtree *t, const struct record_view *v)
{
	const int allowed = record_is(v, "verdict", "allow");
	struct node *n;

	if (!takes(t, allowed))
		return;
	if (t->n == t->cap) {
		t->v = xrecallocarray(t->v, t->cap, t->cap + 256,
		    sizeof(*t->v));
		t->cap += 256;
	}
	n = &t->v[t->n];
	if (record_member_u64(v->json, v->jsonlen, "seq", &n->seq) == -1)
		n->seq = 0;
	if (record_member_u64(v->json, v->jsonlen, "parent",
	    &n->parent) == -1)
		n->parent = 0;
	if ((n->text = line_of(t, v, allowed)) == NULL)
		n->text = xstrdup("(too long)");
	t->n++;
}

static int
by_seq(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	return (x->seq < y->seq ? -1 : x->seq > y->seq);
}

static size_t
find(const struct runtree *t, uint64_t seq)
{
	const struct node key = { .seq = seq };
	const struct node *n;

	n = t->n == 0 || seq == 0 ? NULL : bsearch(&key, t->v, t->n,
	    sizeof(*t->v), by_seq);
	return (n == NULL ? NO_NODE : (size_t)(n - t->v));
}

/*
 * Links each one to what started it; the first of those whose parent is not
 * there.  A parent has a lower number than its children, so there is no way
 * around in a circle, whatever a log says.
 */
static size_t
link_all(struct runtree *t)
{
	size_t i, p, *at, top = NO_NODE;

	for (i = 0; i < t->n; i++)
		t->v[i].child = t->v[i].next = NO_NODE;
	/* from the last one on, so that each list is in order */
	for (i = t->n; i-- > 0;) {
		p = t->v[i].parent < t->v[i].seq ? find(t, t->v[i].parent) :
		    NO_NODE;
		at = p == NO_NODE ? &top : &t->v[p].child;
		t->v[i].next = *at;
		*at = i;
	}
	return (top);
}

static void
show_one(const struct node *n, size_t depth, struct buf *b)
{
	size_t i;

	for (i = 0; i < depth && i < DEPTH_SHOWN; i++)
		buf_printf(b, "  ");
	buf_printf(b, "#%llu %s\n", (unsigned long long)n->seq, n->text);
}

size_t
runtree_show(struct runtree *t, struct buf *b)
{
	size_t at, depth = 0, *way;

	if (t->n == 0)
		return (t->count);
	qsort(t->v, t->n, sizeof(*t->v), by_seq);
	way = xcalloc(t->n + 1, sizeof(*way));
	at = link_all(t);
	while (at != NO_NODE || depth > 0) {
		if (at == NO_NODE) {
			at = t->v[way[--depth]].next;
			continue;
		}
		show_one(&t->v[at], depth, b);
		way[depth++] = at;
		at = t->v[at].child;
	}
	free(way);
	return (t->count - t->n);
}
