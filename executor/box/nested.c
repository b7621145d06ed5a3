/* SPDX-License-Identifier: ISC */
/*
 * Grants that lie in a grant of write.  What is mounted goes along when a
 * directory above it is moved, by whoever may write there, and another one
 * can be put where it was: so where each of them is, is looked at again in
 * every sandbox, when it is built and when its command is about to start.
 */
#include "config.h"

#include <sys/fsuid.h>
#include <sys/stat.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "executor/box/box.h"
#include "executor/lack.h"
#include "executor/mnt.h"

struct nested {
	const char	*path;
	dev_t		 dev;
	ino_t		 ino;
	int		 closed;	/* to the account, and not by it */
};

static struct nested *known;
static size_t nknown;

static int
lies_in(const char *path, const struct strv *write)
{
	size_t i, n;

	for (i = 0; i < write->n; i++) {
		n = strlen(write->v[i]);
		if (strncmp(path, write->v[i], n) == 0 && path[n] == '/')
			return (1);
	}
	return (0);
}

/* 0, or -1 and errno. */
static int
look(const char *path, struct stat *st)
{
	int fd, r;

	fd = mnt_open(AT_FDCWD, path, O_PATH, RESOLVE_NO_SYMLINKS);
	if (fd == -1)
		return (-1);
	r = fstat(fd, st);
	(void)close(fd);
	return (r);
}

static int
note_list(const struct strv *grants, const struct strv *write)
{
	struct nested *ne;
	struct stat st;
	size_t i;

	for (i = 0; i < grants->n; i++) {
		if (!lies_in(grants->v[i], write))
			continue;
		if (look(grants->v[i], &st) == -1) {
			/* of somebody else, who lets nobody in there */
			if (errno == EACCES)
				continue;
			return (-1);
		}
		known = xrecallocarray(known, nknown, nknown + 1,
		    sizeof(*known));
		ne = &known[nknown++];
		ne->path = grants->v[i];
		ne->dev = st.st_dev;
		ne->ino = st.st_ino;
	}
	return (0);
}

int
box_nested_note(const struct xskill *s)
{
	return (note_list(&s->read, &s->write) == -1 ||
	    note_list(&s->write, &s->write) == -1 ||
	    note_list(&s->sockets, &s->write) == -1 ? -1 : 0);
}

/*
 * Does somebody else keep the account from getting there?  Looked at as the
 * account, one directory after the other: where it is kept out, that has to
 * be another one's.  Its own it could open again when nobody looks.
 */
static int
is_closed(const char *grant, uid_t uid)
{
	char path[PLAN_MAXPATH];
	struct stat above, st;
	size_t n = 0;

	if (look("/", &above) == -1)
		return (0);
	for (;;) {
		n += 1 + strcspn(grant + n + 1, "/");
		(void)snprintf(path, sizeof(path), "%.*s", (int)n, grant);
		if (look(path, &st) == -1)
			return (errno == EACCES && above.st_uid != uid);
		if (grant[n] == '\0')
			return (0);
		above = st;
	}
}

/* Before the account is taken, with what can tell. */
static void
note_closed(const struct profile *p)
{
	size_t i;

	(void)setfsgid(p->gid);
	(void)setfsuid(p->uid);
	for (i = 0; i < nknown; i++)
		known[i].closed = is_closed(known[i].path, p->uid);
	(void)setfsuid(0);
	(void)setfsgid(0);
}

static void
check_one(const struct box *bx, const struct nested *ne, int first)
{
	struct stat st;

	if (look(ne->path, &st) == 0) {
		if (st.st_dev == ne->dev && st.st_ino == ne->ino)
			return;
	} else if (errno == EACCES) {
		/* root of ours is kept out by nobody that runs can be */
		if (first || ne->closed)
			return;
		box_fail(bx, CBE_CANTEXEC, "grant %.200s", ne->path);
	} else if (lack_is(errno))
		box_fail(bx, CBE_INTERNAL, "grant %.200s", ne->path);
	errno = 0;
	box_fail(bx, CBE_REFUSED, "grant %.200s: what is there is "
	    "another than when clawbotd started; put it back, or "
	    "restart clawbotd", ne->path);
}

/*
 * A socket is granted as the one that was there.  Its service has removed it
 * if it has made another one; nobody would ever answer a run on this one.
 */
static void
check_socket(const struct box *bx, const char *path)
{
	struct stat st;

	if (look(path, &st) == -1 || st.st_nlink != 0)
		return;
	errno = 0;
	box_fail(bx, CBE_REFUSED, "socket %.200s: it was removed since "
	    "clawbotd started, and another one is not granted before a "
	    "restart of clawbotd", path);
}

void
box_nested_check(const struct box *bx, int first)
{
	const struct strv *sockets = &bx->skill->sockets;
	size_t i;

	for (i = 0; i < nknown; i++)
		check_one(bx, &known[i], first);
	for (i = 0; i < sockets->n; i++)
		check_socket(bx, sockets->v[i]);
	if (first && nknown != 0)
		note_closed(bx->profile);
}
