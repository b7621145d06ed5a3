/* SPDX-License-Identifier: ISC */
/*
 * Who owns what was made for a view.  Programs look at the owners of files
 * and of the directories above them; the host's root, who made it all, is
 * nobody inside.
 */
#include "config.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "executor/view/view.h"

#define OWN_DEPTH	24	/* of copies, and of the view above them */

struct own {
	dev_t	 dev;
	uid_t	 uid;
	gid_t	 gid;
};

static int own_dir(const struct own *, int, int);

static int
own_entry(const struct own *o, int dir, const char *name, int depth)
{
	struct stat st;
	int fd;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) ==
	    -1)
		return (-1);
	/*
	 * What is mounted here is the host's own; and the owner of what nobody
	 * may open is not to be somebody who has capabilities over it.
	 */
	if (st.st_dev != o->dev || (st.st_mode & 0777) == 0)
		return (0);
	if (fchownat(dir, name, o->uid, o->gid, AT_SYMLINK_NOFOLLOW) == -1)
		return (-1);
	if (!S_ISDIR(st.st_mode))
		return (0);
	if (depth == OWN_DEPTH) {
		errno = ELOOP;
		return (-1);
	}
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
	return (fd == -1 ? -1 : own_dir(o, fd, depth + 1));
}

/* Takes fd over. */
static int
own_dir(const struct own *o, int fd, int depth)
{
	struct dirent *de;
	int r = 0;
	DIR *d;

	if ((d = fdopendir(fd)) == NULL) {
		(void)close(fd);
		return (-1);
	}
	while (r == 0 && (de = readdir(d)) != NULL)
		if (strcmp(de->d_name, ".") != 0 &&
		    strcmp(de->d_name, "..") != 0)
			r = own_entry(o, dirfd(d), de->d_name, depth);
	(void)closedir(d);
	return (r);
}

int
view_own(int dir, uid_t uid, gid_t gid)
{
	struct own o = { 0, uid, gid };
	struct stat st;
	int fd;

	if ((fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return (-1);
	if (fstat(fd, &st) == -1 || fchown(fd, uid, gid) == -1) {
		(void)close(fd);
		return (-1);
	}
	o.dev = st.st_dev;
	return (own_dir(&o, fd, 0));
}
