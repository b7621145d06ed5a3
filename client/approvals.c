/* SPDX-License-Identifier: ISC */
/* approvals and approvals show: what waits for an approver. */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/asfile.h"
#include "client/conn.h"
#include "client/desk.h"
#include "client/full.h"
#include "client/list.h"
#include "client/margin.h"
#include "client/out.h"
#include "client/pager.h"
#include "client/pending.h"
#include "client/prompt.h"
#include "client/screen.h"
#include "common/decimal.h"
#include "common/defs.h"
#include "common/role.h"

struct watching {
	int		 json;
	int		 watch;
	int		 lapsed;
	struct table	 table;
	struct jrows	 rows;
};

static void
cell(struct table *t, const struct pending *p, struct buf *b, const char *key)
{
	row_show(b, p->row.data, p->row.len, key);
	table_cell(t, b);
}

static void
age_cell(struct table *t, struct buf *b, const struct pending *p,
    const char *key, uint64_t unit)
{
	uint64_t v;

	if (row_num(p->row.data, p->row.len, key, &v) &&
	    v < UINT64_MAX / unit)
		out_age(b, v * unit);
	table_cell(t, b);
}

/* The order of the heads. */
static void
add_cells(struct table *t, const struct pending *p)
{
	struct buf b;
	uint64_t uid;

	buf_init(&b, 16U * MSG_ROW_MAX);
	buf_printf(&b, "%s", p->id);
	table_cell(t, &b);
	age_cell(t, &b, p, "asked_ago_ms", 1);
	age_cell(t, &b, p, "expires_s", 1000);
	if (row_num(p->row.data, p->row.len, "uid", &uid))
		out_user(&b, uid);
	table_cell(t, &b);
	cell(t, p, &b, "channel");
	cell(t, p, &b, "skill");
	cell(t, p, &b, "argv");
	buf_free(&b);
}

/* One that has come while somebody watches. */
static int
print_line(const struct watching *w, const struct pending *p, struct fail *f)
{
	struct buf b;
	uint64_t uid;

	buf_init(&b, 16U * MSG_ROW_MAX);
	if (w->json) {
		(void)field_json(&b, p->row.data, p->row.len, 0);
	} else {
		buf_printf(&b, "%s  ", p->id);
		if (row_num(p->row.data, p->row.len, "uid", &uid))
			out_user(&b, uid);
		buf_printf(&b, "  ");
		row_show(&b, p->row.data, p->row.len, "skill");
		buf_printf(&b, "  ");
		row_show(&b, p->row.data, p->row.len, "argv");
	}
	buf_put_u8(&b, '\n');
	if (b.bad) {
		buf_free(&b);
		fail_set(f, EXIT_CLAWBOT, "the answer does not fit");
		return (-1);
	}
	out_buf(stdout, &b);
	if (fflush(stdout) == 0)
		return (0);
	fail_set(f, EXIT_IO, "standard output: %s", strerror(errno));
	return (-1);
}

static int
on_row(const void *data, size_t len, void *arg, struct fail *f)
{
	struct watching *w = arg;
	struct pending p;
	int r;

	if ((r = pending_get(&p, data, len, f)) == -1)
		;
	else if (w->watch)
		r = print_line(w, &p, f);
	else if (w->json)
		r = jrows_add(&w->rows, p.row.data, p.row.len, f);
	else
		add_cells(&w->table, &p);
	pending_free(&p);
	return (r);
}

static int
print_all(struct watching *w, struct fail *f)
{
	size_t rows, cols;

	if (w->watch)
		return (0);
	if (w->json)
		return (jrows_print(&w->rows, f));
	if (w->table.n == 0) {
		printf(w->lapsed ? "nothing could be approved late\n" :
		    "nothing waits for an approval\n");
		return (0);
	}
	if (isatty(STDOUT_FILENO)) {
		margin_screen(&rows, &cols);
		w->table.width = cols;
	}
	table_print(&w->table);
	return (0);
}

int
cmd_approvals(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	static const char *const heads[] = { "ID", "AGE", "EXPIRES", "WHO",
	    "CHANNEL", "SKILL", "COMMAND" };
	struct watching w;
	struct fail f;
	uint8_t watch;
	int ch, r;

	memset(&w, 0, sizeof(w));
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 'w')
			w.watch = 1;
		else if (ch == OPT_LAPSED)
			w.lapsed = 1;
	command_operands(cmd, argc, 0, 0);
	if (w.watch && w.lapsed)
		usage_error("approvals: --watch or --lapsed");
	if (w.watch && !cli->json && screen_possible())
		return (desk_run(cli));
	w.json = cli->json;
	watch = w.watch != 0;
	jrows_init(&w.rows, "approvals");
	table_init(&w.table, heads, NELEM(heads), NELEM(heads));
	r = w.lapsed ?
	    conn_query(cli, MSG_LAPSED, NULL, 0, on_row, &w, &f) :
	    conn_query(cli, MSG_APPROVALS, &watch, 1, on_row, &w, &f);
	if (r == 0)
		r = print_all(&w, &f);
	jrows_free(&w.rows);
	table_free(&w.table);
	return (r == -1 ? fail_print(&f) : 0);
}

/* All of it, on a terminal page by page. */
static int
show_all(const struct cli *cli, const struct pending *p, struct fail *f)
{
	struct buf b;

	if (cli->json) {
		buf_init(&b, 16U * MSG_ROW_MAX);
		(void)field_json(&b, p->row.data, p->row.len, 0);
		buf_put_u8(&b, '\n');
	} else
		full_make(&b, p);
	if (b.bad) {
		buf_free(&b);
		fail_set(f, EXIT_CLAWBOT, "it is too large to be shown");
		return (-1);
	}
	if (cli->json || !pager_terminal() || !isatty(STDOUT_FILENO))
		out_buf(stdout, &b);
	else {
		pager_show(b.data, b.len, 0);
		buf_free(&b);
	}
	return (0);
}

/* Where nobody looks at it the bytes are as they were. */
static int
show_file(const struct pending *p, size_t n, struct fail *f)
{
	const struct ident *id;
	struct ident store;
	uint8_t *data;
	size_t len;

	if ((id = pending_file(p, n, &store)) == NULL) {
		fail_set(f, 1, "%s was hashed with no file %zu", p->id, n);
		return (-1);
	}
	if (asfile_read(id, &data, &len, f) == -1)
		return (-1);
	if (pager_terminal() && isatty(STDOUT_FILENO))
		pager_show(data, len, 1);
	else
		(void)fwrite(data, 1, len, stdout);
	free(data);
	return (0);
}

static size_t
file_number(const char *s)
{
	uint64_t n;

	if (decimal(s, PLAN_MAXBOUND + 1, &n) == -1 || n == 0)
		usage_error("--file: %s is not the number of a file, from 1",
		    s);
	return ((size_t)n);
}

int
cmd_approvals_show(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct pending p;
	struct fail f;
	struct conn *c;
	size_t file = 0;
	uint64_t id;
	int ch, r;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 'f')
			file = file_number(optarg);
	if (cli->json && file != 0)
		usage_error("approvals show: --file does not go with --json");
	id = run_operand(cli, cmd, argc, argv);
	memset(&p, 0, sizeof(p));
	if ((c = conn_open(cli, &f)) == NULL)
		return (fail_print(&f));
	r = pending_find(c, id, &p, &f);
	conn_free(c);
	if (r == 0)
		r = file != 0 ? show_file(&p, file, &f) :
		    show_all(cli, &p, &f);
	pending_free(&p);
	return (r == -1 ? fail_print(&f) : 0);
}
