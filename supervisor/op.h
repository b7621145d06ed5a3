/* SPDX-License-Identifier: ISC */
/*
 * Requests to auditor, vault and executor that are not runs, each with an id
 * of its own, and each with a state (monitor.h).
 */
#ifndef SUPERVISOR_OP_H
#define SUPERVISOR_OP_H

#include <sys/queue.h>

#include <stdint.h>

#include "common/ipc.h"
#include "common/plan.h"
#include "supervisor/daemon.h"
#include "supervisor/monitor.h"

struct op {
	TAILQ_ENTRY(op)	 entry;
	uint64_t	 id;
	enum op_state	 state;
	struct client	*cl;		/* waits for END; NULL: nobody */
	int64_t		 deadline;	/* 0: none */

	/* OP_RECORD: what the run is told; 0: none.  OP_LOGS: whose output */
	uint64_t	 run;
	unsigned	 done_event;
	unsigned	 refused_event;
	/* OP_QUERY */
	unsigned	 query;
	/* OP_PREPARE and on */
	const char	*ev;		/* "set", "rm" */
	char		*name;
	uint64_t	 version;
	/* OP_DOCTOR, OP_LOGS: who asked, also when it is not there any
	   more; of the latter the uid alone */
	const char	*channel;
	uid_t		 uid;
	pid_t		 pid;
	/* OP_WHY */
	const struct conf_skill *sk;
	struct resolve	*asked;
};

/* NULL if there are too many. */
struct op *op_new(struct daemon *, enum op_state, struct client *);
void	op_free(struct daemon *, struct op *);
struct op *op_find(struct daemon *, uint64_t id);
/* A message of a role about an op. */
void	op_event(struct daemon *, struct op *, const struct proc *,
	    struct ipc_msg *);
/* The client left. */
void	op_client_gone(struct daemon *, struct client *);
/* The vault forgets what it has prepared, or is about to. */
void	op_abort(struct daemon *, const struct op *);
void	op_tick(struct daemon *);

/* doctor.c: answers of the executor. */
enum op_state	doctor_found(struct daemon *, struct op *,
	    const struct proc *, struct ipc_msg *);
enum op_state	doctor_examined(struct daemon *, struct op *,
	    const struct proc *, struct ipc_msg *);

/*
 * Sends fields (freed) to the auditor as a record.  When it is durable or
 * refused, the run, if one is given, gets the event, and the client an END.
 * -1 if that was not possible; nothing of it happens then.
 */
int	op_record(struct daemon *, unsigned kind, struct buf *fields,
	    uint64_t run, unsigned done_event, unsigned refused_event,
	    struct client *);

#endif
