/* SPDX-License-Identifier: ISC */
/*
 * Grants: files and directories of the host that a skill's runs see at their
 * own place.  A grant is opened without following any link, so it is what
 * its name says, or the skill is not used at all.
 */
#include "config.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/fileop.h"
#include "common/within.h"
#include "common/xmalloc.h"
#include "executor/mnt.h"
#include "executor/view/view.h"

#define GRANTS_MAX	256	/* of a kind; as in plans */
#define NAME_ANOTHER	"name another one"

enum grant_kind { GRANT_READ, GRANT_WRITE, GRANT_SOCKET };

struct grant {
	const char	*path;
	enum grant_kind	 kind;
};

/*
 * What a grant may neither be, hold, nor lie in: clawbot itself and what the
 * sandbox puts there.  The supervisor has refused these before.
 */
static int
kept(const char *path)
{
	static const char conf[] = CB_SYSCONFDIR "/clawbot.conf";
	static const char *const keep[] = { CB_RUNDIR, CB_LOGDIR, CB_VAULTDIR,
	    CB_EMPTYDIR, conf, "/proc", "/sys", "/dev", "/run/secrets",
	    FILEOP_DIR };
	static const char *const whole[] = { "/", "/etc", "/usr", "/tmp",
	    "/run" };
	size_t i;

	for (i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
		if (within_dir(path, keep[i]) || within_dir(keep[i], path))
			return (1);
	for (i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		if (strcmp(path, whole[i]) == 0)
			return (1);
	return (0);
}

/* Every directory of path but the last name, below dir. */
int
view_mkdirs(int dir, const char *path)
{
	char part[PLAN_MAXPATH];
	const char *p;

	for (p = strchr(path, '/'); p != NULL; p = strchr(p + 1, '/')) {
		if ((size_t)(p - path) >= sizeof(part)) {
			errno = ENAMETOOLONG;
			return (-1);
		}
		memcpy(part, path, (size_t)(p - path));
		part[p - path] = '\0';
		if (mkdirat(dir, part, 0755) == -1 && errno != EEXIST)
			return (-1);
	}
	return (0);
}

/* An empty thing of the same kind to mount on, made where there is none. */
static int
make_target(int root, int etc, const char *path, int isdir)
{
	int fd;

	/* the copy of /etc in the root is read-only, the original is not */
	if (strncmp(path, "etc/", 4) == 0) {
		root = etc;
		path += 4;
	}
	fd = mnt_open(root, path, O_PATH, MNT_BENEATH);
	if (fd == -1 && errno == ENOENT) {
		if (view_mkdirs(root, path) == -1)
			return (-1);
		if (isdir)
			return (mkdirat(root, path, 0755));
		fd = openat(root, path, O_WRONLY | O_CREAT | O_EXCL |
		    O_CLOEXEC, 0644);
	}
	if (fd == -1)
		return (-1);
	(void)close(fd);
	return (0);
}

static int
is_of_kind(const struct grant *g, mode_t mode)
{
	return (g->kind == GRANT_SOCKET ? S_ISSOCK(mode) :
	    S_ISDIR(mode) || S_ISREG(mode));
}

/* A detached copy of what is granted; *isdir says what it is. */
static int
clone_grant(int host, const struct grant *g, int *isdir)
{
	struct stat st;
	uint64_t attrs = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
	int fd, mnt;

	if ((fd = mnt_open(host, g->path + 1, O_PATH, MNT_BENEATH)) == -1)
		return (-1);
	if (fstat(fd, &st) == -1 || !is_of_kind(g, st.st_mode)) {
		(void)close(fd);
		errno = EINVAL;
		return (-1);
	}
	*isdir = S_ISDIR(st.st_mode);
	mnt = mnt_clone(fd);
	(void)close(fd);
	if (mnt == -1)
		return (-1);
	/* connecting is no writing to a file system */
	if (g->kind != GRANT_WRITE)
		attrs |= MOUNT_ATTR_RDONLY;
	if (mnt_attr(mnt, attrs) == -1) {
		(void)close(mnt);
		return (-1);
	}
	return (mnt);
}

/* Grants are opened at the start, and never again. */
static char *
refused(const struct grant *g, const char *why, const char *what_to_do)
{
	static const char *const names[] = { [GRANT_READ] = "read",
	    [GRANT_WRITE] = "write", [GRANT_SOCKET] = "socket" };
	char *s;

	(void)xasprintf(&s, "%s grant %s: %s; %s, and restart clawbotd",
	    names[g->kind], g->path, why, what_to_do);
	return (s);
}

static char *
mount_grant(int host, int root, int etc, const struct grant *g)
{
	int isdir, mnt, to;

	if (g->path[0] != '/' || strlen(g->path) >= PLAN_MAXPATH)
		return (refused(g, "is not an absolute path", NAME_ANOTHER));
	if (kept(g->path))
		return (refused(g, "no run may reach that", NAME_ANOTHER));
	if ((mnt = clone_grant(host, g, &isdir)) == -1) {
		if (errno == ELOOP || errno == EXDEV)
			return (refused(g, "a part of it is a symbolic link",
			    NAME_ANOTHER));
		if (errno == EINVAL)
			return (refused(g, g->kind == GRANT_SOCKET ?
			    "is no socket" :
			    "neither a directory nor a file", NAME_ANOTHER));
		return (refused(g, strerror(errno), errno == ENOENT ?
		    "make it" : "mend that"));
	}
	if (make_target(root, etc, g->path + 1, isdir) == -1 ||
	    (to = mnt_open(root, g->path + 1, O_PATH, MNT_BENEATH)) == -1) {
		(void)close(mnt);
		return (refused(g, "there is no place for it in the view",
		    NAME_ANOTHER));
	}
	if (mnt_attach_fd(mnt, to) == -1) {
		(void)close(to);
		return (refused(g, strerror(errno), "mend that"));
	}
	(void)close(to);
	return (NULL);
}

static int
by_path(const void *a, const void *b)
{
	const struct grant *x = a, *y = b;
	int r;

	/* the same path twice: the one for writing goes on top */
	r = strcmp(x->path, y->path);
	return (r != 0 ? r : (int)x->kind - (int)y->kind);
}

static size_t
add_grants(struct grant *g, const struct strv *paths, enum grant_kind kind)
{
	size_t i;

	for (i = 0; i < paths->n; i++) {
		g[i].path = paths->v[i];
		g[i].kind = kind;
	}
	return (paths->n);
}

/* Sorted, so that what holds another grant is mounted before it. */
char *
grants_mount(int host, int root, int etc, const struct xskill *x)
{
	struct grant *g;
	char *why = NULL;
	size_t i, n;

	if (x->read.n > GRANTS_MAX || x->write.n > GRANTS_MAX ||
	    x->sockets.n > GRANTS_MAX)
		return (xstrdup("more grants than a plan can hold"));
	g = xcalloc(x->read.n + x->write.n + x->sockets.n, sizeof(*g));
	n = add_grants(g, &x->read, GRANT_READ);
	n += add_grants(g + n, &x->write, GRANT_WRITE);
	n += add_grants(g + n, &x->sockets, GRANT_SOCKET);
	if (n > 1)
		qsort(g, n, sizeof(*g), by_path);
	for (i = 0; i < n && why == NULL; i++)
		why = mount_grant(host, root, etc, &g[i]);
	free(g);
	return (why);
}
