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

static int
on_row(const void *data, size_t len, void *arg, struct fail *f)
{
	static const struct {
		const char *key;
		const char *label;
	} lines[] = {
		{ "verdict", "verdict" }, { "rule", "rule" },
		{ "reason", "because" }, { "argv", "command" },
		{ "exe", "program" }, { "exe_digest", "  blake2b-256" },
		{ "cwd", "directory" }, { "plan", "plan" },
	};
	struct why_answer *a = arg;
	struct field fl;
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
	for (i = 0; !a->json && i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (field_find(data, len, lines[i].key, &fl) != 1 ||
		    (fl.type == FIELD_STR && fl.len == 0))
			continue;
		buf_printf(&b, "%-15s ", lines[i].label);
		field_show(&b, &fl);
		buf_put_u8(&b, '\n');
	}
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
