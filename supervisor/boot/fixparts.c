/* SPDX-License-Identifier: ISC */
/* Closed segments get the immutable attribute; see fixparts.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/immutable.h"
#include "common/msg.h"
#include "common/record/logseg.h"
#include "common/xmalloc.h"
#include "supervisor/boot/fixparts.h"

/* An errno, or 0. */
static int
fix_file(int dirfd, uid_t uid, const char *name, int on)
{
	struct stat st;
	int fd, error;

	/* a pipe could keep us for ever */
	fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return (errno);
	if (fstat(fd, &st) == -1)
		error = errno;
	else if (!S_ISREG(st.st_mode) || st.st_uid != uid)
		error = EINVAL;
	else if (st.st_nlink != 1)
		error = EMLINK;
	else
		error = immutable_set(fd, on);
	(void)close(fd);
	return (error);
}

/* -1 with errno. */
static int
open_dir(const char *dir, uid_t uid)
{
	struct stat st;
	int fd;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return (-1);
	if (fstat(fd, &st) == 0 && st.st_uid == uid)
		return (fd);
	(void)close(fd);
	errno = EINVAL;
	return (-1);
}

void
fixparts(const char *dir, uid_t uid, const struct msg_fix *v,
    struct buf *out)
{
	char name[LOG_NAMEMAX];
	struct msg_fixed m;
	int dirfd, error;
	size_t i;

	m.n = v->n;
	m.v = xcalloc(m.n, sizeof(*m.v));
	dirfd = open_dir(dir, uid);
	error = dirfd == -1 ? errno : 0;
	for (i = 0; i < m.n; i++) {
		logseg_packed_name(name, v->v[i].first);
		m.v[i].error = (uint32_t)(dirfd == -1 ? error :
		    fix_file(dirfd, uid, name, v->v[i].on));
	}
	if (dirfd != -1)
		(void)close(dirfd);
	payload_put(out, MSG_A_FIXED, &msg_fixed_shape, &m);
	free(m.v);
}

static int
lift_file(int dirfd, const char *name)
{
	int fd, error;

	if (!immutable_has(dirfd, name))
		return (0);
	if ((fd = logseg_open(dirfd, name, O_RDONLY)) == -1)
		return (errno);
	error = immutable_set(fd, 0);
	(void)close(fd);
	return (error);
}

/* 0, or an errno and why in err. */
static int
lift_name(int dirfd, const char *name, char *err, size_t errlen)
{
	const int error = lift_file(dirfd, name);

	if (error != 0)
		(void)snprintf(err, errlen, "%s keeps its immutable "
		    "attribute: %s", name, immutable_why(error));
	return (error);
}

/*
 * Segments, in each form that is there, which may be both: a plain one may have
 * it by hand.
 */
static int
lift_all(int dirfd, char *err, size_t errlen)
{
	char packed[LOG_NAMEMAX];
	struct logseg *segs;
	int next, error = 0;
	size_t i, n;

	if (logseg_list(dirfd, &segs, &n, &next) == -1) {
		(void)snprintf(err, errlen, "%s", strerror(errno));
		return (-1);
	}
	for (i = 0; error == 0 && i < n; i++) {
		logseg_packed_name(packed, segs[i].first);
		error = lift_name(dirfd, segs[i].name, err, errlen);
		if (error == 0)
			error = lift_name(dirfd, packed, err, errlen);
	}
	free(segs);
	return (error == 0 ? 0 : -1);
}

int
fixparts_lift(const char *dir, char *err, size_t errlen)
{
	int fd, r;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT)
		return (0);
	if (fd == -1) {
		(void)snprintf(err, errlen, "%s", strerror(errno));
		return (-1);
	}
	r = lift_all(fd, err, errlen);
	(void)close(fd);
	return (r);
}
