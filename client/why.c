/* SPDX-License-Identifier: ISC */
/* policy why: what would happen to a command. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>

#include "client/conn.h"
#include "client/esc.h"
#include "client/out.h"
#include "client/request.h"

struct why_answer {
	int	json;
	int	n;
};

/* A label before something that is not empty. */
static void
put_line(struct buf *b, const char *label, const void *data, size_t len,
    const char *key)
{
	struct field f;

	if (field_find(data, len, key, &f) != 1 ||
	    (f.type == FIELD_STR && f.len == 0))
		return;
	buf_printf(b, "%-15s ", label);
	field_show(b, &f);
	buf_put_u8(b, '\n');
}

/* One command that was found: the verdict on it, and which rule that is. */
static void
put_command(struct buf *b, const struct field *f)
{
	uint64_t certain;

	buf_printf(b, "  ");
	row_show(b, f->val, f->len, "verdict");
	buf_printf(b, "%s  ", row_num(f->val, f->len, "certain", &certain) &&
	    !certain ? " (if it runs)" : "");
	/* it is escaped as it comes */
	row_show(b, f->val, f->len, "command");
	buf_put_u8(b, '\n');
	put_line(b, "    rule", f->val, f->len, "rule");
	put_line(b, "    at", f->val, f->len, "where");
	put_line(b, "    because", f->val, f->len, "reason");
}

static void
put_found(struct buf *b, const void *data, size_t len)
{
	struct field all, one;
	struct rd r;
	int n = 0;

	if (field_find(data, len, "found", &all) != 1 ||
	    all.type != FIELD_OBJ)
		return;
	rd_init(&r, all.val, all.len);
	while (field_next(&r, &one) == 1) {
		if (one.type != FIELD_OBJ)
			continue;
		if (n++ == 0)
			buf_printf(b, "commands\n");
		put_command(b, &one);
	}
}

static int
on_row(const void *data, size_t len, void *arg, struct fail *f)
{
	static const struct {
		const char *key;
		const char *label;
	} lines[] = {
		{ "verdict", "verdict" }, { "rule", "rule" },
		{ "where", "  at" }, { "reason", "because" },
		{ "opaque", "not told" }, { "later", "judged later" },
		{ "argv", "command" },
		{ "exe", "program" }, { "exe_digest", "  blake2b-256" },
		{ "cwd", "directory" }, { "plan", "plan" },
	};
	struct why_answer *a = arg;
	struct buf b;
	size_t i;

	if (a->n++ != 0) {
		fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: a "
		    "second row");
		return (-1);
	}
	buf_init(&b, 16U * MSG_ROW_MAX);
	if (a->json) {
		(void)field_json(&b, data, len, 0);
		buf_put_u8(&b, '\n');
	}
	for (i = 0; !a->json && i < sizeof(lines) / sizeof(lines[0]); i++)
		put_line(&b, lines[i].label, data, len, lines[i].key);
	if (!a->json)
		put_found(&b, data, len);
	out_buf(stdout, &b);
	return (0);
}

int
cmd_policy_why(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct why_answer a = { 0, 0 };
	struct runreq req;
	struct fail f;
	struct buf b;
	int ch, r;

	request_init(&req);
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1) {
		if (ch == 's')
			request_text(&req.skill, "-s", optarg, PLAN_MAXNAME);
		else if (ch == 'C')
			request_cwd(&req, optarg);
		else if (ch == 'e')
			request_env(&req, optarg);
		else if (ch == OPT_SHELL)
			request_shell(&req, optarg);
	}
	request_finish(&req, argc - optind, argv + optind);
	request_put(&b, &req);
	a.json = cli->json;
	r = conn_query(cli, MSG_WHY, b.data, b.len, on_row, &a, &f);
	buf_free(&b);
	runreq_free(&req);
	return (r == -1 ? fail_print(&f) : 0);
}
