/* SPDX-License-Identifier: ISC */
/* The immutable attribute of files; see immutable.h. */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/stat.h>

#include <linux/fs.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "common/immutable.h"

/* A file system that does not know the call says so in several ways. */
static int
error_of(int error)
{
	return (error == ENOTTY || error == ENOSYS || error == EINVAL ?
	    EOPNOTSUPP : error);
}

static int
shows(int fd)
{
	struct statx x;

	return (statx(fd, "", AT_EMPTY_PATH, 0, &x) == 0 &&
	    (x.stx_attributes & STATX_ATTR_IMMUTABLE) != 0);
}

int
immutable_set(int fd, int on)
{
	/* the kernel takes an int, whatever the macros say */
	int flags = 0, want, error;

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) == -1) {
		error = error_of(errno);
		return (!on && error == EOPNOTSUPP ? 0 : error);
	}
	want = on ? flags | FS_IMMUTABLE_FL : flags & ~FS_IMMUTABLE_FL;
	if (want != flags && ioctl(fd, FS_IOC_SETFLAGS, &want) == -1)
		return (error_of(errno));
	if (!on || shows(fd))
		return (0);
	/* what nobody sees nobody would lift */
	return (want != flags && ioctl(fd, FS_IOC_SETFLAGS, &flags) == -1 ?
	    error_of(errno) : EOPNOTSUPP);
}

int
immutable_has(int dirfd, const char *name)
{
	struct statx x;

	return (statx(dirfd, name, AT_SYMLINK_NOFOLLOW, 0, &x) == 0 &&
	    (x.stx_attributes & STATX_ATTR_IMMUTABLE) != 0);
}

const char *
immutable_letters(int dirfd, const char *name)
{
	struct statx x;

	if (statx(dirfd, name, AT_SYMLINK_NOFOLLOW, 0, &x) == -1)
		return (NULL);
	switch (x.stx_attributes & (STATX_ATTR_IMMUTABLE |
	    STATX_ATTR_APPEND)) {
	case 0:
		return (NULL);
	case STATX_ATTR_IMMUTABLE:
		return ("i");
	case STATX_ATTR_APPEND:
		return ("a");
	default:
		return ("ia");
	}
}

const char *
immutable_why(int error)
{
	switch (error) {
	case EOPNOTSUPP:
		return ("the file system has no such attribute");
	case EMLINK:
		return ("a file has a second name (a hard link)");
	case EINVAL:
		return ("a file is not one of the auditor's account");
	case EPERM:
		return ("bring-up has no CAP_LINUX_IMMUTABLE");
	case EROFS:
		return ("the file system is read-only");
	default:
		return (strerror(error));
	}
}
