/* SPDX-License-Identifier: ISC */
/*
 * The second filter of a run: which calls go to init.  Opening for reading
 * and everything that has no path stays with the kernel.  It is the last one,
 * too: what can be refused right before the command alone is in it.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
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
#include "executor/hook.h"
#include "executor/inside.h"
#include "executor/lastcalls.h"
#include "executor/ruleset.h"
#include "executor/watch/watch.h"
#include "executor/watch/watch_priv.h"

#define CHANGES		(O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)

/* Numbers that the oldest headers do not have; the same everywhere. */
#define NR_landlock_create	444
#define NR_setxattrat		463
#define NR_removexattrat	466
#define NR_file_setattr		469

#define ASK(call)		\
	{ SYS_##call, RULE_ALWAYS, 0, 0, RULE_NOTIFY, 0, 0 }
#define NEVER(nr, error)	\
	{ nr, RULE_ALWAYS, 0, 0, error, 0, 0 }
/* By a descriptor of O_PATH nothing is read or written. */
#define ASK_OPEN(call, flags)	\
	{ SYS_##call, RULE_BITS, flags, O_PATH, 0, 0, 0 },		\
	{ SYS_##call, RULE_BITS, flags, CHANGES, RULE_NOTIFY, 0, 0 }
/* A request by its type and number, in whatever size. */
#define NO_IOCTL(request, error) \
	{ SYS_ioctl, RULE_EQUAL, 1, request, error, 0xffff0000U, 0 }

/* The calls that init answers, for what has a name. */
static const struct rule names_rules[] = {
	ASK_OPEN(openat, 2),
	ASK(openat2), ASK(mkdirat), ASK(mknodat), ASK(symlinkat),
	ASK(linkat), ASK(renameat2), ASK(unlinkat), ASK(truncate),
	ASK(fchmod), ASK(fchmodat),
	{ NR_fchmodat2, RULE_ALWAYS, 0, 0, RULE_NOTIFY, 0, 0 },
	ASK(setxattr), ASK(lsetxattr), ASK(fsetxattr), ASK(removexattr),
	ASK(lremovexattr), ASK(fremovexattr), ASK(fchown), ASK(fchownat),
	ASK(utimensat), ASK(bind), ASK(umask),
#ifdef SYS_renameat
	ASK(renameat),
#endif
#ifdef SYS_creat
	ASK_OPEN(open, 1),
	ASK(creat), ASK(mkdir), ASK(mknod), ASK(symlink), ASK(link),
	ASK(rename), ASK(unlink), ASK(rmdir), ASK(chmod), ASK(chown),
	ASK(lchown), ASK(utime), ASK(utimes), ASK(futimesat),
#endif
	/*
	 * With these a file system makes or removes names itself, a whole
	 * directory with its contents at once: subvolumes and snapshots of
	 * btrfs (0x94) and bcachefs (0xbc).
	 */
	NO_IOCTL(0x9401, EPERM), NO_IOCTL(0x940e, EPERM),
	NO_IOCTL(0x940f, EPERM), NO_IOCTL(0x9417, EPERM),
	NO_IOCTL(0x9418, EPERM), NO_IOCTL(0x943f, EPERM),
	NO_IOCTL(0xbc10, EPERM), NO_IOCTL(0xbc11, EPERM),
	/*
	 * By a descriptor for reading alone these change what a name means or
	 * holds: flags (without regard to case, in more letters than we know),
	 * attributes, encryption, and verity, after which nobody can write any
	 * more.  As by a file system that has none of that.
	 */
	NO_IOCTL(0x6602, EOPNOTSUPP), NO_IOCTL(0x5820, EOPNOTSUPP),
	NO_IOCTL(0x6613, EOPNOTSUPP), NO_IOCTL(0x6685, EOPNOTSUPP),
	NEVER(NR_setxattrat, ENOSYS), NEVER(NR_removexattrat, ENOSYS),
	NEVER(NR_file_setattr, ENOSYS),
	/*
	 * init acts by the run's rules, not by those that a program makes
	 * for itself: it must not believe that they hold.
	 */
	NEVER(NR_landlock_create, EOPNOTSUPP),
};

static const struct rule execs_rules[] = {
	ASK(execve), ASK(execveat),
	/* orphans would be its children: that tells whose they are */
	{ SYS_prctl, RULE_EQUAL, 0, PR_SET_CHILD_SUBREAPER, EPERM, 0, 0 },
};

static const struct rule always_rules[] = {
	/* of memory it would tell of the host's */
	ASK(sysinfo),
	/* the kernel gives no second listener either */
	{ SYS_seccomp, RULE_BITS, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER, EBUSY,
	    0, 0 },
	/* init cannot read the paths of such a process */
	{ SYS_prctl, RULE_EQUAL, 0, PR_SET_DUMPABLE, EPERM, 0, 0 },
};

/* To be counted; with all other requests it is refused below. */
static const struct rule begins_rules[] = {
	{ SYS_ptrace, RULE_EQUAL, 0, PTRACE_ATTACH, RULE_NOTIFY, 0, 0 },
	{ SYS_ptrace, RULE_EQUAL, 0, PTRACE_SEIZE, RULE_NOTIFY, 0, 0 },
};

static struct bpf filter;
static int answers;		/* without that, a call just goes on */

/*
 * A signal interrupts a call that waits for init, which mmap(2) does nowhere
 * else: so only what the kernel is about to refuse is handed over, to be
 * counted.  That is what counts (private, and to be written to; not a stack,
 * which grows) from the power of two on that is not below the limit.
 */
static void
add_memory(struct rule_list *rs, uint32_t memory_mb)
{
	struct rule r[] = {
		{ SYS_mmap, RULE_EQUAL, 2, 0, 0, ~(uint32_t)PROT_WRITE, 0 },
		{ SYS_mmap, RULE_UNLESS, 3, MAP_PRIVATE, 0,
		    ~(uint32_t)(MAP_TYPE | MAP_GROWSDOWN), 0 },
		{ SYS_mmap, RULE_HIGH, 1, UINT32_MAX, RULE_NOTIFY, 0, 0 },
		{ SYS_mmap, RULE_BITS, 1, 0, RULE_NOTIFY, 0, 0 },
	};
	uint64_t bytes = memory_mb * MB, least = MB;
	size_t n = NELEM(r);

	if (memory_mb == 0)
		return;
	while (least < bytes)
		least *= 2;
	if (least > UINT32_MAX) {
		r[2].value = (uint32_t)((0 - least) >> 32);
		n--;
	}
	r[3].value = (uint32_t)(0 - least);
	ruleset_add(rs, r, n);
}

static int
build(struct bpf *b, int names, int execs, int traces, uint32_t memory_mb)
{
	static struct rule_list rs;

	ruleset_init(&rs);
	if (!traces)
		ruleset_add(&rs, begins_rules, NELEM(begins_rules));
	add_memory(&rs, memory_mb);
	if (execs)
		ruleset_add(&rs, execs_rules, NELEM(execs_rules));
	if (names)
		ruleset_add(&rs, names_rules, NELEM(names_rules));
	ruleset_add(&rs, always_rules, NELEM(always_rules));
	lastcalls_add(&rs, names || hook_without("modes"), traces);
	bpf_start(b);
	return (ruleset_emit(b, &rs));
}

int
watch_build(int names, int execs, int traces, uint32_t memory_mb)
{
	answers = names;
	return (build(&filter, names, execs, traces, memory_mb));
}

const struct bpf *
watch_program(void)
{
	return (&filter);
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
watch_enter(int sock, int try, const char **why)
{
	static const uint8_t word = INSIDE_WATCH;
	int fd;

	*why = "watched calls: seccomp gives no notifications";
	if ((fd = load(watch_program())) == -1)
		return (-1);
	*why = "protected names: seccomp notifications take no descriptors "
	    "(Linux 5.14 does)";
	if (try && answers && !takes_descriptors(fd))
		return (-1);
	*why = "watched calls: init is not there";
	if (fds_send(sock, &word, 1, &fd, 1) == -1)
		return (-1);
	(void)close(fd);
	(void)close(sock);
	return (0);
}
