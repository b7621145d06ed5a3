/* SPDX-License-Identifier: ISC */
/* The shapes of what the auditor tells without being asked. */
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
	U8(msg_checked, mended, 0, 1),
	U64(msg_checked, record),
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
