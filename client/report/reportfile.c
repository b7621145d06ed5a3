/* SPDX-License-Identifier: ISC */
/* The file of a report; see reportfile.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "client/report/report.h"
#include "client/report/reportfile.h"
#include "common/io.h"
#include "common/role.h"

static int
failed(const struct reportfile *p, struct fail *f)
{
	fail_set(f, EXIT_IO, "%s: %s", strcmp(p->path, "-") == 0 ?
	    "standard output" : p->path, strerror(errno));
	return (-1);
}

/* Was it written by audit report, or not at all? */
static int
is_page(const char *path)
{
	char is[sizeof(REPORT_HTML_BEGIN) - 1] = "";
	ssize_t n = -1;
	struct stat st;
	int fd;

	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return (0);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		n = io_read(fd, is, sizeof(is));
	(void)close(fd);
	return (n == 0 || (n == (ssize_t)sizeof(is) &&
	    memcmp(is, REPORT_HTML_BEGIN, sizeof(is)) == 0));
}

static int
is_stream(const struct stat *st)
{
	return (S_ISCHR(st->st_mode) || S_ISFIFO(st->st_mode));
}

/*
 * Is it a pipe of neither the caller nor root, whose owner would read this?  It
 * is opened without O_CREAT, and so fs.protected_fifos does not keep anyone
 * from making one where the file is expected.
 */
static int
is_foreign(const struct reportfile *p, const struct stat *st, struct fail *f)
{
	if (!S_ISFIFO(st->st_mode) || st->st_uid == 0 ||
	    st->st_uid == geteuid())
		return (0);
	fail_set(f, EXIT_IO, "%s is a pipe of another account, uid %u, which "
	    "would read the report", p->path, (unsigned)st->st_uid);
	fail_hint(f, "name another file");
	return (1);
}

/* What was looked at, and nothing that took its name meanwhile. */
static int
open_stream(struct reportfile *p, const struct stat *was, struct fail *f)
{
	struct stat st;

	if (is_foreign(p, was, f))
		return (-1);
	p->fd = open(p->path, O_WRONLY | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	if (p->fd == -1 || fstat(p->fd, &st) == -1)
		return (failed(p, f));
	if (st.st_dev != was->st_dev || st.st_ino != was->st_ino ||
	    (st.st_mode & S_IFMT) != (was->st_mode & S_IFMT)) {
		fail_set(f, EXIT_IO, "%s has become another file", p->path);
		return (-1);
	}
	return (is_foreign(p, &st, f) ? -1 : 0);
}

int
reportfile_open(struct reportfile *p, const char *path, struct fail *f)
{
	struct stat st;
	int there;

	memset(p, 0, sizeof(*p));
	p->path = path;
	p->fd = -1;
	if (strcmp(path, "-") == 0) {
		p->fd = STDOUT_FILENO;
		return (0);
	}
	there = lstat(path, &st) == 0;
	if (there && is_stream(&st))
		return (open_stream(p, &st, f));
	if (there && !is_page(path)) {
		fail_set(f, EXIT_IO, "%s is there already, and is no report",
		    path);
		fail_hint(f, "an older report is replaced, and nothing else: "
		    "name another file");
		return (-1);
	}
	p->replace = there;
	return (newfile_open(&p->file, path) == -1 ? failed(p, f) : 0);
}

int
reportfile_put(struct reportfile *p, const struct buf *b, struct fail *f)
{
	const int fd = p->fd != -1 ? p->fd : p->file.fd;
	int r;

	if (io_write(fd, b->data, b->len) == -1)
		return (failed(p, f));
	if (p->fd != -1)
		return (0);
	r = p->replace ? newfile_replace(&p->file) : newfile_close(&p->file);
	return (r == -1 ? failed(p, f) : 0);
}

void
reportfile_close(struct reportfile *p)
{
	newfile_drop(&p->file);
	if (p->fd != -1 && p->fd != STDOUT_FILENO)
		(void)close(p->fd);
	p->fd = -1;
}
