/* SPDX-License-Identifier: ISC */
/* Room on the disk; see disk.h. */
#include "config.h"

#include <sys/statvfs.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/disk.h"
#include "client/out.h"
#include "common/msg.h"
#include "common/room.h"

struct disk {
	struct room_left	 room;
	uint64_t	 needs;		/* bytes; 0: not told */
};

static const char *
state_of(const struct disk *d)
{
	if (d->room.free < d->needs)
		return ("full");
	return (room_low(&d->room, d->needs != 0 ? ROOM_LOG_LOW : 0) ?
	    "low" : "free");
}

static void
put_detail(struct buf *b, const struct disk *d)
{
	char text[ROOM_TEXT + ROOM_BYTES + 32], needs[ROOM_BYTES];
	size_t n;

	room_text(&d->room, text);
	room_bytes(d->needs, needs);
	n = strlen(text);
	if (d->needs != 0)
		(void)snprintf(text + n, sizeof(text) - n,
		    "; refuses below %s", needs);
	field_str(b, "detail", text);
}

static void
put_disk(struct buf *b, const struct disk *d)
{
	field_str(b, "state", state_of(d));
	put_detail(b, d);
	field_u64(b, "free_bytes", d->room.free);
	field_u64(b, "size_bytes", d->room.size);
	field_u64(b, "free_percent", room_percent(&d->room));
	if (d->room.all_files != 0) {
		field_u64(b, "free_files", d->room.files);
		field_u64(b, "all_files", d->room.all_files);
	}
	if (d->needs != 0)
		field_u64(b, "refuses_below", d->needs);
}

int
disk_row(const void *row, size_t len, struct buf *b)
{
	char *kind = field_get_str(row, len, "kind");
	char *path = field_get_str(row, len, "name");
	const int is = strcmp(kind, "disk") == 0;
	struct disk d = { .needs = 0 };
	struct statvfs v;

	free(kind);
	if (is) {
		(void)row_num(row, len, "refuses_below", &d.needs);
		buf_init(b, MSG_ROW_MAX);
		field_str(b, "kind", "disk");
		field_str(b, "name", path);
		/* a relative one is relative to where the daemon was started */
		errno = ENOENT;
		if (path[0] == '/' && statvfs(path, &v) == 0) {
			room_of(&d.room, &v);
			put_disk(b, &d);
		} else {
			field_str(b, "state", errno == EACCES ? "closed" :
			    "unknown");
			field_str(b, "detail", strerror(errno));
		}
	}
	free(path);
	return (is);
}
