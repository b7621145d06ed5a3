/* SPDX-License-Identifier: ISC */
/*
 * The exec lines of a segment in a file of their own.  One way in for all
 * cases: read the segment from where the copy stands, and pass on what
 * belongs to exec lines.  After a failure the copy stays behind and is
 * brought up the next time.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "auditor/segment.h"
#include "common/log.h"
#include "common/record/record.h"

#define COPY_CHUNK	(64U * 1024)

void
execlog_open(struct execlog *x, int dirfd, uint64_t first)
{
	char name[LOG_NAMEMAX] = LOG_EXEC;

	memset(x, 0, sizeof(*x));
	if (first != 0)
		logseg_name(name, LOG_EXEC_STEM, first);
	x->checking = 1;
	(void)snprintf(x->name, sizeof(x->name), "%s", name);
	x->fd = openat(dirfd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
	    LOG_MODE);
	if (x->fd == -1)
		log_warn("%s", name);
}

void
execlog_close(struct execlog *x)
{
	if (x->fd != -1)
		(void)close(x->fd);
	x->fd = -1;
}

/* The first byte that differs; both have n bytes, and are not the same. */
static size_t
differs(const char *a, const char *b, size_t n)
{
	size_t i;

	for (i = 0; i < n && a[i] == b[i]; i++)
		;
	return (i);
}

/*
 * Is this what the copy has at its end already?  1, 0 if it ends before that,
 * -1 if it has something else.  No line has a NUL: it ends in front of one, for
 * it is not synced, and that is what a power cut leaves of it.
 */
static int
is_there(struct execlog *x, const char *p, size_t n)
{
	char have[COPY_CHUNK];
	ssize_t r;
	size_t k, done;

	for (done = 0; done < n; done += k) {
		k = n - done < sizeof(have) ? n - done : sizeof(have);
		r = pread(x->fd, have, k, (off_t)(x->size + done));
		if (r > 0 && memcmp(have, p + done, (size_t)r) != 0)
			return (have[differs(have, p + done, (size_t)r)] ==
			    '\0' ? 0 : -1);
		if (r != (ssize_t)k)
			return (0);
	}
	return (1);
}

/* Does the copy go on behind its end, with more than what was not written? */
static int
has_more(const struct execlog *x)
{
	char c;

	return (pread(x->fd, &c, 1, (off_t)x->size) == 1 && c != '\0');
}

static void
tell(const struct execlog *x)
{
	struct stat st;

	if (x->changed != NULL && fstat(x->fd, &st) == 0)
		x->changed(x->arg, x->name, (uint64_t)st.st_size, x->size);
}

static int
emit(struct execlog *x, const char *p, size_t n)
{
	int there;

	if (n == 0)
		return (0);
	if (x->checking && (there = is_there(x, p, n)) != 1) {
		if (there == -1)
			tell(x);
		if (ftruncate(x->fd, (off_t)x->size) == -1)
			return (-1);
		x->checking = 0;
	}
	if (!x->checking &&
	    pwrite(x->fd, p, n, (off_t)x->size) != (ssize_t)n)
		return (-1);
	x->size += n;
	return (0);
}

/*
 * Passes on the exec lines in p.  Returns how many bytes were looked at: all
 * of them but the beginning of a line whose kind is not there yet; or -1.
 */
static ssize_t
filter(struct execlog *x, const char *p, size_t n)
{
	const char *nl, *q = p, *run = p, *end = p + n;
	int copy, is;

	/* runs of exec lines go out in one write */
	copy = x->inside && x->copying;
	while (q != end) {
		if (!x->inside) {
			is = record_begins(q, (size_t)(end - q), RECORD_EXEC);
			if (is == -1)
				break;
			x->copying = is;
			if (x->copying != copy) {
				if (copy && emit(x, run,
				    (size_t)(q - run)) == -1)
					return (-1);
				copy = x->copying;
				run = q;
			}
		}
		nl = memchr(q, '\n', (size_t)(end - q));
		x->inside = nl == NULL;
		q = nl != NULL ? nl + 1 : end;
	}
	if (copy && emit(x, run, (size_t)(q - run)) == -1)
		return (-1);
	return (q - p);
}

static void
fell_behind(struct execlog *x, const struct execlog *before)
{
	int failed = before->failed;

	if (!failed)
		log_warn("%s is incomplete for now", LOG_EXEC);
	*x = *before;
	x->failed = 1;
	x->checking = 0;
	/* what was written in part would show up twice */
	if (ftruncate(x->fd, (off_t)x->size) == -1 && !failed)
		log_warn("%s", LOG_EXEC);
}

void
execlog_follow(struct execlog *x, int fd, uint64_t size)
{
	char chunk[COPY_CHUNK];
	struct execlog before;
	ssize_t n, used;
	struct stat st;
	size_t want;

	if (x->fd == -1)
		return;
	while (x->from < size) {
		before = *x;
		want = size - x->from < COPY_CHUNK ? (size_t)(size - x->from) :
		    COPY_CHUNK;
		n = pread(fd, chunk, want, (off_t)x->from);
		if (n <= 0 || (used = filter(x, chunk, (size_t)n)) <= 0) {
			fell_behind(x, &before);
			return;
		}
		x->from += (uint64_t)used;
	}
	if (x->checking && fstat(x->fd, &st) == 0 &&
	    (uint64_t)st.st_size > x->size) {
		if (has_more(x))
			tell(x);
		if (ftruncate(x->fd, (off_t)x->size) == -1)
			log_warn("%s", LOG_EXEC);
	}
	x->checking = 0;
	x->failed = 0;
}
