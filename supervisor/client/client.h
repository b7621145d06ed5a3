/* SPDX-License-Identifier: ISC */
/*
 * The clients: who they are is known before a byte of theirs is read, and
 * each waits for one answer at a time.  What they may ask for is known to
 * who sits above.
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
#include "common/payload.h"
#include "supervisor/client/claims.h"
#include "supervisor/client/lineage.h"
#include "supervisor/client/origin.h"
#include "supervisor/client/places.h"
#include "supervisor/daemon.h"

#define CLIENTS_UID	32		/* connections of one uid */
#define CLIENTS_DENIED	32		/* and so many that are turned away */
#define CLIENTS_INSIDE	16		/* from inside of runs, beside those */
#define CLIENT_QUEUE	(4U << 20)	/* slower ones are cut off */
#define CLIENT_ROWS	(512U << 10)	/* rows wait above this */
#define CLIENT_LISTED	4096		/* rows that may wait */
#define STUCK_MS	30000		/* and how long */
#define HELLO_MS	10000
#define DENIED_MS	1000

struct client;

/* What is asked over the connections; see ask.h. */
struct client_up {
	void	(*msg)(struct client *, const struct ipc_msg *);
	/* it is about to be freed: nothing may point to it any more */
	void	(*gone)(struct client *);
	/* it was turned away, or may not have what it asked for */
	void	(*refused)(struct client *, const char *cause,
		    const char *why);
	/* V_DUE: nobody asks, but it is to be done */
	void	(*due)(struct daemon *, const struct proc *,
		    const struct ipc_msg *);
};

/* The row of a run; 0, or -1 if the client sees none (any more). */
typedef int	row_fn(struct client *, struct buf *, uint64_t id);

struct client {
	TAILQ_ENTRY(client)	 entry;
	struct daemon		*d;
	struct ipc		*ipc;
	const struct conf_channel *ch;
	uid_t			 uid;
	gid_t			 gid;
	pid_t			 pid;
	struct origin		 from;
	int			 user;	/* in the channel's users */
	int			 admin;
	int			 reader; /* in audit.readers */
	struct lineage		 line;	/* of what it asks for: the run that
					   it is in, and who asked for that */
	enum pool		 pool;	/* whose place it has */
	const char		*barred; /* why it may ask for nothing more, or
					    NULL: static text */
	int			 denied; /* lingers for END to be read */
	int			 dead;
	int			 passed; /* descriptors, perhaps unread */
	unsigned		 delayed; /* ROLE_BITs that it was told of */
	int64_t			 since;
	unsigned		 request; /* message type under way, or 0 */
	uint64_t		 reqid;
	unsigned		 roles;	/* ROLE_BITs that it waits for */
	struct run		*run;
	uint64_t		 waits;	/* WAIT: for this run */
	uint64_t		 follows; /* LOGS: for this one to start, */
	void			(*follow)(struct client *, uint64_t);
	unsigned		 watching; /* WATCH_*, with WATCH_ON, or 0 */
	/* listing.h: rows that are still to come, run ids */
	row_fn			*row;
	uint64_t		*rows;
	size_t			 nrows;
	size_t			 rowat;
	int			 of_conf; /* they are of one configuration, */
	unsigned		 generation; /* which is this one */
	uid_t			 listed_uid; /* RULES: of this account */
	struct claims		 claims; /* what it says of itself */
	char			*tried_skill; /* TRY: by its rules */
	struct strv		 tried;	/* these lines */
	int64_t			 stuck;	/* since when it reads no rows; 0 */
	struct event		*pump;
};

/* Who is at the other end, as the kernel says. */
struct peer {
	uid_t	uid;
	gid_t	gid;
	pid_t	pid;
	struct origin from;
	int	user;		/* of the channel */
	int	admin;
	int	reader;		/* of the log */
	struct lineage line;	/* inside of which run */
	int	lent;		/* it is not that run's account */
	enum pool pool;		/* whose place it gets */
};

/* accept.c.  Starts to listen; the first time a client is heard. */
int	client_listen(struct daemon *);
void	client_unlisten(struct daemon *);
/* One that came later.  0 or -1. */
int	client_listen_at(struct listener *);
/*
 * By another configuration, which has the same channels: who is connected is
 * who that says, and may be nobody.
 */
void	client_renew(struct daemon *, const struct conf *);
/* Once a second: where an error has stopped it. */
void	client_listen_again(struct daemon *);
/* Likewise, and closes all connections; for the end of the daemon. */
void	client_hang_up(struct daemon *);

/* Takes the descriptor; NULL if there is no place for it. */
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

/* It is let go; what says why, for the daemon's own log. */
void	client_bad(struct client *, const char *what);
/* The same for something that no clawbot(1) does, which is recorded. */
void	client_broke(struct client *, const char *what);

/*
 * The payload of its message, as the table has it; payload_close afterwards.
 * -1: it did not decode, and the connection ends.
 */
int	client_get(struct client *, const struct ipc_msg *, struct payload *);

/* Sends an answer and frees b (may be NULL).  Nothing on a dead client. */
void	client_send(struct client *, unsigned type, struct buf *b,
	    const int *fds, unsigned nfds);
/* The same with a structure of the type's shape, see payload.h. */
void	client_put(struct client *, unsigned type, const struct shape *,
	    const void *v);
/* END, and the client may ask again. */
void	client_end(struct client *, enum cberr, const char *, ...)
	    __attribute__((__format__ (printf, 3, 4)));
/* RESULT, likewise. */
void	client_result(struct client *, struct buf *);
/*
 * May it see and end this run of that account?  From inside of a run, only
 * what that one has asked for, directly or in turn.  NULL: of none, but of
 * the account alone.
 */
int	client_owns(const struct client *, uid_t, const struct lineage *);
/* The same of who may see all of them, as if it might not. */
int	client_asked(const struct client *, uid_t, const struct lineage *);
/* One or the other: own, as OWNRUN has it, is the second. */
int	client_may(const struct client *, int own, uid_t,
	    const struct lineage *);
/* May it read the log, of all that has happened? */
int	client_reads(const struct client *);
/*
 * As what it sees the words of a run that it may see: as the log has them; as
 * they were asked, by it, which must not learn what of them is hidden in the
 * log; or not at all, of what a run has asked for in turn.
 */
enum client_sight { SIGHT_LOGGED, SIGHT_ASKED, SIGHT_NONE, SIGHTS };
enum client_sight client_sight(const struct client *, const struct lineage *);
/*
 * A request that is under way until it is answered, and the ROLE_BITs that
 * it has to wait for.  0, or -1: it may ask for nothing now.
 */
int	client_begin(struct client *, const struct ipc_msg *, unsigned roles);

#endif
