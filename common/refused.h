/* SPDX-License-Identifier: ISC */
/*
 * The system calls that no command of an agent needs and every exploit of
 * the kernel likes, and those with which a file gets a mode that counts on
 * the host.  These are the only lists of them: the executor's filter
 * (rolefilter.c), which is the ceiling of its runs, that of the runs
 * themselves and the battery that tries them all read them.
 */
#ifndef COMMON_REFUSED_H
#define COMMON_REFUSED_H

#include <sched.h>
#include <stddef.h>
#include <stdint.h>

/* What is tried together; the battery has one attempt for each. */
enum refused_group {
	REFUSED_NONE,
	/* other processes: their memory, descriptors, namespaces */
	REFUSED_PTRACE, REFUSED_PROCESS_VM, REFUSED_PIDFD_GETFD,
	REFUSED_KCMP, REFUSED_SETNS, REFUSED_IOPRIO, REFUSED_NUMA,
	/* large and young parts of the kernel */
	REFUSED_BPF, REFUSED_IO_URING, REFUSED_USERFAULTFD, REFUSED_PERF,
	REFUSED_KEYCTL, REFUSED_KEYS, REFUSED_LSM,
	/* counted for the whole machine */
	REFUSED_AIO,
	/* other code in the kernel */
	REFUSED_KEXEC, REFUSED_MODULES,
	/* file systems: what is where, and files by another way than names */
	REFUSED_MOUNT, REFUSED_MOUNT_API, REFUSED_HANDLE_OPEN,
	REFUSED_HANDLE_NAME, REFUSED_WATCH, REFUSED_MOUNT_LIST,
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
	int			error;
	/*
	 * Arguments with which the kernel itself, where it is asked at all,
	 * does nothing and mostly gives another error than a filter does.
	 */
	size_t			tries;
	long			args[REFUSED_TRIES][REFUSED_ARGS];
};

/* Of clone(2) and unshare(2). */
#define REFUSED_NAMESPACES	(CLONE_NEWNS | CLONE_NEWCGROUP |	\
	CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |	\
	CLONE_NEWNET | CLONE_NEWTIME)

extern const struct refused refused_calls[];
extern const size_t refused_ncalls;

/*
 * Requests of ptrace(2) with which the init of a run sees what becomes of an
 * execve there: to be told of it, to be told what it was, and to let go; and
 * PTRACE_ATTACH, with which others begin, which it counts, and refuses.  None
 * of them reads or writes anything of a process, or makes a tracer of another.
 */
extern const uint32_t refused_seizing[];
extern const size_t refused_nseizing;

/*
 * What docker's default profile refuses to a container without capabilities
 * (of Linux 6.18, for both architectures) is in that table, is no call that
 * any kernel has, or has its reason here.
 */
struct refused_not {
	long		 nr;
	const char	*why;
};
extern const struct refused_not refused_nots[];
extern const size_t refused_nnots;

/*
 * Numbers that no kernel had when this was written.  A run gets ENOSYS, with
 * which libraries take what there was before.
 */
#define REFUSED_LAST	471U	/* the last one that is known */
struct refused_gap {
	uint32_t	from;
	uint32_t	to;
};
extern const struct refused_gap refused_gaps[];
extern const size_t refused_ngaps;

/*
 * Calls that give a file a mode.  Set-user-ID, set-group-ID and devices mean
 * nothing in a sandbox, whose mounts have nosuid and nodev and where nothing
 * gains privileges, but everything on the host: EPERM, as systemd(1) has it
 * for RestrictSUIDSGID.  From that of mkdir(2) the kernel leaves these bits
 * out, for every file system, and that of openat2(2) is in memory, where no
 * filter sees it.
 */
struct refused_mode {
	long		nr;
	int		flags;		/* argument; -1: always */
	uint32_t	when;		/* bits of it with which there is a
					   mode */
	unsigned	arg;		/* the mode */
	uint32_t	bits;		/* of these none */
};
extern const struct refused_mode refused_modes[];
extern const size_t refused_nmodes;

#endif
