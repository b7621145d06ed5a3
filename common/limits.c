/* SPDX-License-Identifier: ISC */
/* What can be said of every limit alike. */
#include "config.h"

#include <string.h>

#include "common/field.h"
#include "common/limits.h"

/* The index is LIMITS_IO_* and LIMITS_EXCESS_*. */
const char *const io_words[] = { "normal", "low", "idle", NULL };
const char *const excess_words[] = { "pipe", "discard", NULL };

#define LROW(key, field, min, max, dflt, narrow, words, what)		\
	{ key, min, max, dflt, narrow, words },
const struct limit_row limit_rows[LIMITS_N] = { LIMITS_TABLE(LROW) };
#undef LROW

#define LROW(key, field, min, max, dflt, narrow, words, what)		\
	U32(limits, field, min, max),
static const struct shape_row rows[] = { LIMITS_TABLE(LROW) };
SHAPE(limits, "LIMITS", rows, NULL);
#undef LROW

void
limits_none(struct limits *l)
{
	const struct limit_row *row;
	size_t i;

	for (i = 0; i < LIMITS_N; i++) {
		row = &limit_rows[i];
		l->v[i] = row->narrow == NARROW_LEAST && row->min != 0 ?
		    row->max : row->min;
	}
}

void
limits_unset(struct limits *l)
{
	size_t i;

	for (i = 0; i < LIMITS_N; i++)
		l->v[i] = LIMITS_UNSET;
}

/* 0 and LIMITS_UNSET are "no limit" */
static uint32_t
least(uint32_t a, uint32_t b)
{
	if (a == 0 || a == LIMITS_UNSET)
		return (b == LIMITS_UNSET ? 0 : b);
	if (b == 0 || b == LIMITS_UNSET)
		return (a);
	return (a < b ? a : b);
}

void
limits_narrow(struct limits *l, const struct limits *by)
{
	size_t i;

	for (i = 0; i < LIMITS_N; i++)
		switch (limit_rows[i].narrow) {
		case NARROW_LEAST:
			l->v[i] = least(l->v[i], by->v[i]);
			break;
		case NARROW_MOST:
			if (by->v[i] != LIMITS_UNSET && by->v[i] > l->v[i])
				l->v[i] = by->v[i];
			break;
		case NARROW_NOT:
			break;
		}
}

const char *
limits_beyond(const struct limits *l, const struct limits *most)
{
	uint32_t a, b;
	int wider = 0;
	size_t i;

	for (i = 0; i < LIMITS_N && !wider; i++) {
		a = l->v[i];
		b = most->v[i];
		switch (limit_rows[i].narrow) {
		case NARROW_LEAST:	/* 0 is the widest */
			wider = b != 0 && (a == 0 || a > b);
			break;
		case NARROW_MOST:
			wider = a < b;
			break;
		case NARROW_NOT:
			wider = a != b;
			break;
		}
	}
	return (wider ? limit_rows[i - 1].key : NULL);
}

int
limits_same(const struct limits *a, const struct limits *b)
{
	return (memcmp(a->v, b->v, sizeof(a->v)) == 0);
}

void
limits_show(struct buf *b, const struct limits *l)
{
	const struct limit_row *row;
	size_t i, tok;

	tok = field_obj(b, "limits");
	for (i = 0; i < LIMITS_N; i++) {
		row = &limit_rows[i];
		if (row->words != NULL)
			field_str(b, row->key, row->words[l->v[i]]);
		else
			field_u64(b, row->key, l->v[i]);
	}
	field_end(b, tok);
}
