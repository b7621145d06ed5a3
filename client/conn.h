/* SPDX-License-Identifier: ISC */
/*
 * The connection to the daemon: one request at a time over one channel's
 * socket.  HELLO goes out together with the first request; WELCOME is taken
 * care of in here.  What the daemon sends is checked as if it were hostile.
 * Functions return 0 or more, or -1 with *f saying why.
 */
#ifndef CLIENT_CONN_H
#define CLIENT_CONN_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "client/cli.h"
#include "common/ipc.h"

struct conn;

struct conn	*conn_open(const struct cli *, struct fail *);
void		 conn_free(struct conn *);
int		 conn_fd(const struct conn *);
/* The process that made the socket, as we see it; 0 if we do not. */
pid_t		 conn_peer(const struct conn *);
/* The same without waiting for a place in its queue: that is EXIT_TEMPFAIL. */
struct conn	*conn_open_now(const struct cli *, struct fail *);
/* Has the daemon said WELCOME? */
int		 conn_greeted(const struct conn *);
/* Waits for the daemon's WELCOME; only for those who have to know first. */
int		 conn_hello(struct conn *, struct fail *);
/* Sends a request; the one before has ended. */
int		 conn_ask(struct conn *, unsigned type, const void *, size_t,
		    struct fail *);
/* The same without waiting for room: what is left is sent by conn_flush. */
int		 conn_queue(struct conn *, unsigned type, const void *, size_t,
		    struct fail *);
int		 conn_queued(const struct conn *);
void		 conn_flush(struct conn *);
/* Sends CANCEL; a daemon that is gone is found out by the next receive. */
void		 conn_cancel(struct conn *);
/* Sends LEAVE, likewise: END comes if the request waits. */
void		 conn_leave(struct conn *);
/* Sends WINSIZE, likewise. */
void		 conn_winsize(struct conn *, uint16_t rows, uint16_t cols);
/*
 * 1 and a message, or 0 if none came within ms (-1: wait for ever).  END
 * and RESULT end the request.  That the daemon hung up is an error.
 */
int		 conn_recv(struct conn *, struct ipc_msg *, int ms,
		    struct fail *);
/*
 * For those who wait for conn_fd themselves: how long, in ms (-1: for ever),
 * until conn_overdue is to be called, which tells the user once that the
 * daemon does not answer.  That a role of its does not, the daemon tells.
 */
int		 conn_patience(const struct conn *);
void		 conn_overdue(struct conn *);
/* Reads END; 0 if it says that all went well. */
int		 conn_end(const struct ipc_msg *, struct fail *);
/* Likewise, and what END says where it is 0: the daemon's, for the caller. */
int		 conn_said(const struct ipc_msg *, char **text, struct fail *);

/*
 * A request that is answered by ROWs and END.  row gets well-formed fields;
 * it returns -1 with *f set to stop.  Never returns while rows come.
 */
typedef int (*conn_row_cb)(const void *, size_t, void *, struct fail *);
int		 conn_rows(struct conn *, unsigned type, const void *, size_t,
		    conn_row_cb, void *, struct fail *);
/* conn_open, conn_rows, conn_free. */
int		 conn_query(const struct cli *, unsigned type, const void *,
		    size_t, conn_row_cb, void *, struct fail *);

#endif
