/* SPDX-License-Identifier: ISC */
/* audit report: what the log tells of some time, on a page. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/logread.h"
#include "client/out.h"
#include "client/progress.h"
#include "client/report/report.h"
#include "client/report/unused.h"
#include "client/when.h"
#include "common/civil.h"
#include "common/io.h"
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

/* For who made it alone: it is as confidential as the log. */
static int
open_file(const char *path)
{
	struct stat st;
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	/* one that was there may have been for others */
	if (fd != -1 && (fstat(fd, &st) == -1 || (S_ISREG(st.st_mode) &&
	    (fchmod(fd, 0600) == -1 || ftruncate(fd, 0) == -1)))) {
		(void)close(fd);
		return (-1);
	}
	return (fd);
}

static int
write_file(const char *path, const struct buf *b, struct fail *f)
{
	const int out = strcmp(path, "-") == 0;
	const int fd = out ? STDOUT_FILENO : open_file(path);

	if (fd != -1 && io_write(fd, b->data, b->len) == 0 &&
	    (out || close(fd) == 0))
		return (0);
	fail_set(f, EXIT_IO, "%s: %s", out ? "standard output" : path,
	    strerror(errno));
	return (-1);
}

static int
show(const struct cli *cli, struct report *r, const char *html,
    struct fail *f)
{
	struct buf b;
	int ret = 0;

	report_done(r);
	unused_ask(r, cli);
	buf_init(&b, REPORT_BYTES);
	if (html != NULL)
		report_html(&b, r);
	else if (cli->json)
		report_json(&b, r);
	else
		report_text(&b, r);
	if (b.bad) {
		fail_set(f, EXIT_CLAWBOT, "the report is too long");
		ret = -1;
	} else if (html != NULL)
		ret = write_file(html, &b, f);
	else
		ret = write_file("-", &b, f);
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
	if (html != NULL && *html == '\0')
		usage_error("audit report: --html needs the name of a file");
	(void)civil_now(&to);
	if (when_arg("--since", since, &from, &f) == -1 || (until != NULL &&
	    when_arg("--until", until, &to, &f) == -1))
		return (fail_print(&f));
	if (from >= to)
		usage_error("audit report: --since is not before --until");
	/* all of it: what was there before is what new ones are new to */
	r = report_new(from, to);
	ret = logread(cli, &span, on_record, r, &f);
	if (ret == 0)
		ret = show(cli, r, html, &f);
	report_free(r);
	if (ret == 0 && html != NULL && strcmp(html, "-") != 0) {
		if (cli->json)
			out_done("file", html, "written");
		else
			printf("%s is written\n", html);
	}
	return (ret == -1 ? fail_print(&f) : 0);
}
