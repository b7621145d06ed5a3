/* SPDX-License-Identifier: ISC */
/* exec.log and its numbered ones, one behind the other; see query.c. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "auditor/query_priv.h"

/* One that cannot be read is none: what is not there proves nothing. */
static int
open_copy(struct query *q)
{
	const struct segment *s = &q->a->chain.seg;
	const int now = q->at.seg == s->nold;
	char name[LOG_NAMEMAX] = LOG_EXEC;
	uint64_t first, next;
	struct stat st;
	int fd;

	first = now ? s->first : s->old[q->at.seg];
	next = now ? 0 : q->at.seg + 1 < s->nold ? s->old[q->at.seg + 1] :
	    s->first;
	if (!now)
		logseg_name(name, LOG_EXEC_STEM, first);
	if ((fd = logseg_open(s->dirfd, name, O_RDONLY)) == -1)
		return (-1);
	if (fstat(fd, &st) == -1) {
		(void)close(fd);
		return (-1);
	}
	q->output = packfile_plain(fd);
	q->output_at = 0;
	q->links = (uint64_t)st.st_size;
	buf_printf(&q->out, "copy %llu %llu %llu\n", (unsigned long long)first,
	    (unsigned long long)next, (unsigned long long)q->links);
	return (0);
}

int
query_copies(struct query *q)
{
	uint8_t piece[QUERY_CHUNK];
	uint64_t left;
	ssize_t n;

	if (q->output == NULL) {
		if (q->at.seg > q->end.seg)
			return (0);
		if (open_copy(q) == -1)
			q->at.seg++;
		return (1);
	}
	left = q->links - q->output_at;
	if (left == 0) {
		packfile_close(q->output);
		q->output = NULL;
		q->at.seg++;
		return (1);
	}
	n = packfile_read(q->output, piece, left < sizeof(piece) ?
	    (size_t)left : sizeof(piece), q->output_at);
	if (n == 0)
		errno = ESTALE;		/* it was made shorter meanwhile */
	if (n <= 0)
		return (-1);
	buf_put(&q->out, piece, (size_t)n);
	q->output_at += (uint64_t)n;
	return (1);
}
