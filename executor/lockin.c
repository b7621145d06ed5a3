/* SPDX-License-Identifier: ISC */
/*
 * The executor's last privileges.  Until here it was root of a namespace and
 * could become every account that runs use; afterwards it is an account
 * without files, and passes descriptors and words between those who were
 * told before what they may do.  So nothing that dies after this can be
 * started anew: the daemon ends instead.  A process that stayed to do that
 * would keep for one crash all that is given up here.
 */
#include "config.h"

#include <sys/mount.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/hostlack.h"
#include "common/landlock.h"
#include "common/priv.h"
#include "common/rolefilter.h"
#include "executor/hook.h"
#include "executor/lockin.h"
#include "executor/mnt.h"

static int
fail(char *err, size_t errlen, const char *what)
{
	int saved = errno;

	(void)snprintf(err, errlen, "%s: %s", what, strerror(saved));
	return (hostlack_exit(saved));
}

int
lockin_mounts(void)
{
	return (unshare(CLONE_NEWNS));
}

/* In place of the view, of which the spawners have their parts. */
static int
empty_root(void)
{
	static const char *const opts[] = { "mode", "0555", "size", "4k",
	    NULL };
	int mnt;

	if ((mnt = mnt_new("tmpfs", opts,
	    MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
	    MOUNT_ATTR_NOEXEC)) == -1 ||
	    mnt_attach(mnt, AT_FDCWD, "/v") == -1 || chdir("/v") == -1)
		return (-1);
	return (mnt_pivot());
}

static int
enter_landlock(const struct executor *x)
{
	int rs, r, abi = x->layers.landlock;

	if (abi == 0)		/* accepted */
		return (0);
	if ((rs = landlock_ruleset(abi, 0)) == -1)
		return (-1);
	r = landlock_enter(rs, abi);
	(void)close(rs);
	return (r);
}

int
lockin(const struct executor *x, char *err, size_t errlen)
{
	if (hook_without("lockin"))
		return (0);
	if (empty_root() == -1)
		return (fail(err, errlen, "empty root of the executor"));
	if (priv_renounce(err, errlen) == -1)
		return (EXIT_NOPERM);
	if (enter_landlock(x) == -1)
		return (fail(err, errlen, "landlock"));
	if (rolefilter_confine(CONFINED_EXECUTOR) == -1)
		return (fail(err, errlen, "seccomp"));
	return (0);
}
