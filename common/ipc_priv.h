/* SPDX-License-Identifier: ISC */
/* The inside of an ipc, for ipc.c, ipc_ev.c and ipc_noev.c alone. */
#ifndef COMMON_IPC_PRIV_H
#define COMMON_IPC_PRIV_H

#include <sys/queue.h>

#include "common/buf.h"
#include "common/ipc.h"

struct event;

/* One frame that waits to be sent. */
struct frame {
	TAILQ_ENTRY(frame)	 entry;
	size_t			 len;		/* header included */
	unsigned		 nfds;
	int			 fds[MSG_MAXFDS];
	uint8_t			 data[];
};

struct ipc {
	int			 fd;
	enum role		 self;
	enum role		 peer;
	unsigned		 state;
	uint32_t		 outseq;
	uint32_t		 inseq;
	TAILQ_HEAD(, frame)	 out;
	size_t			 queued;

	unsigned		 parttype;	/* MSG_NONE: none under way */
	uint64_t		 partid;
	struct buf		 part;
	int			 partdone;	/* part was handed out */

	int			*gone;		/* set if freed in a callback */
	struct event		*rev;
	struct event		*wev;
	ipc_msg_cb		 on_msg;
	ipc_end_cb		 on_end;
	void			*arg;

	const char		*err;
	int			 broken;	/* by the peer */
	char			 errbuf[160];
	/* one byte more than a frame, so that a longer one shows */
	uint8_t			 in[MSG_FRAME_MAX + 1];
};

/* Takes it out of the event loop; nothing where it is in none. */
void	ipc_ev_detach(struct ipc *);

#endif
