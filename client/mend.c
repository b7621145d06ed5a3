/* SPDX-License-Identifier: ISC */
/*
 * doctor --fix: whose the daemon's files are, their modes, and directories
 * that are missing.  Only what clawbotd -L tells of is touched, only through a
 * descriptor that was looked at, and no file that has another name elsewhere.
 * What runs are to find is told, with the command that makes it.
 */
#include "config.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/hostplaces.h"
#include "client/mend.h"
#include "client/out.h"
#include "client/pager.h"
#include "common/msg.h"
#include "common/role.h"

struct mending {
	const struct cli *cli;
	int		 now;		/* not only look */
	unsigned	 wrong;		/* that could be mended */
	unsigned	 left;		/* that could not */
	struct jrows	 rows;
};

static void
say(struct mending *m, const char *path, const char *what, int can)
{
	struct fail f;
	struct buf b;

	if (m->now && can)
		return;
	m->wrong += can != 0;
	m->left += !can;
	buf_init(&b, MSG_ROW_MAX);
	field_str(&b, "path", path);
	field_str(&b, "wrong", what);
	field_bool(&b, "mends", can);
	if (m->cli->json)
		(void)jrows_add(&m->rows, b.data, b.len, &f);
	else {
		struct buf line;

		buf_init(&line, 16U * MSG_ROW_MAX);
		buf_printf(&line, "%-5s ", can ? "mend" : "bad");
		row_show(&line, b.data, b.len, "path");
		buf_printf(&line, ": %s\n", what);
		out_buf(stdout, &line);
	}
	buf_free(&b);
}

static void
failed(struct mending *m, const char *path)
{
	complain("%s: %s", path, strerror(errno));
	m->left++;
}

/* Bits that are to be there, of those that are. */
static mode_t
mode_for(const struct hostplace *p, mode_t mode)
{
	return (p->kind == PLACE_DIR ? p->mode : mode & p->mode);
}

/* What fd is open for, by what it should be. */
static void
look_open(struct mending *m, const struct hostplace *p, const char *path,
    int fd)
{
	const int dir = p->kind == PLACE_DIR;
	struct stat st;
	char what[128];
	mode_t mode;

	if (fstat(fd, &st) == -1) {
		failed(m, path);
		return;
	}
	if (dir ? !S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode)) {
		say(m, path, dir ? "is no directory" : "is no file", 0);
		return;
	}
	mode = mode_for(p, st.st_mode & 07777);
	if (st.st_uid == p->uid && (st.st_mode & 07777) == mode)
		return;
	if (!dir && st.st_nlink > 1) {
		say(m, path, "is not as it should be, and has another name: "
		    "look at it", 0);
		return;
	}
	(void)snprintf(what, sizeof(what), "uid %u, mode %04o; should be uid "
	    "%u, mode %04o", st.st_uid, st.st_mode & 07777, p->uid, mode);
	say(m, path, what, 1);
	if (m->now && ((st.st_uid != p->uid && fchown(fd, p->uid,
	    p->gid) == -1) || fchmod(fd, mode) == -1))
		failed(m, path);
}

static void
look_one(struct mending *m, const struct hostplace *p, int dirfd,
    const char *name, const char *path)
{
	int fd;

	fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	if (fd == -1 && errno == ELOOP)
		say(m, path, "is a link", 0);
	else if (fd == -1 && errno == ENOENT && p->kind == PLACE_CONTENTS)
		;	/* a daemon that runs has had it */
	else if (fd == -1)
		failed(m, path);
	else {
		look_open(m, p, path, fd);
		(void)close(fd);
	}
}

/* It is ours, and nobody else has been in it, until it is what it should be. */
static int
make_dir(const struct hostplace *p)
{
	struct stat st;
	int fd, r = -1, saved;

	if (mkdir(p->path, 0700) == -1)
		return (-1);
	fd = open(p->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return (-1);
	if (fstat(fd, &st) == 0) {
		errno = EPERM;
		if (st.st_uid == geteuid() && (st.st_mode & 077) == 0 &&
		    fchown(fd, p->uid, p->gid) == 0)
			r = fchmod(fd, p->mode);
	}
	saved = errno;
	(void)close(fd);
	errno = saved;
	return (r);
}

static void
look_missing(struct mending *m, const struct hostplace *p)
{
	char what[128];

	if (p->kind != PLACE_DIR) {
		say(m, p->path, "is missing", 0);
		return;
	}
	(void)snprintf(what, sizeof(what), "is missing; should be a "
	    "directory, uid %u, mode %04o", p->uid, p->mode);
	say(m, p->path, what, 1);
	if (!m->now)
		return;
	if (make_dir(p) == -1)
		failed(m, p->path);
}

static void
look_contents(struct mending *m, const struct hostplace *p)
{
	const struct dirent *e;
	char path[4096];
	DIR *d;

	if ((d = opendir(p->path)) == NULL) {
		if (errno != ENOENT)
			failed(m, p->path);
		return;
	}
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 ||
		    strcmp(e->d_name, "..") == 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", p->path,
		    e->d_name);
		look_one(m, p, dirfd(d), e->d_name, path);
	}
	(void)closedir(d);
}

static void
look_place(struct mending *m, const struct hostplace *p)
{
	struct stat st;

	if (p->kind == PLACE_CONTENTS)
		look_contents(m, p);
	else if (lstat(p->path, &st) == 0)
		look_one(m, p, AT_FDCWD, p->path, p->path);
	else if (errno == ENOENT)
		look_missing(m, p);
	else
		failed(m, p->path);
}

static void
look_all(struct mending *m, const char *conf, const struct hostplaces *ps)
{
	struct hostplace c = { NULL, PLACE_FILE, (char *)(uintptr_t)conf, 0,
	    0, 0755 };
	size_t i;

	look_place(m, &c);
	for (i = 0; i < ps->n; i++)
		look_place(m, &ps->v[i]);
	for (i = 0; !m->now && i < ps->wrong.n; i++)
		say(m, "accounts", ps->wrong.v[i], 0);
	/* whose they are to be, and what is in them, people know */
	for (i = 0; i < ps->grants.n; i++)
		if (m->now)
			m->left++;
		else
			say(m, ps->grants.v[i], ps->lacks.v[i], 0);
}

static int
says_yes(const struct mending *m, int yes)
{
	char *line;
	int is;

	if (yes || m->cli->json)
		return (yes);
	if (!pager_terminal())
		return (0);
	line = pager_question("mend this? [y/N] ");
	is = line != NULL && (strcmp(line, "y") == 0 ||
	    strcmp(line, "yes") == 0);
	free(line);
	return (is);
}

static void
mend_all(struct mending *m, const char *conf, const struct hostplaces *ps,
    int yes)
{
	if (m->wrong == 0)
		return;
	if (geteuid() != 0) {
		complain("root can mend that");
		return;
	}
	if (!says_yes(m, yes)) {
		complain("nothing was mended: say yes to it, or -y");
		return;
	}
	m->now = 1;
	m->wrong = m->left = 0;
	look_all(m, conf, ps);
}

int
mend(const struct cli *cli, const char *conf, int yes)
{
	struct mending m = { .cli = cli };
	struct hostplaces ps;
	struct fail f;
	int r;

	jrows_init(&m.rows, "doctor");
	if ((r = hostplaces_get(&ps, conf, &f)) == 0) {
		look_all(&m, conf, &ps);
		if (cli->json)
			r = jrows_print(&m.rows, &f);
		else if (m.wrong + m.left == 0)
			printf("owners, modes and directories are as they "
			    "should be\n");
		(void)fflush(stdout);
		mend_all(&m, conf, &ps, yes);
		if (m.now && m.left == 0 && !cli->json)
			printf("mended\n");
	}
	hostplaces_free(&ps);
	jrows_free(&m.rows);
	if (r == -1)
		return (fail_print(&f));
	return (m.wrong + m.left == 0 ? 0 : 1);
}
