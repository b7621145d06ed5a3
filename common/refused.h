/* SPDX-License-Identifier: ISC */
/*
 * The system calls that no command of an agent needs and every exploit of
 * the kernel likes.  This is the only list of them: the executor's filter
 * (rolefilter.c), which is the ceiling of its runs, that of the runs
 * themselves and the battery that tries them all read it.
 */
#ifndef COMMON_REFUSED_H
#define COMMON_REFUSED_H

#include <stddef.h>
#include <stdint.h>

/* What is tried together; the battery has one attempt for each. */
enum refused_group {
	REFUSED_NONE,
	/* other processes: their memory, descriptors, namespaces */
	REFUSED_PTRACE, REFUSED_PROCESS_VM, REFUSED_PIDFD_GETFD,
	REFUSED_KCMP, REFUSED_SETNS, REFUSED_IOPRIO,
	/* large and young parts of the kernel */
	REFUSED_BPF, REFUSED_IO_URING, REFUSED_USERFAULTFD, REFUSED_PERF,
	REFUSED_KEYCTL, REFUSED_KEYS,
	/* other code in the kernel */
	REFUSED_KEXEC, REFUSED_MODULES,
	/* file systems: what is where, and files by another way than names */
	REFUSED_MOUNT, REFUSED_MOUNT_API, REFUSED_HANDLE_OPEN,
	REFUSED_HANDLE_NAME, REFUSED_WATCH,
	/* the machine */
	REFUSED_CLOCK, REFUSED_MACHINE, REFUSED_KERNEL_LOG, REFUSED_X86,
	REFUSED_GROUPS
};

#define REFUSED_TRIES	2
#define REFUSED_ARGS	5

struct refused {
	long			nr;
	const char		*name;
	enum refused_group	group;
	unsigned		by;		/* of these: */
#define REFUSED_BY_CEILING	0x1	/* the executor, with all its runs */
#define REFUSED_BY_RUNS		0x2	/* the runs; all of them are */
	/*
	 * Arguments with which the kernel itself, where it is asked at all,
	 * does nothing and mostly gives another error than a filter does.
	 */
	size_t			tries;
	long			args[REFUSED_TRIES][REFUSED_ARGS];
};

extern const struct refused refused_calls[];
extern const size_t refused_ncalls;

#endif
