/* SPDX-License-Identifier: ISC */
/* The one encoder and the one decoder of all that has a shape. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "common/shape.h"

static const void *
at(const void *v, size_t off)
{
	return ((const char *)v + off);
}

/* Pointers of any type are all the same here. */
static void *
pointer(const void *v, size_t off)
{
	void *p;

	memcpy(&p, at(v, off), sizeof(p));
	return (p);
}

static void
set_pointer(void *v, size_t off, void *p)
{
	memcpy((char *)v + off, &p, sizeof(p));
}

static void
set_count(void *v, size_t off, size_t n)
{
	*(size_t *)(void *)((char *)v + off) = n;
}

/* A number of whichever width. */
static uint64_t
number(const struct shape_row *row, const void *v)
{
	const void *p = at(v, row->off);

	switch (row->kind) {
	case SHAPE_U8:
		return (*(const uint8_t *)p);
	case SHAPE_U16:
		return (*(const uint16_t *)p);
	case SHAPE_U32:
	case SHAPE_WORD:
		return (*(const uint32_t *)p);
	case SHAPE_I32:
		return ((uint32_t)*(const int32_t *)p);
	case SHAPE_U64:
		return (*(const uint64_t *)p);
	case SHAPE_I64:
		return ((uint64_t)*(const int64_t *)p);
	default:
		return (row->min);
	}
}

static void
put_number(const struct shape_row *row, struct buf *b, const void *v)
{
	uint64_t n = number(row, v);

	switch (row->kind) {
	case SHAPE_U8:
	case SHAPE_WORD:
		buf_put_u8(b, (uint8_t)n);
		break;
	case SHAPE_U16:
		buf_put_u16(b, (uint16_t)n);
		break;
	case SHAPE_U64:
	case SHAPE_I64:
		buf_put_u64(b, n);
		break;
	default:
		buf_put_u32(b, (uint32_t)n);
	}
}

static size_t
count(const struct shape_row *row, const void *v)
{
	if (row->kind == SHAPE_PER)
		return (((const struct strv *)at(v, row->off2))->n);
	return (*(const size_t *)at(v, row->off2));
}

static void
put_each(const struct shape_row *row, struct buf *b, const void *v)
{
	const char *one = pointer(v, row->off);
	size_t i, n = count(row, v);

	buf_put_u32(b, (uint32_t)n);
	for (i = 0; i < n; i++)
		shape_put(row->of, b, one + i * row->of->size);
}

static void
put_key(const struct shape_row *row, struct buf *b, const void *v)
{
	const uint8_t *key = pointer(v, row->off);
	size_t i;

	for (i = 0; i < row->max; i++)
		buf_put_u8(b, key == NULL ? 0 : key[i]);
}

static void
put_row(const struct shape_row *row, struct buf *b, const void *v)
{
	const void *p = at(v, row->off);
	size_t n;

	switch (row->kind) {
	case SHAPE_RAW:
		buf_put(b, p, row->max);
		break;
	case SHAPE_STR:
		buf_put_str(b, pointer(v, row->off));
		break;
	case SHAPE_STRV:
		buf_put_strv(b, p);
		break;
	case SHAPE_BYTES:
	case SHAPE_BOXED:
		buf_put_bytes(b, pointer(v, row->off), count(row, v));
		break;
	case SHAPE_REST:
	case SHAPE_FIELDS:
		buf_put(b, pointer(v, row->off), count(row, v));
		break;
	case SHAPE_KEY:
		put_key(row, b, v);
		break;
	case SHAPE_PER:
		n = count(row, v);
		buf_put(b, p, n < row->n ? n : row->n);
		break;
	case SHAPE_OF:
		shape_put(row->of, b, p);
		break;
	case SHAPE_EACH:
		put_each(row, b, v);
		break;
	default:
		put_number(row, b, v);
	}
}

void
shape_put(const struct shape *s, struct buf *b, const void *v)
{
	size_t i;

	for (i = 0; i < s->nrows; i++)
		put_row(&s->rows[i], b, v);
}

static uint64_t
read_number(const struct shape_row *row, struct rd *r)
{
	switch (row->kind) {
	case SHAPE_U8:
	case SHAPE_WORD:
		return (rd_u8(r));
	case SHAPE_U16:
		return (rd_u16(r));
	case SHAPE_U64:
	case SHAPE_I64:
		return (rd_u64(r));
	default:
		return (rd_u32(r));
	}
}

static void
get_number(const struct shape_row *row, struct rd *r, void *v)
{
	void *p = (char *)v + row->off;
	uint64_t n = read_number(row, r);

	if (n < row->min || n > row->max)
		r->bad = 1;
	switch (row->kind) {
	case SHAPE_U8:
		*(uint8_t *)p = (uint8_t)n;
		break;
	case SHAPE_U16:
		*(uint16_t *)p = (uint16_t)n;
		break;
	case SHAPE_U32:
	case SHAPE_WORD:
		*(uint32_t *)p = (uint32_t)n;
		break;
	case SHAPE_I32:
		*(int32_t *)p = (int32_t)n;
		break;
	case SHAPE_U64:
		*(uint64_t *)p = n;
		break;
	case SHAPE_I64:
		*(int64_t *)p = (int64_t)n;
		break;
	default:
		break;
	}
}

/* Are they nothing but fields? */
static int
all_fields(const void *p, size_t n)
{
	struct field f;
	struct rd r;
	int got;

	rd_init(&r, p, n);
	while ((got = field_next(&r, &f)) == 1)
		;
	return (got == 0);
}

/* A copy of n bytes, which may be none. */
static void
get_bytes(const struct shape_row *row, struct rd *r, void *v)
{
	const uint8_t *p;
	void *to;
	size_t len;

	if (row->kind == SHAPE_BYTES || row->kind == SHAPE_BOXED)
		p = rd_bytes(r, &len, row->max);
	else {
		len = r->bad ? 0 : r->left;
		p = rd_view(r, len);
	}
	to = xmalloc(len);
	if (p != NULL && len != 0)
		memcpy(to, p, len);
	set_pointer(v, row->off, to);
	set_count(v, row->off2, len);
	if ((row->kind == SHAPE_FIELDS || row->kind == SHAPE_BOXED) &&
	    !all_fields(to, len))
		r->bad = 1;
}

static void
get_per(const struct shape_row *row, struct rd *r, void *v)
{
	uint8_t *p = (uint8_t *)v + row->off;
	size_t i, n = count(row, v);

	if (n > row->n) {
		r->bad = 1;
		return;
	}
	rd_copy(r, p, n);
	for (i = 0; i < n; i++)
		if (p[i] < row->min || p[i] > row->max)
			r->bad = 1;
}

/* The fewest bytes that one takes: what a count is checked against. */
static size_t
least(const struct shape *s)
{
	static const uint8_t width[] = { [SHAPE_U8] = 1, [SHAPE_WORD] = 1,
	    [SHAPE_U16] = 2, [SHAPE_U64] = 8, [SHAPE_I64] = 8,
	    [SHAPE_REST] = 0, [SHAPE_FIELDS] = 0,
	    [SHAPE_PER] = 0, [SHAPE_U32] = 4,
	    [SHAPE_I32] = 4, [SHAPE_MAGIC] = 4, [SHAPE_STR] = 4,
	    [SHAPE_STRV] = 4, [SHAPE_BYTES] = 4, [SHAPE_BOXED] = 4,
	    [SHAPE_EACH] = 4 };
	size_t i, n = 0;

	for (i = 0; i < s->nrows; i++)
		if (s->rows[i].kind == SHAPE_OF)
			n += least(s->rows[i].of);
		else if (s->rows[i].kind == SHAPE_RAW ||
		    s->rows[i].kind == SHAPE_KEY)
			n += s->rows[i].max;
		else
			n += width[s->rows[i].kind];
	return (n);
}

static void
get_each(const struct shape_row *row, struct rd *r, void *v)
{
	size_t each = least(row->of), i, n;
	char *to;

	/* one that takes no room could be had without end */
	n = rd_u32(r);
	if (r->bad || each == 0 || n > row->n || n > r->left / each) {
		r->bad = 1;
		return;
	}
	if (n == 0)
		return;
	to = xcalloc(n, row->of->size);
	set_pointer(v, row->off, to);
	set_count(v, row->off2, n);
	for (i = 0; i < n; i++)
		shape_read(row->of, r, to + i * row->of->size);
}

static void
get_row(const struct shape_row *row, struct rd *r, void *v)
{
	void *p = (char *)v + row->off;

	switch (row->kind) {
	case SHAPE_RAW:
		rd_copy(r, p, row->max);
		break;
	case SHAPE_STR:
		set_pointer(v, row->off, rd_str(r, row->max));
		break;
	case SHAPE_STRV:
		rd_strv(r, p, row->n, row->max);
		break;
	case SHAPE_KEY:
		set_pointer(v, row->off,
		    (void *)(uintptr_t)rd_view(r, row->max));
		break;
	case SHAPE_BYTES:
	case SHAPE_REST:
	case SHAPE_FIELDS:
	case SHAPE_BOXED:
		get_bytes(row, r, v);
		break;
	case SHAPE_PER:
		get_per(row, r, v);
		break;
	case SHAPE_OF:
		shape_read(row->of, r, p);
		break;
	case SHAPE_EACH:
		get_each(row, r, v);
		break;
	default:
		get_number(row, r, v);
	}
}

void
shape_read(const struct shape *s, struct rd *r, void *v)
{
	size_t i;

	memset(v, 0, s->size);
	for (i = 0; i < s->nrows; i++)
		get_row(&s->rows[i], r, v);
	if (!r->bad && s->wrong != NULL && s->wrong(v))
		r->bad = 1;
}

int
shape_get(const struct shape *s, void *v, const void *data, size_t len)
{
	struct rd r;

	rd_init(&r, data, len);
	shape_read(s, &r, v);
	return (rd_end(&r));
}

static void
free_row(const struct shape_row *row, void *v)
{
	void *p = (char *)v + row->off;
	char *s;
	size_t i;

	switch (row->kind) {
	case SHAPE_STR:
		if ((s = pointer(v, row->off)) != NULL)
			freezero(s, strlen(s));
		break;
	case SHAPE_STRV:
		strv_free(p);
		break;
	case SHAPE_BYTES:
	case SHAPE_REST:
	case SHAPE_FIELDS:
	case SHAPE_BOXED:
		freezero(pointer(v, row->off), count(row, v));
		break;
	case SHAPE_OF:
		shape_free(row->of, p);
		break;
	case SHAPE_EACH:
		if ((s = pointer(v, row->off)) == NULL)
			break;
		for (i = 0; i < count(row, v); i++)
			shape_free(row->of, s + i * row->of->size);
		freezero(s, count(row, v) * row->of->size);
		break;
	default:
		break;
	}
}

void
shape_free(const struct shape *s, void *v)
{
	size_t i;

	for (i = 0; i < s->nrows; i++)
		free_row(&s->rows[i], v);
	explicit_bzero(v, s->size);
}

static int
has_key(const struct shape *s)
{
	size_t i;

	for (i = 0; i < s->nrows; i++)
		if (s->rows[i].kind == SHAPE_KEY ||
		    (s->rows[i].of != NULL && has_key(s->rows[i].of)))
			return (1);
	return (0);
}

/* By way of the wire: what arrives there as the same is the same. */
void
shape_copy(const struct shape *s, void *to, const void *from)
{
	struct rd r;
	struct buf b;

	if (has_key(s))
		abort();
	buf_init(&b, SIZE_MAX / 2);
	shape_put(s, &b, from);
	rd_init(&r, b.data, b.len);
	shape_read(s, &r, to);
	if (rd_end(&r) == -1)
		abort();
	buf_free(&b);
}

const char *
shape_differ(const struct shape *s, const void *x, const void *y)
{
	const char *name = NULL;
	struct buf a, b;
	size_t i;

	buf_init(&a, SIZE_MAX / 2);
	buf_init(&b, SIZE_MAX / 2);
	for (i = 0; i < s->nrows && name == NULL; i++) {
		buf_reset(&a);
		buf_reset(&b);
		put_row(&s->rows[i], &a, x);
		put_row(&s->rows[i], &b, y);
		if (a.bad || b.bad || a.len != b.len || (a.len != 0 &&
		    memcmp(a.data, b.data, a.len) != 0))
			name = s->rows[i].name;
	}
	buf_free(&a);
	buf_free(&b);
	return (name);
}
