/* SPDX-License-Identifier: ISC */
/*
 * The auditor: keeps the log, and gives tickets for what is in it.  One
 * process, one thread, one event loop, in which the supervisor's messages
 * come before the queries.
 */
#ifndef AUDITOR_AUDITOR_H
#define AUDITOR_AUDITOR_H

#include <sys/queue.h>

#include <stddef.h>
#include <stdint.h>

#include "auditor/chain.h"
#include "auditor/clockstep.h"
#include "auditor/closed.h"
#include "auditor/damage.h"
#include "auditor/fixed.h"
#include "auditor/gone.h"
#include "auditor/logwatch.h"
#include "auditor/lowroom.h"
#include "auditor/openruns.h"
#include "auditor/outstore.h"
#include "auditor/runindex.h"
#include "auditor/sealing.h"
#include "common/estop.h"
#include "common/lastuse.h"
#include "common/plan.h"
#include "common/rolemain.h"
#include "common/ticket.h"

struct event;
struct event_base;
struct packing;
struct msg_aprune;
struct msg_stored;
struct pruning;
struct query;
struct rounds;

#define AUDITOR_BATCH	256	/* messages before a commit */
/*
 * Questions at one time: of who may read the log, and, apart from these, of
 * accounts about their own runs.
 */
#define AUDITOR_READS	20
#define AUDITOR_ASKS	6
#define AUDITOR_FIELDS	(2U * MSG_INTENT_MAX)	/* bytes of a record's */
#define RECENT_MAX	2000	/* runs that the next quotas count */

/* What TICKET_RULES is made for. */
struct rules_of {
	char		*skill;
	uint8_t		 digest[32];
};

/* What somebody will be told once the batch is durable. */
struct reply {
	unsigned	 type;		/* MSG_A_TICKET, A_DONE, A_REFUSED,
					   A_RELOADED */
	uint64_t	 id;
	uint64_t	 record;
	uint8_t		 ticket;	/* TICKET_* */
	uint32_t	 expires_s;
	uint8_t		 digest[32];
	char		*skill;		/* TICKET_EXEC, TICKET_ANSWER: whose
					   key seals it */
	uint64_t	 run;		/* TICKET_ANSWER: likewise */
	struct strv	 secrets;
	struct rules_of	*rules;		/* A_RELOADED: one for each skill */
	size_t		 nrules;
	uint16_t	 err;		/* A_REFUSED */
	const char	*why;		/* static text */
};

/* An intent of the last hour, for the quotas of the next start. */
struct recent {
	uint64_t	 time_us;
	char		 channel[PLAN_MAXNAME + 1];
};

struct auditor {
	struct rolemain		*rm;
	struct event_base	*base;
	struct event		*rev;
	struct event		*wev;
	struct ticket_keys	*keys;
	unsigned		 active;	/* PRIV_* layers */
	int			 landlock_abi;
	struct chain		 chain;
	struct sealing		 sealing;
	struct clockstep	 clock;
	struct open_runs	 runs;
	struct lowroom		 lowroom;	/* of the log's file system */
	struct outstore		 output;	/* of runs */
	struct outpack		*outpack;	/* NULL at the start */
	struct msg_stored	*stored;	/* as it was told, or NULL */
	struct runindex		 begins;	/* of runs of late */
	struct reply		 answers[AUDITOR_BATCH];
	size_t			 nanswers;
	TAILQ_HEAD(queries, query) queries;
	size_t			 nqueries;
	int			 stopping;	/* SHUTDOWN came */

	struct estops		 stops;		/* what must not run now */
	/* what the log remembers of the vault; 0: nothing */
	uint64_t		 vault_version;
	uint8_t			 vault_digest[32];
	struct recent		*recent;	/* a ring */
	size_t			 nrecent;
	struct lastuse		 uses;		/* of secrets, by intents */
	struct closed		 closed;
	struct packing		*packing;	/* NULL at the start */
	struct gone		 gone;		/* what was removed */
	struct fixed		 fixed;		/* that are immutable */
	struct pruning		*pruning;	/* NULL at the start */
	struct damages		 damages;
	struct rounds		*rounds;	/* NULL at the start */
	struct logwatch		 watch;
	/* A_PRUNE of that id: 0, or -1 where it makes no record */
	int			(*prune)(struct auditor *, uint64_t id,
				    const struct msg_aprune *);
	/* about once a second, where a PING comes; what is told is in front
	   of the next commit */
	void			(*tick)(struct auditor *);
	uint64_t		 torn;		/* bytes moved aside at start */
	uint64_t		 lost;		/* runs closed at start */
};

/* auditor.c */
/*
 * Reads A_CONFIG, opens the log in dir, says READY and serves until the
 * supervisor ends it.  base is made before seccomp.
 */
void	auditor_serve(struct auditor *, const char *dir)
	    __attribute__((__noreturn__));

/* recover.c */
/*
 * Locks the directory and reads what of the log is not known to be whole;
 * ends the process with FAILED where it is not.  Afterwards the chain can be
 * appended to.
 */
void	recover_log(struct auditor *, const char *dir, uint64_t limit);
/* Appends the records that a start makes; not yet committed. */
void	recover_records(struct auditor *, const uint8_t digest[32],
	    const char *path);

/* recents.c: one more of these, of the ring. */
void	recents_add(struct auditor *, uint64_t time_us, const char *channel);

/* audit_ready.c: the fields of READY. */
void	audit_ready_fields(struct buf *, struct auditor *,
	    const uint8_t digest[32]);

/* audit_msg.c */
/* One message; queues an answer. */
void	audit_msg(struct auditor *, struct ipc_msg *);
/* Makes everything durable and answers. */
void	audit_commit(struct auditor *);

/* audit_end.c */
/* The last record; then commits.  reason may be NULL. */
void	audit_session_end(struct auditor *, const char *reason);
/* No supervisor of ours sends that: the log says so, and the auditor ends. */
void	audit_breach(struct auditor *, const char *fmt, ...)
	    __attribute__((__noreturn__, __format__ (printf, 2, 3)));

/* storetell.c: once a second, how much output is stored, where that is new. */
void	storetell(struct auditor *);

/* answers.c */
/* Sends one, and frees what it has. */
void	audit_answer(struct auditor *, struct reply *);
/* A message to the supervisor, or the end; frees the payload. */
void	audit_put(struct auditor *, unsigned type, uint64_t id, struct buf *);

/* query.c */
void	query_start(struct auditor *, struct ipc_msg *);
/* New records are durable. */
void	query_wake(struct auditor *);
/* Ends all of them. */
void	query_stop(struct auditor *);
/* The oldest segment is about to be removed. */
void	query_forget(struct auditor *);

#endif
