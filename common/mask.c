/* SPDX-License-Identifier: ISC */
/* MASKED: what redaction hides in words that will be logged. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/plan.h"

#define MAXMASKS	(PLAN_MAXARGS + 8)

void
masks_add(struct masks *ms, unsigned where, uint32_t idx, const char *text)
{
	struct mask *m;

	ms->m = xrecallocarray(ms->m, ms->n, ms->n + 1, sizeof(*ms->m));
	m = &ms->m[ms->n++];
	m->where = (uint8_t)where;
	m->index = idx;
	m->text = xstrdup(text);
}

void
masks_put(struct buf *b, const struct masks *ms)
{
	size_t i;

	buf_put_u32(b, (uint32_t)ms->n);
	for (i = 0; i < ms->n; i++) {
		buf_put_u8(b, ms->m[i].where);
		buf_put_u32(b, ms->m[i].index);
		buf_put_str(b, ms->m[i].text);
	}
}

/* One entry takes at least this many bytes. */
#define MASK_MIN	(1 + 4 + 4)

void
masks_get(struct rd *r, struct masks *ms)
{
	size_t i, n;

	masks_free(ms);
	n = rd_u32(r);
	if (r->bad || n > MAXMASKS || n > r->left / MASK_MIN) {
		r->bad = 1;
		return;
	}
	if (n == 0)
		return;
	ms->m = xcalloc(n, sizeof(*ms->m));
	for (i = 0; i < n; i++) {
		ms->m[i].where = rd_u8(r);
		ms->m[i].index = rd_u32(r);
		ms->m[i].text = rd_str(r, 2 * PLAN_MAXARG);
		ms->n++;
		if (ms->m[i].where < MASK_ARGV || ms->m[i].where > MASK_PATH)
			r->bad = 1;
		if (r->bad)
			return;
	}
}

void
masks_free(struct masks *ms)
{
	size_t i;

	for (i = 0; i < ms->n; i++)
		freezero(ms->m[i].text, strlen(ms->m[i].text));
	free(ms->m);
	ms->m = NULL;
	ms->n = 0;
}

const char *
masks_text(const struct masks *ms, unsigned where, uint32_t idx,
    const char *orig)
{
	size_t i;

	for (i = 0; i < ms->n; i++)
		if (ms->m[i].where == where && ms->m[i].index == idx)
			return (ms->m[i].text);
	return (orig);
}

/*
 * The text before the first mark must begin orig, the text behind the last
 * must end it, and what stands between marks must come in order.  Taking the
 * first place where a middle piece fits leaves the most room for the rest.
 */
int
mask_check(const char *orig, const char *text)
{
	const size_t marklen = strlen(MASK_MARK);
	const char *mark, *hit;
	size_t len, left;

	if ((mark = strstr(text, MASK_MARK)) == NULL)
		return (strcmp(orig, text) == 0 ? 0 : -1);
	len = (size_t)(mark - text);
	if (strncmp(orig, text, len) != 0)
		return (-1);
	orig += len;
	text = mark + marklen;
	while ((mark = strstr(text, MASK_MARK)) != NULL) {
		len = (size_t)(mark - text);
		left = strlen(orig);
		hit = len == 0 ? orig : memmem(orig, left, text, len);
		if (hit == NULL)
			return (-1);
		orig = hit + len;
		text = mark + marklen;
	}
	len = strlen(text);
	left = strlen(orig);
	if (left < len || strcmp(orig + left - len, text) != 0)
		return (-1);
	return (0);
}

/* What a mask of this kind and number stands for, or NULL. */
static const char *
original(const struct mask *m, const struct plan *p, const char *reason)
{
	switch (m->where) {
	case MASK_ARGV:
		return (m->index < p->argv.n ? p->argv.v[m->index] : NULL);
	case MASK_CWD:
		return (m->index == 0 ? p->cwd : NULL);
	case MASK_REASON:
		return (m->index == 0 ? reason : NULL);
	case MASK_PATH:
		if (m->index == 0)
			return (p->exe.path);
		return (m->index == 1 ? p->script.path : NULL);
	}
	return (NULL);
}

int
masks_fit(const struct masks *ms, const struct plan *p, const char *reason)
{
	const char *orig;
	size_t i;

	for (i = 0; i < ms->n; i++) {
		orig = original(&ms->m[i], p, reason);
		if (orig == NULL || mask_check(orig, ms->m[i].text) == -1)
			return (0);
	}
	return (1);
}
