/* SPDX-License-Identifier: ISC */
/*
 * escape_ns: out of a run by namespaces and control groups.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/nsfs.h>
#include <linux/sched.h>

#include <mqueue.h>
#include <sched.h>

#include "tests/helpers/escape.h"

/* The raw call: with a stack of its own the child would need a function. */
static long
clone_with(unsigned long flags)
{
	long r;

	r = syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
	if (r == 0)
		_exit(0);
	return (r);
}

#define CLONES(name, flags)					\
	static long						\
	clone_##name(void)					\
	{							\
		return (clone_with(flags));			\
	}							\
	static long						\
	unshare_##name(void)					\
	{							\
		return (unshare((int)(flags)));			\
	}

CLONES(user, CLONE_NEWUSER)
CLONES(mnt, CLONE_NEWNS)
CLONES(pid, CLONE_NEWPID)
CLONES(net, CLONE_NEWNET)
CLONES(ipc, CLONE_NEWIPC)
CLONES(uts, CLONE_NEWUTS)
CLONES(cgroup, CLONE_NEWCGROUP)
CLONES(user_mnt, CLONE_NEWUSER | CLONE_NEWNS)

/* CLONE_NEWTIME is a part of the signal's number in clone(2). */
static long
unshare_time(void)
{
	return (unshare(CLONE_NEWTIME));
}

static long
clone_untraced(void)
{
	return (clone_with(CLONE_UNTRACED));
}

static long
clone3_with(uint64_t flags)
{
	struct clone_args a;
	long r;

	memset(&a, 0, sizeof(a));
	a.flags = flags;
	a.exit_signal = SIGCHLD;
	if ((r = syscall(SYS_clone3, &a, sizeof(a))) == 0)
		_exit(0);
	return (r);
}

static long
clone3_plain(void)
{
	return (clone3_with(0));
}

static long
clone3_user(void)
{
	return (clone3_with(CLONE_NEWUSER));
}

static long
clone3_cgroup(void)
{
	return (clone3_with(CLONE_INTO_CGROUP));
}

/* The high half of a register is not the kernel's, and not the filter's. */
static long
unshare_high(void)
{
	return (syscall(SYS_unshare, UINT64_C(0xdead00000000) |
	    CLONE_NEWUSER));
}

static long
clone_high(void)
{
	return (clone_with((1UL << 32) | CLONE_NEWUSER));
}

static long
enter_own(const char *ns)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/self/ns/%s", ns);
	return (syscall(SYS_setns, open(path, O_RDONLY | O_CLOEXEC), 0));
}

static long
setns_user(void)
{
	return (enter_own("user"));
}

static long
setns_mnt(void)
{
	return (enter_own("mnt"));
}

static long
setns_pidfd(void)
{
	return (syscall(SYS_setns, syscall(SYS_pidfd_open, 1, 0),
	    CLONE_NEWNS));
}

static long
init_ns(void)
{
	return (escape_open("/proc/1/ns/mnt", O_RDONLY));
}

/* What is around ours. */
static long
parent_of(const char *path, unsigned long req)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return (fd == -1 ? MISSING : ioctl(fd, req));
}

static long
parent_user(void)
{
	return (parent_of("/proc/self/ns/user", NS_GET_PARENT));
}

static long
parent_pid(void)
{
	return (parent_of("/proc/self/ns/pid", NS_GET_PARENT));
}

static long
owner_of_user(void)
{
	return (parent_of("/proc/self/ns/user", NS_GET_USERNS));
}

/* The one of our parent's parent is not ours to be in. */
static long
other_mounts(void)
{
	unsigned char info[64];
	int fd = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);

	memset(info, 0, sizeof(info));
	/* NS_MNT_GET_PREV of <linux/nsfs.h>, where it has it */
	return (ioctl(fd, _IOR(0xb7, 12, unsigned char[16]), info));
}

static long
cgroup_dir(void)
{
	return (escape_open("/sys/fs/cgroup/cgroup.procs", O_WRONLY));
}

static long
cgroup_mount(void)
{
	return (mount("none", "/tmp", "cgroup2", 0, NULL));
}

static long
cgroup_fs(void)
{
	return (syscall(SYS_fsopen, "cgroup2", 0));
}

static long
cgroup_write(void)
{
	return (escape_open("/proc/self/cgroup", O_WRONLY));
}

/* "/", or up and down to a group of the run's own: one name, not a path. */
static int
names_host(const char *path)
{
	while (strncmp(path, "/..", 3) == 0)
		path += 3;
	return (path[0] != '\n' &&
	    (path[0] != '/' || strchr(path + 1, '/') != NULL));
}

/* What is above its own root, none of the lines tells. */
static long
cgroup_path(void)
{
	char line[4096];
	FILE *f = fopen("/proc/self/cgroup", "re");
	const char *p;

	if (f == NULL)
		return (MISSING);
	while (fgets(line, sizeof(line), f) != NULL)
		if ((p = strrchr(line, ':')) == NULL || names_host(p + 1)) {
			fprintf(stderr, "%s", line);
			return (1);
		}
	return (HARMLESS);
}

/* What the host has under these names, 218-processes.sh has made. */
static long
shared_memory(void)
{
	return (shmget(0x0cb7e5c4, 0, 0));
}

static long
semaphores(void)
{
	return (semget(0x0cb7e5c4, 0, 0));
}

static long
messages(void)
{
	return (msgget(0x0cb7e5c4, 0));
}

static long
queue(void)
{
	return (mq_open("/cbt-escape", O_RDWR));
}

static long
host_name(void)
{
	return (sethostname("escaped", 7));
}

static const struct attempt attempts[] = {
	{ "clone user", clone_user, { EPERM } },
	{ "clone mount", clone_mnt, { EPERM } },
	{ "clone pid", clone_pid, { EPERM } },
	{ "clone network", clone_net, { EPERM } },
	{ "clone ipc", clone_ipc, { EPERM } },
	{ "clone uts", clone_uts, { EPERM } },
	{ "clone cgroup", clone_cgroup, { EPERM } },
	{ "clone user and mount", clone_user_mnt, { EPERM } },
	{ "clone untraced", clone_untraced, { EPERM } },
	{ "clone user, high bits", clone_high, { EPERM } },
	{ "unshare user", unshare_user, { EPERM } },
	{ "unshare mount", unshare_mnt, { EPERM } },
	{ "unshare pid", unshare_pid, { EPERM } },
	{ "unshare network", unshare_net, { EPERM } },
	{ "unshare ipc", unshare_ipc, { EPERM } },
	{ "unshare uts", unshare_uts, { EPERM } },
	{ "unshare cgroup", unshare_cgroup, { EPERM } },
	{ "unshare user and mount", unshare_user_mnt, { EPERM } },
	{ "unshare time", unshare_time, { EPERM } },
	{ "unshare user, high bits", unshare_high, { EPERM } },
	{ "clone3", clone3_plain, { ENOSYS } },
	{ "clone3 user", clone3_user, { ENOSYS } },
	{ "clone3 into a control group", clone3_cgroup, { ENOSYS } },
	{ "setns user", setns_user, { EPERM } },
	{ "setns mount", setns_mnt, { EPERM } },
	{ "setns of init", setns_pidfd, { EPERM } },
	{ "namespaces of init", init_ns, { ENOENT, EACCES } },
	{ "parent of the user namespace", parent_user, { EPERM } },
	{ "parent of the pid namespace", parent_pid, { EPERM } },
	{ "owner of the user namespace", owner_of_user, { EPERM } },
	{ "other mount namespaces", other_mounts, { EPERM, ENOTTY } },
	{ "cgroup files", cgroup_dir, { ENOENT } },
	{ "cgroup mount", cgroup_mount, { EPERM } },
	{ "cgroup fsopen", cgroup_fs, { EPERM } },
	{ "cgroup by /proc", cgroup_write, { EACCES } },
	{ "cgroup path", cgroup_path, { NOTHING } },
	{ "System V memory of the host", shared_memory, { ENOENT } },
	{ "System V semaphores of the host", semaphores, { ENOENT } },
	{ "System V messages of the host", messages, { ENOENT } },
	{ "message queue of the host", queue, { ENOENT } },
	{ "sethostname", host_name, { EPERM } },
};

int
main(int argc, char **argv)
{
	escape_main(argc, argv, attempts,
	    sizeof(attempts) / sizeof(attempts[0]));
}
