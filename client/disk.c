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

#define DISK_LOW_TIMES		64	/* what is needed, */
#define DISK_LOW_PERCENT	2	/* or of all there is */

struct disk {
	uint64_t	 free;		/* bytes, for an account that is not
					   root */
	uint64_t	 size;
	uint64_t	 needs;		/* 0: not told */
};

/* As df -h would write it. */
static void
put_bytes(struct buf *b, uint64_t n)
{
	static const char units[] = "BKMGTPE";
	size_t i = 0;
	double v = (double)n;

	for (; v >= 1024 && units[i + 1] != '\0'; i++)
		v /= 1024;
	buf_printf(b, v < 10 && i > 0 ? "%.1f%c" : "%.0f%c", v, units[i]);
}

static unsigned
percent(const struct disk *d)
{
	return (d->size == 0 ? 0 : (unsigned)((double)d->free * 100 /
	    (double)d->size));
}

static const char *
state_of(const struct disk *d)
{
	if (d->needs != 0 && d->free < d->needs)
		return ("full");
	if (d->free < d->needs * DISK_LOW_TIMES ||
	    percent(d) < DISK_LOW_PERCENT)
		return ("low");
	return ("free");
}

static void
put_detail(struct buf *b, const struct disk *d)
{
	struct buf text;

	buf_init(&text, 1024);
	put_bytes(&text, d->free);
	buf_printf(&text, " of ");
	put_bytes(&text, d->size);
	buf_printf(&text, " free (%u%%)", percent(d));
	if (d->needs != 0) {
		buf_printf(&text, "; refuses below ");
		put_bytes(&text, d->needs);
	}
	buf_put_u8(&text, '\0');
	field_str(b, "detail", (const char *)text.data);
	buf_free(&text);
}

static void
put_disk(struct buf *b, const struct disk *d)
{
	field_str(b, "state", state_of(d));
	put_detail(b, d);
	field_u64(b, "free_bytes", d->free);
	field_u64(b, "size_bytes", d->size);
	field_u64(b, "free_percent", percent(d));
	if (d->needs != 0)
		field_u64(b, "refuses_below", d->needs);
}

int
disk_row(const void *row, size_t len, struct buf *b)
{
	char *kind = field_get_str(row, len, "kind");
	char *path = field_get_str(row, len, "name");
	const int is = strcmp(kind, "disk") == 0;
	struct disk d = { 0, 0, 0 };
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
			d.free = (uint64_t)v.f_bavail * v.f_frsize;
			d.size = (uint64_t)v.f_blocks * v.f_frsize;
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
