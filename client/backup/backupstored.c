/* SPDX-License-Identifier: ISC */
/* Stored output in a backup; see backupstored.h. */
#include "config.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/backup/backupfail.h"
#include "client/backup/backupstored.h"
#include "common/outfile.h"
#include "common/xmalloc.h"

/* A file of the auditor's own that is closed; its size, or -1: not so. */
static int
is_closed(int dirfd, const char *name, uid_t uid, uint64_t *size)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(st.st_mode) || st.st_uid != uid || st.st_nlink != 1 ||
	    (st.st_mode & 07777) != OUTFILE_MODE)
		return (0);
	*size = (uint64_t)st.st_size;
	return (1);
}

static int
by_name(const void *a, const void *b)
{
	const struct backup_file *x = a, *y = b;

	return (strcmp(x->name, y->name));
}

/* All of a directory's that is open; takes that. */
static int
add_all(struct backup_set *s, int dirfd, struct fail *f)
{
	char full[NAME_MAX + sizeof(BACKUP_OUTDIR)];
	const size_t first = s->head.n;
	const struct dirent *e;
	struct stat dir;
	uint64_t size;
	DIR *d;

	if (fstat(dirfd, &dir) == -1 || (d = fdopendir(dirfd)) == NULL) {
		(void)close(dirfd);
		return (backup_errno(f, OUTFILE_DIR));
	}
	while ((e = readdir(d)) != NULL) {
		(void)snprintf(full, sizeof(full), BACKUP_OUTDIR "%s",
		    e->d_name);
		if (backup_part(full) == PART_OUTPUT &&
		    is_closed(dirfd, e->d_name, dir.st_uid, &size))
			backup_head_add(&s->head, full, size);
	}
	(void)closedir(d);
	if (s->head.n != first)
		qsort(s->head.v + first, s->head.n - first,
		    sizeof(*s->head.v), by_name);
	return (0);
}

int
backupstored_add(struct backup_set *s, const struct hostplaces *ps,
    struct fail *f)
{
	const struct hostplace *log = hostplaces_dir(ps, "log");
	const size_t was = s->head.n;
	char *path;
	size_t i;
	int fd, r = 0;

	xasprintf(&path, "%s/" OUTFILE_DIR, log->path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd != -1)
		r = add_all(s, fd, f);
	else if (errno != ENOENT)
		r = backup_errno(f, path);
	s->stored = path;
	s->fds = xrecallocarray(s->fds, was, s->head.n, sizeof(*s->fds));
	for (i = was; i < s->head.n; i++)
		s->fds[i] = SET_STORED;
	return (r);
}

int
backupstored_open(const struct backup_set *s, const struct backup_file *file)
{
	char *path;
	int fd;

	xasprintf(&path, "%s/%s", s->stored,
	    file->name + strlen(BACKUP_OUTDIR));
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	free(path);
	return (fd);
}
