/* SPDX-License-Identifier: ISC */
/*
 * The files that the configuration is read from: whoever could write to one
 * could give himself what runs may do, so that is looked at on the open
 * descriptor.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "supervisor/conf/conf_priv.h"

/* Who else could have written it, or NULL. */
static const char *
file_others(const struct stat *st)
{
	if (st->st_uid != 0)
		return ("is not owned by root");
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return ("is writable by group or others");
	return (NULL);
}

/* What is wrong with the file itself, or NULL. */
static const char *
file_wrong(const struct stat *st, const char **other)
{
	const char *others = file_others(st);

	if (!S_ISREG(st->st_mode))
		return ("is not a regular file");
	if (other != NULL)
		*other = others;
	else if (others != NULL)
		return (others);
	if (st->st_size > CONF_MAXFILE)
		return ("is larger than 1 MiB");
	return (NULL);
}

char *
file_read(const char *path, size_t *len, int64_t *mtime_ns, const char **why,
    const char **other)
{
	struct stat st;
	char *buf = NULL;
	ssize_t n;
	int fd;

	*why = NULL;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY |
	    O_NONBLOCK);
	if (fd == -1) {
		*why = errno == ELOOP ? "is a symbolic link" : strerror(errno);
		return (NULL);
	}
	if (fstat(fd, &st) == -1)
		*why = strerror(errno);
	else if ((*why = file_wrong(&st, other)) == NULL) {
		buf = xmalloc(CONF_FILEROOM);
		if ((n = io_read(fd, buf, CONF_FILEROOM)) == -1) {
			*why = strerror(errno);
			freezero(buf, CONF_FILEROOM);
			buf = NULL;
		} else
			*len = (size_t)n;
		*mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 +
		    st.st_mtim.tv_nsec;
	}
	(void)close(fd);
	return (buf);
}

int
file_exists(const char *path)
{
	struct stat st;

	return (lstat(path, &st) == 0);
}

void
conf_add_file(struct conf *c, const char *path, int64_t mtime_ns)
{
	struct conf_file *f;
	size_t i;

	/* skills share profiles */
	for (i = 0; i < c->nfiles; i++)
		if (strcmp(c->files[i].path, path) == 0)
			return;
	c->files = xrecallocarray(c->files, c->nfiles, c->nfiles + 1,
	    sizeof(*c->files));
	f = &c->files[c->nfiles++];
	f->path = xstrdup(path);
	f->mtime_ns = mtime_ns;
}
