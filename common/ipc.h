/* SPDX-License-Identifier: ISC */
/*
 * One end of a SOCK_SEQPACKET connection that speaks the frames of msg.h.
 * Sending queues; receiving reassembles and checks, in this order:
 * truncation, magic, length, type, direction, state, size, flags, number of
 * descriptors, sequence.  What comes out has passed all of it; the handler
 * decodes and checks the values.  The descriptor is non-blocking and belongs
 * to the ipc.
 */
#ifndef COMMON_IPC_H
#define COMMON_IPC_H

#include <stddef.h>
#include <stdint.h>

#include "msg.h"

struct event_base;
struct ipc;

struct ipc_msg {
	unsigned	 type;
	uint64_t	 id;
	const uint8_t	*data;		/* valid until the next ipc_recv */
	size_t		 len;
	int		 fds[MSG_MAXFDS]; /* the receiver's to close; taken
					     ones are set to -1 */
	unsigned	 nfds;
};

/* state: one MS_* */
struct ipc	*ipc_new(int fd, enum role self, enum role peer,
		    unsigned state);
/* Closes the descriptor and everything queued. */
void		 ipc_free(struct ipc *);
int		 ipc_fd(const struct ipc *);
unsigned	 ipc_state(const struct ipc *);
void		 ipc_set_state(struct ipc *, unsigned state);
/* Payload bytes queued and not yet sent. */
size_t		 ipc_queued(const struct ipc *);
/* Why the last call failed; lower case, never NULL. */
const char	*ipc_error(const struct ipc *);
/* Was that a frame of the peer's that may not come? */
int		 ipc_broken(const struct ipc *);

/*
 * Queues a message.  The descriptors are the ipc's from here on, also on
 * failure, and are closed once they are sent.  -1 if the table has no such
 * row for this direction, size or number of descriptors: a bug of ours.
 */
int	 ipc_send(struct ipc *, unsigned type, uint64_t id, const void *,
	    size_t len, const int *fds, unsigned nfds);
/* 0 all sent, 1 the socket is full, -1 the peer is gone or broken. */
int	 ipc_flush(struct ipc *);
/*
 * Closes descriptors left in *m (m->nfds is 0 before the first call), then
 * receives.  1 a message, 0 nothing there yet, -1 the peer broke the protocol
 * or the socket failed, -2 EOF.
 */
int	 ipc_recv(struct ipc *, struct ipc_msg *m);
/* Closes what is left in m->fds. */
void	 ipc_msg_done(struct ipc_msg *);
/* For roles: 1 if the message is PING, which is then answered. */
int	 ipc_pong(struct ipc *, const struct ipc_msg *);
/* Takes descriptor i out of the message. */
int	 ipc_take_fd(struct ipc_msg *, unsigned i);

/*
 * Blocking helpers for bring-up and clientele: wait at most ms (-1: for
 * ever).  Results as above; ipc_wait gives 0 when the time is up.
 */
int	 ipc_wait(struct ipc *, struct ipc_msg *, int ms);
int	 ipc_drain(struct ipc *, int ms);

/*
 * libevent glue (ipc_ev.c).  on_msg is called for each message; it may send
 * on any ipc and may free this one.  on_end is called once, with -1 or -2 as
 * ipc_recv, and must free it.  ipc_send on an attached ipc sends at once
 * what it can and waits for room for the rest; an error in there is reported
 * by on_end, later, from the loop.
 */
typedef void (*ipc_msg_cb)(struct ipc *, struct ipc_msg *, void *);
typedef void (*ipc_end_cb)(struct ipc *, int, void *);
int	 ipc_ev_attach(struct ipc *, struct event_base *, ipc_msg_cb,
	    ipc_end_cb, void *);
/* Sends what is queued; nothing on an ipc that is not attached. */
void	 ipc_ev_flush(struct ipc *);

#endif
