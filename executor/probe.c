/* SPDX-License-Identifier: ISC */
/*
 * In place of a command, once for each skill at start: a sandbox is only
 * used when everything that no run may do has been tried in it, in vain.
 */
#include "config.h"

#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "executor/jail.h"
#include "executor/warden.h"

static void
must(const struct jail *j, int ok, const char *what)
{
	if (ok)
		return;
	errno = 0;
	jail_fail(j, CBE_INTERNAL, "self-check: %s", what);
}

static void
probe_privileges(const struct jail *j)
{
	unsigned long c;
	cap_t none, got;

	must(j, getuid() == j->plan->uid && geteuid() == j->plan->uid &&
	    getgid() == j->plan->gid && getgroups(0, NULL) == 0, "ids");
	for (c = 0; prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
		must(j, prctl(PR_CAPBSET_READ, c, 0, 0, 0) == 0,
		    "the bounding set is not empty");
	none = cap_init();
	got = cap_get_proc();
	must(j, none != NULL && got != NULL && cap_compare(none, got) == 0,
	    "a capability is left");
	(void)cap_free(none);
	(void)cap_free(got);
	must(j, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1,
	    "no_new_privs is off");
	must(j, prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 2, "seccomp is off");
	must(j, setresuid(0, 0, 0) == -1 && setresgid(0, 0, 0) == -1 &&
	    setgroups(0, NULL) == -1, "could become root again");
}

static void
probe_kernel(const struct jail *j)
{
	must(j, unshare(CLONE_NEWUSER) == -1, "could make a user namespace");
	must(j, unshare(CLONE_NEWNS) == -1, "could make a mount namespace");
	must(j, mount("none", "/tmp", "tmpfs", 0, NULL) == -1 &&
	    umount2("/proc", MNT_DETACH) == -1, "could change mounts");
	must(j, (socket(AF_INET, SOCK_STREAM, 0) == -1) ==
	    (j->skill->network == PLAN_NET_NONE), "network sockets are not as "
	    "the skill has them");
	must(j, socket(AF_NETLINK, SOCK_RAW, 0) == -1 &&
	    socket(AF_INET, SOCK_RAW, 1) == -1 &&
	    socket(AF_PACKET, SOCK_RAW, 0) == -1 &&
	    socket(AF_VSOCK, SOCK_STREAM, 0) == -1,
	    "has sockets that no run may have");
	must(j, getppid() == 1 && kill(1, 0) == 0, "sees no init");
}

static int
can_open(const char *path, int flags)
{
	int fd;

	if ((fd = open(path, flags | O_CLOEXEC, 0600)) == -1)
		return (0);
	(void)close(fd);
	return (1);
}

/*
 * By calls that make nothing, even if nobody watches: no link gets a name
 * with a slash at its end (ENOENT).  A name of several parts is only tried
 * where what it begins with is there.
 */
static void
probe_names(const struct jail *j)
{
	const struct xskill *s = j->skill;
	char path[2 * PLAN_MAXPATH];
	size_t i, k;

	if (!warden_wanted(&s->write, &s->protect))
		return;
	must(j, can_open("/tmp/clawbot-watched", O_WRONLY | O_CREAT),
	    "protected names: init does not serve the calls of a run (is "
	    "kernel.yama.ptrace_scope above 1?)");
	for (i = 0; i < s->write.n; i++)
		for (k = 0; k < s->protect.n; k++) {
			if (strchr(s->protect.v[k], '*') != NULL)
				continue;
			(void)snprintf(path, sizeof(path), "%s/%s/",
			    s->write.v[i], s->protect.v[k]);
			must(j, symlink("clawbot-probe", path) == -1 &&
			    (errno == EROFS || errno == EEXIST ||
			    errno == ENOTDIR || errno == EACCES ||
			    (errno == ENOENT && strchr(s->protect.v[k],
			    '/') != NULL)), "protected names are not");
		}
}

static void
probe_files(const struct jail *j)
{
	must(j, !can_open("/v", O_RDONLY) && !can_open(CB_LOGDIR, O_RDONLY) &&
	    !can_open(CB_VAULTDIR, O_RDONLY) &&
	    !can_open(CB_RUNDIR, O_RDONLY), "sees files of the host");
	must(j, !can_open("/clawbot-probe", O_WRONLY | O_CREAT) &&
	    !can_open("/usr/clawbot-probe", O_WRONLY | O_CREAT) &&
	    !can_open("/etc/clawbot-probe", O_WRONLY | O_CREAT) &&
	    !can_open("/dev/clawbot-probe", O_WRONLY | O_CREAT),
	    "can write to the system");
	must(j, can_open("/tmp/clawbot-probe", O_WRONLY | O_CREAT) &&
	    can_open("/dev/shm/clawbot-probe", O_WRONLY | O_CREAT) &&
	    can_open("/dev/null", O_RDWR) && can_open("/dev/ptmx", O_RDWR),
	    "has no /tmp, /dev/shm, /dev/null or /dev/ptmx");
	must(j, can_open("/usr/bin", O_RDONLY) &&
	    can_open("/etc/passwd", O_RDONLY) &&
	    can_open("/proc/self/stat", O_RDONLY) &&
	    !can_open("/proc/sysrq-trigger", O_WRONLY),
	    "/usr, /etc or /proc are not as they should be");
}

void
jail_probe(const struct jail *j)
{
	probe_privileges(j);
	probe_kernel(j);
	probe_names(j);
	probe_files(j);
	_exit(0);
}
