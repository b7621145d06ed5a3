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
int	filter_build(unsigned network, int scoped, unsigned init);
/* What was built last. */
const struct bpf *filter_program(void);
/* Puts it on the calling process for good. 0 or -1, errno. */
int	filter_enter(void);
/*
 * The rest, right before the command, whose way there takes these: openat2,
 * whose mode no filter sees, unless init looks at it (watched), leases and
 * delegations, with which whoever opens a file of a grant on the host, or
 * changes a directory of it, would wait for the run, and what init needs of
 * ptrace(2), pidfd_getfd(2) and process_vm_readv(2).  0 or -1, errno.
 */
int	filter_last(int watched);

/* Linux 6.19: a lease on a file or a directory, by another name */
#ifndef F_SETDELEG
#define F_SETDELEG	1040
#endif

#endif
