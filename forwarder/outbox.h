/* SPDX-License-Identifier: ISC */
/*
 * Messages that the peer may not have yet, in their order.  They are sent, and
 * all of them again where it is not known that the peer has read them; only
 * then they are forgotten.  So a message may come twice, and none is lost
 * before the next.
 */
#ifndef FORWARDER_OUTBOX_H
#define FORWARDER_OUTBOX_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "forwarder/peer.h"

#define OUTBOX_FULL	(1024U * 1024)	/* no more is added beyond */

enum outbox_state {
	BOX_DOWN,		/* until there is something, and it is time */
	BOX_CONNECTING,
	BOX_UP,
	BOX_CLOSING		/* all is sent: has the peer read it? */
};

struct outbox_msg {
	size_t		 off;		/* in text */
	size_t		 len;
	uint64_t	 number;	/* of its record, or a gap's last */
	uint64_t	 time_us;
};

struct outbox {
	struct syslog_peer	 peer;
	enum outbox_state state;
	struct buf	 text;
	struct outbox_msg *msgs;
	size_t		 n;
	size_t		 room;
	size_t		 next;		/* message to be sent */
	size_t		 from;		/* of its bytes */
	size_t		 best;		/* messages that were ever sent */
	int64_t		 since;		/* the first of them is here */
	int64_t		 moved;		/* something went on, or nothing was
					   there */
	int64_t		 limit;		/* of this state */
	int64_t		 again;		/* when to try */
	int64_t		 pause;
	unsigned	 failures;	/* since the peer last had something */
	char		 why[256];	/* the last of them, or "" */
};

/* Times are milliseconds of a clock that only goes on. */
int	 outbox_open(struct outbox *, const struct forwardto *, int64_t now);
/* Takes over what was put behind the text that there was. */
void	 outbox_add(struct outbox *, uint64_t number, uint64_t time_us,
	    int64_t now);
int	 outbox_has_room(const struct outbox *);
/* The longest message that can be sent. */
size_t	 outbox_longest(const struct outbox *);
/*
 * Goes on.  The number up to which the peer has all since the last call, or 0.
 */
uint64_t outbox_step(struct outbox *, int64_t now);
/* What the socket is to be waited for (poll(2)), and for how long; -1: for
 * ever. */
short	 outbox_events(const struct outbox *);
int	 outbox_wait(const struct outbox *, int64_t now);

#endif
