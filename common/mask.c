/* SPDX-License-Identifier: ISC */
/* MASKED: what redaction hides in words that will be logged. */
#include "config.h"

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

static const struct shape_row mask_rows[] = {
	U8(mask, where, MASK_ARGV, MASK_PATH),
	U32(mask, index, 0, UINT32_MAX),
	STR(mask, text, 2 * PLAN_MAXARG),
};
static SHAPE(mask, "MASK", mask_rows, NULL);

static const struct shape_row masks_rows[] = {
	EACH(masks, m, n, MAXMASKS, mask),
};
SHAPE(masks, "MASKED", masks_rows, NULL);

void
masks_put(struct buf *b, const struct masks *ms)
{
	shape_put(&masks_shape, b, ms);
}

void
masks_get(struct rd *r, struct masks *ms)
{
	shape_free(&masks_shape, ms);
	shape_read(&masks_shape, r, ms);
}

void
masks_free(struct masks *ms)
{
	shape_free(&masks_shape, ms);
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

char *
mask_text(const char *text, size_t len, const uint8_t *hide)
{
	struct buf b;
	char *s;
	size_t i;

	buf_init(&b, len * 2 + (len + 1) * sizeof(MASK_MARK));
	for (i = 0; i < len; i++)
		if (!hide[i])
			buf_put(&b, text + i, 1);
		else if (i == 0 || !hide[i - 1])
			buf_put(&b, MASK_MARK, sizeof(MASK_MARK) - 1);
	s = xstrndup(b.len != 0 ? (const char *)b.data : "", b.len);
	buf_free(&b);
	if (strlen(s) > 2 * PLAN_MAXARG) {
		freezero(s, strlen(s));
		s = xstrdup(MASK_MARK);
	}
	return (s);
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
		if (m->index == 1)
			return (p->script.path);
		return (m->index - MASK_PATH_BOUND < p->nbound ?
		    p->bound[m->index - MASK_PATH_BOUND].file.path : NULL);
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
