/* SPDX-License-Identifier: ISC */
/*
 * Operations: what auditor, vault and executor are asked for that is not a
 * run, each with an id of its own, and each with a state (states.h).
 */
#ifndef SUPERVISOR_OPERATION_H
#define SUPERVISOR_OPERATION_H

#include <sys/queue.h>

#include <stdint.h>

#include "common/payload.h"
#include "common/plan.h"
#include "supervisor/client/origin.h"
#include "supervisor/daemon.h"
#include "supervisor/states.h"

struct op;
struct recording_told;

/* What an action does; the state that follows. */
typedef enum op_state	op_act(struct daemon *, struct op *,
			    const struct proc *, struct payload *);

/* What there is to do for a kind of operation; its rows are in states.c. */
struct op_kind {
	op_act		*act[ACTIONS];
	/* the role is told that nobody waits for it any more */
	void		(*quit)(struct daemon *, struct op *);
	/* END when the deadline has passed, for those that have one */
	const char	*late;
	/* what is done in place of that; 1: the op goes on, 0: it is over */
	int		(*lapse)(struct daemon *, struct op *);
};

/* What is done alike for several kinds: */
op_act	op_row;		/* fields for the client, and it goes on */
op_act	op_answered;	/* REASON is the client's END */
/* what is still said about it is nobody's */
void	op_forget(struct daemon *, struct op *);

struct op {
	TAILQ_ENTRY(op)	 entry;
	uint64_t	 id;
	const struct op_kind *kind;
	enum op_state	 state;
	struct client	*cl;		/* waits for END; NULL: nobody */
	int64_t		 deadline;	/* 0: none */

	/* OP_RECORD: what is told about which run, see recording.h; NULL: none.
	   OP_LOGS: whose output */
	const struct recording_told *told;
	uint64_t	 run;
	unsigned	 done_event;
	unsigned	 refused_event;
	/* OP_HIDE: what will be recorded */
	unsigned	 record_kind;
	struct buf	 fields;
	/* OP_QUERY */
	unsigned	 query;
	/* OP_PRUNE: what is older; only say what that is */
	uint64_t	 before_us;
	uint64_t	 last;
	uint8_t		 dry;
	/* OP_PREPARE and on */
	const char	*ev;		/* "set", "rm", "rotate", ... */
	char		*name;
	uint32_t	 keep_s;	/* "rotate" */
	int		 own;		/* nobody has asked for it */
	char		*why;		/* of a reveal, "recover", OP_PRUNE */
	unsigned	 number;	/* of a slot, or how many */
	int		 fd;		/* for the client, or -1 */
	int		 down[2];	/* for the vault, or -1 */
	/* OP_VEIL: what follows */
	enum op_state	(*go)(struct daemon *, struct op *);
	/* further fields of the record; NULL: the name */
	void		(*put)(struct buf *, const struct op *);
	/* also OP_LOCK, OP_LIST, OP_DOCTOR, OP_LOGS: who asked, also when it
	   is not there any more; of the latter the uid alone */
	const char	*channel;
	uid_t		 uid;
	pid_t		 pid;
	struct origin	 from;
	struct lineage	 line;
	/* OP_WHY */
	const struct conf_skill *sk;
	struct resolve	*asked;
};

/* NULL if there are too many. */
struct op *op_new(struct daemon *, const struct op_kind *, enum op_state,
	    struct client *);
void	op_free(struct daemon *, struct op *);
struct op *op_find(struct daemon *, uint64_t id);
/* A message of a role about an op. */
void	op_event(struct daemon *, struct op *, const struct proc *,
	    const struct ipc_msg *);
/* The client left. */
void	op_client_gone(struct daemon *, const struct client *);
/* The daemon stops. */
void	op_stop(struct daemon *);
/* By another configuration, which has the same channels and skills. */
void	op_renew(struct daemon *, const struct conf *);
/* Is there one that the daemon waits for when it stops? */
int	op_holds(const struct daemon *);
void	op_tick(struct daemon *);

#endif
