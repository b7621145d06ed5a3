/* SPDX-License-Identifier: ISC */
/*
 * What a run has changed in its grants of write: names that its init has
 * made, written, renamed or removed for it, numbered from 1 in the order in
 * which that was done.  Of the first FILES_ROWS each has a row, if their names
 * are not that long; how many more there were, the result tells.  A name is
 * the canonical path, as the run has it.
 */
#ifndef COMMON_FILES_H
#define COMMON_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "msg.h"
#include "plan.h"
#include "shape.h"

#define FILES_ROWS	1000		/* of one run */
#define FILES_BYTES	(512U * 1024)	/* that init tells of them: long names
					   are fewer */
#define FILES_UNKNOWN	UINT32_MAX	/* how many more there were */
#define FILES_TOLD	100U		/* that who asked for a run is told */

enum file_what {
	FILE_MADE = 1,		/* a file, a directory, a device, a FIFO */
	FILE_WRITTEN = 2,	/* opened to be written, or its size set */
	FILE_RENAMED = 3,	/* path is what it was, to what it is */
	FILE_REMOVED = 4,
	FILE_LINKED = 5,	/* path has a second name, to */
	FILE_SYMLINKED = 6,	/* path is a link, whose text is to */
	FILE_MARKED = 7,	/* its mode, owner, times or attributes */
	FILE_EXCHANGED = 8,	/* path and to, with each other */
	FILE_WHATS = 9
};

/* "made", ...: the ev of its record. */
extern const char *const file_words[FILE_WHATS];

/* FILE: one of them. */
struct file_row {
	uint32_t	 seq;
	uint8_t		 what;		/* FILE_* */
	uint32_t	 pid;		/* inside of the run */
	char		*path;
	char		*to;		/* "" where there is no other */
};
extern const struct shape file_row_shape;
#define FILE_ROW_MAX	(17U + 2 * PLAN_MAXPATH)	/* bytes of it */

/* FILES: some of them, in order. */
struct file_rows {
	struct file_row	*rows;
	size_t		 n;
};
extern const struct shape file_rows_shape;

/* 1: a name is missing, or there is one too many for what it says. */
int	file_row_wrong(const struct file_row *);

#endif
