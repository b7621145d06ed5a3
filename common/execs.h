/* SPDX-License-Identifier: ISC */
/*
 * Programs that are started inside of a run: what its runner saw of each
 * execve, the question whether one of them may go on, and the answer.
 *
 * Rows are numbered from 1 in the order in which they were seen; a run's own
 * program has number 0 and no row.  Each number comes once, in order; that of
 * a row which was asked about comes when it is decided, or nobody waits any
 * more, and those behind it need not wait.  What has to be hidden of a text is
 * hidden before it is sent.  A result tells how many rows were sent.
 */
#ifndef COMMON_EXECS_H
#define COMMON_EXECS_H

#include <stddef.h>
#include <stdint.h>

#include "msg.h"
#include "plan.h"
#include "shape.h"

#define EXECS_ROWS	1024		/* of one X_EXECS, and not on disk */
#define EXECS_ARGS	1024		/* words that are sent of one */
#define EXECS_ARG	4096		/* bytes of one */
#define EXECS_TEXT	512		/* a rule, a reason */
#define EXECS_WAY	16		/* of its parents */
#define EXECS_QUESTIONS	16		/* of one run, that are open */
#define EXECS_BYTES	(32U << 20)	/* of a run that may wait for the disk:
					   more than a runner sends */
#define EXECS_ASKED	1024		/* rows that were asked about and not
					   told */
#define EXECS_UNKNOWN	UINT32_MAX	/* of no row, as a parent */

enum exec_how {
	EXEC_DIRECT = 1,	/* the request's own command started it */
	EXEC_NESTED = 2,	/* something that was started in turn */
	EXEC_ORPHAN = 3		/* its parents have ended: nobody knows */
};

/* EXEC: one execve. */
struct exec_row {
	uint32_t	 seq;
	uint32_t	 parent;	/* seq of the program that did it; 0:
					   of the run; or EXECS_UNKNOWN */
	uint32_t	 pid;		/* inside of the run */
	uint8_t		 how;		/* EXEC_* */
	uint8_t		 verdict;	/* VERDICT_*; ASK in a question alone */
	uint8_t		 answered;	/* a person has decided it */
	uint64_t	 at_us;		/* since the start of the run */
	uint64_t	 dev;
	uint64_t	 ino;
	uint8_t		 digest[PLAN_DIGEST];
	char		*path;
	uint64_t	 script_dev;
	uint64_t	 script_ino;
	uint8_t		 script_digest[PLAN_DIGEST];
	char		*script;	/* "": the program is none */
	char		*cwd;
	struct strv	 argv;		/* what is too long as a head, with how
					   much more there is and the digest */
	char		*rule;
	char		*reason;
};
extern const struct shape exec_row_shape;

/* EXECS: some of them, in order; those that were refused are among them. */
struct exec_rows {
	struct exec_row	*rows;
	size_t		 n;
};

/* EXECED */
struct exec_done {
	uint32_t	 durable;	/* rows of this run that are on disk */
};

/* STEP: a program on the way from the run to what is asked about. */
struct exec_step {
	uint32_t	 seq;		/* of its row; 0: the run's own, or
					   EXECS_UNKNOWN */
	char		*path;
	struct strv	 argv;
};

/* ASK: may it go on? */
struct exec_ask {
	uint8_t		 digest[PLAN_DIGEST];	/* BLAKE2b-256 of all bytes
						   behind it in here: an answer
						   is to the program and to the
						   way that was shown */
	struct exec_row	 row;
	struct exec_step *way;		/* nearest first: row's parent, its
					   parent; or nothing, if unknown */
	size_t		 nway;
};

/* ANSWER */
struct exec_answer {
	uint32_t	 seq;
	uint8_t		 allowed;	/* 1: it goes on; 0: refused */
	uint8_t		 ticket[MSG_TICKET];	/* TICKET_ANSWER; zeros where
						   it is refused */
	char		*reason;	/* why it is, for the run */
};

/* CONSENT: somebody approves it, and the log is to say so. */
struct exec_consent {
	uint64_t	 run;
	uint8_t		*ask;		/* bytes of ASK */
	size_t		 asklen;
	uint8_t		*fields;	/* of the record */
	size_t		 len;
};

/* ASKED: nobody waits for the answer any more. */
struct exec_asked {
	uint32_t	 seq;
};

/* What is asked about as fields; nothing is shortened. */
void	exec_show(struct buf *, const struct exec_ask *);

extern const struct shape exec_rows_shape, exec_done_shape, exec_step_shape,
	    exec_ask_shape, exec_answer_shape, exec_consent_shape,
	    exec_asked_shape;

#endif
