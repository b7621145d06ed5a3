/* SPDX-License-Identifier: ISC */
/*
 * The last privileges of a sandbox, in the order in which they can be given
 * up: user namespace, bounding set, groups, securebits, account,
 * capabilities, Landlock, seccomp.  no_new_privs is on since the executor's
 * own drop; everything is looked at again afterwards.
 */
#include "config.h"

#include <sys/capability.h>
#include <sys/prctl.h>

#include <linux/securebits.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "common/landlock.h"
#include "executor/battery/probe.h"
#include "executor/box/box.h"
#include "executor/box/filter.h"
#include "executor/env.h"
#include "executor/hook.h"
#include "executor/idns.h"
#include "executor/view/view.h"
#include "executor/watch/watch.h"

#define ALL_BITS	(SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | \
		    SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED | \
		    SECBIT_NO_CAP_AMBIENT_RAISE | \
		    SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED)

#define RO	(LL_FS_EXECUTE | LL_FS_READ_FILE | LL_FS_READ_DIR)
#define RW	(RO | LL_FS_WRITE_FILE | LL_FS_TRUNCATE | LL_FS_REFER | \
		    LL_FS_REMOVE_DIR | LL_FS_REMOVE_FILE | LL_FS_MAKE_DIR | \
		    LL_FS_MAKE_REG | LL_FS_MAKE_SOCK | LL_FS_MAKE_FIFO | \
		    LL_FS_MAKE_SYM)

/*
 * What is to be done with our own capabilities is done by now.  In there it
 * has them all once more, and the bounding set, until they are dropped.
 */
static void
enter_idns(const struct box *bx)
{
	unsigned long cap;

	if (bx->idns == -1)
		return;
	if (!hook_without("accounts") && idns_enter(bx->idns) == -1)
		box_fail(bx, CBE_INTERNAL, "user namespace of account %u",
		    bx->profile->uid);
	if (hook_without("capabilities"))
		return;
	for (cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0; cap++)
		;
	if (errno != EINVAL)	/* there is no such capability */
		box_fail(bx, CBE_INTERNAL, "bounding set");
}

static void
drop_ids(const struct box *bx)
{
	uid_t uid = bx->profile->uid, r, e, s;
	gid_t gid = bx->profile->gid, gr, ge, gs;

	if (setgroups(0, NULL) == -1)
		box_fail(bx, CBE_INTERNAL, "setgroups");
	if (hook_without("capabilities"))
		(void)prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
	else if (prctl(PR_SET_SECUREBITS, ALL_BITS, 0, 0, 0) == -1)
		box_fail(bx, CBE_INTERNAL, "securebits");
	if (setresgid(gid, gid, gid) == -1 || setresuid(uid, uid, uid) == -1)
		box_fail(bx, CBE_INTERNAL, "account %u:%u", uid, gid);
	errno = 0;
	if (uid == 0 || getresuid(&r, &e, &s) == -1 ||
	    getresgid(&gr, &ge, &gs) == -1 || r != uid || e != uid ||
	    s != uid || gr != gid || ge != gid || gs != gid ||
	    getgroups(0, NULL) != 0)
		box_fail(bx, CBE_INTERNAL, "ids are not as set");
}

static void
drop_caps(const struct box *bx)
{
	/* cap_set_proc() and cap_get_proc() ask for the version each time */
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];
	struct __user_cap_data_struct got[_LINUX_CAPABILITY_U32S_3];
	int ok;

	memset(none, 0, sizeof(none));
	memset(got, 0xff, sizeof(got));
	ok = capset(&h, none) == 0 && capget(&h, got) == 0 &&
	    memcmp(none, got, sizeof(got)) == 0;
	errno = 0;
	if (!ok)
		box_fail(bx, CBE_INTERNAL, "capability sets are not empty");
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		box_fail(bx, CBE_INTERNAL, "no_new_privs is off");
}

/*
 * What is open stays so until command and init close all that they do not
 * need, each with a few calls.
 */
static void
allow(const struct box *bx, int rs, const char *path, uint64_t access)
{
	int fd;

	fd = open(path, O_PATH | O_CLOEXEC);
	/* where we cannot get to, the account cannot either */
	if (fd == -1 && errno == EACCES)
		return;
	if (fd == -1 ||
	    landlock_allow(rs, bx->layers->landlock, fd, access) == -1)
		box_fail(bx, CBE_INTERNAL, "landlock rule for %s", path);
}

/*
 * What is mounted read-only already is read-only here too: two fences.  The
 * rules are put on what is visible in the end.  -1: accepted to be missing.
 */
static int
make_rules(const struct box *bx)
{
	const struct xskill *s = bx->skill;
	size_t i;
	int rs;

	if (bx->layers->landlock == 0)
		return (-1);
	if ((rs = landlock_ruleset(bx->layers->landlock,
	    bx->skill->network != PLAN_NET_NONE)) == -1)
		box_fail(bx, CBE_INTERNAL, "landlock ruleset");
	/*
	 * In /proc there is nothing to write to: a process could set its own
	 * score below that of others when memory is short, and what its core
	 * holds, and write the memory of others of the run.
	 */
	allow(bx, rs, "/", RO);
	allow(bx, rs, "/tmp", RW);
	allow(bx, rs, "/dev", RO | LL_FS_WRITE_FILE | LL_FS_TRUNCATE |
	    LL_FS_IOCTL_DEV);
	allow(bx, rs, "/dev/shm", RW);
	for (i = 0; i < s->write.n; i++)
		allow(bx, rs, s->write.v[i], RW);
	for (i = 0; i < s->sockets.n; i++)
		allow(bx, rs, s->sockets.v[i], LL_FS_RESOLVE_UNIX);
	/* its socket comes there later */
	if (s->inner_channel[0] != '\0')
		allow(bx, rs, VIEW_INNER, LL_FS_RESOLVE_UNIX);
	box_copies_allow(bx, rs);
	return (rs);
}

/* Ends with the runner; setresuid has undone what was set before. */
static void
die_with_runner(const struct box *bx)
{
	struct pollfd p;

	if (prctl(PR_SET_DUMPABLE, hook_without("dumpable"), 0, 0, 0) == -1 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1)
		box_fail(bx, CBE_INTERNAL, "PDEATHSIG");
	p.fd = bx->sock;
	p.events = 0;
	if (poll(&p, 1, 0) == 1 && (p.revents & (POLLHUP | POLLERR)))
		_exit(0);
}

void
box_drop(const struct box *bx)
{
	int rs = hook_without("landlock") ? -1 : make_rules(bx);

	enter_idns(bx);
	if (!hook_without("account"))
		drop_ids(bx);
	if (!hook_without("capabilities"))
		drop_caps(bx);
	die_with_runner(bx);
	if (rlimits_io(bx->skill->limits.io_class) == -1)
		box_fail(bx, CBE_INTERNAL, "ioprio_set");
	if (bx->profile->probe)
		probe_control(bx);
	if (rs != -1 && landlock_enter(rs, bx->layers->landlock) == -1)
		box_fail(bx, CBE_INTERNAL, "landlock");
	if (!hook_without("seccomp") && filter_enter() == -1)
		box_fail(bx, CBE_INTERNAL, "seccomp");
}
