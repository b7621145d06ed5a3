/* SPDX-License-Identifier: ISC */
/*
 * What a run starts, and the names that it changes, as its runner tells it: in
 * order, on its way to the auditor, one batch at a time, so that a refusal of
 * one leaves no hole; and what of it is held until somebody answers.
 */
#ifndef SUPERVISOR_EXECROWS_H
#define SUPERVISOR_EXECROWS_H

#include <sys/queue.h>

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/execs.h"
#include "common/files.h"
#include "common/payload.h"
#include "supervisor/daemon.h"

#define EXECROWS_AGAIN_MS	1000	/* after a refusal */
/*
 * So much waits for the end of the run, so that one sync does for both; but
 * rows of programs, of which a runner may have so many that are not on disk,
 * only up to so many of them, and none for longer than that.
 */
#define EXECROWS_WAIT	(256U * 1024)	/* bytes */
#define EXECROWS_WAIT_ROWS	(EXECS_ROWS / 4)
#define EXECROWS_WAIT_MS	1000

enum asked_state {
	ASKED_OPEN,		/* for approvers */
	ASKED_DECIDING,		/* the decision is being recorded */
	ASKED_ALLOWED,		/* answered, and its row has not come yet */
	ASKED_REFUSED,
	ASKED_GONE		/* nobody waits for it any more; likewise */
};

struct question {
	TAILQ_ENTRY(question) entry;
	uint64_t	 id;		/* approvers know it by that; 0: not
					   open any more */
	uint32_t	 seq;
	enum asked_state state;
	struct exec_ask	 ask;		/* while it is open */
	int64_t		 since;	/* now_ms(), as expires */
	int64_t		 expires;
	char		*why;		/* that it will be refused, or NULL */
	const char	*how;		/* "denied", "expired"; NULL */
	int64_t		 by;		/* who is deciding, or -1 */
};

struct batch {
	TAILQ_ENTRY(batch) entry;
	unsigned	 type;		/* MSG_A_EXECS, MSG_A_FILES */
	struct buf	 b;		/* its payload */
	uint32_t	 rows;
	int64_t		 since;		/* when it came */
};

struct run_execs {
	uint32_t	 next;		/* row that is expected, less 1 */
	uint32_t	 heard;		/* rows that came */
	uint32_t	 durable;
	uint32_t	 files;		/* rows of names that came */
	TAILQ_HEAD(batches, batch) batches;	/* not durable */
	size_t		 nbatches;
	size_t		 bytes;		/* in them */
	int		 sent;		/* the first of them is with the
					   auditor, or all with the end */
	int64_t		 again;		/* it was refused: not before; 0 */
	TAILQ_HEAD(questions, question) questions;
	size_t		 nasked;	/* of them all */
	size_t		 nopen;		/* open, or being decided */
};

void	execrows_init(struct run_execs *);
/* Also lets go of the ids of what is open. */
void	execrows_free(struct run_execs *, struct ids *);

/*
 * Rows that came: into the order, and a batch of them.  NULL, or what is
 * wrong with them.
 */
const char *execrows_take(struct run_execs *, const struct exec_rows *,
	    int64_t now);
/* The same of names that it has changed. */
const char *execrows_take_files(struct run_execs *, const struct file_rows *,
	    int64_t now);
/* Its row is asked about.  NULL, or what is wrong; then it is not taken. */
const char *execrows_asked(struct run_execs *, struct exec_ask *,
	    struct question **);
struct question *execrows_by_seq(const struct run_execs *, uint32_t seq);
/* An answer is on its way, or nobody waits any more: only its row may come. */
void	execrows_settle(struct run_execs *, struct question *, enum asked_state,
	    struct ids *);

/* May all that came go along with the end of the run, if that is near? */
int	execrows_may_wait(const struct run_execs *, int64_t now);
/* Can it, now that the run has ended? */
int	execrows_fit(const struct run_execs *);
/*
 * It does, as it fits, in order; it stays the rows', and is sent until it is
 * done or refused.  How many batches there are.
 */
size_t	execrows_along(struct run_execs *,
	    struct msg_batch batches[MSG_BATCHES_MAX]);
/* Sends the first batch, if it may be sent. */
void	execrows_send(struct run_execs *, struct proc *auditor, uint64_t run,
	    int64_t now);
/* It is durable: 1 if it was of programs, else 0; -1 if there was none. */
int	execrows_done(struct run_execs *);
/* What was sent was refused, and is again later; -1 if there was nothing. */
int	execrows_refused(struct run_execs *, int64_t now);

#endif
