/* SPDX-License-Identifier: ISC */
/*
 * All skills examined (exam.h), some at a time: the one engine of the
 * self-check at the start and of clawbot doctor --sandbox.  What each of them
 * makes of the verdicts is in selfcheck.c and doctor.c.
 */
#ifndef EXECUTOR_EXAM_EXAMINER_H
#define EXECUTOR_EXAM_EXAMINER_H

#include "executor/exam/exam.h"

struct examiner;

/* Who asked; both are called from the event loop, or from the start. */
struct asker {
	/* One is finished; was: it was broken before.  Or is not possible. */
	void	(*skill)(void *, struct skill *, int was);
	/* The last one was.  The examiner is gone by then. */
	void	(*end)(void *);
	void	*arg;
};

/*
 * Begins, at most n at once (up to EXAMS_MAX).  Where no skill can be
 * examined, it is over before this returns, and *at is NULL; as it is
 * whenever it is over.
 */
#define EXAMS_MAX	8
void	examiner_start(struct examiner **at, struct executor *,
	    struct event_base *, size_t n, const struct asker *);
/* Gives up what is under way, with no word to who asked; NULL does nothing. */
void	examiner_stop(struct examiner **at);

#endif
