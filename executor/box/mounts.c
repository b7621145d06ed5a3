/* SPDX-License-Identifier: ISC */
/*
 * The mounts that each run has for itself, on top of its copy of the skill's
 * view: /tmp, /dev/shm, /dev/pts, /proc, and its control group, /run/secrets
 * and the place of its channel's socket if there are any.
 */
#include "config.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "executor/box/box.h"
#include "executor/env.h"
#include "executor/hook.h"
#include "executor/mnt.h"
#include "executor/view/view.h"

#define PRIVATE		(MS_NOSUID | MS_NODEV)
#define PROC_FLAGS	(PRIVATE | MS_NOEXEC)
#define LATE_MAX	512

/* Grants in /tmp, held while the private /tmp comes on top. */
struct late {
	const char	*path;
	int		 mnt;
};

void
box_mount(const struct box *bx, const char *type, const char *opts,
    unsigned long flags, const char *at)
{
	if (mount("none", at, type, flags, opts) == -1)
		box_fail(bx, CBE_INTERNAL, "%s on %s", type, at);
}

static size_t
hold_late(const struct box *bx, const struct strv *grants, struct late *l,
    size_t n)
{
	size_t i;
	int fd;

	for (i = 0; i < grants->n; i++) {
		if (strncmp(grants->v[i], VIEW_LATE, strlen(VIEW_LATE)) != 0)
			continue;
		if (n == LATE_MAX) {
			errno = E2BIG;
			box_fail(bx, CBE_INTERNAL, "grants in /tmp");
		}
		l[n].path = grants->v[i];
		fd = mnt_open(AT_FDCWD, grants->v[i], O_PATH,
		    RESOLVE_NO_SYMLINKS);
		if (fd == -1 || (l[n].mnt = mnt_clone(fd)) == -1)
			box_fail(bx, CBE_INTERNAL, "grant %s", grants->v[i]);
		(void)close(fd);
		n++;
	}
	return (n);
}

/* Its place in the new /tmp, unless one of the others has brought it. */
static int
late_place(const struct late *l)
{
	struct stat st;
	int fd;

	if ((fd = mnt_open(AT_FDCWD, l->path, O_PATH,
	    RESOLVE_NO_SYMLINKS)) != -1)
		return (fd);
	if (fstat(l->mnt, &st) == -1 ||
	    view_mkdirs(AT_FDCWD, l->path + 1) == -1)
		return (-1);
	if (S_ISDIR(st.st_mode)) {
		if (mkdir(l->path, 0755) == -1)
			return (-1);
	} else {
		fd = open(l->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		    0644);
		if (fd == -1)
			return (-1);
		(void)close(fd);
	}
	return (mnt_open(AT_FDCWD, l->path, O_PATH, RESOLVE_NO_SYMLINKS));
}

/* In the order of the skill's view: what holds another comes first. */
static void
attach_late(const struct box *bx, struct late *l, size_t n)
{
	size_t i, k, best;
	int at;

	for (k = 0; k < n; k++) {
		best = n;
		for (i = 0; i < n; i++)
			if (l[i].mnt != -1 && (best == n ||
			    strcmp(l[i].path, l[best].path) < 0))
				best = i;
		if ((at = late_place(&l[best])) == -1 ||
		    mnt_attach_fd(l[best].mnt, at) == -1)
			box_fail(bx, CBE_INTERNAL, "grant %s", l[best].path);
		(void)close(at);
		l[best].mnt = -1;
	}
}

/* mb is 0 where there is no limit but the kernel's own. */
static void
size_options(char *buf, size_t len, unsigned inodes, unsigned mb)
{
	int n;

	n = snprintf(buf, len, "mode=1777,nr_inodes=%u", inodes);
	if (mb != 0)
		(void)snprintf(buf + n, len - (size_t)n, ",size=%um", mb);
}

static void
mount_tmp(const struct box *bx)
{
	static struct late late[LATE_MAX];
	char opts[128];
	size_t n;

	n = hold_late(bx, &bx->skill->read, late, 0);
	n = hold_late(bx, &bx->skill->write, late, n);
	n = hold_late(bx, &bx->skill->sockets, late, n);
	size_options(opts, sizeof(opts), 262144, bx->profile->tmp_mb);
	box_mount(bx, "tmpfs", opts, hook_without("mounts") ? 0 : PRIVATE,
	    "/tmp");
	size_options(opts, sizeof(opts), 16384, bx->profile->shm_mb);
	box_mount(bx, "tmpfs", opts, PRIVATE, "/dev/shm");
	if (n != 0)
		attach_late(bx, late, n);
}

/*
 * Of the homes of a skill the one of its account, and no others beside it,
 * whoever has opened his own to everybody.
 */
static void
mount_home(const struct box *bx)
{
	const char *homes = bx->skill->home;
	char own[PLAN_MAXPATH];
	int fd, mnt = -1;

	(void)snprintf(own, sizeof(own), "%s/%u", homes, bx->profile->uid);
	fd = mnt_open(AT_FDCWD, own, O_PATH | O_DIRECTORY,
	    RESOLVE_NO_SYMLINKS);
	/* the battery goes as any account, be it one that never asks here */
	if (fd == -1 ? !bx->profile->probe || errno != ENOENT :
	    (mnt = mnt_clone(fd)) == -1)
		box_fail(bx, CBE_INTERNAL, "home %s", own);
	if (fd != -1)
		(void)close(fd);
	box_mount(bx, "tmpfs", "mode=0755,nr_inodes=8,size=4k", PRIVATE,
	    homes);
	if (mkdir(own, 0755) == -1 ||
	    (mnt != -1 && mnt_attach(mnt, AT_FDCWD, own) == -1))
		box_fail(bx, CBE_INTERNAL, "home %s", own);
}

/*
 * What /proc tells of the machine that is no run's business: what docker masks
 * there, and more of that kind.  The rest tells of processors, memory, load
 * and kernel, which programs ask for.
 */
static const char *const masked[] = { "acpi", "asound", "bootconfig", "bus",
    "cmdline", "config.gz", "driver", "dynamic_debug", "fs", "interrupts",
    "iomem", "ioports", "irq", "kallsyms", "kcore", "key-users", "keys",
    "kmsg", "latency_stats", "locks", "modules", "mtrr", "pagetypeinfo",
    "sched_debug", "scsi", "slabinfo", "softirqs", "sysrq-trigger",
    "timer_list", "timer_stats", "tty", "vmallocinfo" };

/* Of these, what everybody could read here, once for all sandboxes. */
static struct {
	const char	*from;
	char		 to[40];
} masks[NELEM(masked)];
static size_t nmasks;

int
box_proc_note(void)
{
	struct stat st;
	size_t i;

	for (i = nmasks = 0; i < NELEM(masked); i++) {
		(void)snprintf(masks[nmasks].to, sizeof(masks[0].to),
		    "/proc/%s", masked[i]);
		if (lstat(masks[nmasks].to, &st) == -1) {
			if (errno == ENOENT)
				continue;
			return (-1);
		}
		/* nothing of /proc belongs to an account of runs */
		if ((st.st_mode & (S_IRWXG | S_IRWXO)) == 0)
			continue;
		masks[nmasks++].from = S_ISDIR(st.st_mode) ?
		    "/" VIEW_NO_DIR : "/" VIEW_NO_FILE;
	}
	return (0);
}

static void
mask_proc(const struct box *bx)
{
	size_t i;

	for (i = 0; i < nmasks; i++)
		if (mount(masks[i].from, masks[i].to, NULL, MS_BIND,
		    NULL) == -1)
			box_fail(bx, CBE_INTERNAL, "%s", masks[i].to);
}

/*
 * The view has the executor's own proc, without which a new one may not be
 * mounted; it goes before anything untrusted runs.  Nothing in there is to be
 * written to, be it that there is no Landlock: processes of one run could
 * write each other's memory, and what was judged would not be what runs.
 */
static void
mount_proc(struct box *bx)
{
	int taken;

	if (hook_without("proc")) {
		box_copies(bx, BOX_ASIDE);
		if (bx->copies != -1)
			(void)umount2(BOX_ASIDE, MNT_DETACH);
		return;
	}
	/* read-only is the mount: were all of it, errno would be another */
	box_mount(bx, "proc", "hidepid=invisible", PROC_FLAGS, BOX_ASIDE);
	if (mount(NULL, BOX_ASIDE, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY |
	    PROC_FLAGS, NULL) == -1)
		box_fail(bx, CBE_INTERNAL, "proc");
	taken = box_meminfo_take(bx, BOX_ASIDE);
	/* each detaching waits for all processors: so it goes with the other */
	box_copies(bx, "/proc/fs");
	if (umount2("/proc", MNT_DETACH) == -1 ||
	    mount(BOX_ASIDE, "/proc", NULL, MS_MOVE, NULL) == -1)
		box_fail(bx, CBE_INTERNAL, "proc on /proc");
	mask_proc(bx);
	if (!taken)
		box_meminfo(bx);
}

/* One of them, empty; what is to be in it comes later. */
static int
credential(const struct box *bx, const char *name)
{
	char path[PLAN_MAXPATH];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", SECRETS_DIR, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (fd == -1 || fchown(fd, bx->profile->uid, bx->profile->gid) == -1)
		box_fail(bx, CBE_INTERNAL, "%s", path);
	return (fd);
}

/* What a run sees of them, above the place where they are written. */
static void
cover_secrets(const struct box *bx)
{
	int fd, mnt;

	fd = mnt_open(AT_FDCWD, SECRETS_DIR, O_PATH | O_DIRECTORY,
	    RESOLVE_NO_SYMLINKS);
	if (fd == -1 || (mnt = mnt_clone(fd)) == -1 ||
	    mnt_attr(mnt, MOUNT_ATTR_RDONLY) == -1 ||
	    mnt_attach(mnt, AT_FDCWD, SECRETS_DIR) == -1)
		box_fail(bx, CBE_INTERNAL, "%s", SECRETS_DIR);
	(void)close(fd);
}

/*
 * Secrets that are files, in ramfs: no other file system that a sandbox can
 * mount is never written to swap.  It has no bound, so a run can write nothing
 * there: the files are all that there is, and their values come through
 * descriptors that the command holds until it has got them.
 */
static void
mount_secrets(struct box *bx)
{
	const struct xskill *s = bx->skill;
	size_t i, n = 0;

	for (i = 0; i < s->secrets.n; i++)
		n += s->secret_how[i] == PLAN_SECRET_FILE;
	if (n == 0)
		return;
	box_mount(bx, "ramfs", "mode=0700", PRIVATE | MS_NOEXEC, SECRETS_DIR);
	for (i = 0; i < s->secrets.n; i++)
		if (s->secret_how[i] == PLAN_SECRET_FILE)
			bx->files[bx->nfiles++] = credential(bx,
			    s->secrets.v[i]);
	if (chown(SECRETS_DIR, bx->profile->uid, bx->profile->gid) == -1 ||
	    chmod(SECRETS_DIR, 0500) == -1)
		box_fail(bx, CBE_INTERNAL, "%s", SECRETS_DIR);
	cover_secrets(bx);
}

/*
 * The root of its cgroup namespace is its own group: no other one is in there,
 * and what it may use and has used.  Runtimes choose by it how much to use.
 */
static void
mount_group(const struct box *bx)
{
	if (bx->grouped)
		box_mount(bx, "cgroup2", NULL, PRIVATE | MS_NOEXEC | MS_RDONLY,
		    "/" VIEW_GROUP);
}

/*
 * What is in there comes from the runner, which has a descriptor of it; it is
 * root's, and nobody in the run can write to it.
 */
static void
mount_door(const struct box *bx)
{
	if (bx->door != -1 && mnt_attach(bx->door, AT_FDCWD,
	    VIEW_INNER) == -1)
		box_fail(bx, CBE_INTERNAL, "%s", VIEW_INNER);
}

void
box_mounts(struct box *bx)
{
	/* in this namespace the root is a copy, but the directory is not */
	if (chdir("/") == -1)
		box_fail(bx, CBE_INTERNAL, "/");
	mount_tmp(bx);
	/* its path would take a page of stack from a run without one */
	if (bx->skill->home[0] != '\0')
		mount_home(bx);
	/* the machine has kernel.pty.max of them */
	box_mount(bx, "devpts", "ptmxmode=0666,mode=0620,max=64",
	    MS_NOSUID | MS_NOEXEC, "/dev/pts");
	mount_secrets(bx);
	mount_door(bx);
	mount_group(bx);
	mount_proc(bx);
	if (hook_without("devices")) {
		box_mount(bx, "tmpfs", "mode=0620", PRIVATE, "/dev");
		(void)mkdir("/dev/shm", 0755);
		(void)mkdir("/dev/mem", 0755);
	}
}
