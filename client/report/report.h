/* SPDX-License-Identifier: ISC */
/* A report in its three forms.  What comes from the log is escaped in each. */
#ifndef CLIENT_REPORT_REPORT_H
#define CLIENT_REPORT_REPORT_H

#include "client/report/gather.h"
#include "common/buf.h"

#define REPORT_ROWS	12	/* of a list, for people; the rest is counted */

/* For a terminal or a mail. */
void	report_text(struct buf *, const struct report *);
/* One JSON object on one line, with a newline. */
void	report_json(struct buf *, const struct report *);
/* What a page begins with... */
#define REPORT_HTML_BEGIN						\
    "<!DOCTYPE html>\n<html lang=\"en\"><head>"				\
    "<meta charset=\"utf-8\">\n"
/* ...and goes on with: older versions did not. */
#define REPORT_HTML_MAKER						\
    "<meta name=\"generator\" content=\"clawbot audit report\">\n"
/* What is there in each, in the first REPORT_HTML_HEAD bytes. */
#define REPORT_HTML_TITLE	"<title>clawbot report</title>"
#define REPORT_HTML_HEAD	1024
/*
 * One page that needs nothing beside itself: no script, no image, no font, and
 * a policy that forbids to load any.
 */
void	report_html(struct buf *, const struct report *);

/* What all of them use. */
/* "2026-03-01 12:00", local time. */
void	report_moment(struct buf *, uint64_t us);
/* "3 s", "2 min", "5 h", "12 days"; us is a duration. */
void	report_lasted(struct buf *, uint64_t us);
/* Is the log's beginning not there any more? */
int	report_is_cut(const struct report *);
/* "records 1 to 41, until 2026-03-01, which record 99 says are removed". */
void	report_gone(struct buf *, const struct report *);
/* "in this log", or since which record of it. */
void	report_scope(struct buf *, const struct report *);
/* What is still not told of a tally behind its first rows, in counts. */
uint64_t report_rest(const struct tally *, size_t rows);

#endif
