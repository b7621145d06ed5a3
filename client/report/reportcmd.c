/* SPDX-License-Identifier: ISC */
/* audit report: what the log tells of some time, on a page. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "client/logread.h"
#include "client/out.h"
#include "client/progress.h"
#include "client/report/report.h"
#include "client/report/reportfile.h"
#include "client/report/unused.h"
#include "client/when.h"
#include "common/civil.h"
#include "common/role.h"

#define REPORT_SINCE	"7d"
#define REPORT_BYTES	(256U * 1024 * 1024)

static int
on_record(const struct record_view *v, const char *line, size_t len,
    void *arg, struct fail *f)
{
	struct report *r = arg;

	(void)line;
	(void)len;
	(void)f;
	if (v != NULL)
		report_add(r, v);
	else
		r->bad_lines++;
	return (0);
}

static int
show(const struct cli *cli, struct report *r, int html,
    struct reportfile *to, struct fail *f)
{
	struct buf b;
	int ret = 0;

	report_done(r);
	unused_ask(r, cli);
	buf_init(&b, REPORT_BYTES);
	if (html)
		report_html(&b, r);
	else if (cli->json)
		report_json(&b, r);
	else
		report_text(&b, r);
	if (b.bad) {
		fail_set(f, EXIT_CLAWBOT, "the report is too long");
		ret = -1;
	} else
		ret = reportfile_put(to, &b, f);
	buf_free(&b);
	return (ret);
}

int
cmd_audit_report(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	const char *html = NULL, *since = REPORT_SINCE, *until = NULL;
	uint64_t from = 0, to = 0;
	struct progress progress;
	struct logspan span = { &progress, 0, 0 };
	struct reportfile page;
	struct report *r;
	struct fail f;
	int ch, ret;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1) {
		if (ch == OPT_SINCE)
			since = optarg;
		else if (ch == OPT_UNTIL)
			until = optarg;
		else if (ch == OPT_HTML)
			html = optarg;
	}
	command_operands(cmd, argc, 0, 0);
	if (cli->json && html != NULL && strcmp(html, "-") == 0)
		usage_error("audit report: --html - does not go with --json");
	(void)civil_now(&to);
	if (when_arg("--since", since, &from, &f) == -1 || (until != NULL &&
	    when_arg("--until", until, &to, &f) == -1))
		return (fail_print(&f));
	if (from >= to)
		usage_error("audit report: --since is not before --until");
	/* all of it: what was there before is what new ones are new to */
	r = report_new(from, to);
	ret = reportfile_open(&page, html != NULL ? html : "-", &f);
	if (ret == 0)
		ret = logread(cli, &span, on_record, r, &f);
	if (ret == 0)
		ret = show(cli, r, html != NULL, &page, &f);
	reportfile_close(&page);
	report_free(r);
	if (ret == 0 && html != NULL && strcmp(html, "-") != 0) {
		if (cli->json)
			out_done("file", html, "written");
		else
			printf("%s is written\n", html);
	}
	return (ret == -1 ? fail_print(&f) : 0);
}
