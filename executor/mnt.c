/* SPDX-License-Identifier: ISC */
/* Mounts by descriptor. */
#include "config.h"

#include <sys/mount.h>
#include <sys/syscall.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "executor/mnt.h"

#define OPEN_TRIES	8

static const char *failed = "";

const char *
mnt_failed(void)
{
	return (failed);
}

/* Remembers what failed. */
static int
check(int r, const char *name)
{
	if (r == -1)
		failed = name;
	return (r);
}

int
mnt_open(int dirfd, const char *path, int flags, uint64_t resolve)
{
	struct open_how how;
	int i, fd;

	memset(&how, 0, sizeof(how));
	how.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC);
	how.resolve = resolve | RESOLVE_NO_MAGICLINKS;
	/* EAGAIN: something was renamed while ".." was looked up */
	for (i = 0; i < OPEN_TRIES; i++) {
		fd = (int)syscall(SYS_openat2, dirfd, path, &how,
		    sizeof(how));
		if (fd != -1 || errno != EAGAIN)
			break;
	}
	return (check(fd, "openat2"));
}

static void
close_keep_errno(int fd)
{
	int saved = errno;

	(void)close(fd);
	errno = saved;
}

int
mnt_new(const char *type, const char *const *opts, unsigned attrs)
{
	int fs, fd = -1;

	if ((fs = check(fsopen(type, FSOPEN_CLOEXEC), "fsopen")) == -1)
		return (-1);
	for (; opts[0] != NULL; opts += 2)
		if (check(fsconfig(fs, FSCONFIG_SET_STRING, opts[0], opts[1],
		    0), "fsconfig") == -1)
			goto out;
	if (check(fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0),
	    "fsconfig") == 0)
		fd = check(fsmount(fs, FSMOUNT_CLOEXEC, attrs), "fsmount");
out:
	close_keep_errno(fs);
	return (fd);
}

int
mnt_clone(int fd)
{
	return (check(open_tree(fd, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
	    AT_RECURSIVE | AT_EMPTY_PATH), "open_tree"));
}

int
mnt_attr(int fd, uint64_t attrs)
{
	struct mount_attr ma;

	memset(&ma, 0, sizeof(ma));
	ma.attr_set = attrs;
	return (check(mount_setattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &ma,
	    sizeof(ma)), "mount_setattr"));
}

int
mnt_attach(int mnt, int dirfd, const char *path)
{
	int r;

	r = check(move_mount(mnt, "", dirfd, path, MOVE_MOUNT_F_EMPTY_PATH),
	    "move_mount");
	close_keep_errno(mnt);
	return (r);
}

int
mnt_attach_fd(int mnt, int target)
{
	int r;

	r = check(move_mount(mnt, "", target, "", MOVE_MOUNT_F_EMPTY_PATH |
	    MOVE_MOUNT_T_EMPTY_PATH), "move_mount");
	close_keep_errno(mnt);
	return (r);
}

int
mnt_pivot(void)
{
	/* the old root ends up on top of the new one, and goes */
	if (syscall(SYS_pivot_root, ".", ".") == -1 ||
	    umount2(".", MNT_DETACH) == -1)
		return (-1);
	return (chdir("/"));
}
