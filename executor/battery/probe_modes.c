/* SPDX-License-Identifier: ISC */
/*
 * Attempts: files whose mode or whose capabilities count on the host, where
 * the mounts of the sandbox are not.  They are made in the run's /tmp, and
 * what does not know where a file is answers the same in a grant.
 */
#include "config.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <linux/capability.h>
#include <linux/xattr.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "executor/battery/probe.h"
#include "executor/box/box.h"

#define FOREIGN_BITS	(S_ISUID | S_ISGID)
/* Numbers that the oldest headers do not have; the same everywhere. */
#define CALL_FCHMODAT2	452
#define CALL_SETXATTRAT	463
#define LEAVE_WHITEOUT	(1U << 2)	/* of renameat2(2) */

static const char file[] = "/tmp/clawbot-probe-mode";
static const char other[] = "/tmp/clawbot-probe-mode2";
static const mode_t modes[] = { 04755, 02755, 06777, S_ISUID, S_ISGID };

static const struct refuser by_setfcap[] = {
	{ EPERM, "capabilities", "it takes CAP_SETFCAP" },
	{ EOPNOTSUPP, "kernel", "the file system has no attributes" },
	{ ENOSYS, "kernel", "there is no such call" },
	{ 0, NULL, NULL },
};

/* A new file of mode 0600; it is there to be changed. */
static int
plain_file(void)
{
	int fd;

	(void)unlink(file);
	fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1) {
		probe_passing();
		probe_untried();
	}
	return (fd);
}

/* Does it count now?  Whatever it is, it goes. */
static int
counts(const char *path)
{
	struct stat st;
	int r;

	r = lstat(path, &st) == 0 && ((st.st_mode & FOREIGN_BITS) != 0 ||
	    S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode));
	if (unlink(path) == -1)
		(void)rmdir(path);
	return (r);
}

/* What a call returned that changed, or made, the file. */
static void
after(struct trial *t, long r)
{
	try_returned(t, r);
	try_effect(t, counts(file));
}

static void
change_mode(struct trial *t)
{
	size_t i;
	int fd;

	for (i = 0; i < NELEM(modes); i++) {
		fd = plain_file();
		after(t, fchmod(fd, modes[i]));
		(void)close(fd);
#ifdef SYS_chmod
		(void)close(plain_file());
		after(t, syscall(SYS_chmod, file, modes[i]));
#endif
		(void)close(plain_file());
		after(t, syscall(SYS_fchmodat, AT_FDCWD, file, modes[i]));
	}
}

/* 6.6; before that there is none that could be reached. */
static void
change_mode_at(struct trial *t)
{
	size_t i;

	for (i = 0; i < NELEM(modes); i++) {
		(void)close(plain_file());
		after(t, syscall(CALL_FCHMODAT2, AT_FDCWD, file, modes[i], 0));
	}
}

/* What an open(2) returned that made the file, or one without a name. */
static void
opened(struct trial *t, long r)
{
	struct stat st;
	int effect;

	try_returned(t, r);
	effect = r != -1 && fstat((int)r, &st) == 0 &&
	    (st.st_mode & FOREIGN_BITS) != 0;
	if (r != -1)
		(void)close((int)r);
	(void)unlink(file);
	try_effect(t, effect);
}

static void
new_file(struct trial *t)
{
	static const int flags[] = { O_WRONLY | O_CREAT | O_EXCL,
	    O_RDWR | O_CREAT | O_TRUNC, O_RDONLY | O_CREAT };
	size_t i, k;

	for (i = 0; i < NELEM(modes); i++) {
		for (k = 0; k < NELEM(flags); k++) {
			opened(t, syscall(SYS_openat, AT_FDCWD, file,
			    flags[k], modes[i]));
#ifdef SYS_open
			opened(t, syscall(SYS_open, file, flags[k],
			    modes[i]));
#endif
		}
#ifdef SYS_creat
		opened(t, syscall(SYS_creat, file, modes[i]));
#endif
		opened(t, syscall(SYS_openat, AT_FDCWD, "/tmp",
		    O_RDWR | O_TMPFILE, modes[i]));
	}
}

/* From these the kernel leaves the bits out. */
static void
new_directory(struct trial *t)
{
	size_t i;

	for (i = 0; i < NELEM(modes); i++) {
		(void)mkdirat(AT_FDCWD, file, modes[i]);
		try_state(t, !counts(file));
#ifdef SYS_mkdir
		(void)syscall(SYS_mkdir, file, modes[i]);
		try_state(t, !counts(file));
#endif
	}
}

static void
new_node(struct trial *t)
{
	static const mode_t types[] = { S_IFREG, S_IFIFO, S_IFSOCK };
	size_t i, k;

	for (i = 0; i < NELEM(modes); i++)
		for (k = 0; k < NELEM(types); k++) {
			after(t, syscall(SYS_mknodat, AT_FDCWD, file,
			    types[k] | modes[i], 0));
#ifdef SYS_mknod
			after(t, syscall(SYS_mknod, file,
			    types[k] | modes[i], 0));
#endif
		}
}

/* A device 0:0 for an overlay, by which one file hides another. */
static void
whiteout(struct trial *t)
{
	(void)close(plain_file());
	after(t, syscall(SYS_mknodat, AT_FDCWD, file, S_IFCHR, 0));
	(void)close(plain_file());
	after(t, syscall(SYS_renameat2, AT_FDCWD, file, AT_FDCWD, other,
	    LEAVE_WHITEOUT));
	(void)unlink(other);
}

/* What setxattrat(2) takes. */
struct attr_args {
	uint64_t	value;
	uint32_t	size;
	uint32_t	flags;
};

static void
attributed(struct trial *t, long r)
{
	int effect;

	try_returned(t, r);
	effect = getxattr(file, XATTR_NAME_CAPS, NULL, 0) > 0;
	(void)removexattr(file, XATTR_NAME_CAPS);
	try_effect(t, effect);
}

/* Of the host's root, and of that of a user namespace. */
static void
file_capability(struct trial *t)
{
	struct vfs_ns_cap_data caps;
	struct attr_args args;
	size_t size;
	int fd, rev;

	memset(&caps, 0, sizeof(caps));
	caps.data[0].permitted = UINT32_MAX;
	fd = plain_file();
	for (rev = 2; rev <= 3; rev++) {
		caps.magic_etc = VFS_CAP_FLAGS_EFFECTIVE | (rev == 2 ?
		    VFS_CAP_REVISION_2 : VFS_CAP_REVISION_3);
		size = rev == 2 ? XATTR_CAPS_SZ_2 : XATTR_CAPS_SZ_3;
		args.value = (uint64_t)(uintptr_t)&caps;
		args.size = (uint32_t)size;
		args.flags = 0;
		attributed(t, setxattr(file, XATTR_NAME_CAPS, &caps, size,
		    0));
		attributed(t, lsetxattr(file, XATTR_NAME_CAPS, &caps, size,
		    0));
		attributed(t, fsetxattr(fd, XATTR_NAME_CAPS, &caps, size, 0));
		attributed(t, syscall(CALL_SETXATTRAT, AT_FDCWD, file, 0,
		    XATTR_NAME_CAPS, &args, sizeof(args)));
	}
	(void)close(fd);
	(void)unlink(file);
}

#define MODE(what, fn)							\
	{ PL_MODES, what, fn, by_filter, 0 }

const struct attempt probe_modes[] = {
	MODE("setting the bits of another account's rights on a file",
	    change_mode),
	MODE("setting them with fchmodat2(2)", change_mode_at),
	MODE("opening a new file with these bits", new_file),
	{ PL_MODES, "making a directory with these bits", new_directory,
	    NULL, 0 },
	MODE("making a file, pipe or socket with mknod(2) and these bits",
	    new_node),
	MODE("leaving a whiteout", whiteout),
	{ PL_MODES, "giving a file capabilities", file_capability,
	    by_setfcap, 0 },
	{ PL_MODES, NULL, NULL, NULL, 0 },
};
