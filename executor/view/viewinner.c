/* SPDX-License-Identifier: ISC */
/*
 * Programs of clawbot's that runs find, since they may be installed where no
 * run sees them: clawbot-file in every view; and for a run that may ask for
 * runs itself clawbot(1), and the directory in which its channel's socket
 * appears, which is each run's own.
 */
#include "config.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/fileop.h"
#include "common/xmalloc.h"
#include "executor/mnt.h"
#include "executor/view/view.h"

/* A program beside us, where nothing was installed; else where it was. */
static void
find_beside(char *path, size_t len, const char *dir, const char *name)
{
	const size_t size = strlen(name) + 1;
	char *slash;
	ssize_t n;

	n = readlink("/proc/self/exe", path, len - 1);
	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash != NULL && (size_t)(slash + 1 - path) + size <= len) {
		memcpy(slash + 1, name, size);
		if (access(path, X_OK) == 0)
			return;
	}
	(void)snprintf(path, len, "%s/%s", dir, name);
}

void
inner_find(char *path, size_t len)
{
	find_beside(path, len, CB_BINDIR, "clawbot");
}

void
inner_find_file(char *path, size_t len)
{
	find_beside(path, len, CB_LIBEXECDIR, FILEOP_NAME);
}

/* A file to mount on, and the directories above it. */
static int
make_place(int root, const char *path)
{
	int fd;

	if (view_mkdirs(root, path) == -1)
		return (-1);
	fd = openat(root, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0644);
	if (fd == -1)
		return (-1);
	return (close(fd));
}

static int
bind_program(int host, int root, const char *path, const char *to)
{
	int fd, mnt;

	if ((fd = mnt_open(host, path + 1, O_PATH, MNT_BENEATH)) == -1)
		return (-1);
	mnt = mnt_clone(fd);
	(void)close(fd);
	if (mnt == -1)
		return (-1);
	if (mnt_attr(mnt, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
	    MOUNT_ATTR_NODEV) == -1 ||
	    make_place(root, to + 1) == -1) {
		(void)close(mnt);
		return (-1);
	}
	return (mnt_attach(mnt, root, to + 1));
}

int
inner_fill_file(int host, int root, const char *path)
{
	return (bind_program(host, root, path, FILEOP_PATH) == -1 &&
	    errno != ENOENT ? -1 : 0);
}

char *
inner_fill(int host, int root, const char *path)
{
	char *why;

	if (view_mkdirs(root, &VIEW_INNER[1]) == 0 &&
	    mkdirat(root, &VIEW_INNER[1], 0755) == 0 &&
	    bind_program(host, root, path, VIEW_CLIENT) == 0)
		return (NULL);
	(void)xasprintf(&why, "channel: %s: %s", path, strerror(errno));
	return (why);
}
