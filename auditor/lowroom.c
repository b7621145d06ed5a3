/* SPDX-License-Identifier: ISC */
/* The log's file system has little room left; see lowroom.h. */
#include "config.h"

#include <string.h>

#include "auditor/auditor.h"
#include "auditor/lowroom.h"
#include "common/field.h"
#include "common/log.h"
#include "common/payload.h"

#define FIELDS_MAX	1024

void
lowroom_read(struct lowroom *l, const struct record_view *v)
{
	char ev[16];

	if (v->kind == RECORD_DISK && record_member_str(v->json, v->jsonlen,
	    "ev", ev, sizeof(ev)) != -1)
		l->low = strcmp(ev, "low") == 0;
}

/* 0, or -1: there is no room for it, and the next look tries again. */
static int
append(struct auditor *a, const struct room_left *r, int low)
{
	struct lowroom *l = &a->lowroom;
	enum chain_append how;
	struct buf b;

	buf_init(&b, FIELDS_MAX);
	field_str(&b, "ev", low ? "low" : "ample");
	field_u64(&b, "free_bytes", r->free);
	field_u64(&b, "size_bytes", r->size);
	if (r->all_files != 0) {
		field_u64(&b, "free_files", r->files);
		field_u64(&b, "all_files", r->all_files);
	}
	if (!low)
		field_u64(&b, "unrecorded", l->refused);
	how = chain_append(&a->chain, RECORD_DISK, RECORD_BY_AUDITOR, &b,
	    a->runs.n, &l->record);
	buf_free(&b);
	if (how == CHAIN_BAD)
		fatalx(EXIT_SYSTEM, "cannot make a record: %s", a->chain.bad);
	return (how == CHAIN_OK ? 0 : -1);
}

void
lowroom_look(struct auditor *a)
{
	struct lowroom *l = &a->lowroom;
	struct statvfs v;
	struct room_left r;

	if (fstatvfs(a->chain.seg.fd, &v) == -1)
		return;
	room_of(&r, &v);
	if (l->low ? !room_ample(&r, ROOM_LOG_LOW) :
	    !room_low(&r, ROOM_LOG_LOW))
		return;
	if (append(a, &r, !l->low) == -1)
		return;
	l->low = !l->low;
	l->refused = 0;
	l->room = r;
	l->unsaid = 1;
}

void
lowroom_tell(struct auditor *a)
{
	struct lowroom *l = &a->lowroom;
	struct msg_room m;
	struct buf b;

	if (!l->unsaid)
		return;
	l->unsaid = 0;
	m.low = l->low != 0;
	m.record = l->record;
	m.free_bytes = l->room.free;
	m.size_bytes = l->room.size;
	m.free_files = l->room.files;
	m.all_files = l->room.all_files;
	payload_put(&b, MSG_A_ROOM, &msg_room_shape, &m);
	audit_put(a, MSG_A_ROOM, 0, &b);
}
