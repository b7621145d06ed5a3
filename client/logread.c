/* SPDX-License-Identifier: ISC */
/* The records of the log from some time on; see logread.h. */
#include "config.h"

#include <string.h>

#include "client/logquery.h"
#include "client/logread.h"
#include "client/progress.h"
#include "common/msg.h"
#include "common/record/lines.h"
#include "common/role.h"

#define FIRST_LOOK	4096U	/* records */
#define LOOK_FURTHER	4U	/* times as many */

struct logreading {
	const struct logspan *span;
	logread_cb	 cb;
	void		*arg;
	struct record_lines cut;
	uint64_t	 count;		/* records that were asked for */
	uint64_t	 first;		/* number of the first one before */
	int		 begun;		/* this time's first one is good */
	int		 further;	/* it is not old enough */
	struct fail	*f;
};

/* Is it as old as what is wanted, or the first that there is? */
static int
begins_there(struct logreading *r, const struct record_view *v)
{
	const uint64_t before = r->first;

	if (r->count == RECORD_LAST)
		return (1);
	if (v == NULL)
		return (0);
	r->first = v->number;
	return (v->time_us < r->span->since_us || v->number == 1 ||
	    v->number == before);
}

static int
on_line(const char *line, size_t len, void *arg)
{
	struct logreading *r = arg;
	struct record_view view, *v = &view;
	uint64_t number;

	if (record_check(line, len, NULL, &number) != NULL ||
	    record_view(v, line, len) == -1)
		v = NULL;
	if (!r->begun && !begins_there(r, v)) {
		r->further = 1;
		return (1);
	}
	r->begun = 1;
	progress_records(r->span->progress, 1);
	if (v != NULL && (v->time_us < r->span->since_us ||
	    (r->span->until_us != 0 && v->time_us >= r->span->until_us)))
		return (0);
	return (r->cb(v, line, len, r->arg, r->f) == -1);
}

static int
on_piece(const uint8_t *p, size_t n, void *arg, struct fail *f)
{
	struct logreading *r = arg;
	int ret;

	r->f = f;
	ret = record_lines_feed(&r->cut, p, n, on_line, r);
	if (ret == -1)
		fail_set(f, EXIT_CLAWBOT, "a line of the log is longer than "
		    "%u bytes", RECORD_MAX);
	return (ret == 0 ? 0 : -1);
}

/* Asks for so many of the last records. */
static int
look(const struct cli *cli, struct logreading *r, struct fail *f)
{
	int ret;

	r->begun = r->further = 0;
	record_lines_init(&r->cut);
	ret = query_log(cli, QUERY_TAIL, r->count, 0, on_piece, NULL, r, f);
	if (ret == 0 && record_lines_inside(&r->cut)) {
		fail_set(f, EXIT_CLAWBOT, "the log's last line has no end");
		ret = -1;
	}
	record_lines_free(&r->cut);
	return (ret);
}

int
logread(const struct cli *cli, const struct logspan *span, logread_cb cb,
    void *arg, struct fail *f)
{
	struct logreading r;
	int ret;

	memset(&r, 0, sizeof(r));
	r.span = span;
	r.cb = cb;
	r.arg = arg;
	r.count = span->since_us == 0 ? RECORD_LAST : FIRST_LOOK;
	progress_begin(span->progress, "reading the log", 0);
	while ((ret = look(cli, &r, f)) == -1 && r.further)
		r.count = r.count > RECORD_LAST / LOOK_FURTHER ?
		    RECORD_LAST : r.count * LOOK_FURTHER;
	progress_end(span->progress);
	return (ret);
}
