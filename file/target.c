/* SPDX-License-Identifier: ISC */
/*
 * Where a file is to be written: the directory, held open, and the name in it
 * behind all links, so that a link stays one and what it leads to is written.
 */
#include "config.h"

#include <sys/xattr.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/xmalloc.h"
#include "file/file.h"

#define LINKS_MAX	40	/* as the kernel has it */

/* The directory of a path and the name in it. */
static int
open_parent(struct target *t, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir;

	if (slash == NULL || slash[1] == '\0' || strcmp(slash, "/.") == 0 ||
	    strcmp(slash, "/..") == 0) {
		errno = EISDIR;
		return (-1);
	}
	dir = xstrndup(path, (size_t)(slash + 1 - path));
	/* its own permission to list it is not needed */
	t->dir = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	free(dir);
	t->name = xstrdup(slash + 1);
	return (t->dir == -1 ? -1 : 0);
}

static void
forget(struct target *t)
{
	if (t->dir != -1)
		(void)close(t->dir);
	t->dir = -1;
	free(t->name);
	t->name = NULL;
}

/* Where the link leads to, as a path; NULL and errno. */
static char *
led_to(const struct target *t, const char *path)
{
	char to[PATH_MAX], *s;
	ssize_t n;

	n = readlinkat(t->dir, t->name, to, sizeof(to) - 1);
	if (n == -1)
		return (NULL);
	to[n] = '\0';
	if (to[0] == '/')
		return (xstrdup(to));
	(void)xasprintf(&s, "%.*s/%s", (int)(strrchr(path, '/') - path), path,
	    to);
	return (s);
}

/* One name: 1 and *next if it is a link, 0 if that is it, or -1 and errno. */
static int
one_step(struct target *t, const char *path, char **next)
{
	if (open_parent(t, path) == -1)
		return (-1);
	t->exists = fstatat(t->dir, t->name, &t->st, AT_SYMLINK_NOFOLLOW) == 0;
	if (!t->exists)
		return (errno == ENOENT ? 0 : -1);
	if (!S_ISLNK(t->st.st_mode))
		return (0);
	if ((*next = led_to(t, path)) == NULL)
		return (-1);
	forget(t);
	return (1);
}

/* What is there, if that may be looked at. */
static int
open_old(struct target *t)
{
	struct stat st;

	t->old = openat(t->dir, t->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);
	if (t->old == -1)
		return (errno == EACCES ? 0 : -1);
	if (fstat(t->old, &st) == -1)
		return (-1);
	if (st.st_dev == t->st.st_dev && st.st_ino == t->st.st_ino) {
		t->st = st;
		return (0);
	}
	errno = EAGAIN;		/* another one has taken its name */
	return (-1);
}

int
target_find(struct target *t, const char *path)
{
	char *at = xstrdup(path), *next = NULL;
	int i, r = 1;

	t->dir = t->old = -1;
	t->name = NULL;
	for (i = 0; i < LINKS_MAX && (r = one_step(t, at, &next)) == 1; i++) {
		free(at);
		at = next;
	}
	free(at);
	if (r == 1)
		errno = ELOOP;
	if (r != 0)
		return (-1);
	if (!t->exists)
		return (0);
	if (!S_ISREG(t->st.st_mode))
		return (-2);
	/* another file could take the name of one that we may not write */
	if (faccessat(t->dir, t->name, W_OK, AT_EACCESS) == -1)
		return (-1);
	return (open_old(t));
}

int
target_same(const struct target *t)
{
	struct stat st;

	if (fstatat(t->dir, t->name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return (!t->exists && errno == ENOENT);
	return (t->exists && st.st_dev == t->st.st_dev &&
	    st.st_ino == t->st.st_ino && st.st_size == t->st.st_size &&
	    st.st_mtim.tv_sec == t->st.st_mtim.tv_sec &&
	    st.st_mtim.tv_nsec == t->st.st_mtim.tv_nsec &&
	    st.st_ctim.tv_sec == t->st.st_ctim.tv_sec &&
	    st.st_ctim.tv_nsec == t->st.st_ctim.tv_nsec);
}

/* Access lists and the like; labels are given anew by the system. */
static int
has_attributes(int fd)
{
	char names[4096], *p;
	ssize_t n;

	if ((n = flistxattr(fd, names, sizeof(names))) == -1)
		return (errno != ENOTSUP && errno != ENOSYS);
	for (p = names; p < names + n; p += strlen(p) + 1)
		if (strcmp(p, "security.selinux") != 0)
			return (1);
	return (0);
}

int
target_replaceable(const struct target *t)
{
	if (!t->exists)
		return (1);
	return (t->old != -1 && t->st.st_nlink == 1 &&
	    t->st.st_uid == geteuid() && !has_attributes(t->old));
}
