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

#define TRIES(...)							\
	(sizeof((const long[][REFUSED_ARGS]){ __VA_ARGS__ }) /		\
	    sizeof(long[REFUSED_ARGS])), { __VA_ARGS__ }
/* The executor does without it too. */
#define ALL(name, group, ...)						\
	{ SYS_##name, #name, REFUSED_##group, REFUSED_BY_CEILING |	\
	    REFUSED_BY_RUNS, TRIES(__VA_ARGS__) }
/* It takes building a sandbox. */
#define RUN(name, group, ...)						\
	{ SYS_##name, #name, REFUSED_##group, REFUSED_BY_RUNS,		\
	    TRIES(__VA_ARGS__) }

const struct refused refused_calls[] = {
	ALL(ptrace, PTRACE, { ATTACH, 1 }),
	ALL(process_vm_readv, PROCESS_VM, { 1 }),
	ALL(process_vm_writev, PROCESS_VM, { 1 }),
	ALL(pidfd_getfd, PIDFD_GETFD, { -1, 0, 0 }),
	ALL(kcmp, KCMP, { 0 }),
	ALL(setns, SETNS, { -1, 0 }),
	RUN(ioprio_set, IOPRIO, { -1, 0, 0 }),
	ALL(bpf, BPF, { -1, 0, 0 }, { 0, 0, 0 }),
	ALL(io_uring_setup, IO_URING, { 1, 0 }),
	ALL(io_uring_enter, IO_URING, { -1 }),
	ALL(io_uring_register, IO_URING, { -1 }),
	ALL(userfaultfd, USERFAULTFD, { 1 }, { -1 }),
	ALL(perf_event_open, PERF, { 0, 0, -1, -1, 0 }),
	ALL(keyctl, KEYCTL, { 0, -3, 0 }, { -1 }),
	ALL(add_key, KEYS, { 0, 0, 0, 0, -3 }),
	ALL(request_key, KEYS, { 0, 0, 0, -3 }),
	ALL(kexec_load, KEXEC, { 0, 0, 0, -1 }),
	ALL(kexec_file_load, KEXEC, { -1, -1, 0, 0, -1 }),
	ALL(init_module, MODULES, { 0, 0, 0 }),
	ALL(finit_module, MODULES, { -1, 0, -1 }),
	ALL(delete_module, MODULES, { 0, 0 }),
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
	ALL(open_by_handle_at, HANDLE_OPEN, { -1, 0, -1 }),
	ALL(name_to_handle_at, HANDLE_NAME, { -1, 0, 0, 0, -1 }),
	ALL(fanotify_init, WATCH, { -1, 0 }),
	ALL(lookup_dcookie, WATCH, { 0 }),
	ALL(settimeofday, CLOCK, { 1, 0 }),
	ALL(clock_settime, CLOCK, { -1, 0 }),
	ALL(adjtimex, CLOCK, { 0 }),
	ALL(clock_adjtime, CLOCK, { -1, 0 }),
	ALL(reboot, MACHINE, { 0, 0, 0 }),
	ALL(acct, MACHINE, { 1 }),
	ALL(swapon, MACHINE, { 0, -1 }),
	ALL(swapoff, MACHINE, { 0 }),
	ALL(quotactl, MACHINE, { -1 }),
	ALL(quotactl_fd, MACHINE, { -1, -1, 0, 0 }),
	ALL(nfsservctl, MACHINE, { 0 }),
	ALL(vhangup, MACHINE, { 0 }),
	RUN(sethostname, MACHINE, { 0, -1 }),
	RUN(setdomainname, MACHINE, { 0, -1 }),
	ALL(syslog, KERNEL_LOG, { 10, 0, 0 }, { -1 }),
#ifdef SYS_iopl
	ALL(modify_ldt, X86, { -1, 0, 0 }),
	ALL(iopl, X86, { -1 }),
	ALL(ioperm, X86, { -1, -1, 1 }),
	ALL(uselib, X86, { 0 }),
	ALL(sysfs, X86, { 3 }),
	ALL(ustat, X86, { 0 }),
	ALL(_sysctl, X86, { 0 }),
	ALL(create_module, X86, { 0 }),
	ALL(query_module, X86, { 0 }),
	ALL(get_kernel_syms, X86, { 0 }),
#endif
};
const size_t refused_ncalls = sizeof(refused_calls) / sizeof(refused_calls[0]);
