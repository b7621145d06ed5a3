/* SPDX-License-Identifier: ISC */
/* Room in the log's file system; see diskroom.h. */
#include "config.h"

#include <stdio.h>

#include "common/log.h"
#include "common/room.h"
#include "supervisor/run/diskroom.h"
#include "supervisor/run/notice.h"

void
diskroom_told(struct daemon *d, const struct msg_room *m)
{
	const struct room_left r = {
		m->free_bytes, m->size_bytes, m->free_files, m->all_files
	};
	char room[ROOM_TEXT], text[NOTICE_COMMAND];

	room_text(&r, room);
	(void)snprintf(text, sizeof(text), "%s: %.300s", room,
	    d->conf->log_dir);
	if (m->low)
		log_warnx("little room is left for the log: %s; nothing runs "
		    "when there is none: clawbot audit prune or archive "
		    "makes some", text);
	else
		log_info("there is ample room for the log again: %s", text);
	notice_log(d, NOTICE_LOG_ROOM, m->low ? NOTICE_LOW : NOTICE_AMPLE,
	    m->record, text);
}
