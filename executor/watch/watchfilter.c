/* SPDX-License-Identifier: ISC */
/*
 * The second filter of a run: which calls go to init.  Opening for reading
 * and everything that has no path stays with the kernel.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "common/bpf.h"
#include "common/defs.h"
#include "executor/fds.h"
#include "executor/inside.h"
#include "executor/watch/watch.h"
#include "executor/watch/watch_priv.h"

#define NOTIFY		SECCOMP_RET_USER_NOTIF
#define CHANGES		(O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)

/* Numbers that the oldest headers do not have; the same everywhere. */
#define NR_landlock_create	444
#define NR_setxattrat		463
#define NR_removexattrat	466
#define NR_file_setattr		469

static const long asked[] = {
	SYS_openat2, SYS_mkdirat, SYS_mknodat, SYS_symlinkat, SYS_linkat,
	SYS_renameat2, SYS_unlinkat, SYS_truncate, SYS_fchmod, SYS_fchmodat,
	NR_fchmodat2, SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr,
	SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr,
	SYS_fchown, SYS_fchownat, SYS_utimensat,
#ifdef SYS_renameat
	SYS_renameat,
#endif
#ifdef SYS_creat
	SYS_creat, SYS_mkdir, SYS_mknod, SYS_symlink, SYS_link, SYS_rename,
	SYS_unlink, SYS_rmdir, SYS_chmod, SYS_chown, SYS_lchown, SYS_utime,
	SYS_utimes, SYS_futimesat,
#endif
};

/*
 * Type and number of requests by which a file system makes or removes names
 * itself, a whole directory with its contents at once: subvolumes and
 * snapshots of btrfs (0x94) and bcachefs (0xbc).
 */
static const uint32_t subvolumes[] = {
	0x9401, 0x940e, 0x940f, 0x9417, 0x9418, 0x943f, 0xbc10, 0xbc11,
};

/*
 * By a descriptor for reading alone these change what a name means or holds:
 * flags (without regard to case, in more letters than we know), attributes,
 * encryption, and verity, after which nobody can write any more.
 */
static const uint32_t marks[] = {
	0x6602, 0x5820, 0x6613, 0x6685,
};

static struct bpf filter[2];	/* with Landlock, and without */
static int answers;		/* without that, a call just goes on */

/* The calls that init answers, for what has a name. */
static void
ask_names(struct bpf *b, int landlock)
{
	size_t i;

	/* by a descriptor of O_PATH nothing is read or written */
	bpf_sys_arg(b, SYS_openat, 2, O_PATH, O_PATH, BPF_ALLOW);
	bpf_sys_arg(b, SYS_openat, 2, CHANGES, 0, BPF_ALLOW);
	bpf_sys(b, SYS_openat, NOTIFY);
#ifdef SYS_open
	bpf_sys_arg(b, SYS_open, 1, O_PATH, O_PATH, BPF_ALLOW);
	bpf_sys_arg(b, SYS_open, 1, CHANGES, 0, BPF_ALLOW);
	bpf_sys(b, SYS_open, NOTIFY);
#endif
	for (i = 0; i < NELEM(asked); i++)
		bpf_sys(b, asked[i], NOTIFY);
	for (i = 0; i < NELEM(subvolumes); i++)
		bpf_sys_arg(b, SYS_ioctl, 1, 0xffff, subvolumes[i],
		    BPF_ERRNO(EPERM));
	/* as by a file system that has none of that */
	for (i = 0; i < NELEM(marks); i++)
		bpf_sys_arg(b, SYS_ioctl, 1, 0xffff, marks[i],
		    BPF_ERRNO(EOPNOTSUPP));
	bpf_sys(b, NR_setxattrat, BPF_ERRNO(ENOSYS));
	bpf_sys(b, NR_removexattrat, BPF_ERRNO(ENOSYS));
	bpf_sys(b, NR_file_setattr, BPF_ERRNO(ENOSYS));
	/*
	 * init acts by the run's rules, not by those that a program makes
	 * for itself: it must not believe that they hold.
	 */
	bpf_sys(b, NR_landlock_create, BPF_ERRNO(EOPNOTSUPP));
	if (!landlock)
		bpf_sys(b, SYS_bind, BPF_ERRNO(EPERM));
}

static void
build(struct bpf *b, int landlock, int names, int execs)
{
	bpf_start(b);
	if (execs) {
		bpf_sys(b, SYS_execve, NOTIFY);
		bpf_sys(b, SYS_execveat, NOTIFY);
		/* orphans would be its children: that tells whose they are */
		bpf_sys_arg(b, SYS_prctl, 0, ~0U, PR_SET_CHILD_SUBREAPER,
		    BPF_ERRNO(EPERM));
	}
	if (names)
		ask_names(b, landlock);
	/* the kernel gives no second listener either */
	bpf_sys_arg(b, SYS_seccomp, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER, BPF_ERRNO(EBUSY));
	/* init cannot read the paths of such a process */
	bpf_sys_arg(b, SYS_prctl, 0, ~0U, PR_SET_DUMPABLE, BPF_ERRNO(EPERM));
	bpf_ret(b, BPF_ALLOW);
}

int
watch_build(int names, int execs)
{
	answers = names;
	build(&filter[0], 1, names, execs);
	build(&filter[1], 0, names, execs);
	return (filter[0].bad || filter[1].bad ? -1 : 0);
}

static int
load(const struct bpf *b)
{
	const unsigned long listener = SECCOMP_FILTER_FLAG_NEW_LISTENER;
	struct sock_fprog prog;
	int fd;

	memset(&prog, 0, sizeof(prog));
	prog.len = (unsigned short)b->n;
	/* the kernel copies it */
	prog.filter = (struct sock_filter *)(uintptr_t)b->ins;
	/* 5.19: no signal but a fatal one interrupts what init has begun */
	fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, listener |
	    SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &prog);
	if (fd == -1 && errno == EINVAL)
		fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		    listener, &prog);
	return (fd);
}

static int
takes_descriptors(int listener)
{
	struct seccomp_notif_addfd a;

	memset(&a, 0, sizeof(a));
	a.id = UINT64_MAX;	/* there is none: ENOENT, if all else is well */
	a.srcfd = (uint32_t)listener;
	return (ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &a) == -1 &&
	    errno == ENOENT);
}

int
watch_enter(int sock, int landlock, const char **why)
{
	static const uint8_t word = INSIDE_WATCH;
	int fd;

	*why = "watched calls: seccomp gives no notifications";
	if ((fd = load(&filter[landlock == 0])) == -1)
		return (-1);
	*why = "protected names: seccomp notifications take no descriptors "
	    "(Linux 5.14 does)";
	if (answers && !takes_descriptors(fd))
		return (-1);
	*why = "watched calls: init is not there";
	if (fds_send(sock, &word, 1, &fd, 1) == -1)
		return (-1);
	(void)close(fd);
	(void)close(sock);
	return (0);
}
