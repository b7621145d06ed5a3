/* SPDX-License-Identifier: ISC */
/*
 * approvals, approve, deny: the human side.  What is shown is what will run,
 * every byte of it, escaped and never shortened; the approval names the
 * digest of the plan that was shown and holds for nothing else.  A program
 * that a run wants to start waits likewise, with an id of its own.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "client/conn.h"
#include "client/esc.h"
#include "client/list.h"
#include "client/out.h"
#include "client/tty.h"
#include "common/plan.h"
#include "common/role.h"
#include "common/xmalloc.h"

/* In this order; what a row has beyond these is shown under its own name. */
static const struct {
	const char	*key;
	const char	*label;
	enum { VALUE, LINES, NAMES, WAY, LATER } how;
} shown[] = {
	{ "question", NULL, LATER },
	{ "run", NULL, LATER },
	{ "expires_s", NULL, LATER },
	{ "uid", NULL, LATER },
	{ "pid", NULL, LATER },
	{ "channel", NULL, LATER },
	{ "skill", "skill", VALUE },
	{ "rule", "rule", VALUE },
	{ "because", "because", VALUE },
	{ "reason", "caller says", VALUE },
	{ "argv", "command", VALUE },
	{ "exe", "program", VALUE },
	{ "exe_digest", "  blake2b-256", VALUE },
	{ "script", "script", VALUE },
	{ "script_digest", "  blake2b-256", VALUE },
	{ "interpreter_argument", "  #! argument", VALUE },
	{ "cwd", "directory", VALUE },
	{ "way", "started by", WAY },
	{ "request", "of the request", VALUE },
	{ "request_cwd", "  directory", VALUE },
	{ "seq", "number", VALUE },
	{ "run_pid", "its process", VALUE },
	{ "bound", "its files", LINES },
	{ "not_bound", "can change", LINES },
	{ "account", "runs as", VALUE },
	{ "network", "network", VALUE },
	{ "terminal", "on a terminal", VALUE },
	{ "detached", "detached", VALUE },
	{ "read", "may read", LINES },
	{ "write", "may write", LINES },
	{ "protect", "but not", NAMES },
	{ "secrets", "secrets", LINES },
	{ "env", "environment", LINES },
	{ "limits", "limits", VALUE },
	{ "plan", "plan", VALUE },
	{ "exec", "exec", VALUE },
};
#define NSHOWN	(sizeof(shown) / sizeof(shown[0]))

static void
put_label(struct buf *b, const char *label)
{
	buf_printf(b, "  %-15s ", label);
}

/* One line for each string of a list. */
static void
put_lines(struct buf *b, const char *label, const struct field *f)
{
	struct strv sv = { NULL, 0 };
	struct rd r;
	size_t i;

	rd_init(&r, f->val, f->len);
	rd_strv(&r, &sv, f->len, f->len);
	for (i = 0; i < sv.n; i++) {
		put_label(b, i == 0 ? label : "");
		esc_word(b, sv.v[i], strlen(sv.v[i]));
		buf_put_u8(b, '\n');
	}
	if (sv.n == 0) {
		put_label(b, label);
		buf_printf(b, "-\n");
	}
	strv_free(&sv);
}

/* Names in there that stay as they are: many, or it has to be said. */
static void
put_names(struct buf *b, const char *label, const struct field *f)
{
	struct strv sv = { NULL, 0 };
	struct rd r;

	rd_init(&r, f->val, f->len);
	rd_strv(&r, &sv, f->len, f->len);
	put_label(b, label);
	if (f->type == FIELD_LIST && sv.n == 0)
		buf_printf(b, "-, no name in there is protected");
	else
		field_show(b, f);
	buf_put_u8(b, '\n');
	strv_free(&sv);
}

/* The programs between it and the request, the nearest first. */
static void
put_way(struct buf *b, const char *label, const struct field *f)
{
	struct field step;
	struct rd r;
	int n = 0;

	if (f->type != FIELD_ROWS)
		return;
	rd_init(&r, f->val, f->len);
	while (field_next(&r, &step) == 1) {
		if (step.type != FIELD_OBJ)
			continue;
		put_label(b, n++ == 0 ? label : "  by");
		row_show(b, step.val, step.len, "argv");
		buf_printf(b, "  (");
		row_show(b, step.val, step.len, "exe");
		buf_printf(b, ")\n");
	}
	if (n == 0) {
		put_label(b, label);
		buf_printf(b, "the request itself\n");
	}
}

static void
put_field(struct buf *b, const char *label, const struct field *f, int lines)
{
	if (lines && f->type == FIELD_LIST) {
		put_lines(b, label, f);
		return;
	}
	if (f->type == FIELD_STR && f->len == 0)
		return;
	put_label(b, label);
	/* quoted where need be, so that blanks at either end show */
	if (f->type == FIELD_STR)
		esc_word(b, f->val, f->len);
	else
		field_show(b, f);
	buf_put_u8(b, '\n');
}

static void
put_head(struct buf *b, const void *data, size_t len)
{
	uint64_t v;

	if (row_has(data, len, "question")) {
		row_show(b, data, len, "question");
		buf_printf(b, ", a program of the run ");
	}
	row_show(b, data, len, "run");
	buf_printf(b, row_has(data, len, "question") ?
	    ", waits for an approval" : " waits for an approval");
	if (row_num(data, len, "expires_s", &v)) {
		buf_printf(b, "; expires in ");
		out_age(b, v < UINT32_MAX ? v * 1000 : UINT32_MAX);
	}
	buf_put_u8(b, '\n');
	put_label(b, "asked by");
	if (row_num(data, len, "uid", &v))
		out_user(b, v);
	buf_printf(b, ", pid ");
	row_show(b, data, len, "pid");
	buf_printf(b, ", on channel ");
	row_show(b, data, len, "channel");
	buf_put_u8(b, '\n');
}

/* What this client does not know may still matter to the one who decides. */
static void
put_rest(struct buf *b, const void *data, size_t len)
{
	struct field f;
	struct rd r;
	char label[80];
	size_t i;

	rd_init(&r, data, len);
	while (field_next(&r, &f) == 1) {
		for (i = 0; i < NSHOWN; i++)
			if (strlen(shown[i].key) == f.keylen &&
			    memcmp(shown[i].key, f.key, f.keylen) == 0)
				break;
		if (i != NSHOWN)
			continue;
		(void)snprintf(label, sizeof(label), "%.*s", (int)f.keylen,
		    f.key);
		put_field(b, label, &f, 1);
	}
}

/* Homoglyphs cannot be told apart by looking: say that there may be some. */
static void
put_warning(struct buf *b, const void *data, size_t len)
{
	static const char *const keys[] = { "argv", "exe", "script", "cwd",
	    "bound", "env", "request", NULL };
	struct field f;
	size_t i;

	for (i = 0; keys[i] != NULL; i++) {
		if (field_find(data, len, keys[i], &f) != 1 ||
		    (f.type != FIELD_STR && f.type != FIELD_LIST))
			continue;
		if (esc_foreign(f.val, f.len)) {
			put_label(b, "note");
			buf_printf(b, "characters beyond ASCII, which may "
			    "look like others, in %s\n", keys[i]);
		}
	}
}

/* Most runs have none, so this one is not to be overlooked. */
static void
put_network(struct buf *b, const void *data, size_t len)
{
	char *network = row_str(data, len, "network");

	if (network != NULL && strcmp(network, "none") != 0) {
		put_label(b, "NETWORK");
		buf_printf(b, "this command can reach other machines, and "
		    "what listens on this one\n");
	}
	free(network);
}

static void
put_row(struct buf *b, const void *data, size_t len)
{
	struct field f;
	size_t i;

	buf_init(b, 64U * MSG_ROW_MAX);
	put_head(b, data, len);
	for (i = 0; i < NSHOWN; i++) {
		if (shown[i].how == LATER ||
		    field_find(data, len, shown[i].key, &f) != 1)
			continue;
		if (shown[i].how == NAMES)
			put_names(b, shown[i].label, &f);
		else if (shown[i].how == WAY)
			put_way(b, shown[i].label, &f);
		else
			put_field(b, shown[i].label, &f,
			    shown[i].how == LINES);
	}
	put_rest(b, data, len);
	put_warning(b, data, len);
	put_network(b, data, len);
}

static int
show_row(FILE *fp, const void *data, size_t len, struct fail *fail)
{
	struct buf b;

	put_row(&b, data, len);
	if (b.bad) {
		buf_free(&b);
		fail_set(fail, EXIT_CLAWBOT, "the plan is too large to be "
		    "shown");
		return (-1);
	}
	out_buf(fp, &b);
	if (fflush(fp) != 0) {
		fail_set(fail, EXIT_IO, "what waits could not be printed");
		return (-1);
	}
	return (0);
}

struct watching {
	int		 json;
	int		 watch;
	size_t		 n;
	struct jrows	 rows;
};

static int
on_row(const void *data, size_t len, void *arg, struct fail *f)
{
	struct watching *w = arg;
	struct buf b;

	if (w->json && !w->watch)
		return (jrows_add(&w->rows, data, len, f));
	if (!w->json) {
		if (w->n++ != 0)
			printf("\n");
		return (show_row(stdout, data, len, f));
	}
	buf_init(&b, 16U * MSG_ROW_MAX);
	if (field_json(&b, data, len, 0) == -1) {
		fail_set(f, EXIT_CLAWBOT, "the answer does not fit");
		buf_free(&b);
		return (-1);
	}
	buf_put_u8(&b, '\n');
	out_buf(stdout, &b);
	if (fflush(stdout) != 0) {
		fail_set(f, EXIT_IO, "standard output: write failed");
		return (-1);
	}
	return (0);
}

int
cmd_approvals(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct watching w;
	struct fail f;
	uint8_t watch;
	int ch, r;

	memset(&w, 0, sizeof(w));
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 'w')
			w.watch = 1;
	command_operands(cmd, argc, 0, 0);
	w.json = cli->json;
	watch = w.watch != 0;
	jrows_init(&w.rows, "approvals");
	r = conn_query(cli, MSG_APPROVALS, &watch, 1, on_row, &w, &f);
	if (r == 0 && w.json && !w.watch)
		r = jrows_print(&w.rows, &f);
	else if (r == 0 && w.n == 0 && !w.json)
		printf("nothing waits for an approval\n");
	jrows_free(&w.rows);
	return (r == -1 ? fail_print(&f) : 0);
}

struct wanted {
	const char	*run;
	uint8_t		*row;
	size_t		 len;
};

static int
pick_row(const void *data, size_t len, void *arg, struct fail *f)
{
	struct wanted *w = arg;
	char *run;

	(void)f;
	run = row_str(data, len, row_has(data, len, "question") ? "question" :
	    "run");
	if (run != NULL && strcmp(run, w->run) == 0 && w->row == NULL) {
		w->row = xmalloc(len);
		memcpy(w->row, data, len);
		w->len = len;
	}
	free(run);
	return (0);
}

/* Lines that it takes on a screen of so many columns. */
static size_t
screen_lines(const char *s, size_t n, size_t cols)
{
	const char *nl;
	size_t lines = 0, line, width;

	for (; n != 0; n -= line, s += line) {
		nl = memchr(s, '\n', n);
		line = nl != NULL ? (size_t)(nl - s) + 1 : n;
		width = esc_width(s, line - (nl != NULL));
		lines += width == 0 ? 1 : (width + cols - 1) / cols;
	}
	return (lines);
}

/*
 * Words that are long enough push what matters off the screen, and leave
 * there what a hostile command likes to be the last that is seen.
 */
static void
tell_long(const struct wanted *w)
{
	uint16_t rows, cols;
	struct buf b, cmd;
	size_t n;

	tty_size(&rows, &cols);
	if (rows == 0 || cols == 0)
		return;
	put_row(&b, w->row, w->len);
	n = screen_lines((const char *)b.data, b.len, cols);
	buf_free(&b);
	if (n + 1 <= rows)
		return;
	fprintf(stderr, "These were %zu lines, more than this screen shows; "
	    "look at all of them.\n", n);
	buf_init(&cmd, 16U * MSG_ROW_MAX);
	buf_printf(&cmd, "Once more, the command: ");
	row_show(&cmd, w->row, w->len, "argv");
	buf_put_u8(&cmd, '\n');
	if (screen_lines((const char *)cmd.data, cmd.len, cols) <= rows / 2)
		out_buf(stderr, &cmd);
	else {
		buf_free(&cmd);
		fprintf(stderr, "The command alone does not fit here.\n");
	}
}

/* What was typed before the question was seen is no answer to it. */
static int
confirmed(const struct wanted *w)
{
	char line[16];

	tell_long(w);
	(void)tcflush(STDIN_FILENO, TCIFLUSH);
	fprintf(stderr, "let it run? [y/N] ");
	if (fgets(line, sizeof(line), stdin) == NULL)
		return (0);
	return (strcmp(line, "y\n") == 0 || strcmp(line, "yes\n") == 0 ||
	    strcmp(line, "Y\n") == 0);
}

/* The digest of the plan in a row, or of the program; 0 or -1. */
static int
plan_of(const struct wanted *w, uint8_t digest[PLAN_DIGEST], struct fail *f)
{
	struct field fl;

	if (field_find(w->row, w->len, row_has(w->row, w->len, "question") ?
	    "exec" : "plan", &fl) != 1 ||
	    fl.type != FIELD_HEX || fl.len != PLAN_DIGEST) {
		fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: no "
		    "plan");
		return (-1);
	}
	memcpy(digest, fl.val, PLAN_DIGEST);
	return (0);
}

static void
print_approved(const struct wanted *w)
{
	struct buf b;

	buf_init(&b, 16U * MSG_ROW_MAX);
	buf_printf(&b, "{\"run\":\"%s\",\"result\":\"approved\","
	    "\"approval\":", w->run);
	(void)field_json(&b, w->row, w->len, 0);
	buf_printf(&b, "}\n");
	out_buf(stdout, &b);
}

/* Shows the run, asks, approves.  0, or -1 and *f. */
static int
approve(const struct cli *cli, struct conn *c, struct wanted *w, uint64_t id,
    int yes, struct fail *f)
{
	uint8_t digest[PLAN_DIGEST], none = 0;
	struct buf b;
	int r;

	if (conn_rows(c, MSG_APPROVALS, &none, 1, pick_row, w, f) == -1)
		return (-1);
	if (w->row == NULL) {
		fail_set(f, 1, "%s does not wait for an approval", w->run);
		fail_hint(f, "clawbot approvals shows what does");
		return (-1);
	}
	if (plan_of(w, digest, f) == -1 || show_row(cli->json ? stderr :
	    stdout, w->row, w->len, f) == -1)
		return (-1);
	if (!yes && isatty(STDIN_FILENO) && !confirmed(w)) {
		fail_set(f, 1, "not approved; %s still waits", w->run);
		fail_hint(f, "clawbot deny %s refuses it", w->run);
		return (-1);
	}
	buf_init(&b, 64);
	buf_put_u64(&b, id);
	buf_put(&b, digest, sizeof(digest));
	r = conn_rows(c, MSG_APPROVE, b.data, b.len, NULL, NULL, f);
	buf_free(&b);
	return (r);
}

int
cmd_approve(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	struct wanted w;
	struct fail f;
	struct conn *c;
	uint64_t id;
	int ch, yes = 0, status = 0;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 'y')
			yes = 1;
	id = run_operand(cmd, argc, argv);
	memset(&w, 0, sizeof(w));
	w.run = argv[optind];
	if ((c = conn_open(cli, &f)) == NULL ||
	    approve(cli, c, &w, id, yes, &f) == -1)
		status = fail_print(&f);
	else if (cli->json)
		print_approved(&w);
	else
		printf("approved %s\n", w.run);
	conn_free(c);
	free(w.row);
	return (status);
}

int
cmd_deny(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	const char *why = "";
	struct fail f;
	struct buf b;
	uint64_t id;
	int ch, r;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 'r')
			why = optarg;
	id = run_operand(cmd, argc, argv);
	if (strlen(why) > PLAN_MAXREASON)
		usage_error("-r: longer than %d bytes", PLAN_MAXREASON);
	buf_init(&b, PLAN_MAXREASON + 64);
	buf_put_u64(&b, id);
	buf_put_str(&b, why);
	r = conn_query(cli, MSG_DENY, b.data, b.len, NULL, NULL, &f);
	buf_free(&b);
	if (r == -1)
		return (fail_print(&f));
	if (cli->json)
		out_done("run", argv[optind], "denied");
	return (0);
}
