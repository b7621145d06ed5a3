/* SPDX-License-Identifier: ISC */
/*
 * The seccomp filters of runs: one for those without network, one for those
 * with one, and what can only be refused at the end.  They kill what
 * another architecture's calls would do.
 */
#ifndef EXECUTOR_BOX_FILTER_H
#define EXECUTOR_BOX_FILTER_H

struct bpf;

/*
 * Builds that for PLAN_NET_*, for the runs that are started from then on.
 * scoped: Landlock keeps a run off abstract Unix sockets of others; without
 * that a run in the host's network gets no Unix sockets but connected pairs.
 * init: what the init of a run does beside that, and the last one refuses.
 * 0, or -1: it does not fit.
 */
#define FILTER_SEIZES	0x1U	/* it sees what is executed */
#define FILTER_TAKES	0x2U	/* it answers calls by name, with copies of
				   the caller's descriptors */
#define FILTER_TRACES	0x4U	/* it does not: the whole run may trace */
#define FILTER_COUNTS	0x8U	/* it counts who begins to trace, and refuses
				   that (counted.h) */
int	filter_build(unsigned network, int scoped, unsigned init);
/* What was built last. */
const struct bpf *filter_program(void);
/* Puts it on the calling process for good. 0 or -1, errno. */
int	filter_enter(void);
/*
 * The rest, right before the command, whose way there takes it (lastcalls.h),
 * where there is no watch whose filter has it (watch.h); watched: init looks
 * at the mode of openat2.  0 or -1, errno.
 */
int	filter_last(int watched);

#endif
