/* SPDX-License-Identifier: ISC */
/*
 * One file for who asks: stored output as it was, or, for an archive, files of
 * the log's directory as they are.  See query_priv.h.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "auditor/outnames.h"
#include "auditor/query_priv.h"
#include "common/outfile.h"
#include "common/plan.h"
#include "common/record/pruned.h"

int
queryfile_is(const struct query *q)
{
	return (q->type == QUERY_OUTPUT || (q->type >= QUERY_PART &&
	    q->type <= QUERY_PACKED));
}

/* In the form that it has; no other segment than one that is closed. */
static int
open_part(const struct segment *s, uint64_t first)
{
	char name[LOG_NAMEMAX];
	size_t i;
	int fd;

	for (i = 0; i < s->nold && s->old[i] != first; i++)
		;
	if (i == s->nold)
		return (-1);
	logseg_name(name, LOG_STEM, first);
	fd = logseg_open(s->dirfd, name, O_RDONLY);
	if (fd != -1 || errno != ENOENT)
		return (fd);
	logseg_packed_name(name, first);
	return (logseg_open(s->dirfd, name, O_RDONLY));
}

static int
open_stored(const struct query *q, uint64_t intent, uint64_t run)
{
	char name[OUTFILE_NAME];

	if (q->a->output.dirfd == -1)
		return (-1);
	if (q->type == QUERY_PACKED)
		outfile_packed_name(name, intent, run);
	else
		outfile_name(name, intent, run);
	return (logseg_open(q->a->output.dirfd, name, O_RDONLY));
}

void
queryfile_aim(struct query *q, uint64_t count, uint64_t run)
{
	const struct segment *s = &q->a->chain.seg;
	int fd = -1;

	run &= RUNID_MASK;
	switch (q->type) {
	case QUERY_OUTPUT:
		q->output = outstore_read(&q->a->output, run, count);
		return;
	case QUERY_NAMES:
		q->names = outnames_new(&q->a->output, run, count);
		return;
	case QUERY_PART:
		fd = open_part(s, count);
		break;
	case QUERY_PRUNED:
		fd = logseg_open(s->dirfd, LOG_PRUNED, O_RDONLY);
		break;
	case QUERY_SEALS:
		fd = logseg_open(s->dirfd, LOG_SEALS, O_RDONLY);
		break;
	default:
		fd = open_stored(q, count, run);
		break;
	}
	if (fd != -1)
		q->output = packfile_plain(fd);
}

const char *
queryfile_none(const struct query *q)
{
	if (!queryfile_is(q) || q->output != NULL || q->names != NULL)
		return (NULL);
	switch (q->type) {
	case QUERY_NAMES:
		return ("what is stored of runs cannot be listed");
	case QUERY_OUTPUT:
	case QUERY_STORED:
	case QUERY_PACKED:
		return ("the stored output of that run is not there");
	case QUERY_PART:
		return ("there is no such closed part of the log");
	default:
		return ("there is no such file beside the log");
	}
}

static int
file_step(struct query *q)
{
	uint8_t piece[QUERY_CHUNK];
	ssize_t n;

	n = packfile_read(q->output, piece, sizeof(piece), q->output_at);
	/* packed, and damaged: what is missing shows by the digest */
	if (n == -1 && errno == EBADMSG)
		n = 0;
	if (n > 0)
		buf_put(&q->out, piece, (size_t)n);
	q->output_at += n > 0 ? (uint64_t)n : 0;
	return (n > 0 ? 1 : (int)n);
}

int
queryfile_step(struct query *q)
{
	return (q->names != NULL ? outnames_step(q->names, &q->out) :
	    file_step(q));
}

void
queryfile_close(struct query *q)
{
	packfile_close(q->output);
	outnames_free(q->names);
}
