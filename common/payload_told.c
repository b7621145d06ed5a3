/* SPDX-License-Identifier: ISC */
/* The shapes of what the auditor tells, and asks, by itself. */
#include "config.h"

#include "common/payload.h"
#include "common/record/record.h"

static const struct shape_row room_rows[] = {
	U8(msg_room, low, 0, 1),
	U64IN(msg_room, record, 1, RECORD_LAST),
	U64(msg_room, free_bytes),
	U64(msg_room, size_bytes),
	U64(msg_room, free_files),
	U64(msg_room, all_files),
};
SHAPE(msg_room, "ROOM", room_rows, NULL);

static const struct shape_row checked_rows[] = {
	U32(msg_checked, damaged, 0, UINT32_MAX),
	U8(msg_checked, fate, CHECKED_DAMAGED, CHECKED_LOST),
	U64(msg_checked, record),
	U64(msg_checked, first),
	STR(msg_checked, file, CHECKED_NAME),
	STR(msg_checked, rule, CHECKED_NAME),
	U64(msg_checked, done_us),
	U64(msg_checked, done),
};
SHAPE(msg_checked, "CHECKED", checked_rows, NULL);

static const struct shape_row stored_rows[] = {
	U64(msg_stored, total),
	U64(msg_stored, max),
	U8(msg_stored, refused, OUTPUT_FITS, OUTPUT_TOTAL),
	U32(msg_stored, uid, 0, UINT32_MAX),
};
SHAPE(msg_stored, "STORED", stored_rows, NULL);

static const struct shape_row fix_row_rows[] = {
	U64IN(msg_fix_row, first, 1, RECORD_LAST),
	U8(msg_fix_row, on, 0, 1),
};
SHAPE(msg_fix_row, "FIX_ROW", fix_row_rows, NULL);

static const struct shape_row fix_rows[] = {
	EACH(msg_fix, v, n, MSG_FIX_MAX, msg_fix_row),
};

/* None twice, the oldest first. */
static int
fix_wrong(const void *v)
{
	const struct msg_fix *m = v;
	size_t i;

	for (i = 1; i < m->n; i++)
		if (m->v[i].first <= m->v[i - 1].first)
			return (1);
	return (m->n == 0);
}
SHAPE(msg_fix, "FIX", fix_rows, fix_wrong);

static const struct shape_row fixed_row_rows[] = {
	U32(msg_fixed_row, error, 0, FIXED_ERROR_MAX),
};
SHAPE(msg_fixed_row, "FIXED_ROW", fixed_row_rows, NULL);

static const struct shape_row fixed_rows[] = {
	EACH(msg_fixed, v, n, MSG_FIX_MAX, msg_fixed_row),
};
SHAPE(msg_fixed, "FIXED", fixed_rows, NULL);

static const struct shape_row parts_rows[] = {
	U32(msg_parts, closed, 0, UINT32_MAX),
	U32(msg_parts, immutable, 0, UINT32_MAX),
	U32(msg_parts, due, 0, UINT32_MAX),
	U32(msg_parts, error, 0, FIXED_ERROR_MAX),
	U64(msg_parts, held),
};
SHAPE(msg_parts, "PARTS", parts_rows, NULL);
