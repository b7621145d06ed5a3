/* SPDX-License-Identifier: ISC */
/*
 * Commands that an MCP client asked for, each over a connection of its own,
 * so that all of them can be under way at once; those that find no place wait
 * in order.  What one prints is kept for whoever asks again, as far as there
 * is room, and how it ended.
 */
#ifndef CLIENT_EXECUTION_H
#define CLIENT_EXECUTION_H

#include <sys/queue.h>

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include "client/claim.h"
#include "client/conn.h"
#include "common/plan.h"

#define EXECUTIONS_OPEN	256	/* that have not ended */
/* Of these have a connection: an account has 32, for all that it does. */
#define EXECUTIONS_PLACES	24
#define EXECUTIONS_KEPT	256	/* that have */
#define EXECUTION_KEEP	(1U << 20)	/* bytes of a stream */
#define EXECUTIONS_KEEP	(16U << 20)	/* of all that have ended */
#define EXECUTION_FDS	4	/* entries for poll */

enum execution_state {
	EXECUTION_QUEUED,	/* for a connection */
	EXECUTION_ASKED,	/* nothing is decided */
	EXECUTION_WAITING,	/* for an approver */
	EXECUTION_RUNNING,
	EXECUTION_OVER
};

/* What it is to the client. */
enum execution_of { EXECUTION_COMMAND, EXECUTION_READ, EXECUTION_WRITE };

/* What a stream of it has printed. */
struct printed {
	struct buf	 b;		/* the beginning of it */
	uint64_t	 total;		/* bytes that came */
	uint64_t	 told;		/* offset that the client has got to */
	int		 fd;		/* -1: it has ended */
};

struct execution {
	TAILQ_ENTRY(execution) entry;
	enum execution_state state;
	enum execution_of of;
	uint64_t	 from;		/* READ: offset in the file */
	char		 id[RUNID_TEXT]; /* "": none yet */
	struct conn	*conn;
	unsigned	 type;		/* MSG_RUN, or MSG_WAIT for one that
					   another process asked for */
	struct buf	 request;
	struct claim_set said;
	int		 saying;	/* CLAIMS was sent, and not this */
	char		*command;	/* for people */
	struct buf	 in;		/* its standard input, */
	size_t		 inoff;		/* and how much of it went in */
	int		 infd;
	struct printed	 out;
	struct printed	 err;
	size_t		 max;		/* bytes of both in one answer */
	uint8_t		*waiting;	/* fields of WAITING, or NULL */
	size_t		 waitinglen;
	int64_t		 expires;	/* s since 1970, of the approval */
	char		*held;		/* a program in it waits for one */
	uint8_t		*result;	/* fields of RESULT, or NULL: */
	size_t		 resultlen;
	char		*why;		/* there is none, why */
	int		 status;	/* and the exit status for that */
	int		 started;	/* it ran, if only for a moment */
	int		 ended;		/* all but for its output */
	int		 cancelled;	/* by us */
	int64_t		 since;		/* ms */
	int64_t		 over;		/* when it ended */
	int		 asked;		/* the user was, or cannot be */
	uint8_t		 asked_plan[PLAN_DIGEST];	/* about that one */
	uint64_t	 question;	/* that is open, or 0 */
	int		 sealed;	/* in a requestState */
	int		 accepted;	/* and is to be confirmed */
	int		 confirmed;	/* the daemon has it */
	unsigned	 calls;		/* that wait for it */
};

TAILQ_HEAD(execution_list, execution);

struct executions {
	const struct cli *cli;
	struct claim_set said;		/* of what is new */
	struct execution_list list;	/* the oldest first */
	unsigned	 open;		/* not over */
	unsigned	 connected;
	unsigned	 places;	/* connections that it may have now */
	int64_t		 retry;		/* when to try for one more; 0 */
};

int64_t	execution_now(void);		/* ms */

void	executions_init(struct executions *, const struct cli *);
/* Leaves what is under way. */
void	executions_free(struct executions *);
/*
 * A new one, with what RUN or WAIT asks for, which it takes over together
 * with its standard input.  NULL if too many are open.
 */
struct execution *execution_new(struct executions *, unsigned type,
	    struct buf *request, struct buf *in, const char *command);
/* Was it meant to be another process's, and there is none of that id? */
int	execution_is_nobodys(const struct execution *);
/*
 * One that this process has not asked for, which may be the account's all the
 * same: it is waited for.  NULL if that is no id, or too many are open.
 */
struct execution *execution_claim(struct executions *, const char *id,
	    size_t max);
/* NULL if there is none. */
struct execution *execution_find(const struct executions *, const char *id);
/* Asks the daemon to end it, or takes it out of the queue. */
void	execution_cancel(struct executions *, struct execution *);
/* It has found no place, or nobody answers: not asked for any more. */
void	execution_give_up(struct executions *, struct execution *,
	    int status, const char *why);

/* Entries for poll, EXECUTION_FDS for each, of at most n; how many. */
size_t	executions_poll(const struct executions *, struct pollfd *, size_t n);
/* What poll has found, in the same order, with none made in between. */
void	executions_turn(struct executions *, const struct pollfd *);
/* Connects those that are queued; what time is up for. */
void	executions_tick(struct executions *);
/* When that is next, or INT64_MAX. */
int64_t	executions_next(const struct executions *);

#endif
