/* SPDX-License-Identifier: ISC */
/*
 * audit tail: the log's last records in short, as JSON, or as lines of the log,
 * in which programs inside of runs have a form of their own; audit search: some
 * of them, in short; audit show: those of a run, or a page made of them.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client/esc.h"
#include "client/execline.h"
#include "client/list.h"
#include "client/logline.h"
#include "client/logmatch.h"
#include "client/logquery.h"
#include "client/logread.h"
#include "client/out.h"
#include "client/progress.h"
#include "client/recwalk.h"
#include "client/runpage.h"
#include "client/storedshow.h"
#include "client/user.h"
#include "common/decimal.h"
#include "common/msg.h"
#include "common/plan.h"
#include "common/record/lines.h"
#include "common/record/record.h"
#include "common/role.h"

struct lines {
	int		 json;
	int		 brief;		/* for people */
	struct runpage	*page;		/* takes them in place of being shown */
	int		 array;		/* elements of one document */
	struct record_lines cut;
	uint64_t	 n;
};

static void
line_brief(struct buf *b, const char *line, size_t len)
{
	struct record_view v;
	uint64_t number;

	if (record_check(line, len, NULL, &number) != NULL ||
	    record_view(&v, line, len) == -1)
		esc_text(b, line, len - 1);
	else
		logline_show(b, &v);
}

/* What a run has started takes a line of its own form, as there are many. */
static void
line_text(struct buf *b, const char *line, size_t len)
{
	struct record_view v;
	uint64_t number;

	if (record_check(line, len, NULL, &number) != NULL ||
	    record_view(&v, line, len) == -1 || !execline_show(b, &v))
		esc_text(b, line, len - 1);
}

/* What is no record stays a line, wherever it stands. */
static int
to_page(struct lines *l, const char *line, size_t len)
{
	struct record_view v;
	uint64_t number;

	if (l->page == NULL || record_check(line, len, NULL,
	    &number) != NULL || record_view(&v, line, len) == -1)
		return (0);
	runpage_add(l->page, &v);
	l->n++;
	return (1);
}

static int
put_line(const char *line, size_t len, void *arg)
{
	struct lines *l = arg;
	struct buf b;

	if (to_page(l, line, len))
		return (0);
	buf_init(&b, 16U * RECORD_MAX);
	if (l->array && l->n != 0)
		buf_put_u8(&b, ',');
	if (l->json)
		record_to_json(&b, line, len);
	else if (l->brief)
		line_brief(&b, line, len);
	else
		line_text(&b, line, len);
	if (!l->array)
		buf_put_u8(&b, '\n');
	out_buf(stdout, &b);
	l->n++;
	return (0);
}

static int
on_piece(const uint8_t *p, size_t n, void *arg, struct fail *f)
{
	struct lines *l = arg;

	if (record_lines_feed(&l->cut, p, n, put_line, l) == -1) {
		fail_set(f, EXIT_CLAWBOT, "a line of the log is longer than "
		    "%u bytes", RECORD_MAX);
		return (-1);
	}
	if (fflush(stdout) != 0) {
		fail_set(f, EXIT_IO, "standard output: %s", strerror(errno));
		return (-1);
	}
	return (0);
}

/* Asks and prints.  0, or -1 and *f. */
static int
print_lines(const struct cli *cli, struct lines *l, unsigned query,
    uint64_t count, uint64_t run, struct fail *f)
{
	int r;

	record_lines_init(&l->cut);
	r = query_log(cli, query, count, run, on_piece, NULL, l, f);
	if (r == 0 && record_lines_inside(&l->cut)) {
		fail_set(f, EXIT_CLAWBOT, "the log's last line has no end");
		r = -1;
	}
	record_lines_free(&l->cut);
	return (r);
}

static uint64_t
count_arg(const char *s)
{
	uint64_t v;

	if (decimal(s, RECORD_LAST, &v) == -1)
		usage_error("-n: %s is not a number of records", s);
	return (v);
}

int
cmd_audit_tail(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	unsigned query = QUERY_TAIL;
	uint64_t count = 10;
	struct lines l;
	struct fail f;
	int brief = 1, ch, r;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1) {
		if (ch == 'n')
			count = count_arg(optarg);
		else if (ch == 'f')
			query = QUERY_FOLLOW;
		else
			brief = ch == 's';
	}
	command_operands(cmd, argc, 0, 0);
	memset(&l, 0, sizeof(l));
	l.json = cli->json;
	l.brief = brief;
	r = print_lines(cli, &l, query, count, 0, &f);
	return (r == -1 ? fail_print(&f) : 0);
}

/* What is searched, and what becomes of the lines. */
struct logsearch {
	struct logmatch	*match;
	struct progress	 progress;
	struct lines	 lines;
};

/* One that is no record is shown whatever is looked for. */
static int
found(const struct record_view *v, const char *line, size_t len, void *arg,
    struct fail *f)
{
	struct logsearch *s = arg;

	if (v != NULL && !logmatch_is(s->match, v))
		return (0);
	progress_hide(&s->progress);
	(void)put_line(line, len, &s->lines);
	if (!ferror(stdout))
		return (0);
	fail_set(f, EXIT_IO, "standard output: %s", strerror(errno));
	return (-1);
}

static int
uid_of(const char *name, uid_t *uid)
{
	return (user_uid(USER_FILE, name, uid));
}

int
cmd_audit_search(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct logspan span;
	struct logsearch s;
	struct fail f;
	char err[512];
	int r;

	while (command_opt(cli, cmd, argc, argv) != -1)
		;
	command_operands(cmd, argc, 1, argc);
	memset(&s, 0, sizeof(s));
	s.match = logmatch_new(argv + optind, (size_t)(argc - optind),
	    (uint64_t)time(NULL), uid_of, err, sizeof(err));
	if (s.match == NULL)
		usage_error("audit search: %s", err);
	s.lines.json = cli->json;
	s.lines.brief = 1;
	span.progress = &s.progress;
	logmatch_span(s.match, &span.since_us, &span.until_us);
	r = logread(cli, &span, found, &s, &f);
	if (r == 0 && s.lines.n == 0) {
		fail_set(&f, 1, "no such record");
		r = -1;
	}
	logmatch_free(s.match);
	return (r == -1 ? fail_print(&f) : 0);
}

static void
print_page(struct runpage *page)
{
	struct buf b;

	buf_init(&b, UINT32_MAX);
	runpage_show(page, &b);
	out_buf(stdout, &b);
}

int
cmd_audit_show(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	enum stored_as as = STORED_NOT;
	int all = 0, ch, one = 0, r;
	struct lines l;
	struct fail f;
	uint64_t id;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1) {
		if (ch == 'a')
			all = 1;
		else if (ch == 'l')
			one = 1;
		else if (ch == OPT_OUTPUT && as == STORED_NOT)
			as = STORED_TEXT;
		else if (ch == OPT_RAW || ch == OPT_TIMING ||
		    ch == OPT_REPLAY)
			as = ch == OPT_RAW ? STORED_RAW : ch == OPT_TIMING ?
			    STORED_TIMING : STORED_REPLAY;
	}
	id = run_operand(cli, cmd, argc, argv);
	if (as != STORED_NOT)
		return (stored_show(cli, argv[optind], id, as));
	memset(&l, 0, sizeof(l));
	l.json = l.array = cli->json;
	if (!cli->json && !one)
		l.page = runpage_new(argv[optind], all);
	if (l.json)
		printf("{\"run\":\"%s\",\"records\":[", argv[optind]);
	r = print_lines(cli, &l, QUERY_SHOW, 0, id, &f);
	if (l.json)
		printf("]}\n");
	if (l.page != NULL && l.n != 0)
		print_page(l.page);
	runpage_free(l.page);
	if (r == 0 && l.n == 0) {
		fail_set(&f, 1, "no record of %s", argv[optind]);
		fail_hint(&f, "runs of others are shown to approvers only");
		r = -1;
	}
	return (r == -1 ? fail_print(&f) : 0);
}
