/* SPDX-License-Identifier: ISC */
/*
 * An examination: the sandbox of one skill, built and entered the way that
 * runs are, in which the battery (probe.h) is tried.  Who waits for it, at
 * the start or while the executor works, waits for its two descriptors.
 */
#ifndef EXECUTOR_EXAM_EXAM_H
#define EXECUTOR_EXAM_EXAM_H

#include "executor/battery/probe.h"
#include "executor/executor.h"

#define EXAM_S	60		/* that one may take, on a busy machine */

struct exam {
	struct executor	*x;
	struct skill	*skill;
	int		 ctl;	/* to the runner; -1: it has reported */
	int		 out;	/* the battery's report; -1: at its end */
	uint8_t		 data[PROBE_REPORT_MAX + 1];
	size_t		 len;
	char		 why[512];	/* what went wrong, or "" */
};

/* Opens and notes down what the executor cannot later. */
void	exam_prepare(struct executor *);
/* Can it be examined?  Not where its view could not be built. */
int	exam_possible(const struct skill *);
/* A failure shows at exam_over. */
void	exam_start(struct executor *, struct skill *, struct exam *);
/* The descriptor can be read. */
void	exam_ctl(struct exam *);
void	exam_out(struct exam *);
int	exam_over(const struct exam *);
/*
 * The verdict, also when it is not over in time: skill->found is filled, or
 * NULL where nothing could be tried; skill->broken set or taken back.
 */
void	exam_end(struct exam *);
/* Gives it up; nothing is concluded. */
void	exam_drop(struct exam *);

/* Results that refuse a skill's runs, in all its attempts. */
unsigned	exam_faults(const struct executor *, const struct skill *);
/* Does this result of attempt i refuse them? */
int		exam_fault(const struct executor *, const struct skill *,
		    size_t i);

#endif
