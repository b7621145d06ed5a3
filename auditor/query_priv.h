/* SPDX-License-Identifier: ISC */
/* A question about the log; see query.c. */
#ifndef AUDITOR_QUERY_PRIV_H
#define AUDITOR_QUERY_PRIV_H

#include "auditor/auditor.h"
#include "common/record/lines.h"

#define QUERY_CHUNK	(64U * 1024)

struct log_pos {
	size_t		 seg;
	uint64_t	 off;
};

#define QUERY_CHUNK	(64U * 1024)

enum query_phase {
	Q_BEFORE,	/* VERIFY: the seals of what is gone */
	Q_SEEK,		/* TAIL, FOLLOW: backwards to the first line */
	Q_OWNER,	/* SHOW: whose run is it */
	Q_SEND
};

struct query {
	TAILQ_ENTRY(query)	 entry;
	struct auditor		*a;
	uint64_t		 id;
	int			 pipe;
	struct event		*ev;
	unsigned		 type;		/* QUERY_* */
	enum query_phase	 phase;
	uint64_t		 want;		/* lines still to step over */
	uint32_t		 uid;		/* UINT32_MAX: anybody's */
	char			 run[RUNID_TEXT];
	char			 needle[32];	/* "run":"..." */
	int			 idle;		/* waits for records */

	struct log_pos		 at;		/* next byte to read */
	size_t			 from;		/* SHOW: the first segment */
	struct log_pos		 end;		/* when it was asked */
	struct record_head	 head;		/* of what is up to there */
	int			 before;	/* LOG_SEALS, or -1 */
	uint64_t		 links;		/* of that, still to send;
						   COPIES: of the file */
	uint64_t		 links_at;
	struct packfile		*output;	/* the one file that is read,
						   or of COPIES the next */
	uint64_t		 output_at;
	struct outnames		*names;		/* or NULL */
	struct packfile		*file;		/* of segment file_seg */
	size_t			 file_seg;

	struct record_lines	 lines;		/* SHOW */
	struct buf		 out;		/* what the pipe is to take */
	size_t			 sent;		/* of out */
	uint64_t		 records;
};

/*
 * queryaim.c: where it begins and ends, or which file it reads; 0, or -1 for a
 * question that makes no sense.
 */
int	query_aim(struct query *, uint64_t count, uint64_t run);

/*
 * queryfile.c: questions that are about one file beside the lines of the log,
 * or about the names of some; it stays what it was, also when it is removed.
 */
int	queryfile_is(const struct query *);
/* Opens it. */
void	queryfile_aim(struct query *, uint64_t count, uint64_t run);
/* Why there is nothing to be read, or NULL. */
const char *queryfile_none(const struct query *);
/* 1 to go on, 0 at the end, -1 error. */
int	queryfile_step(struct query *);
void	queryfile_close(struct query *);

/* querycopies.c: the next piece of them; 1 to go on, 0 at the end, -1 error. */
int	query_copies(struct query *);

#endif
