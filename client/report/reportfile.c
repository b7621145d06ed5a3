/* SPDX-License-Identifier: ISC */
/* The file of a report; see reportfile.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/report/report.h"
#include "client/report/reportfile.h"
#include "common/io.h"
#include "common/role.h"
#include "common/xmalloc.h"

static int
failed(const struct reportfile *p, struct fail *f)
{
	fail_set(f, EXIT_IO, "%s: %s", strcmp(p->path, "-") == 0 ?
	    "standard output" : p->path, strerror(errno));
	return (-1);
}

/* Is what was read, n bytes, the beginning of a page, or nothing at all? */
static int
begins_page(const char *head, ssize_t n)
{
	const size_t len = sizeof(REPORT_HTML_BEGIN) - 1;

	return (n == 0 || (n > (ssize_t)len &&
	    memcmp(head, REPORT_HTML_BEGIN, len) == 0 &&
	    memmem(head, (size_t)n, REPORT_HTML_TITLE,
	    sizeof(REPORT_HTML_TITLE) - 1) != NULL));
}

/* Was it written by audit report, or not at all?  *st is what was read. */
static int
is_page(const char *path, struct stat *st)
{
	char head[REPORT_HTML_HEAD];
	ssize_t n = -1;
	int fd;

	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return (0);
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		n = io_read(fd, head, sizeof(head));
	(void)close(fd);
	return (n != -1 && begins_page(head, n));
}

static int
is_same(const struct stat *a, const struct stat *b)
{
	return (a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    (a->st_mode & S_IFMT) == (b->st_mode & S_IFMT));
}

static int
is_other(const struct reportfile *p, struct fail *f)
{
	fail_set(f, EXIT_IO, "%s has become another file meanwhile", p->path);
	return (-1);
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
	if (!is_same(&st, was))
		return (is_other(p, f));
	return (is_foreign(p, &st, f) ? -1 : 0);
}

/* Can no other file take the name: a mount, or a directory of another's? */
static int
only_in_place(int e)
{
	return (e == EBUSY || e == EACCES || e == EPERM || e == EXDEV);
}

/* The page itself, which nobody else has under another name. */
static int
open_page(struct reportfile *p, struct fail *f)
{
	const int saved = errno;
	struct stat st;

	p->page = open(p->path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (p->page == -1 || fstat(p->page, &st) == -1)
		return (failed(p, f));
	if (!is_same(&st, &p->was))
		return (is_other(p, f));
	if (st.st_uid == geteuid() && st.st_nlink == 1)
		return (0);
	errno = saved;
	return (failed(p, f));
}

int
reportfile_open(struct reportfile *p, const char *path, struct fail *f)
{
	struct stat st;
	int there;

	memset(p, 0, sizeof(*p));
	p->path = path;
	p->fd = p->page = -1;
	if (strcmp(path, "-") == 0) {
		p->fd = STDOUT_FILENO;
		return (0);
	}
	there = lstat(path, &st) == 0;
	if (there && is_stream(&st))
		return (open_stream(p, &st, f));
	if (there && !is_page(path, &p->was)) {
		fail_set(f, EXIT_IO, "%s is there already, and is no report",
		    path);
		fail_hint(f, "an older report is replaced, and nothing else: "
		    "name another file");
		return (-1);
	}
	p->replace = there;
	if (newfile_open(&p->file, path) == 0)
		return (0);
	if (there && only_in_place(errno))
		return (open_page(p, f));
	return (failed(p, f));
}

/* Is what the directory has there by root's will alone? */
static int
is_roots_room(const char *path)
{
	char *copy = xstrdup(path);
	struct stat st;
	int r;

	r = stat(dirname(copy), &st) == 0 && st.st_uid == 0 &&
	    (st.st_mode & 022) == 0;
	free(copy);
	return (r);
}

/*
 * Root's page in place of another's is read by whom that was for, if it is root
 * who gave it that place: else any account could make one, to read the next.
 */
static int
keep_owner(const struct reportfile *p)
{
	if (geteuid() != 0 || p->was.st_uid == 0 || !is_roots_room(p->path))
		return (0);
	if (fchown(p->file.fd, p->was.st_uid, p->was.st_gid) == -1)
		return (-1);
	return (fchmod(p->file.fd, p->was.st_mode & 0640));
}

/* Cut and written from its first byte on. */
static int
write_over(const struct reportfile *p, const struct buf *b, struct fail *f)
{
	if (ftruncate(p->page, 0) == -1 ||
	    io_write(p->page, b->data, b->len) == -1 ||
	    io_fsync(p->page) == -1)
		return (failed(p, f));
	return (0);
}

static int
replace(struct reportfile *p, const struct buf *b, struct fail *f)
{
	struct stat st;

	if (lstat(p->path, &st) == -1 || !is_same(&st, &p->was))
		return (is_other(p, f));
	if (keep_owner(p) == 0 && newfile_replace(&p->file) == 0)
		return (0);
	if (!only_in_place(errno))
		return (failed(p, f));
	return (open_page(p, f) == -1 ? -1 : write_over(p, b, f));
}

int
reportfile_put(struct reportfile *p, const struct buf *b, struct fail *f)
{
	const int fd = p->fd != -1 ? p->fd : p->file.fd;

	if (p->page != -1)
		return (write_over(p, b, f));
	if (io_write(fd, b->data, b->len) == -1)
		return (failed(p, f));
	if (p->fd != -1)
		return (0);
	if (p->replace)
		return (replace(p, b, f));
	return (newfile_close(&p->file) == -1 ? failed(p, f) : 0);
}

void
reportfile_close(struct reportfile *p)
{
	newfile_drop(&p->file);
	if (p->fd != -1 && p->fd != STDOUT_FILENO)
		(void)close(p->fd);
	if (p->page != -1)
		(void)close(p->page);
	p->fd = p->page = -1;
}
