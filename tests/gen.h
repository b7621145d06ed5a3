/* SPDX-License-Identifier: ISC */
/*
 * Structures of any shape, made from the shape alone: one that is in bounds,
 * and then one thing after the other at its least, its greatest, and one
 * beyond either.  So what has a shape is tried without a line for it.
 */
#ifndef TESTS_GEN_H
#define TESTS_GEN_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "common/shape.h"
#include "common/xmalloc.h"

#define GEN_KEY		64	/* bytes of the longest KEY */
#define GEN_BYTES	64	/* of some BYTES */

static inline void *
gen_at(void *v, size_t off)
{
	return ((char *)v + off);
}

static inline void *
gen_ptr(const void *v, size_t off)
{
	void *p;

	memcpy(&p, (const char *)v + off, sizeof(p));
	return (p);
}

static inline void
gen_set_ptr(void *v, size_t off, const void *p)
{
	memcpy((char *)v + off, &p, sizeof(p));
}

/* The greatest number that fits into the kind; 0: it is no number. */
static inline uint64_t
gen_widest(enum shape_kind kind)
{
	switch (kind) {
	case SHAPE_U8:
	case SHAPE_WORD:
		return (UINT8_MAX);
	case SHAPE_U16:
		return (UINT16_MAX);
	case SHAPE_U32:
	case SHAPE_I32:
		return (UINT32_MAX);
	case SHAPE_U64:
	case SHAPE_I64:
		return (UINT64_MAX);
	default:
		return (0);
	}
}

static inline uint64_t
gen_greatest(const struct shape_row *row)
{
	uint64_t w = gen_widest(row->kind);

	return (row->max < w ? row->max : w);
}

static inline void
gen_number(const struct shape_row *row, void *v, uint64_t n)
{
	void *p = gen_at(v, row->off);

	switch (row->kind) {
	case SHAPE_U8:
		*(uint8_t *)p = (uint8_t)n;
		break;
	case SHAPE_U16:
		*(uint16_t *)p = (uint16_t)n;
		break;
	case SHAPE_U64:
	case SHAPE_I64:
		*(uint64_t *)p = n;
		break;
	default:
		*(uint32_t *)p = (uint32_t)n;
	}
}

/* These free what was there. */
static inline void
gen_str(const struct shape_row *row, void *v, const char *s)
{
	free(gen_ptr(v, row->off));
	gen_set_ptr(v, row->off, xstrdup(s));
}

static inline void
gen_bytes(const struct shape_row *row, void *v, const void *p, size_t n)
{
	uint8_t *to = xmalloc(n + 1);

	if (n != 0)
		memcpy(to, p, n);
	free(gen_ptr(v, row->off));
	gen_set_ptr(v, row->off, to);
	memcpy(gen_at(v, row->off2), &n, sizeof(n));
}

/* The path of n bytes. */
static inline char *
gen_text(size_t n)
{
	char *s = xmalloc(n + 1);

	memset(s, 'x', n);
	s[n] = '\0';
	if (n != 0)
		s[0] = '/';
	return (s);
}

static inline void
gen_fields(const struct shape_row *row, void *v)
{
	struct buf b;

	buf_init(&b, 256);
	field_str(&b, "what", "this and that");
	field_u64(&b, "many", UINT64_MAX);
	gen_bytes(row, v, b.data, b.len);
	buf_free(&b);
}

static inline void gen_fill(const struct shape *, void *);

static inline void
gen_each(const struct shape_row *row, void *v, size_t n)
{
	char *old = gen_ptr(v, row->off), *to = xcalloc(n + 1, row->of->size);
	size_t i, was;

	memcpy(&was, gen_at(v, row->off2), sizeof(was));
	for (i = 0; old != NULL && i < was; i++)
		shape_free(row->of, old + i * row->of->size);
	free(old);
	for (i = 0; i < n; i++)
		gen_fill(row->of, to + i * row->of->size);
	gen_set_ptr(v, row->off, to);
	memcpy(gen_at(v, row->off2), &n, sizeof(n));
}

static inline void
gen_row(const struct shape_row *row, void *v)
{
	static uint8_t key[GEN_KEY] = { 1, 2, 3 };
	char *s;

	switch (row->kind) {
	case SHAPE_MAGIC:
		break;
	case SHAPE_RAW:
		memset(gen_at(v, row->off), 0x5a, row->max);
		break;
	case SHAPE_KEY:
		if (row->max > sizeof(key))
			abort();
		gen_set_ptr(v, row->off, key);
		break;
	case SHAPE_STR:
		gen_str(row, v, "/x");
		break;
	case SHAPE_STRV:
		strv_add(gen_at(v, row->off), "/x");
		break;
	case SHAPE_BYTES:
	case SHAPE_REST:
		s = gen_text(row->max < GEN_BYTES ? row->max : GEN_BYTES);
		s[0] = '\0';
		gen_bytes(row, v, s, row->max < GEN_BYTES ? row->max :
		    GEN_BYTES);
		free(s);
		break;
	case SHAPE_FIELDS:
	case SHAPE_BOXED:
		gen_fields(row, v);
		break;
	case SHAPE_PER:
		memset(gen_at(v, row->off), (int)row->min, row->n);
		break;
	case SHAPE_OF:
		gen_fill(row->of, gen_at(v, row->off));
		break;
	case SHAPE_EACH:
		gen_each(row, v, 1);
		break;
	default:
		gen_number(row, v, row->min + (gen_greatest(row) -
		    row->min) / 2);
	}
}

static inline void
gen_settle(const struct shape *s, void *v)
{
	size_t i;

	for (i = 0; s->wrong != NULL && s->wrong(v) && i < s->nrows; i++) {
		if (gen_widest(s->rows[i].kind) == 0)
			continue;
		gen_number(&s->rows[i], v, s->rows[i].min);
		if (s->wrong(v))
			gen_number(&s->rows[i], v, gen_greatest(&s->rows[i]));
	}
}

/*
 * Fills *v in, whatever was in there; for shape_free.  Numbers that do not go
 * together, or not with the rest, are as small or as large as they may be; a
 * text that nothing goes with is empty.
 */
static inline void
gen_fill(const struct shape *s, void *v)
{
	size_t i;

	memset(v, 0, s->size);
	for (i = 0; i < s->nrows; i++)
		gen_row(&s->rows[i], v);
	gen_settle(s, v);
	for (i = 0; s->wrong != NULL && s->wrong(v) && i < s->nrows; i++) {
		if (s->rows[i].kind != SHAPE_STR)
			continue;
		gen_str(&s->rows[i], v, "");
		gen_settle(s, v);
		if (s->wrong(v))
			gen_str(&s->rows[i], v, "/x");
	}
}

/* What became of a structure. */
struct gen_edge {
	const char	*name;	/* of the member that was changed */
	int		 ok;	/* it is still within its bounds */
};

/* How many edges a row has of its own. */
static inline unsigned
gen_edges(const struct shape_row *row)
{
	switch (row->kind) {
	case SHAPE_MAGIC:
	case SHAPE_OF:
		return (0);
	case SHAPE_RAW:
	case SHAPE_KEY:
	case SHAPE_REST:	/* it has no greatest length */
		return (2);
	case SHAPE_STRV:
		return (5);
	case SHAPE_STR:
	case SHAPE_BYTES:
	case SHAPE_FIELDS:
	case SHAPE_BOXED:
	case SHAPE_PER:
	case SHAPE_EACH:
		return (3);
	default:
		return (4);
	}
}

/* These make one of them: is what comes out within its bounds? */
static inline int
gen_edge_number(const struct shape_row *row, void *v, unsigned which)
{
	uint64_t max = gen_greatest(row), n[4];

	n[0] = row->min;
	n[1] = max;
	n[2] = row->min - (row->min != 0);
	n[3] = max + (max != gen_widest(row->kind));
	gen_number(row, v, n[which]);
	return (n[which] >= row->min && n[which] <= max);
}

/* Of so many bytes: none, as many as may be, one more. */
static inline size_t
gen_length(size_t max, unsigned which)
{
	return (which == 0 ? 0 : max + which - 1);
}

static inline int
gen_edge_text(const struct shape_row *row, void *v, unsigned which)
{
	char *s = gen_text(gen_length(row->max, which));

	gen_str(row, v, s);
	free(s);
	return (which != 2);
}

/* The same for the list, and for one string of it. */
static inline int
gen_edge_list(const struct shape_row *row, void *v, unsigned which)
{
	size_t i, n = which < 3 ? gen_length(row->n, which) : 1;
	char *s = gen_text(which < 3 ? 1 : gen_length(row->max, which - 2));
	struct strv *list = gen_at(v, row->off);

	strv_free(list);
	memset(list, 0, sizeof(*list));
	for (i = 0; i < n; i++)
		strv_add(list, s);
	free(s);
	return (which != 2 && which != 4);
}

static inline int
gen_edge_bytes(const struct shape_row *row, void *v, unsigned which)
{
	size_t n = gen_length(row->kind == SHAPE_REST ? 5 : row->max, which);
	char *s = gen_text(n);

	gen_bytes(row, v, s, n);
	free(s);
	return (which != 2);
}

/* None, such as are none, and one that is cut. */
static inline int
gen_edge_fields(const struct shape_row *row, void *v, unsigned which)
{
	size_t n;

	if (which == 1)
		gen_bytes(row, v, "/xxxx", 5);
	else
		gen_fields(row, v);
	memcpy(&n, gen_at(v, row->off2), sizeof(n));
	n = which == 0 ? 0 : which == 1 ? n : n - 1;
	memcpy(gen_at(v, row->off2), &n, sizeof(n));
	return (which == 0);
}

static inline int
gen_edge_per(const struct shape_row *row, void *v, unsigned which)
{
	uint64_t n = which == 0 ? row->max : which == 1 ? row->max + 1 :
	    row->min - (row->min != 0);

	*(uint8_t *)gen_at(v, row->off) = (uint8_t)n;
	return (n >= row->min && n <= row->max);
}

static inline int
gen_edge_raw(const struct shape_row *row, void *v, unsigned which)
{
	static uint8_t key[2][GEN_KEY];

	memset(key[1], 0xff, sizeof(key[1]));
	if (row->kind == SHAPE_RAW)
		memset(gen_at(v, row->off), which == 0 ? 0 : 0xff, row->max);
	else
		gen_set_ptr(v, row->off, key[which]);
	return (1);
}

static inline int
gen_edge_own(const struct shape_row *row, void *v, unsigned which)
{
	switch (row->kind) {
	case SHAPE_RAW:
	case SHAPE_KEY:
		return (gen_edge_raw(row, v, which));
	case SHAPE_STR:
		return (gen_edge_text(row, v, which));
	case SHAPE_STRV:
		return (gen_edge_list(row, v, which));
	case SHAPE_BYTES:
	case SHAPE_REST:
		return (gen_edge_bytes(row, v, which));
	case SHAPE_FIELDS:
	case SHAPE_BOXED:
		return (gen_edge_fields(row, v, which));
	case SHAPE_PER:
		return (gen_edge_per(row, v, which));
	case SHAPE_EACH:
		gen_each(row, v, gen_length(row->n, which));
		return (which != 2);
	default:
		return (gen_edge_number(row, v, which));
	}
}

/*
 * Puts edge *which into a structure that gen_fill made.  1, and *e; or 0 if
 * there are no more: *which is less by those that there are.
 */
static inline int
gen_edge(const struct shape *s, void *v, unsigned *which, struct gen_edge *e)
{
	const struct shape_row *row;
	size_t i;

	for (i = 0; i < s->nrows; i++) {
		row = &s->rows[i];
		if (*which < gen_edges(row)) {
			e->name = row->name;
			e->ok = gen_edge_own(row, v, *which);
			return (1);
		}
		*which -= gen_edges(row);
		if (row->of != NULL && gen_edge(row->of,
		    row->kind == SHAPE_EACH ? gen_ptr(v, row->off) :
		    gen_at(v, row->off), which, e))
			return (1);
	}
	return (0);
}

/* Does it, or a part of it, have values that do not go together? */
static inline int
gen_wrong(const struct shape *s, void *v)
{
	const struct shape_row *row;
	char *in;
	size_t i, k, n;

	for (i = 0; i < s->nrows; i++) {
		row = &s->rows[i];
		if (row->of == NULL)
			continue;
		n = 1;
		in = gen_at(v, row->off);
		if (row->kind == SHAPE_EACH) {
			in = gen_ptr(v, row->off);
			memcpy(&n, gen_at(v, row->off2), sizeof(n));
		}
		for (k = 0; k < n; k++)
			if (gen_wrong(row->of, in + k * row->of->size))
				return (1);
	}
	return (s->wrong != NULL && s->wrong(v));
}

#endif
