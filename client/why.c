/* SPDX-License-Identifier: ISC */
/* policy why: what would happen to a command. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/conn.h"
#include "client/esc.h"
#include "client/opt.h"
#include "client/out.h"
#include "client/released.h"
#include "client/request.h"
#include "common/payload.h"
#include "common/varname.h"

struct why_answer {
	int	json;
	int	n;
	int	status;		/* that tells the verdict */
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

static int
is_found(const struct field *f)
{
	return (f->type == FIELD_OBJ && f->keylen == strlen("found") &&
	    memcmp(f->key, "found", f->keylen) == 0);
}

static void
put_found(struct buf *b, const void *data, size_t len)
{
	struct field all, one;
	struct rd r;
	int n = 0;

	if (field_find(data, len, "found", &all) != 1 || !is_found(&all))
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

/* All of the row as it is, but for the commands, which are a list. */
static void
put_json(struct buf *b, const void *data, size_t len)
{
	const uint8_t *from;
	const char *sep = "";
	struct field f, one;
	struct buf plain;
	struct rd r, found;

	buf_init(&plain, MSG_ROW_MAX);
	rd_init(&found, NULL, 0);
	rd_init(&r, data, len);
	for (from = r.p; field_next(&r, &f) == 1; from = r.p)
		if (is_found(&f))
			rd_init(&found, f.val, f.len);
		else
			buf_put(&plain, from, (size_t)(r.p - from));
	(void)field_json(b, plain.data, plain.len, 1);
	buf_free(&plain);
	buf_printf(b, ",\"found\":[");
	for (; field_next(&found, &one) == 1; sep = ",") {
		buf_printf(b, "%s", sep);
		(void)field_json(b, one.val, one.len, 0);
	}
	buf_printf(b, "]}\n");
}

/* Whose request it would be, and of which skill. */
static void
put_who(struct buf *b, const void *data, size_t len)
{
	uint64_t uid;

	if (!row_num(data, len, "uid", &uid))
		return;
	buf_printf(b, "%-15s ", "asked by");
	out_user(b, uid);
	buf_printf(b, ", channel ");
	row_show(b, data, len, "channel");
	buf_printf(b, ", skill ");
	row_show(b, data, len, "skill");
	buf_put_u8(b, '\n');
}

/* What it would get, and on what conditions. */
static void
put_secrets(struct buf *b, const void *data, size_t len)
{
	struct strv sv;
	size_t i, n = released_texts(data, len, &sv);

	for (i = 0; i < n; i++)
		buf_printf(b, "%-15s %s\n", i == 0 ? "secrets" : "",
		    sv.v[i]);
	strv_free(&sv);
}

/* By which it would run all the same. */
static void
put_standing(struct buf *b, const void *data, size_t len)
{
	uint64_t uid, left;
	struct field f;

	if (field_find(data, len, "standing", &f) != 1 || f.type != FIELD_OBJ)
		return;
	buf_printf(b, "%-15s ", "but it runs by");
	row_show(b, f.val, f.len, "standing");
	buf_printf(b, ", a standing approval by ");
	if (row_num(f.val, f.len, "approver", &uid))
		out_user(b, uid);
	if (row_num(f.val, f.len, "expires_s", &left) && left < UINT32_MAX) {
		buf_printf(b, ", for another ");
		out_age(b, left * 1000);
	}
	buf_put_u8(b, '\n');
}

static void
put_text(struct buf *b, const void *data, size_t len)
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
		{ "cwd", "directory" }, { "account", "runs as" },
		{ "plan", "plan" }, { "rotates", "becomes secret" },
	};
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		put_line(b, lines[i].label, data, len, lines[i].key);
	put_secrets(b, data, len);
	put_standing(b, data, len);
	put_who(b, data, len);
	put_found(b, data, len);
}

/* 0 allow, 1 deny, 2 ask and nobody has approved it; or of a wrong answer */
static int
status_of(const void *data, size_t len)
{
	static const char *const words[] = { "allow", "deny", "ask" };
	char *verdict;
	int i;

	verdict = field_get_str(data, len, "verdict");
	for (i = 0; i < 3; i++)
		if (strcmp(verdict, words[i]) == 0)
			break;
	free(verdict);
	if (i == 2 && row_has(data, len, "standing"))
		i = 0;
	return (i < 3 ? i : EXIT_CLAWBOT);
}

static int
on_row(const void *data, size_t len, void *arg, struct fail *f)
{
	struct why_answer *a = arg;
	struct buf b;

	if (a->n++ != 0) {
		fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: a "
		    "second row");
		return (-1);
	}
	a->status = status_of(data, len);
	buf_init(&b, 16U * MSG_ROW_MAX);
	if (a->json)
		put_json(&b, data, len);
	else
		put_text(&b, data, len);
	out_buf(stdout, &b);
	return (0);
}

int
cmd_policy_why(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct why_answer a = { 0, 0, EXIT_CLAWBOT };
	struct msg_why q = { UINT32_MAX, { 0 } };
	struct runreq *req = &q.req;
	struct fail f;
	struct buf b;
	int ch, r;

	request_init(req);
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1) {
		if (ch == 's')
			request_text(&req->skill, "-s", optarg, PLAN_MAXNAME);
		else if (ch == 'C')
			request_cwd(req, optarg);
		else if (ch == 'e')
			request_env(req, optarg);
		else if (ch == 'u')
			q.uid = opt_user(cmd, optarg);
		else if (ch == OPT_SHELL)
			request_shell(req, optarg);
		else if (ch == OPT_ROTATE)
			request_text(&req->rotates, "--rotate", optarg,
			    VARNAME_MAX);
	}
	if (req->rotates[0] != '\0' && varname_malformed(req->rotates,
	    strlen(req->rotates)) != NULL)
		usage_error("policy why: --rotate: bad name of a secret: %s",
		    varname_malformed(req->rotates, strlen(req->rotates)));
	request_finish(req, argc - optind, argv + optind);
	request_put(&b, &msg_why_shape, &q);
	a.json = cli->json;
	r = conn_query(cli, MSG_WHY, b.data, b.len, on_row, &a, &f);
	buf_free(&b);
	runreq_free(req);
	return (r == -1 ? fail_print(&f) : a.status);
}
