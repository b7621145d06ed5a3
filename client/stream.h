/* SPDX-License-Identifier: ISC */
/*
 * Streams of a run: bytes from one descriptor to another, any bytes, without
 * ever waiting in a read or write, so that a slow reader of one stream holds
 * up that stream and nothing else.
 */
#ifndef CLIENT_STREAM_H
#define CLIENT_STREAM_H

#include <poll.h>
#include <stdint.h>

#include "common/buf.h"

#define STREAM_BUF	65536
#define CAPTURE_MAX	(16U * 1024 * 1024)

/* Collects a stream instead of passing it on. */
struct capture {
	struct buf	b;
	int		truncated;	/* there was more */
};

void	capture_init(struct capture *);
/* Appends {"b64":...} or a string. */
void	capture_json(struct buf *, struct capture *);
void	capture_free(struct capture *);

/*
 * The same in memory of the caller's, of which no copy is made: what does not
 * fit is not kept, and then nothing of it is.
 */
struct intake {
	uint8_t		*p;
	size_t		 room;
	size_t		 len;
	int		 over;		/* there was more */
};

struct stream {
	int		 from;		/* -1: ended */
	int		 to;		/* -1: nobody reads it any more */
	int		 ours;		/* which of them the stream closes */
	int		 fifo;		/* to: take care not to block in it */
	int		 nowait;	/* the kernel has that, it seems */
	int		 sock;
	int		 err;		/* errno of a write that failed */
	int		 unread;	/* errno of a read that failed */
	struct capture	*cap;		/* instead of to */
	struct intake	*into;		/* likewise */
	/* takes out of what was read what is not to be passed on */
	void		(*filter)(void *, uint8_t *, size_t *);
	void		*arg;
	uint8_t		 buf[STREAM_BUF + 1];	/* a filter may add one */
	size_t		 off;
	size_t		 len;
};
#define STREAM_FROM	1
#define STREAM_TO	2

/* Nothing to do yet, and nothing to close. */
void	stream_init(struct stream *);
/* ours: STREAM_* of the descriptors that are closed by the stream. */
void	stream_open(struct stream *, int from, int to, int ours);
/* Into a capture; from is closed. */
void	stream_capture(struct stream *, int from, struct capture *);
void	stream_into(struct stream *, int from, struct intake *);
/* Fills two entries for poll. */
void	stream_poll(const struct stream *, struct pollfd p[2]);
/* Moves what poll said can be moved. */
void	stream_move(struct stream *, const struct pollfd p[2]);
/* Has everything arrived? */
int	stream_done(const struct stream *);
/* Is it waiting for more to read, and not for room to write? */
int	stream_hungry(const struct stream *);
/* Ends it where it is. */
void	stream_close(struct stream *);
/* Are standard output and error the same pipe, file or terminal? */
int	 stream_one_file(void);

#endif
