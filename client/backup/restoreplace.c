/* SPDX-License-Identifier: ISC */
/* Where the files of a backup go; see restoreplace.h. */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/backup/backupfail.h"
#include "client/backup/restoreplace.h"
#include "client/hostplaces.h"
#include "common/io.h"
#include "common/role.h"
#include "common/xmalloc.h"

const char *const restore_names[NTARGETS] = {
	[TARGET_CONF] = "configuration", [TARGET_VAULT] = "vault",
	[TARGET_LOG] = "log",
};

void
restore_places_init(struct restore_places *r, const char *conf,
    const char *into, uint64_t room)
{
	struct restore_one *c = &r->v[TARGET_CONF];
	int i;

	memset(r, 0, sizeof(*r));
	r->fd = -1;
	for (i = 0; i < NTARGETS; i++)
		r->v[i].dirfd = -1;
	r->into = into;
	r->room = room;
	if (into == NULL)
		c->path = xstrdup(conf);
	else
		xasprintf(&c->path, "%s/" BACKUP_CONF, into);
	c->uid = geteuid();
	c->gid = getegid();
}

/* Is there something?  1, 0, or -1 and *f. */
static int
is_taken(const char *path, int dir, struct fail *f)
{
	const struct dirent *e;
	struct stat st;
	int n = 0;
	DIR *d;

	if (lstat(path, &st) == -1)
		return (errno == ENOENT ? 0 : backup_errno(f, path));
	if (!dir || !S_ISDIR(st.st_mode))
		return (1);
	if ((d = opendir(path)) == NULL)
		return (backup_errno(f, path));
	while (n == 0 && (e = readdir(d)) != NULL)
		n = strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0;
	(void)closedir(d);
	return (n != 0);
}

/* The daemon has the file with its number locked as long as it lives. */
static int
is_running(const struct restore_places *r, struct fail *f)
{
	char *path;
	int fd, held;

	xasprintf(&path, "%s/clawbotd.pid", r->sockets);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	free(path);
	held = fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == -1;
	if (fd != -1)
		(void)close(fd);
	if (!held)
		return (0);
	fail_set(f, EXIT_TEMPFAIL, "the daemon runs, and what it has cannot be "
	    "replaced");
	fail_hint(f, "stop it first (systemctl stop clawbotd), or give "
	    "--into or --verify-only");
	return (1);
}

static int
make_into(const struct restore_places *r, struct fail *f)
{
	struct stat st;
	int taken;

	if (mkdir(r->into, 0755) == -1 && errno != EEXIST)
		return (backup_errno(f, r->into));
	if (lstat(r->into, &st) == -1)
		return (backup_errno(f, r->into));
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 022) != 0) {
		fail_set(f, EXIT_USAGE, "%s is no directory that is yours and "
		    "nobody else writes to", r->into);
		return (-1);
	}
	if ((taken = is_taken(r->into, 1, f)) != 1)
		return (taken);
	fail_set(f, EXIT_USAGE, "%s is not empty", r->into);
	return (-1);
}

/* Directories in front of a place, as clawbotd makes them. */
static int
make_parents(const char *path, struct fail *f)
{
	char *dir = xstrdup(path), *p;
	int r = 0;

	for (p = strchr(dir + 1, '/'); r == 0 && p != NULL;
	    p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(dir, 0755) == -1 && errno != EEXIST)
			r = backup_errno(f, dir);
		*p = '/';
	}
	free(dir);
	return (r);
}

static int
write_conf(struct restore_places *r, const struct buf *text, struct fail *f)
{
	struct restore_one *c = &r->v[TARGET_CONF];
	int fd, ret = 0;

	xasprintf(&c->tmp, "%s.XXXXXX", c->path);
	if ((fd = mkostemp(c->tmp, O_CLOEXEC)) == -1) {
		ret = backup_errno(f, c->tmp);
		free(c->tmp);
		c->tmp = NULL;
		return (ret);
	}
	if (fchmod(fd, 0644) == -1 ||
	    io_write(fd, text->data, text->len) == -1 || io_fsync(fd) == -1)
		ret = backup_errno(f, c->tmp);
	(void)close(fd);
	return (ret);
}

/* What becomes the place: held from here on, whatever its name comes to be. */
static int
make_beside(struct restore_one *o, struct fail *f)
{
	struct stat st;

	xasprintf(&o->tmp, "%s.restored-XXXXXX", o->path);
	if (mkdtemp(o->tmp) == NULL) {
		(void)backup_errno(f, o->tmp);
		free(o->tmp);
		o->tmp = NULL;
		return (-1);
	}
	o->dirfd = open(o->tmp, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
	if (o->dirfd == -1 || fstat(o->dirfd, &st) == -1)
		return (backup_errno(f, o->tmp));
	if (st.st_uid == geteuid() && (st.st_mode & 077) == 0)
		return (0);
	errno = EPERM;
	return (backup_errno(f, o->tmp));
}

/* Whose the others are and, unless it is into a directory, where. */
static int
set_place(struct restore_places *r, enum restore_target t,
    const struct hostplaces *ps, struct fail *f)
{
	struct restore_one *o = &r->v[t];
	const struct hostplace *p = hostplaces_dir(ps, restore_names[t]);

	if (p == NULL && (r->into == NULL || geteuid() == 0)) {
		fail_set(f, EXIT_CONFIG, "%s", ps->wrong.n != 0 ?
		    ps->wrong.v[0] : "there is no place for it");
		return (-1);
	}
	if (r->into != NULL)
		xasprintf(&o->path, "%s/%s", r->into, restore_names[t]);
	else
		o->path = xstrdup(p->path);
	o->uid = p != NULL && geteuid() == 0 ? p->uid : geteuid();
	o->gid = p != NULL && geteuid() == 0 ? p->gid : getegid();
	if ((o->kept = is_taken(o->path, 1, f)) == -1)
		return (-1);
	if (o->kept)
		return (0);
	if (make_parents(o->path, f) == -1)
		return (-1);
	return (make_beside(o, f));
}

/* Room for the largest of what may come. */
static int
has_room(const struct restore_places *r, struct fail *f)
{
	const char *dir = r->v[TARGET_LOG].tmp;
	struct statvfs v;

	if (dir == NULL)
		return (0);
	if (statvfs(dir, &v) == -1)
		return (backup_errno(f, dir));
	if (r->room / v.f_frsize < v.f_bavail)
		return (0);
	fail_set(f, EXIT_IO, "there is no room for %llu bytes in %s",
	    (unsigned long long)r->room, dir);
	return (-1);
}

static int
set_places(struct restore_places *r, struct fail *f)
{
	struct restore_one *c = &r->v[TARGET_CONF];
	const struct hostplace *sockets;
	struct hostplaces ps;
	int ret = -1;

	/* one that is there is what the daemon goes by */
	if (hostplaces_get(&ps, c->kept ? c->path : c->tmp, f) == -1)
		goto out;
	if ((sockets = hostplaces_dir(&ps, "sockets")) != NULL)
		r->sockets = xstrdup(sockets->path);
	if (r->into == NULL && r->sockets != NULL && is_running(r, f))
		goto out;
	if (set_place(r, TARGET_VAULT, &ps, f) == -1 ||
	    set_place(r, TARGET_LOG, &ps, f) == -1)
		goto out;
	ret = has_room(r, f);
out:
	hostplaces_free(&ps);
	return (ret);
}

int
restore_places_conf(struct restore_places *r, const struct buf *text,
    struct fail *f)
{
	struct restore_one *c = &r->v[TARGET_CONF];

	if (r->into != NULL && make_into(r, f) == -1)
		return (-1);
	if ((c->kept = is_taken(c->path, 0, f)) == -1 ||
	    write_conf(r, text, f) == -1 || set_places(r, f) == -1)
		return (-1);
	if (!c->kept || !r->v[TARGET_VAULT].kept || !r->v[TARGET_LOG].kept)
		return (0);
	fail_set(f, EXIT_USAGE, "configuration, vault and log are there, and "
	    "stay as they are");
	fail_hint(f, "move away what is to be restored");
	return (-1);
}

static mode_t
mode_of(const struct backup_file *file)
{
	switch (backup_part(file->name)) {
	case PART_OUTPUT:
		return (OUTFILE_MODE);
	case PART_VAULT:
		return (0600);
	default:
		return (0640);
	}
}

/* The directory for stored output, once. */
static int
make_output(const struct restore_one *o, struct fail *f)
{
	if (mkdirat(o->dirfd, OUTFILE_DIR, 0700) == -1)
		return (errno == EEXIST ? 0 : backup_errno(f, OUTFILE_DIR));
	if (geteuid() == 0 && fchownat(o->dirfd, OUTFILE_DIR, o->uid, o->gid,
	    AT_SYMLINK_NOFOLLOW) == -1)
		return (backup_errno(f, OUTFILE_DIR));
	return (0);
}

int
restore_places_begin(struct restore_places *r,
    const struct backup_file *file, struct fail *f)
{
	const enum restore_target t = backup_part(file->name) == PART_VAULT ?
	    TARGET_VAULT : TARGET_LOG;
	const struct restore_one *o = &r->v[t];

	if (o->tmp == NULL)
		return (0);
	if (backup_part(file->name) == PART_OUTPUT && make_output(o, f) == -1)
		return (-1);
	/* the name is one of FORMAT's */
	r->fd = openat(o->dirfd, strchr(file->name, '/') + 1, O_WRONLY |
	    O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (r->fd == -1 || (geteuid() == 0 && fchown(r->fd, o->uid,
	    o->gid) == -1) || fchmod(r->fd, mode_of(file)) == -1)
		return (backup_errno(f, file->name));
	return (0);
}

int
restore_places_data(struct restore_places *r, const void *p, size_t n,
    struct fail *f)
{
	if (r->fd == -1 || io_write(r->fd, p, n) == 0)
		return (0);
	return (backup_errno(f, "a file that is restored"));
}

int
restore_places_end(struct restore_places *r, struct fail *f)
{
	int ret = 0;

	if (r->fd == -1)
		return (0);
	if (io_fsync(r->fd) == -1)
		ret = backup_errno(f, "a file that is restored");
	(void)close(r->fd);
	r->fd = -1;
	return (ret);
}

/* A directory that is there is empty, and makes way. */
static int
move(struct restore_one *o, int dir, struct fail *f)
{
	if (o->tmp == NULL || o->kept)
		return (0);
	if (dir && (fchmod(o->dirfd, 0700) == -1 || (geteuid() == 0 &&
	    fchown(o->dirfd, o->uid, o->gid) == -1)))
		return (backup_errno(f, o->tmp));
	if ((dir ? rename(o->tmp, o->path) : link(o->tmp, o->path)) == -1)
		return (backup_errno(f, o->path));
	if (!dir)
		(void)unlink(o->tmp);
	free(o->tmp);
	o->tmp = NULL;
	o->done = 1;
	return (0);
}

int
restore_places_commit(struct restore_places *r, struct fail *f)
{
	/* what a daemon would not start without comes last */
	if (move(&r->v[TARGET_LOG], 1, f) == -1 ||
	    move(&r->v[TARGET_VAULT], 1, f) == -1)
		return (-1);
	return (move(&r->v[TARGET_CONF], 0, f));
}

/* All files in it; takes the descriptor. */
static void
remove_files(int fd)
{
	const struct dirent *e;
	DIR *d;

	if ((d = fdopendir(fd)) == NULL) {
		(void)close(fd);
		return;
	}
	while ((e = readdir(d)) != NULL)
		(void)unlinkat(fd, e->d_name, 0);
	(void)closedir(d);
}

/* A directory of ours, which has files, and one that has files. */
static void
remove_dir(const struct restore_one *o)
{
	int fd;

	if (o->dirfd != -1 && (fd = openat(o->dirfd, OUTFILE_DIR, O_RDONLY |
	    O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) != -1) {
		remove_files(fd);
		(void)unlinkat(o->dirfd, OUTFILE_DIR, AT_REMOVEDIR);
	}
	if (o->dirfd != -1 && (fd = dup(o->dirfd)) != -1)
		remove_files(fd);
	(void)rmdir(o->tmp);
}

void
restore_places_free(struct restore_places *r)
{
	struct restore_one *o;
	int i;

	if (r->fd != -1)
		(void)close(r->fd);
	for (i = 0; i < NTARGETS; i++) {
		o = &r->v[i];
		if (o->tmp != NULL && i == TARGET_CONF)
			(void)unlink(o->tmp);
		else if (o->tmp != NULL)
			remove_dir(o);
		if (o->path != NULL && o->dirfd != -1)
			(void)close(o->dirfd);
		free(o->tmp);
		free(o->path);
	}
	free(r->sockets);
	memset(r, 0, sizeof(*r));
	r->fd = -1;
}
