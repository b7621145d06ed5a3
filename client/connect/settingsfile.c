/* SPDX-License-Identifier: ISC */
/* Reading and replacing somebody's settings; see settingsfile.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/connect/settingsfile.h"
#include "common/buf.h"
#include "common/io.h"
#include "common/role.h"
#include "common/xmalloc.h"

#define SETTINGS_MAX	(16U * 1024 * 1024)

static int
wrong(struct fail *f, const char *path, const char *why)
{
	fail_set(f, EXIT_IO, "%s: %s", path, why);
	return (-1);
}

/* A file that is not only ours to change is left to whoever looks at it. */
static int
fit(const char *path, const struct stat *st, struct fail *f)
{
	if (!S_ISREG(st->st_mode))
		return (wrong(f, path, "is not a file"));
	if (st->st_uid != geteuid())
		return (wrong(f, path, "is not yours"));
	if ((st->st_mode & S_IWUSR) == 0)
		return (wrong(f, path, "is read-only"));
	if (st->st_nlink > 1)
		return (wrong(f, path, "has other names, which would keep "
		    "what it is now"));
	if (st->st_size > (off_t)SETTINGS_MAX)
		return (wrong(f, path, "is too large for settings"));
	return (0);
}

static int
read_fd(int fd, const char *path, char **text, struct fail *f)
{
	char chunk[8192];
	struct buf b;
	ssize_t n;

	buf_init(&b, SETTINGS_MAX + 1);
	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			buf_free(&b);
			return (wrong(f, path, strerror(errno)));
		}
		buf_put(&b, chunk, (size_t)n);
	}
	if (b.bad || (b.len != 0 && memchr(b.data, '\0', b.len) != NULL)) {
		buf_free(&b);
		return (wrong(f, path, "is no text"));
	}
	buf_put_u8(&b, 0);
	*text = xstrdup((char *)b.data);
	buf_free(&b);
	return (0);
}

int
settingsfile_read(struct settingsfile *s, const char *path, struct fail *f)
{
	struct stat st;
	int fd, r, why;

	memset(s, 0, sizeof(*s));
	s->mode = 0600;
	if ((s->path = realpath(path, NULL)) == NULL) {
		/* a link to nothing is not for us to follow */
		why = errno;
		if (why == ENOENT && lstat(path, &st) == 0)
			return (wrong(f, path, "is a link to nothing"));
		if (why != ENOENT)
			return (wrong(f, path, strerror(why)));
		s->path = xstrdup(path);
		s->text = xstrdup("");
		return (0);
	}
	if ((fd = open(s->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC |
	    O_NONBLOCK)) == -1)
		return (wrong(f, s->path, strerror(errno)));
	r = fstat(fd, &st) == -1 ? wrong(f, s->path, strerror(errno)) :
	    fit(s->path, &st, f);
	if (r == 0)
		r = read_fd(fd, s->path, &s->text, f);
	s->exists = 1;
	s->mode = st.st_mode & 07777;
	(void)close(fd);
	return (r);
}

static char *
dir_of(const char *path)
{
	char *dir = xstrdup(path), *slash = strrchr(dir, '/');

	*(slash == dir ? slash + 1 : slash) = '\0';
	return (dir);
}

/*
 * A new file comes to where its owner could be another one, by a home that is
 * not ours, or a link to somewhere: root would be led by that.
 */
static int
dir_fit(const char *path, struct fail *f)
{
	char *dir = dir_of(path);
	struct stat st;
	int r = 0;

	if (stat(dir, &st) == -1)
		r = wrong(f, dir, strerror(errno));
	else if (st.st_uid != geteuid() && st.st_uid != 0)
		r = wrong(f, dir, "is not yours");
	free(dir);
	return (r);
}

/* The directories that are not there yet, for their owner alone. */
static int
make_dirs(const char *path, struct fail *f)
{
	char *dir = xstrdup(path), *p;
	int r = 0;

	for (p = strchr(dir + 1, '/'); r == 0 && p != NULL;
	    p = strchr(p + 1, '/')) {
		*p = '\0';
		if (access(dir, F_OK) == -1 && (r = dir_fit(dir, f)) == 0 &&
		    mkdir(dir, 0700) == -1 && errno != EEXIST)
			r = wrong(f, dir, strerror(errno));
		*p = '/';
	}
	free(dir);
	return (r);
}

/* Is it as it was read? */
static int
unchanged(const struct settingsfile *s)
{
	struct settingsfile now;
	struct fail f;
	int r;

	r = settingsfile_read(&now, s->path, &f) == 0 &&
	    now.exists == s->exists && strcmp(now.path, s->path) == 0 &&
	    strcmp(now.text, s->text) == 0;
	settingsfile_free(&now);
	return (r);
}

int
settingsfile_same(const struct settingsfile *s, struct fail *f)
{
	return (unchanged(s) ? 0 : wrong(f, s->path, "has changed in the "
	    "meantime; try again"));
}

/* The new file, beside the one that it is to replace. */
static int
write_new(const struct settingsfile *s, int fd, const char *text,
    struct fail *f)
{
	if (fchmod(fd, s->mode) == -1 ||
	    io_write(fd, text, strlen(text)) == -1 || io_fsync(fd) == -1)
		return (wrong(f, s->fresh, strerror(errno)));
	return (0);
}

/* May a name be taken out of its directory? */
static int
removable(const struct settingsfile *s, struct fail *f)
{
	char *dir = dir_of(s->path);
	int r = 0;

	if (faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) == -1)
		r = wrong(f, dir, strerror(errno));
	free(dir);
	return (r);
}

int
settingsfile_prepare(struct settingsfile *s, const char *text, struct fail *f)
{
	int fd, r;

	if (*text == '\0')
		return (removable(s, f));
	if (make_dirs(s->path, f) == -1 || dir_fit(s->path, f) == -1)
		return (-1);
	(void)xasprintf(&s->fresh, "%s.XXXXXX", s->path);
	if ((fd = mkostemp(s->fresh, O_CLOEXEC)) == -1) {
		r = wrong(f, s->fresh, strerror(errno));
		free(s->fresh);
		s->fresh = NULL;
		return (r);
	}
	r = write_new(s, fd, text, f);
	(void)close(fd);
	return (r);
}

int
settingsfile_replace(struct settingsfile *s, struct fail *f)
{
	if (settingsfile_same(s, f) == -1)
		return (-1);
	if (s->fresh == NULL)
		return (unlink(s->path) == -1 && errno != ENOENT ?
		    wrong(f, s->path, strerror(errno)) : 0);
	if (rename(s->fresh, s->path) == -1)
		return (wrong(f, s->path, strerror(errno)));
	free(s->fresh);
	s->fresh = NULL;
	return (0);
}

int
settingsfile_write(struct settingsfile *s, const char *text, struct fail *f)
{
	return (settingsfile_prepare(s, text, f) == -1 ? -1 :
	    settingsfile_replace(s, f));
}

void
settingsfile_free(struct settingsfile *s)
{
	if (s->fresh != NULL)
		(void)unlink(s->fresh);
	free(s->fresh);
	free(s->path);
	if (s->text != NULL)
		freezero(s->text, strlen(s->text));
	memset(s, 0, sizeof(*s));
}
