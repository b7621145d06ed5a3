/* SPDX-License-Identifier: ISC */
/* Room on a file system; see room.h. */
#include "config.h"

#include <stdio.h>

#include "common/room.h"

void
room_of(struct room_left *r, const struct statvfs *v)
{
	r->free = (uint64_t)v->f_bavail * v->f_frsize;
	r->size = (uint64_t)v->f_blocks * v->f_frsize;
	r->files = v->f_favail;
	r->all_files = v->f_files;
}

/* Of a hundred; of nothing, all. */
static unsigned
hundredths(uint64_t part, uint64_t of)
{
	if (of == 0 || part >= of)
		return (100);
	return ((unsigned)((double)part * 100 / (double)of));
}

unsigned
room_percent(const struct room_left *r)
{
	return (hundredths(r->free, r->size));
}

static uint64_t
least_of(uint64_t a, uint64_t b)
{
	return (a < b ? a : b);
}

/* ROOM_LOW_PERCENT, rounded up, of any number. */
static uint64_t
part_of(uint64_t all)
{
	return (all / 100 * ROOM_LOW_PERCENT +
	    (all % 100 * ROOM_LOW_PERCENT + 99) / 100);
}

/* Of a file system that does not tell how large it is, what is wanted. */
uint64_t
room_mark(const struct room_left *r, uint64_t least)
{
	uint64_t mark = least_of(part_of(r->size), ROOM_LOW_BYTES);

	if (mark < least)
		mark = least;
	return (r->size == 0 ? mark :
	    least_of(mark, r->size / ROOM_LOW_PART));
}

static uint64_t
files_mark(const struct room_left *r)
{
	return (least_of(part_of(r->all_files), ROOM_LOW_FILES));
}

static int
is_below(const struct room_left *r, uint64_t least, unsigned times)
{
	return (r->free < times * room_mark(r, least) ||
	    (r->all_files != 0 && r->files < times * files_mark(r)));
}

int
room_low(const struct room_left *r, uint64_t least)
{
	return (is_below(r, least, 1));
}

int
room_ample(const struct room_left *r, uint64_t least)
{
	return (!is_below(r, least, 2));
}

void
room_bytes(uint64_t n, char text[ROOM_BYTES])
{
	static const char units[] = "BKMGTPE";
	size_t i = 0;
	double v = (double)n;

	for (; v >= 1024 && units[i + 1] != '\0'; i++)
		v /= 1024;
	(void)snprintf(text, ROOM_BYTES, v < 10 && i > 0 ? "%.1f%c" :
	    "%.0f%c", v, units[i]);
}

void
room_text(const struct room_left *r, char text[ROOM_TEXT])
{
	char free[ROOM_BYTES], size[ROOM_BYTES];
	int n;

	room_bytes(r->free, free);
	room_bytes(r->size, size);
	n = snprintf(text, ROOM_TEXT, "%s of %s free (%u%%)", free, size,
	    room_percent(r));
	if (n > 0 && n < ROOM_TEXT && r->all_files != 0 &&
	    r->files < files_mark(r))
		(void)snprintf(text + n, (size_t)(ROOM_TEXT - n),
		    ", and %llu of %llu files", (unsigned long long)r->files,
		    (unsigned long long)r->all_files);
}
