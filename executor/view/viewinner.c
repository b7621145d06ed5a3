/* SPDX-License-Identifier: ISC */
/*
 * What a run finds that may ask for runs itself: clawbot(1), since it may be
 * installed where no run sees it, and the directory in which its channel's
 * socket appears, which is each run's own.
 */
#include "config.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/xmalloc.h"
#include "executor/mnt.h"
#include "executor/view/view.h"

static const char client[] = "clawbot";

/* Beside us, where nothing was installed; else where it was. */
void
inner_find(char *path, size_t len)
{
	char *slash;
	ssize_t n;

	n = readlink("/proc/self/exe", path, len - 1);
	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash != NULL && (size_t)(slash + 1 - path) + sizeof(client) <=
	    len) {
		memcpy(slash + 1, client, sizeof(client));
		if (access(path, X_OK) == 0)
			return;
	}
	(void)snprintf(path, len, "%s/%s", CB_BINDIR, client);
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
bind_client(int host, int root, const char *path)
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
	    make_place(root, &VIEW_CLIENT[1]) == -1) {
		(void)close(mnt);
		return (-1);
	}
	return (mnt_attach(mnt, root, &VIEW_CLIENT[1]));
}

char *
inner_fill(int host, int root, const char *path)
{
	char *why;

	if (view_mkdirs(root, &VIEW_INNER[1]) == 0 &&
	    mkdirat(root, &VIEW_INNER[1], 0755) == 0 &&
	    bind_client(host, root, path) == 0)
		return (NULL);
	(void)xasprintf(&why, "channel: %s: %s", path, strerror(errno));
	return (why);
}
