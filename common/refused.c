/* SPDX-License-Identifier: ISC */
/* The tables of system calls that are refused; see refused.h. */
#include "config.h"

#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "common/refused.h"

/* Numbers that the oldest headers do not have; the same everywhere. */
#ifndef SYS_mount_setattr
#define SYS_mount_setattr	442
#endif
#ifndef SYS_quotactl_fd
#define SYS_quotactl_fd		443
#endif
#ifndef SYS_set_mempolicy_home_node
#define SYS_set_mempolicy_home_node 450
#endif
#ifndef SYS_fchmodat2
#define SYS_fchmodat2		452
#endif
#ifndef SYS_statmount
#define SYS_statmount		457
#define SYS_listmount		458
#endif
#ifndef SYS_lsm_get_self_attr
#define SYS_lsm_get_self_attr	459
#define SYS_lsm_set_self_attr	460
#define SYS_lsm_list_modules	461
#endif
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr	467
#endif
#ifndef SYS_file_getattr
#define SYS_file_getattr	468
#define SYS_file_setattr	469
#endif
#ifndef SYS_listns
#define SYS_listns		470
#endif
#ifndef SYS_rseq_slice_yield
#define SYS_rseq_slice_yield	471
#endif
#if defined(__x86_64__) && !defined(SYS_uprobe)
#define SYS_uprobe		336
#endif

#define ATTACH		16	/* PTRACE_ATTACH, to the first process */

#define TRY_ARGS(...)							\
	(sizeof((const long[][REFUSED_ARGS]){ __VA_ARGS__ }) /		\
	    sizeof(long[REFUSED_ARGS])), { __VA_ARGS__ }
/* The executor does without it too. */
#define ANY(name, group, ...)						\
	{ SYS_##name, #name, REFUSED_##group, REFUSED_BY_CEILING |	\
	    REFUSED_BY_RUNS, EPERM, TRY_ARGS(__VA_ARGS__) }
/* Programs that know it look whether it is there, and do without. */
#define NOSYS(name, group, ...)					\
	{ SYS_##name, #name, REFUSED_##group, REFUSED_BY_CEILING |	\
	    REFUSED_BY_RUNS, ENOSYS, TRY_ARGS(__VA_ARGS__) }
/* It takes building a sandbox. */
#define RUN(name, group, ...)						\
	{ SYS_##name, #name, REFUSED_##group, REFUSED_BY_RUNS, EPERM,	\
	    TRY_ARGS(__VA_ARGS__) }

const struct refused refused_calls[] = {
	ANY(ptrace, PTRACE, { ATTACH, 1 }),
	/* init reads by it what a call that it answers is about */
	RUN(process_vm_readv, PROCESS_VM, { 1 }),
	/* and puts by it what such a call writes there */
	RUN(process_vm_writev, PROCESS_VM, { 1 }),
	ANY(process_madvise, PROCESS_VM, { -1, 0, 0, -1, -1 }),
	/* init takes sockets by it */
	RUN(pidfd_getfd, PIDFD_GETFD, { -1, 0, 0 }),
	ANY(kcmp, KCMP, { 0 }),
	ANY(setns, SETNS, { -1, 0 }),
	RUN(ioprio_set, IOPRIO, { -1, 0, 0 }),
	/* where memory lies: faults of the kernel, and hints of where to */
	ANY(mbind, NUMA, { 0, 0, -1, 0, 0 }),
	ANY(set_mempolicy, NUMA, { -1, 0, 0 }),
	ANY(get_mempolicy, NUMA, { 0, 0, 0, 0, -1 }),
	ANY(migrate_pages, NUMA, { -1, 0, 0, 0 }),
	ANY(move_pages, NUMA, { -1, 0, 0, 0, 0 }),
	ANY(set_mempolicy_home_node, NUMA, { 0, 0, 0, -1 }),
	ANY(bpf, BPF, { -1, 0, 0 }, { 0, 0, 0 }),
	ANY(io_uring_setup, IO_URING, { 1, 0 }),
	ANY(io_uring_enter, IO_URING, { -1 }),
	ANY(io_uring_register, IO_URING, { -1 }),
	ANY(userfaultfd, USERFAULTFD, { 1 }, { -1 }),
	ANY(perf_event_open, PERF, { 0, 0, -1, -1, 0 }),
	ANY(keyctl, KEYCTL, { 0, -3, 0 }, { -1 }),
	ANY(add_key, KEYS, { 0, 0, 0, 0, -3 }),
	ANY(request_key, KEYS, { 0, 0, 0, -3 }),
	NOSYS(lsm_get_self_attr, LSM, { 0, 0, 0, -1 }),
	NOSYS(lsm_set_self_attr, LSM, { 0, 0, 0, -1 }),
	NOSYS(lsm_list_modules, LSM, { 0, 0, -1 }),
	/* fs.aio-max-nr is one number for everybody; nothing else bounds it */
	NOSYS(io_setup, AIO, { 0, 0 }),
	ANY(kexec_load, KEXEC, { 0, 0, 0, -1 }),
	ANY(kexec_file_load, KEXEC, { -1, -1, 0, 0, -1 }),
	ANY(init_module, MODULES, { 0, 0, 0 }),
	ANY(finit_module, MODULES, { -1, 0, -1 }),
	ANY(delete_module, MODULES, { 0, 0 }),
	RUN(mount, MOUNT, { 0, 0, 0, 0, 0 }),
	RUN(umount2, MOUNT, { 0, -1 }),
	RUN(pivot_root, MOUNT, { 0, 0 }),
	RUN(chroot, MOUNT, { 0 }),
	RUN(fsopen, MOUNT_API, { 0, -1 }),
	RUN(fspick, MOUNT_API, { -1, 0, -1 }),
	RUN(fsconfig, MOUNT_API, { -1, -1 }),
	RUN(fsmount, MOUNT_API, { -1, -1, -1 }),
	RUN(move_mount, MOUNT_API, { -1, 0, -1, 0, -1 }),
	RUN(open_tree, MOUNT_API, { AT_FDCWD, 0, 0 }),
	RUN(open_tree_attr, MOUNT_API, { AT_FDCWD, 0, 0, 0, -1 }),
	RUN(mount_setattr, MOUNT_API, { -1, 0, -1, 0, 0 }),
	ANY(open_by_handle_at, HANDLE_OPEN, { -1, 0, -1 }),
	ANY(name_to_handle_at, HANDLE_NAME, { -1, 0, 0, 0, -1 }),
	ANY(fanotify_init, WATCH, { -1, 0 }),
	ANY(lookup_dcookie, WATCH, { 0 }),
	NOSYS(statmount, MOUNT_LIST, { 0, 0, 0, -1 }),
	NOSYS(listmount, MOUNT_LIST, { 0, 0, 0, -1 }),
	NOSYS(listns, MOUNT_LIST, { 0, 0, 0, -1 }),
	ANY(settimeofday, CLOCK, { 1, 0 }),
	ANY(clock_settime, CLOCK, { -1, 0 }),
	ANY(adjtimex, CLOCK, { 0 }),
	ANY(clock_adjtime, CLOCK, { -1, 0 }),
	ANY(reboot, MACHINE, { 0, 0, 0 }),
	ANY(acct, MACHINE, { 1 }),
	ANY(swapon, MACHINE, { 0, -1 }),
	ANY(swapoff, MACHINE, { 0 }),
	ANY(quotactl, MACHINE, { -1 }),
	ANY(quotactl_fd, MACHINE, { -1, -1, 0, 0 }),
	ANY(nfsservctl, MACHINE, { 0 }),
	ANY(vhangup, MACHINE, { 0 }),
	RUN(sethostname, MACHINE, { 0, -1 }),
	RUN(setdomainname, MACHINE, { 0, -1 }),
	ANY(syslog, KERNEL_LOG, { 10, 0, 0 }, { -1 }),
#ifdef SYS_iopl
	ANY(modify_ldt, X86, { -1, 0, 0 }),
	ANY(iopl, X86, { -1 }),
	ANY(ioperm, X86, { -1, -1, 1 }),
	ANY(uselib, X86, { 0 }),
	ANY(sysfs, X86, { 3 }),
	ANY(ustat, X86, { 0 }),
	ANY(_sysctl, X86, { 0 }),
	ANY(create_module, X86, { 0 }),
	ANY(query_module, X86, { 0 }),
	ANY(get_kernel_syms, X86, { 0 }),
#endif
};
const size_t refused_ncalls = sizeof(refused_calls) / sizeof(refused_calls[0]);

const uint32_t refused_seizing[] = {
	PTRACE_SEIZE, PTRACE_CONT, PTRACE_LISTEN, PTRACE_GETEVENTMSG,
	PTRACE_DETACH, PTRACE_ATTACH,
};
const size_t refused_nseizing = sizeof(refused_seizing) /
    sizeof(refused_seizing[0]);

const struct refused_not refused_nots[] = {
	{ SYS_clone, "needed; with a flag for a namespace it is refused" },
	{ SYS_clone3, "told to be absent, so that libraries take clone" },
	{ SYS_unshare, "files and working directory; namespaces are refused" },
	{ SYS_file_getattr, "reads what an ioctl reads" },
	{ SYS_file_setattr, "as an ioctl does; see protected names" },
	{ SYS_rseq_slice_yield, "gives the processor away" },
#ifdef SYS_uprobe
	{ SYS_uprobe, "only code that the kernel put there can call it, for "
	    "who traces the host" },
#endif
};
const size_t refused_nnots = sizeof(refused_nots) / sizeof(refused_nots[0]);

const struct refused_gap refused_gaps[] = {
#if defined(__x86_64__)
	/* getpmsg, putpmsg, afs_syscall, tuxcall, security */
	{ 181, 185 },
	/* vserver */
	{ 236, 236 },
	/* 335 and 336 are for traced programs */
	{ 337, 423 },
#else
	{ 244, 259 },
	{ 295, 423 },
#endif
	{ REFUSED_LAST + 1, UINT32_MAX },
};
const size_t refused_ngaps = sizeof(refused_gaps) / sizeof(refused_gaps[0]);

#define SETID		((uint32_t)(S_ISUID | S_ISGID))
/* Of the types of a file this one is a bit of devices alone. */
#define DEVICE		((uint32_t)(S_IFCHR & S_IFBLK))
/* With these open(2) has a mode. */
#define MAKES		((uint32_t)(O_CREAT | (O_TMPFILE & ~O_DIRECTORY)))

const struct refused_mode refused_modes[] = {
	{ SYS_fchmod, -1, 0, 1, SETID },
	{ SYS_fchmodat, -1, 0, 2, SETID },
	{ SYS_fchmodat2, -1, 0, 2, SETID },
	{ SYS_openat, 2, MAKES, 3, SETID },
	{ SYS_mknodat, -1, 0, 2, SETID | DEVICE },
	/* which leaves a device behind */
	{ SYS_renameat2, -1, 0, 4, RENAME_WHITEOUT },
#ifdef SYS_open
	{ SYS_chmod, -1, 0, 1, SETID },
	{ SYS_open, 1, MAKES, 2, SETID },
	{ SYS_creat, -1, 0, 1, SETID },
	{ SYS_mknod, -1, 0, 1, SETID | DEVICE },
#endif
};
const size_t refused_nmodes = sizeof(refused_modes) /
    sizeof(refused_modes[0]);
