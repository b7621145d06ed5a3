/* SPDX-License-Identifier: ISC */
/*
 * Files as they were when they were hashed.  The path is somebody else's to
 * change: only a regular file is opened for reading, and only what has the
 * digest is shown.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/asfile.h"
#include "common/role.h"

#define SHOWN_MAX	(128U * 1024 * 1024)	/* no larger one is hashed */

static int
cannot(const struct ident *id, struct fail *f, const char *why)
{
	fail_set(f, EXIT_IO, "%s: %s", id->path, why);
	return (-1);
}

static int
changed(const struct ident *id, struct fail *f)
{
	fail_set(f, 1, "%s: it is another one than when it was hashed",
	    id->path);
	fail_hint(f, "a command whose files have changed is not executed");
	return (-1);
}

/* Looked at before it is opened: a device or FIFO could notice. */
static int
open_regular(const struct ident *id, struct stat *st, struct fail *f)
{
	char self[64];
	int fd, at;

	if ((at = open(id->path, O_PATH | O_NOFOLLOW | O_CLOEXEC)) == -1)
		return (cannot(id, f, strerror(errno)));
	if (fstat(at, st) == -1 || !S_ISREG(st->st_mode)) {
		(void)close(at);
		return (changed(id, f));
	}
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", at);
	fd = open(self, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		(void)cannot(id, f, strerror(errno));
	(void)close(at);
	return (fd);
}

/* 0 and all of n bytes, and there are no more. */
static int
read_all(int fd, uint8_t *p, size_t n)
{
	size_t got = 0;
	ssize_t r;

	while (got <= n) {
		r = read(fd, p + got, n + 1 - got);
		if (r == -1 && errno == EINTR)
			continue;
		if (r <= 0)
			break;
		got += (size_t)r;
	}
	return (got == n ? 0 : -1);
}

int
asfile_read(const struct ident *id, uint8_t **data, size_t *len,
    struct fail *f)
{
	uint8_t digest[PLAN_DIGEST];
	struct stat st;
	int fd, r;

	if ((fd = open_regular(id, &st, f)) == -1)
		return (-1);
	if (st.st_size < 0 || st.st_size > (off_t)SHOWN_MAX ||
	    (id->size != UINT64_MAX && id->size != (uint64_t)st.st_size)) {
		(void)close(fd);
		return (changed(id, f));
	}
	*len = (size_t)st.st_size;
	*data = xmalloc(*len + 1);
	r = read_all(fd, *data, *len);
	(void)close(fd);
	if (r == 0)
		plan_digest(digest, *data, *len);
	if (r == 0 && memcmp(digest, id->digest, sizeof(digest)) == 0)
		return (0);
	free(*data);
	*data = NULL;
	return (changed(id, f));
}
