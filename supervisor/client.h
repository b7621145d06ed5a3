/* SPDX-License-Identifier: ISC */
/*
 * The clients: who they are is known before a byte of theirs is read, what
 * they may ask is in one table, and each waits for one answer at a time.
 */
#ifndef SUPERVISOR_CLIENT_H
#define SUPERVISOR_CLIENT_H

#include <sys/queue.h>
#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/cberr.h"
#include "common/ipc.h"
#include "supervisor/daemon.h"

#define CLIENTS_MAX	512
#define CLIENTS_UID	32		/* of one uid */
#define CLIENTS_DENIED	32		/* and so many that are turned away */
#define CLIENT_QUEUE	(4U << 20)	/* slower ones are cut off */
#define CLIENT_ROWS	(512U << 10)	/* rows wait above this */
#define CLIENT_LISTED	4096		/* rows that may wait */
#define STUCK_MS	30000		/* and how long */
#define HELLO_MS	10000
#define DENIED_MS	1000

struct client {
	TAILQ_ENTRY(client)	 entry;
	struct daemon		*d;
	struct ipc		*ipc;
	const struct conf_channel *ch;
	uid_t			 uid;
	gid_t			 gid;
	pid_t			 pid;
	int			 user;	/* in the channel's users */
	int			 admin;
	int			 denied; /* lingers for END to be read */
	int			 dead;
	int			 passed; /* descriptors, perhaps unread */
	unsigned		 delayed; /* ROLE_BITs that it was told of */
	int64_t			 since;
	unsigned		 request; /* message type under way, or 0 */
	uint64_t		 reqid;
	struct run		*run;
	uint64_t		 waits;	/* WAIT: for this run */
	uint64_t		 follows; /* LOGS: for this one to start */
	int			 watching;
	/* rows that are still to come: run ids */
	uint64_t		*rows;
	size_t			 nrows;
	size_t			 rowat;
	int64_t			 stuck;	/* since when it reads no rows; 0 */
	struct event		*pump;
};

/* Who is at the other end, as the kernel says. */
struct peer {
	uid_t	uid;
	gid_t	gid;
	pid_t	pid;
	int	user;		/* of the channel */
	int	admin;
};

/* accept.c.  Starts to listen; the first time a client is heard. */
int	client_listen(struct daemon *);
void	client_unlisten(struct daemon *);
/* Likewise, and closes all connections; for the end of the daemon. */
void	client_hang_up(struct daemon *);

/* How many this uid has. */
unsigned connections_of(const struct daemon *, uid_t);
/* Takes the descriptor; NULL if there are too many already. */
struct client *client_new(struct daemon *, const struct conf_channel *,
	    int fd, const struct peer *);
/* Reads from it from now on. */
int	client_hear(struct client *);
/* Says why instead. */
void	client_deny(struct client *, enum cberr, const char *why);
/*
 * A role has not answered for so many seconds, or does again (0): those are
 * told whose request has to wait for it.
 */
void	client_delay(struct daemon *, enum role, unsigned seconds);
/* Frees those that client_kill named. */
void	client_reap(struct daemon *);
/* Ends the connection; its run is cancelled.  Freed later. */
void	client_kill(struct client *);
void	client_tick(struct daemon *);

/* It sent something that no clawbot(1) sends. */
void	client_bad(struct client *, const char *what);

/* Sends an answer and frees b (may be NULL).  Nothing on a dead client. */
void	client_send(struct client *, unsigned type, struct buf *b,
	    const int *fds, unsigned nfds);
/* END, and the client may ask again. */
void	client_end(struct client *, enum cberr, const char *, ...)
	    __attribute__((__format__ (printf, 3, 4)));
/* RESULT, likewise. */
void	client_result(struct client *, struct buf *);
/*
 * Sends a row for each of the n runs (ids are taken over) as the client
 * reads them, then END unless it is watching.
 */
void	client_rows(struct client *, uint64_t *ids, size_t n);
/* One more for a client that watches. */
void	client_more_rows(struct client *, uint64_t id);
/* RUN is over for it, but the run goes on. */
void	client_leave(struct client *);
/* May it see and end this run, or one of this account? */
int	client_owns(const struct client *, const struct run *);
int	client_owns_uid(const struct client *, uid_t);

/* control.c, approve.c, status.c: one function a request. */
void	req_status(struct client *, struct ipc_msg *);
void	req_ps(struct client *, struct ipc_msg *);
void	req_kill(struct client *, struct ipc_msg *);
void	req_approvals(struct client *, struct ipc_msg *);
void	req_approve(struct client *, struct ipc_msg *);
void	req_deny(struct client *, struct ipc_msg *);
void	req_secret_list(struct client *, struct ipc_msg *);
void	req_secret_set(struct client *, struct ipc_msg *);
void	req_secret_rm(struct client *, struct ipc_msg *);
void	req_audit(struct client *, struct ipc_msg *);
void	req_why(struct client *, struct ipc_msg *);
/* doctor.c */
void	req_doctor(struct client *, struct ipc_msg *);
/* run.c */
void	req_run(struct client *, struct ipc_msg *);
/* detach.c */
void	req_logs(struct client *, struct ipc_msg *);
void	req_wait(struct client *, struct ipc_msg *);

/* The row of a run for PS and APPROVALS; 0, or -1 if it has none any more. */
int	ps_row(struct buf *, const struct run *);
/* Its command there. */
void	ps_command(struct buf *, const struct run *);
int	approval_row(struct buf *, const struct run *);
/* A run began to wait for an approval. */
void	approvals_tell(struct daemon *, const struct run *);

#endif
