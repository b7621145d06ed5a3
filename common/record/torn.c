/* SPDX-License-Identifier: ISC */
/* Writing that was cut short; see torn.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/record/torn.h"
#include "common/xmalloc.h"

#define SECTOR	512U

/*
 * Is the line at p the trace of writing that was cut short?  A file system
 * that lost its pages leaves whole sectors of zeros, or zeros up to the end,
 * which no line has and no changed bit makes.
 */
static int
has_hole(const uint8_t *p, size_t n, uint64_t offset)
{
	const uint8_t *nl, *zero;
	size_t i, run = 0;

	nl = memchr(p, '\n', n);
	zero = memchr(p, 0, nl != NULL ? (size_t)(nl - p) : n);
	if (zero == NULL)
		return (0);
	for (i = (size_t)(zero - p); i < n && p[i] == 0; i++)
		if (++run >= SECTOR && (offset + i + 1) % SECTOR == 0)
			return (1);
	return (i == n);
}

/* Can a changed record break this rule, and a lost sector not? */
static int
is_changed(const struct logscan_result *res)
{
	return (res->status != LOGSCAN_TRUNCATED &&
	    (res->status != LOGSCAN_TAMPERED ||
	    strcmp(res->rule, "chain") == 0 ||
	    strcmp(res->rule, "seal") == 0 ||
	    strcmp(res->rule, "number") == 0));
}

static ssize_t
read_at(int fd, uint8_t *p, size_t n, uint64_t at)
{
	ssize_t r;

	do {
		r = pread(fd, p, n, (off_t)at);
	} while (r == -1 && errno == EINTR);
	return (r);
}

uint8_t *
torn_end(int fd, const struct logscan_result *res, size_t *len)
{
	struct stat st;
	uint8_t *p;
	ssize_t n;
	int saved;

	errno = 0;
	if (strcmp(res->file, LOG_CURRENT) != 0 || is_changed(res))
		return (NULL);
	if (fstat(fd, &st) == -1)
		return (NULL);
	if ((uint64_t)st.st_size < res->offset ||
	    (uint64_t)st.st_size - res->offset > TORN_MAX)
		return (NULL);
	*len = (size_t)((uint64_t)st.st_size - res->offset);
	p = xmalloc(*len + 1);
	n = read_at(fd, p, *len, res->offset);
	if (n == (ssize_t)*len && (res->status != LOGSCAN_TAMPERED ||
	    has_hole(p, *len, res->offset)))
		return (p);
	saved = n == -1 ? errno : n == (ssize_t)*len ? 0 : EIO;
	freezero(p, *len);
	errno = saved;
	return (NULL);
}
