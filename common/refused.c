/* SPDX-License-Identifier: ISC */
/* The table of system calls that are always refused; see refused.h. */
#include "config.h"

#include <sys/syscall.h>

#include <fcntl.h>

#include "common/refused.h"

/* Numbers that the oldest headers do not have; the same everywhere. */
#ifndef SYS_mount_setattr
#define SYS_mount_setattr	442
#endif
#ifndef SYS_quotactl_fd
#define SYS_quotactl_fd		443
#endif
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr	467
#endif

#define ATTACH		16	/* PTRACE_ATTACH, to the first process */

#define TRY_ARGS(...)							\
	(sizeof((const long[][REFUSED_ARGS]){ __VA_ARGS__ }) /		\
	    sizeof(long[REFUSED_ARGS])), { __VA_ARGS__ }
/* The executor does without it too. */
#define ANY(name, group, ...)						\
	{ SYS_##name, #name, REFUSED_##group, REFUSED_BY_CEILING |	\
	    REFUSED_BY_RUNS, TRY_ARGS(__VA_ARGS__) }
/* It takes building a sandbox. */
#define RUN(name, group, ...)						\
	{ SYS_##name, #name, REFUSED_##group, REFUSED_BY_RUNS,		\
	    TRY_ARGS(__VA_ARGS__) }

const struct refused refused_calls[] = {
	ANY(ptrace, PTRACE, { ATTACH, 1 }),
	ANY(process_vm_readv, PROCESS_VM, { 1 }),
	ANY(process_vm_writev, PROCESS_VM, { 1 }),
	ANY(pidfd_getfd, PIDFD_GETFD, { -1, 0, 0 }),
	ANY(kcmp, KCMP, { 0 }),
	ANY(setns, SETNS, { -1, 0 }),
	RUN(ioprio_set, IOPRIO, { -1, 0, 0 }),
	ANY(bpf, BPF, { -1, 0, 0 }, { 0, 0, 0 }),
	ANY(io_uring_setup, IO_URING, { 1, 0 }),
	ANY(io_uring_enter, IO_URING, { -1 }),
	ANY(io_uring_register, IO_URING, { -1 }),
	ANY(userfaultfd, USERFAULTFD, { 1 }, { -1 }),
	ANY(perf_event_open, PERF, { 0, 0, -1, -1, 0 }),
	ANY(keyctl, KEYCTL, { 0, -3, 0 }, { -1 }),
	ANY(add_key, KEYS, { 0, 0, 0, 0, -3 }),
	ANY(request_key, KEYS, { 0, 0, 0, -3 }),
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
