/* SPDX-License-Identifier: ISC */
/*
 * /etc of a skill's view once more, as the host's is by now: what was replaced
 * or came later.  A spawner does this, which is root of a user namespace alone,
 * in its own mount namespace: it makes a new one beside, and puts it over the
 * old one, for the runs that it starts from then on.
 *
 * What it is made of is the host's /etc, of which a spawner reads what
 * everybody may, by a descriptor that leads to nothing else.
 */
#include "config.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "executor/mnt.h"
#include "executor/view/view.h"

#define AGAIN_DIRS	64	/* mounts in an /etc, at most */

/* A directory of the host's that is mounted in the old one. */
struct again_dir {
	char	name[256];
	int	mnt;
};

struct again {
	struct again_dir	dir[AGAIN_DIRS];
	size_t			n;
};

static int covered;	/* ours is on top of that of the start */

static void
drop_dirs(struct again *a)
{
	while (a->n > 0)
		(void)close(a->dir[--a->n].mnt);
}

/* What is mounted at that name, if it is a directory and anything is. */
static int
take_dir(struct again *a, const char *name, dev_t dev)
{
	char path[300];
	struct stat st;
	int fd;

	(void)snprintf(path, sizeof(path), "/etc/%s", name);
	if ((fd = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC)) == -1)
		return (errno == ENOENT || errno == ENOTDIR ||
		    errno == ELOOP || errno == EACCES ? 0 : -1);
	if (fstat(fd, &st) == -1 || st.st_dev == dev) {
		(void)close(fd);
		return (0);
	}
	if (a->n == AGAIN_DIRS) {
		(void)close(fd);
		errno = E2BIG;
		return (-1);
	}
	(void)snprintf(a->dir[a->n].name, sizeof(a->dir[0].name), "%s", name);
	a->dir[a->n].mnt = mnt_clone(fd);
	(void)close(fd);
	if (a->dir[a->n].mnt == -1)
		return (-1);
	a->n++;
	return (0);
}

/* All of them: they go on being the host's own, whatever changes in there. */
static int
take_dirs(struct again *a)
{
	static const char *const deep[] = { "ssl/certs" };
	struct dirent *de;
	struct stat st;
	size_t i;
	int r = 0;
	DIR *d;

	if ((d = opendir("/etc")) == NULL)
		return (-1);
	if (fstat(dirfd(d), &st) == -1)
		r = -1;
	while (r == 0 && (de = readdir(d)) != NULL)
		if (de->d_name[0] != '.')
			r = take_dir(a, de->d_name, st.st_dev);
	(void)closedir(d);
	for (i = 0; r == 0 && i < NELEM(deep); i++)
		r = take_dir(a, deep[i], st.st_dev);
	return (r);
}

/* Places for these, in what becomes the new one. */
static int
make_places(const struct again *a, int etc)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (view_mkdirs(etc, a->dir[i].name) == -1 ||
		    (mkdirat(etc, a->dir[i].name, 0755) == -1 &&
		    errno != EEXIST))
			return (-1);
	return (0);
}

static int
put_dirs(struct again *a)
{
	char path[300];
	int r = 0;

	while (a->n > 0) {
		a->n--;
		(void)snprintf(path, sizeof(path), "/etc/%s",
		    a->dir[a->n].name);
		if (mnt_attach(a->dir[a->n].mnt, AT_FDCWD, path) == -1)
			r = -1;
	}
	return (r);
}

/* With all files, and directories that came later as copies. */
static int
fill(int etc, int source, const struct again *a, const struct xconf *one)
{
	const struct xskill *s = &one->skills[0];
	struct strv found;
	char err[256], *why = NULL;
	int root, r;

	if (make_places(a, etc) == -1 ||
	    etc_fill(source, etc, one, s->network, s->home, err,
	    sizeof(err)) == -1)
		return (-1);
	if ((root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1)
		return (-1);
	etc_find(root, &found);
	(void)close(root);
	r = etc_copy_found(source, etc, &found);
	strv_free(&found);
	if (r == 0 && s->network == PLAN_NET_HOST)
		why = etc_names(source, etc);
	free(why);
	return (r == -1 || why != NULL ? -1 : 0);
}

/* Has it a grant in there?  That one would be covered. */
static int
has_grant(const struct strv *grants)
{
	size_t i;

	for (i = 0; i < grants->n; i++)
		if (strncmp(grants->v[i], "/etc/", 5) == 0)
			return (1);
	return (0);
}

/* In place of the old one; from here on there is no way back. */
static int
swap(struct again *a, int etc)
{
	if (mnt_attr(etc, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
	    MOUNT_ATTR_NODEV) == -1) {
		(void)close(etc);
		return (-1);
	}
	if (covered && umount2("/etc", MNT_DETACH) == -1) {
		(void)close(etc);
		return (-1);
	}
	covered = 1;
	if (mnt_attach(etc, AT_FDCWD, "/etc") == -1)
		return (-2);
	return (put_dirs(a) == -1 ? -2 : 0);
}

int
etc_stays(const struct xconf *one)
{
	return (has_grant(&one->skills[0].read) ||
	    has_grant(&one->skills[0].write));
}

int
etc_prepare(int source, const struct xconf *one)
{
	static const char *const opts[] = { "mode", "0755", "size", "32m",
	    NULL };
	struct again a = { .n = 0 };
	mode_t old;
	int etc, r;

	if (take_dirs(&a) == -1 || (etc = mnt_new("tmpfs", opts,
	    MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)) == -1) {
		drop_dirs(&a);
		return (-1);
	}
	old = umask(022);
	r = fill(etc, source, &a, one);
	(void)umask(old);
	drop_dirs(&a);
	if (r == 0)
		return (etc);
	(void)close(etc);
	return (-1);
}

int
etc_replace(int etc)
{
	struct again a = { .n = 0 };
	int r = -1;

	if (take_dirs(&a) == -1)
		(void)close(etc);
	else
		r = swap(&a, etc);
	drop_dirs(&a);
	return (r);
}
