/* SPDX-License-Identifier: ISC */
/* MASKED: what redaction hides in words that will be logged. */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/plan.h"

/* All arguments, names of variables and paths, directory, reason, error. */
#define MAXMASKS	(PLAN_MAXARGS + 3 * PLAN_MAXENV + PLAN_MAXBOUND + 5)
#define MASK_TEXT_MAX	(4 * PLAN_MAXARG)

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
	U8(mask, where, MASK_ARGV, MASK_ERROR),
	U32(mask, index, 0, UINT32_MAX),
	STR(mask, text, MASK_TEXT_MAX),
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

/* A mark for n bytes. */
static void
put_mark(struct buf *b, const char *p, size_t n, mask_digester *digest,
    void *arg)
{
	uint8_t d[MASK_DIGEST];
	size_t i;

	buf_printf(b, MASK_OPEN "%zu", n);
	if (digest != NULL) {
		digest(arg, p, n, d);
		buf_put_u8(b, ':');
		for (i = 0; i < sizeof(d); i++)
			buf_printf(b, "%02x", d[i]);
	}
	buf_put_u8(b, ']');
}

static char *
marked(const char *text, size_t len, const uint8_t *hide,
    mask_digester *digest, void *arg)
{
	size_t i, end;
	struct buf b;
	char *s = NULL;

	buf_init(&b, MASK_TEXT_MAX);
	for (i = 0; i < len && !b.bad; i = end) {
		for (end = i + 1; end < len && !hide[end] == !hide[i]; end++)
			;
		if (hide[i])
			put_mark(&b, text + i, end - i, digest, arg);
		else
			buf_put(&b, text + i, end - i);
	}
	if (!b.bad)
		s = xstrndup(b.len != 0 ? (const char *)b.data : "", b.len);
	buf_free(&b);
	return (s);
}

/* Hides what is between two that are hidden, and shorter than that. */
static void
join(uint8_t *hide, size_t len, size_t least)
{
	size_t i, end = 0;
	int any = 0;

	for (i = 0; i < len; i++) {
		if (!hide[i])
			continue;
		if (any && i - end < least)
			memset(hide + end, 1, i - end);
		any = 1;
		end = i + 1;
	}
}

char *
mask_text(const char *text, size_t len, const uint8_t *hide,
    mask_digester *digest, void *arg)
{
	uint8_t *joined;
	size_t least;
	char *s;

	/* many short ones may have no digests, before anything else goes */
	if ((s = marked(text, len, hide, digest, arg)) != NULL ||
	    (s = marked(text, len, hide, NULL, NULL)) != NULL)
		return (s);
	joined = xmalloc(len);
	memcpy(joined, hide, len);
	for (least = 2; s == NULL && least / 2 <= len; least *= 2) {
		join(joined, len, least);
		s = marked(text, len, joined, digest, arg);
	}
	if (s == NULL) {
		memset(joined, 1, len);
		s = marked(text, len, joined, digest, arg);
	}
	free(joined);
	return (s);
}

/* Is there a digest, or none, and the end?  Bytes that these take, or 0. */
static size_t
mark_tail(const char *s)
{
	size_t i;

	if (s[0] == ']')
		return (1);
	if (s[0] != ':')
		return (0);
	for (i = 1; i <= 2 * MASK_DIGEST; i++)
		if (!isdigit((unsigned char)s[i]) &&
		    (s[i] < 'a' || s[i] > 'f'))
			return (0);
	return (s[i] == ']' ? i + 1 : 0);
}

/* Bytes of the mark that s begins with, or 0; and what it hides. */
static size_t
mark_at(const char *s, size_t *hidden)
{
	const size_t open = sizeof(MASK_OPEN) - 1;
	size_t i, tail;

	if (strncmp(s, MASK_OPEN, open) != 0 || s[open] == '0')
		return (0);
	*hidden = 0;
	for (i = open; isdigit((unsigned char)s[i]); i++) {
		if (i - open == 9)
			return (0);
		*hidden = *hidden * 10 + (size_t)(s[i] - '0');
	}
	tail = i == open ? 0 : mark_tail(s + i);
	return (tail == 0 ? 0 : i + tail);
}

/* stay: marks that orig has may stand as they are. */
static int
check(const char *orig, const char *text, int stay)
{
	size_t left = strlen(orig), hidden, n;

	if (strcmp(text, MASK_MARK) == 0 || strcmp(text, orig) == 0)
		return (0);
	while (*text != '\0') {
		if ((n = mark_at(text, &hidden)) == 0) {
			n = hidden = 1;
			if (left == 0 || *orig != *text)
				return (-1);
		} else if (stay && strncmp(orig, text, n) == 0)
			hidden = n;
		if (hidden > left)
			return (-1);
		text += n;
		orig += hidden;
		left -= hidden;
	}
	return (left == 0 ? 0 : -1);
}

/*
 * What an agent has written can look like a mark itself: redaction hides the
 * beginning of that, so one in a text that was masked is never a literal one.
 */
int
mask_check(const char *orig, const char *text)
{
	return (check(orig, text, 0));
}

int
mask_check_again(const char *orig, const char *text)
{
	return (check(orig, text, 1));
}

void
mask_plain(char *text)
{
	const size_t marklen = sizeof(MASK_MARK) - 1;
	size_t hidden, n;
	char *to = text;

	for (; *text != '\0'; text += n) {
		if ((n = mark_at(text, &hidden)) == 0) {
			n = 1;
			*to++ = *text;
			continue;
		}
		memcpy(to, MASK_MARK, marklen);
		to += marklen;
	}
	*to = '\0';
}

void
mask_short(char *text)
{
	size_t hidden, keep, n;
	char *to = text;

	for (; *text != '\0'; text += n) {
		if ((n = mark_at(text, &hidden)) == 0) {
			n = 1;
			*to++ = *text;
			continue;
		}
		keep = sizeof(MASK_OPEN) - 1;
		keep += strspn(text + keep, "0123456789");
		memmove(to, text, keep);
		to += keep;
		*to++ = ']';
	}
	*to = '\0';
}

/* Is this name of a variable, NAME=VALUE, masked so? */
static int
name_fits(const char *var, const char *text)
{
	const char *eq = strchr(var, '=');
	char *name;
	int r;

	name = xstrndup(var, eq != NULL ? (size_t)(eq - var) : strlen(var));
	r = mask_check(name, text);
	freezero(name, strlen(name));
	return (r == 0);
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
		if (ms->m[i].where == MASK_ENV) {
			if (ms->m[i].index >= p->env.n ||
			    !name_fits(p->env.v[ms->m[i].index],
			    ms->m[i].text))
				return (0);
			continue;
		}
		orig = original(&ms->m[i], p, reason);
		if (orig == NULL || mask_check(orig, ms->m[i].text) == -1)
			return (0);
	}
	return (1);
}
