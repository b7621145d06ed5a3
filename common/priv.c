/* SPDX-License-Identifier: ISC */
/*
 * Giving up privileges.  The order matters: setresuid clears PDEATHSIG, the
 * bounding set cannot be dropped after it, a dynamic library cannot be
 * loaded after the chroot, and Landlock and seccomp would forbid the steps
 * before them.
 */
#include "config.h"

#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/hostlack.h"
#include "common/landlock.h"
#include "common/priv.h"
#include "common/rolefilter.h"

#ifndef SYS_close_range
#define SYS_close_range	436
#endif

/* What the executor keeps, inside its own user namespace only. */
static const cap_value_t executor_caps[] = {
	CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER,
	CAP_KILL, CAP_SETGID, CAP_SETPCAP, CAP_SETUID, CAP_SYS_ADMIN,
	CAP_SYS_CHROOT, CAP_NET_ADMIN,
};
#define NCAPS	((int)(sizeof(executor_caps) / sizeof(executor_caps[0])))

static int __attribute__((__format__ (printf, 3, 4)))
step(char *err, size_t len, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	(void)vsnprintf(err, len, fmt, ap);
	va_end(ap);
	n = strlen(err);
	if (saved != 0)
		(void)snprintf(err + n, len - n, ": %s", strerror(saved));
	return (-1);
}

/* The same for what a kernel may not have. */
static int
lacks(struct priv *p, char *err, size_t len, const char *what)
{
	p->status = hostlack_exit(errno);
	return (step(err, len, "%s", what));
}

static void
close_from_to(unsigned lo, unsigned hi)
{
	if (lo <= hi)
		(void)syscall(SYS_close_range, lo, hi, 0);
}

void
priv_closefrom(const int *keep, size_t n)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= 2);
	if (fd > 2)
		(void)close(fd);
	priv_closebut(keep, n);
}

void
priv_closebut(const int *keep, size_t n)
{
	unsigned next = 3, low;
	size_t i;

	for (;;) {
		/* the smallest one to keep that was not passed yet */
		low = ~0U;
		for (i = 0; i < n; i++)
			if ((unsigned)keep[i] >= next &&
			    (unsigned)keep[i] < low)
				low = (unsigned)keep[i];
		if (low == ~0U)
			break;
		if (low != 0)
			close_from_to(next, low - 1);
		next = low + 1;
	}
	close_from_to(next, ~0U);
}

int
priv_unshare(struct priv *p, char *err, size_t errlen)
{
	char hint[80];
	int error, net = p->landlock_tcp ? 0 : CLONE_NEWNET;

	if (unshare(net | CLONE_NEWIPC) == -1) {
		error = errno;
		p->status = hostlack_ns(error, net != 0 ? "net ipc" : "ipc",
		    hint, sizeof(hint));
		errno = error;
		return (step(err, errlen, "%sipc namespace%s%s",
		    net != 0 ? "network and " : "", net != 0 ? "s" : "",
		    hint));
	}
	return (0);
}

static int
drop_bounding(int keep_executor, char *err, size_t errlen)
{
	cap_value_t c;
	int i, keep;

	for (c = 0; cap_get_bound(c) >= 0; c++) {
		for (i = keep = 0; keep_executor && i < NCAPS; i++)
			keep |= executor_caps[i] == c;
		if (!keep && cap_drop_bound(c) == -1)
			return (step(err, errlen, "bounding set"));
	}
	return (0);
}

static int
set_ids(const struct priv *p, char *err, size_t errlen)
{
	if (setgroups(0, NULL) == -1)
		return (step(err, errlen, "setgroups"));
	if (setresgid(p->gid, p->gid, p->gid) == -1)
		return (step(err, errlen, "setresgid %u", (unsigned)p->gid));
	if (setresuid(p->uid, p->uid, p->uid) == -1)
		return (step(err, errlen, "setresuid %u", (unsigned)p->uid));
	return (0);
}

/* The ids are what they should be and there is no way back. */
static int
prove_ids(const struct priv *p, char *err, size_t errlen)
{
	uid_t r, e, s;
	gid_t gr, ge, gs;

	errno = 0;
	if (getresuid(&r, &e, &s) == -1 || getresgid(&gr, &ge, &gs) == -1 ||
	    r != p->uid || e != p->uid || s != p->uid ||
	    gr != p->gid || ge != p->gid || gs != p->gid ||
	    getgroups(0, NULL) != 0)
		return (step(err, errlen, "ids are not as set"));
	if (p->in_userns) {
		/* the magic numbers are wrong: EINVAL for who may, EPERM
		 * for who has no capability on the host */
		if (syscall(SYS_reboot, 0, 0, 0, NULL) != -1 ||
		    errno != EPERM) {
			errno = 0;
			return (step(err, errlen, "still privileged on the "
			    "host"));
		}
		return (0);
	}
	if (setresuid(0, 0, 0) != -1 || setuid(0) != -1 ||
	    setresgid(0, 0, 0) != -1 || setgroups(0, NULL) != -1) {
		errno = 0;
		return (step(err, errlen, "could become root again"));
	}
	return (0);
}

/* Every set as it has to be: empty, or the executor's. */
static int
set_caps(const struct priv *p, char *err, size_t errlen)
{
	cap_t want, got;
	int ok = 0;

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1)
		return (step(err, errlen, "ambient capabilities"));
	if ((want = cap_init()) == NULL)
		return (step(err, errlen, "cap_init"));
	if (p->in_userns &&
	    (cap_set_flag(want, CAP_PERMITTED, NCAPS, executor_caps,
	    CAP_SET) == -1 || cap_set_flag(want, CAP_EFFECTIVE, NCAPS,
	    executor_caps, CAP_SET) == -1)) {
		cap_free(want);
		return (step(err, errlen, "cap_set_flag"));
	}
	got = NULL;
	if (cap_set_proc(want) == 0 && (got = cap_get_proc()) != NULL)
		ok = cap_compare(want, got) == 0;
	if (got != NULL)
		cap_free(got);
	cap_free(want);
	return (ok ? 0 : step(err, errlen, "capability sets"));
}

int
priv_prove(const struct priv *p, char *err, size_t errlen)
{
	cap_value_t c;
	cap_t got;
	cap_flag_value_t v;
	int any = 0;

	errno = 0;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return (step(err, errlen, "no_new_privs is off"));
	if (p->in_userns)
		return (0);
	for (c = 0; cap_get_bound(c) >= 0; c++)
		any |= cap_get_bound(c);
	if ((got = cap_get_proc()) == NULL)
		return (step(err, errlen, "cap_get_proc"));
	for (c = 0; c <= CAP_LAST_CAP; c++) {
		if (cap_get_flag(got, c, CAP_PERMITTED, &v) == 0)
			any |= v == CAP_SET;
		if (cap_get_flag(got, c, CAP_INHERITABLE, &v) == 0)
			any |= v == CAP_SET;
	}
	cap_free(got);
	errno = 0;
	return (any ? step(err, errlen, "a capability is left") : 0);
}

/*
 * That holds while the supervisor is root.  Later it is another account, whose
 * death the kernel lets kill nobody; then a role ends when its socket does,
 * and spawners when the log has no reader.
 */
static int
die_with_parent(const struct priv *p, char *err, size_t errlen)
{
	struct pollfd pfd;

	if (p->role == ROLE_SUPERVISOR)
		return (0);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1)
		return (step(err, errlen, "PDEATHSIG"));
	errno = 0;
	if (p->parent != 0 && getppid() != p->parent)
		return (step(err, errlen, "the supervisor is gone"));
	/* in a pid namespace of its own it cannot see the parent's id */
	pfd.fd = ROLE_FD_IPC;
	pfd.events = 0;
	if (poll(&pfd, 1, 0) == 1 && (pfd.revents & (POLLHUP | POLLERR)))
		return (step(err, errlen, "the supervisor is gone"));
	return (0);
}

static int
set_limit(__rlimit_resource_t what, rlim_t v, const char *name, char *err,
    size_t errlen)
{
	struct rlimit rl;

	rl.rlim_cur = rl.rlim_max = v;
	if (setrlimit(what, &rl) == -1)
		return (step(err, errlen, "rlimit %s", name));
	return (0);
}

/*
 * With a limit of 0 the kernel still starts a handler that core_pattern pipes
 * to, and gives it the whole process; with 1 it starts none.
 */
int
priv_no_core(void)
{
	struct rlimit rl = { 1, 1 };

	if (setrlimit(RLIMIT_CORE, &rl) == 0)
		return (0);
	/* it was 0 when we came, and only root could raise it */
	rl.rlim_cur = rl.rlim_max = 0;
	return (setrlimit(RLIMIT_CORE, &rl));
}

static int
set_limits(const struct priv *p, char *err, size_t errlen)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return (step(err, errlen, "dumpable"));
	/* most never fork again */
	if (p->role != ROLE_EXECUTOR && set_limit(RLIMIT_NPROC,
	    (rlim_t)p->nproc, "nproc", err, errlen) == -1)
		return (-1);
	if (p->nofile != 0 && set_limit(RLIMIT_NOFILE, (rlim_t)p->nofile,
	    "nofile", err, errlen) == -1)
		return (-1);
	return (0);
}

int
priv_renounce(char *err, size_t errlen)
{
	struct priv p;

	memset(&p, 0, sizeof(p));
	if (drop_bounding(0, err, errlen) == -1 ||
	    set_caps(&p, err, errlen) == -1 ||
	    set_limit(RLIMIT_NPROC, 0, "nproc", err, errlen) == -1)
		return (-1);
	return (priv_prove(&p, err, errlen));
}

/* Beneath that, or on it; what is not there needs no rule. */
static int
allow_path(int rs, int abi, const char *path, uint64_t access)
{
	int fd, r;

	if ((fd = open(path, O_PATH | O_CLOEXEC)) == -1)
		return (errno == ENOENT ? 0 : -1);
	r = landlock_allow(rs, abi, fd, access);
	(void)close(fd);
	return (r);
}

static int
allow_paths(const struct priv *p, int rs, int abi)
{
	const char *const *path = p->landlock_write;

	if (p->landlock_fs != 0 &&
	    allow_path(rs, abi, "/", p->landlock_fs) == -1)
		return (-1);
	if (p->landlock_read != 0 && landlock_allow(rs, abi, p->landlock_read,
	    LL_FS_READ_FILE) == -1)
		return (-1);
	if (p->landlock_port != 0 && landlock_allow_port(rs, abi,
	    p->landlock_port) == -1)
		return (-1);
	for (; path != NULL && *path != NULL; path++)
		if (allow_path(rs, abi, *path, LL_FS_CHANGE) == -1)
			return (-1);
	return (0);
}

static int
enter_landlock(struct priv *p, char *err, size_t errlen)
{
	int abi, rs, r;

	if (p->role == ROLE_EXECUTOR)	/* could not mount any more */
		return (0);
	errno = 0;
	if ((abi = landlock_abi()) == 0) {
		if (p->accept_no_landlock)
			return (0);
		p->status = EXIT_HOST;
		return (step(err, errlen, "kernel feature landlock is "
		    "missing; every layer of files rests on it (boot with "
		    "landlock in lsm=, or accept it in "
		    "sandbox.acceptMissing)"));
	}
	if ((rs = landlock_ruleset(abi, p->landlock_tcp &&
	    p->landlock_port == 0)) == -1)
		return (lacks(p, err, errlen, "landlock ruleset"));
	r = allow_paths(p, rs, abi);
	if (r == 0)
		r = landlock_enter(rs, abi);
	(void)close(rs);
	if (r == -1)
		return (lacks(p, err, errlen, "landlock"));
	p->active |= PRIV_LANDLOCK;
	return (0);
}

int
priv_landlock_abi(void)
{
	return (landlock_abi());
}

int
priv_drop(struct priv *p, char *err, size_t errlen)
{
	p->active = 0;
	p->status = EXIT_NOPERM;
	(void)umask(077);
	if (priv_no_core() == -1)
		return (step(err, errlen, "rlimit core"));
	if (p->root != NULL &&
	    (chroot(p->root) == -1 || chdir("/") == -1))
		return (step(err, errlen, "chroot %s", p->root));
	if (drop_bounding(p->in_userns, err, errlen) == -1 ||
	    set_ids(p, err, errlen) == -1 ||
	    prove_ids(p, err, errlen) == -1 ||
	    set_caps(p, err, errlen) == -1 ||
	    die_with_parent(p, err, errlen) == -1 ||
	    set_limits(p, err, errlen) == -1)
		return (-1);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return (step(err, errlen, "no_new_privs"));
	if (priv_prove(p, err, errlen) == -1 ||
	    enter_landlock(p, err, errlen) == -1)
		return (-1);
	rolefilter_trap_handler();
	if (rolefilter_enter(p->role) == -1)
		return (lacks(p, err, errlen, "seccomp"));
	p->active |= PRIV_SECCOMP;
	return (0);
}
