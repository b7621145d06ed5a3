/* SPDX-License-Identifier: ISC */
/*
 * Building the view, as root of the host, before the executor gives that up
 * for ever.  Everything is taken from the host by descriptor, without
 * following a link, and cloned; then the host's tree is detached, and what
 * was not cloned is out of reach, for the executor as well.
 */
#include "config.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "common/hostlack.h"
#include "common/within.h"
#include "executor/mnt.h"
#include "executor/view/view.h"

/* Exists everywhere, and nothing that is granted can be in there. */
#define STAGE		"/proc"
#define VIEW_ATTRS(m)	(MOUNT_ATTR_NOSUID | (m))

struct stage {
	const struct xconf	*xc;
	char			*err;
	size_t			 errlen;
	int			 status;	/* of the failure in err */
	int			 host;	/* the host's root */
	int			 etc[2];	/* by PLAN_NET_*, shared */
	char			*names;	/* why there is no name resolution */
	char			 client[PLAN_MAXPATH];	/* clawbot(1) */
	char			 file[PLAN_MAXPATH];	/* clawbot-file */
	int			 dev;
	int			 source;	/* see etc_prepare() */
};

static int __attribute__((__format__ (printf, 2, 3)))
fail(struct stage *st, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	(void)vsnprintf(st->err, st->errlen, fmt, ap);
	va_end(ap);
	n = strlen(st->err);
	/* what else fails here can be a mount of the host that goes away */
	st->status = saved == ENOSYS ? EXIT_HOST : EXIT_SYSTEM;
	if (saved == ENOSYS)
		(void)snprintf(st->err + n, st->errlen - n, ": this kernel "
		    "has no %s (Linux 5.14 has)", mnt_failed());
	else
		(void)snprintf(st->err + n, st->errlen - n, ": %s",
		    strerror(saved));
	return (-1);
}

void
view_path(char *buf, size_t len, size_t skill)
{
	(void)snprintf(buf, len, "/v/%zu", skill);
}

/* A tmpfs on a directory that is made for it; its descriptor. */
static int
tmpfs_at(const char *path, const char *size)
{
	const char *opts[] = { "mode", "0755", "size", size, NULL };
	int mnt;

	if (mkdir(path, 0755) == -1 && errno != EEXIST)
		return (-1);
	if ((mnt = mnt_new("tmpfs", opts, VIEW_ATTRS(0))) == -1)
		return (-1);
	if (mnt_attach(mnt, AT_FDCWD, path) == -1)
		return (-1);
	return (open(path, O_PATH | O_DIRECTORY | O_CLOEXEC));
}

/* The host's path, cloned, at the same place under root. */
static int
bind_dir(int host, const char *name, int root)
{
	int fd, mnt;

	fd = mnt_open(host, name, O_PATH | O_DIRECTORY, MNT_BENEATH);
	if (fd == -1)
		return (-1);
	mnt = mnt_clone(fd);
	(void)close(fd);
	if (mnt == -1)
		return (-1);
	if (mnt_attr(mnt,
	    VIEW_ATTRS(MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV)) == -1 ||
	    (mkdirat(root, name, 0755) == -1 && errno != EEXIST)) {
		(void)close(mnt);
		return (-1);
	}
	return (mnt_attach(mnt, root, name));
}

/* /bin and the like: a directory, or a link into /usr. */
static int
bind_or_link(int host, const char *name, int root)
{
	char to[256];
	struct stat st;
	ssize_t n;

	if (fstatat(host, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return (errno == ENOENT ? 0 : -1);
	if (!S_ISLNK(st.st_mode))
		return (bind_dir(host, name, root));
	if ((n = readlinkat(host, name, to, sizeof(to) - 1)) == -1)
		return (-1);
	to[n] = '\0';
	return (symlinkat(to, root, name));
}

static int
bind_shared(int from, int root, const char *name, unsigned attrs)
{
	int mnt;

	if (mkdirat(root, name, 0755) == -1 || (mnt = mnt_clone(from)) == -1)
		return (-1);
	if (mnt_attr(mnt, VIEW_ATTRS(MOUNT_ATTR_RDONLY | attrs)) == -1) {
		(void)close(mnt);
		return (-1);
	}
	return (mnt_attach(mnt, root, name));
}

/* Is anything granted that lies in the directory, or is it? */
static int
grants_in(const struct strv *grants, const char *dir)
{
	size_t i;

	for (i = 0; i < grants->n; i++)
		if (within_dir(grants->v[i], dir))
			return (1);
	return (0);
}

/* Of the root: our own umask leaves these modes. */
static int
make_dirs(int root, const struct xskill *s)
{
	static const char var_tmp[] = "/var/tmp";
	static const struct { const char *name; mode_t mode; } dirs[] = {
		{ "proc", 0755 }, { "tmp", 0755 }, { "run", 0755 },
		{ "run/secrets", 0755 }, { "var", 0755 },
		{ VIEW_NO_DIR, 0 }, { "sys", 0755 }, { "sys/fs", 0755 },
		{ VIEW_GROUP, 0755 },
	};
	size_t i;
	int fd;

	for (i = 0; i < NELEM(dirs); i++)
		if (mkdirat(root, dirs[i].name, dirs[i].mode) == -1)
			return (-1);
	fd = openat(root, VIEW_NO_FILE, O_RDONLY | O_CREAT | O_EXCL |
	    O_CLOEXEC, 0);
	if (fd == -1)
		return (-1);
	(void)close(fd);
	/* of POSIX; a run's files are gone when it has ended, there too */
	if (grants_in(&s->read, var_tmp) || grants_in(&s->write, var_tmp) ||
	    grants_in(&s->sockets, var_tmp))
		return (0);
	return (symlinkat("../tmp", root, var_tmp + 1));
}

/*
 * What the system tells of itself, and nobody could write to: the processors,
 * which lscpu(1) and runtimes look at, and what is installed, without which
 * dpkg(1) would say that nothing is; and what vendors have installed.
 */
static int
bind_facts(struct stage *st, int root)
{
	static const char *const facts[] = { "sys/devices/system/cpu",
	    "sys/devices/system/node", "var/lib/dpkg", "opt" };
	size_t i;

	for (i = 0; i < NELEM(facts); i++) {
		if (view_mkdirs(root, facts[i]) == -1)
			return (fail(st, "/%s", facts[i]));
		if (bind_dir(st->host, facts[i], root) == -1 &&
		    errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
			return (fail(st, "/%s", facts[i]));
	}
	return (0);
}

/* The root of one skill, without its grants. */
static int
base_of_skill(struct stage *st, int root, int etc, const struct xskill *s)
{
	static const char *const system[] = { "bin", "sbin", "lib", "lib64" };
	size_t i;

	if (make_dirs(root, s) == -1)
		return (fail(st, "directories of a view"));
	if (bind_dir(st->host, "usr", root) == -1)
		return (fail(st, "/usr"));
	for (i = 0; i < NELEM(system); i++)
		if (bind_or_link(st->host, system[i], root) == -1)
			return (fail(st, "/%s", system[i]));
	if (bind_shared(etc, root, "etc", MOUNT_ATTR_NODEV) == -1)
		return (fail(st, "/etc of a view"));
	if (bind_shared(st->dev, root, "dev", 0) == -1)
		return (fail(st, "/dev of a view"));
	return (bind_facts(st, root));
}

/* Only that mount; the grants have their own attributes. */
static int
read_only(int fd, unsigned attrs)
{
	struct mount_attr ma;

	memset(&ma, 0, sizeof(ma));
	ma.attr_set = VIEW_ATTRS(MOUNT_ATTR_RDONLY | attrs);
	return (mount_setattr(fd, "", AT_EMPTY_PATH, &ma, sizeof(ma)));
}

/*
 * Programs look at who owns what is above their files.  The executor's account
 * is root inside, where the host's is nobody; and to it this is read-only.
 */
static int
own(struct stage *st, int dir, unsigned attrs)
{
	if (view_own(dir, st->xc->uid, st->xc->gid) == -1)
		return (-1);
	return (read_only(dir, attrs));
}

/* Whose home is where depends on the skill, and /etc is that of all. */
static int
place_homes(struct stage *st, int root, const struct xskill *s)
{
	int fd, mnt;

	if (s->home[0] == '\0')
		return (0);
	if (etc_passwd(root, VIEW_PASSWD, st->xc, s->home) == -1 ||
	    (fd = mnt_open(root, VIEW_PASSWD, O_PATH, MNT_BENEATH)) == -1)
		return (-1);
	mnt = mnt_clone(fd);
	(void)close(fd);
	if (mnt == -1)
		return (-1);
	if (mnt_attr(mnt, VIEW_ATTRS(MOUNT_ATTR_RDONLY |
	    MOUNT_ATTR_NODEV)) == -1) {
		(void)close(mnt);
		return (-1);
	}
	return (mnt_attach(mnt, root, "etc/passwd"));
}

static int
one_skill(struct stage *st, size_t i, char **broken)
{
	const struct xskill *s = &st->xc->skills[i];
	char path[32];
	int root, etc;

	etc = st->etc[s->network == PLAN_NET_HOST];
	view_path(path, sizeof(path), i);
	if ((root = tmpfs_at(path + 1, "1m")) == -1)
		return (fail(st, "root of a view"));
	if (base_of_skill(st, root, etc, s) == -1)
		return (-1);
	if (inner_fill_file(st->host, root, st->file) == -1)
		return (fail(st, "%s", st->file));
	if (place_homes(st, root, s) == -1)
		return (fail(st, "homes of skill %s", s->name));
	*broken = grants_mount(st->host, root, etc, s);
	if (*broken == NULL && s->network == PLAN_NET_HOST &&
	    st->names != NULL)
		*broken = xstrdup(st->names);
	if (*broken == NULL && s->inner_channel[0] != '\0')
		*broken = inner_fill(st->host, root, st->client);
	if (own(st, root, MOUNT_ATTR_NODEV) == -1)
		return (fail(st, "root of a view"));
	(void)close(root);
	return (0);
}

static int
one_etc(struct stage *st, const char *name, unsigned network,
    const struct strv *found)
{
	const char *bad;
	int etc;

	if ((etc = st->etc[network] = tmpfs_at(name, "32m")) == -1)
		return (fail(st, "tmpfs"));
	if (etc_fill(st->host, etc, st->xc, network, "", st->err,
	    st->errlen) == -1)
		return (-1);
	if ((bad = etc_take(st->host, etc, found)) != NULL)
		return (fail(st, "/etc/%s", bad));
	return (0);
}

/* What runs with the network see of /etc differs: made where one has it. */
static int
both_etc(struct stage *st)
{
	static const char *const names[] = { "etc", "etc.host" };
	struct strv found;
	size_t i, n;
	int r = 0;

	for (i = n = 0; i < st->xc->nskills; i++)
		n |= st->xc->skills[i].network == PLAN_NET_HOST;
	etc_find(st->host, &found);
	for (i = 0; r == 0 && i <= n; i++)
		r = one_etc(st, names[i], (unsigned)i, &found);
	strv_free(&found);
	if (r == -1)
		return (-1);
	if (n != 0)
		st->names = etc_names(st->host, st->etc[PLAN_NET_HOST]);
	return (0);
}

/*
 * The host's /etc, and what renews resolv.conf: in a tree of its own, which
 * has no place in any view.
 */
static int
keep_source(struct stage *st)
{
	char dir[PLAN_MAXPATH];
	int root;

	if ((root = tmpfs_at("source", "64k")) == -1 ||
	    bind_dir(st->host, "etc", root) == -1)
		return (fail(st, "/etc"));
	/* a daemon that has not made it yet may do so later */
	if (etc_resolver(st->host, dir, sizeof(dir)) == 0 &&
	    view_mkdirs(root, dir) == 0)
		(void)bind_dir(st->host, dir, root);
	st->source = mnt_clone(root);
	(void)close(root);
	if (st->source == -1 || umount2("source", MNT_DETACH) == -1 ||
	    rmdir("source") == -1)
		return (fail(st, "/etc"));
	return (0);
}

/* All of it, in the current directory, which becomes the root. */
static int
assemble(struct stage *st, char **broken)
{
	size_t i;

	if (mkdir("proc", 0755) == -1 || mkdir("v", 0755) == -1 ||
	    mkdir(&VIEW_CGROUP[1], 0755) == -1)
		return (fail(st, "directories of the view"));
	if (both_etc(st) == -1 || keep_source(st) == -1)
		return (-1);
	if ((st->dev = tmpfs_at("dev", "64k")) == -1)
		return (fail(st, "tmpfs"));
	if (dev_fill(st->dev, st->err, st->errlen) == -1) {
		st->status = hostlack_exit(errno);
		return (-1);
	}
	for (i = 0; i < st->xc->nskills; i++)
		if (one_skill(st, i, &broken[i]) == -1)
			return (-1);
	for (i = 0; i < NELEM(st->etc); i++)
		if (st->etc[i] != -1 &&
		    own(st, st->etc[i], MOUNT_ATTR_NODEV) == -1)
			return (fail(st, "/etc of a view"));
	if (own(st, st->dev, 0) == -1)
		return (fail(st, "/dev of a view"));
	/*
	 * That of this pid namespace.  A run may mount its own only while one
	 * without anything hidden is in its mount namespace.
	 */
	if (mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
	    NULL) == -1)
		return (fail(st, "proc"));
	return (0);
}

static int
enter(struct stage *st)
{
	int root;

	if (mnt_pivot() == -1)
		return (fail(st, "pivot_root"));
	if ((root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1 ||
	    read_only(root, MOUNT_ATTR_NODEV) == -1)
		return (fail(st, "root of the executor"));
	(void)close(root);
	return (0);
}

static int
leave_namespaces(struct stage *st)
{
	char hint[80];
	int error, status;

	if (unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS |
	    CLONE_NEWCGROUP) != -1)
		return (0);
	error = errno;
	status = hostlack_ns(error, "mnt ipc uts cgroup", hint, sizeof(hint));
	errno = error;
	(void)fail(st, "mount, ipc, uts and cgroup namespaces%s", hint);
	st->status = status;
	return (-1);
}

/* Out of the host's namespaces; the directory that the view is made in. */
static int
begin(struct stage *st)
{
	int fd;

	if (leave_namespaces(st) == -1)
		return (-1);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
		return (fail(st, "making mounts private"));
	if ((st->host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1)
		return (fail(st, "/"));
	if ((fd = tmpfs_at(STAGE, "1m")) == -1 || fchdir(fd) == -1)
		return (fail(st, "tmpfs"));
	return (fd);
}

int
view_build(const struct xconf *xc, char **broken, int *source, char *err,
    size_t errlen)
{
	struct stage st;
	mode_t old;
	int fd, r;

	memset(&st, 0, sizeof(st));
	st.xc = xc;
	st.err = err;
	st.errlen = errlen;
	st.host = st.etc[0] = st.etc[1] = st.dev = st.source = -1;
	st.status = EXIT_SYSTEM;
	inner_find(st.client, sizeof(st.client));
	inner_find_file(st.file, sizeof(st.file));
	if ((fd = begin(&st)) == -1)
		return (st.status);
	old = umask(022);
	r = assemble(&st, broken);
	(void)umask(old);
	if (r == 0)
		r = enter(&st);
	/* descriptors of the host's directories lead back there */
	(void)close(st.host);
	(void)close(st.etc[0]);
	if (st.etc[1] != -1)
		(void)close(st.etc[1]);
	free(st.names);
	*source = st.source;
	(void)close(st.dev);
	(void)close(fd);
	return (r == 0 ? 0 : st.status);
}
