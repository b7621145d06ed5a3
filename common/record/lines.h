/* SPDX-License-Identifier: ISC */
/* Cutting a log that comes in pieces into its lines. */
#ifndef COMMON_RECORD_LINES_H
#define COMMON_RECORD_LINES_H

#include <stddef.h>

#include "common/buf.h"

/* A whole line, newline included; 0 to go on, anything else to stop. */
typedef int (*record_lines_cb)(const char *line, size_t len, void *);

struct record_lines {
	struct buf	 part;		/* the beginning of a line */
};

void	record_lines_init(struct record_lines *);
void	record_lines_free(struct record_lines *);
/*
 * The next piece.  0, or -1 where a line is longer than RECORD_MAX, or what
 * the callback gave that stopped it: the rest of the piece is lost then, and
 * what comes next begins a line.
 */
int	record_lines_feed(struct record_lines *, const void *, size_t,
	    record_lines_cb, void *);
/* 1 if a line has begun and not ended. */
int	record_lines_inside(const struct record_lines *);

#endif
