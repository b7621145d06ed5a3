/* SPDX-License-Identifier: ISC */
/*
 * The two streams of an MCP server: one JSON document a line.  What comes in
 * is cut into lines and bounded, what goes out waits until its reader takes
 * it.  Both are what a model or a person typed, and are overwritten.
 */
#ifndef CLIENT_JSONLINE_H
#define CLIENT_JSONLINE_H

#include <jansson.h>

#include <stddef.h>

#include "common/buf.h"

#define JSONLINE_MAX	(4U * 1024 * 1024)	/* bytes of a line */

struct jsonline_in {
	struct buf	b;
	size_t		off;		/* of the line that is next */
	size_t		seen;		/* no line ends before */
	int		skips;		/* the rest of one that is too long */
};

/* jansson forgets what it frees from here on. */
void	jsonline_init(void);
/* What json_dumps() has returned; NULL is fine. */
void	jsonline_forget(char *);

void	jsonline_in_init(struct jsonline_in *);
void	jsonline_in_free(struct jsonline_in *);
void	jsonline_in_put(struct jsonline_in *, const void *, size_t);
/*
 * 1 and the next line, without its end, good until the next call of any of
 * these; 0: there is no whole one; -1: one was longer than JSONLINE_MAX, and
 * is dropped.  Empty lines are passed over.
 */
int	jsonline_in_next(struct jsonline_in *, const char **, size_t *);

struct jsonline_out {
	struct buf	b;
	size_t		off;
	int		fd;
	int		sock;
	int		gone;		/* nobody reads it any more */
	int		err;		/* errno of a write that failed */
};

void	jsonline_out_init(struct jsonline_out *, int fd);
void	jsonline_out_free(struct jsonline_out *);
/* Takes the document over.  Nothing, if its reader is gone. */
void	jsonline_out_put(struct jsonline_out *, json_t *);
/* Bytes that wait. */
size_t	jsonline_out_left(const struct jsonline_out *);
/* Writes what can be written without waiting. */
void	jsonline_out_flush(struct jsonline_out *);

#endif
