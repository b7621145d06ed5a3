/* SPDX-License-Identifier: ISC */
/*
 * status: one screen with what a person wants to know now, or all that the
 * daemon tells of itself.  It ends with 1 while anything is refused that
 * would run otherwise, so that a monitor need not read it.
 */
#include "config.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/conn.h"
#include "client/disk.h"
#include "client/esc.h"
#include "client/inbox.h"
#include "client/margin.h"
#include "client/ondisk.h"
#include "client/out.h"
#include "common/defs.h"
#include "common/msg.h"

#define SOME		3	/* of each kind that are named */
#define SOME_REFUSED	6

/* Lines about one thing: the first ones, and how many there are. */
struct some {
	const char	*label;
	const char	*none;
	const char	*rest;		/* what shows the others */
	size_t		 max;
	struct strv	 lines;
	size_t		 n;
};

enum { THING_DAEMON, THING_REFUSED, THING_WAITING, THING_RUNNING, THING_LOG,
    THING_DENIED, THINGS };

struct summary {
	int		 json;
	int		 everything;	/* --all */
	struct jrows	 rows;
	struct table	 table;
	struct some	 things[THINGS];
	struct inbox	 in;
};

static void
add_line(struct summary *s, int thing, struct buf *b)
{
	struct some *t = &s->things[thing];

	if (t->n++ < t->max)
		strv_addn(&t->lines, b->len != 0 ? (const char *)b->data : "",
		    b->len);
	buf_reset(b);
}

/* A field's text, and what is in front of it. */
static void
put(struct buf *b, const char *before, const void *data, size_t len,
    const char *key)
{
	buf_printf(b, "%s", before);
	row_show(b, data, len, key);
}

static void
say(struct summary *s, int thing, const void *data, size_t len,
    const char *what)
{
	struct buf b;

	buf_init(&b, 16U * MSG_ROW_MAX);
	put(&b, what, data, len, "name");
	put(&b, ": ", data, len, "state");
	if (row_has(data, len, "detail"))
		put(&b, ": ", data, len, "detail");
	add_line(s, thing, &b);
	buf_free(&b);
}

static void
say_detail(struct summary *s, int thing, const char *before, const void *data,
    size_t len)
{
	struct buf b;

	buf_init(&b, 16U * MSG_ROW_MAX);
	put(&b, before, data, len, "detail");
	add_line(s, thing, &b);
	buf_free(&b);
}

static void
say_named(struct summary *s, int thing, const void *data, size_t len)
{
	struct buf b;

	buf_init(&b, 16U * MSG_ROW_MAX);
	put(&b, "", data, len, "name");
	put(&b, ": ", data, len, "detail");
	add_line(s, thing, &b);
	buf_free(&b);
}

/* What keeps requests from running, by its kind and state. */
static const struct {
	const char	*kind;
	const char	*state;
	int		 other;		/* any state but that */
	const char	*what;		/* in front of its name */
} trouble[] = {
	{ "stop", "stopped", 0, "emergency stop of " },
	{ "role", "up", 1, "process " },
	{ "log", "refused", 0, "" },
	{ "disk", "full", 0, "" },
	{ "breaker", "closed", 1, "breaker " },
	{ "quota", "used up", 0, "quota " },
	{ "skill", "refused", 0, "skill " },
	{ "layer", "broken", 0, "layer " },
};

static void
sort_out(struct summary *s, const void *data, size_t len)
{
	char *kind = field_get_str(data, len, "kind");
	char *name = field_get_str(data, len, "name");
	char *state = field_get_str(data, len, "state");
	size_t i;

	for (i = 0; i < NELEM(trouble); i++)
		if (strcmp(kind, trouble[i].kind) == 0 &&
		    (strcmp(state, trouble[i].state) == 0) !=
		    trouble[i].other)
			say(s, THING_REFUSED, data, len, trouble[i].what);
	if (strcmp(kind, "daemon") == 0 && strcmp(name, "clawbotd") == 0) {
		say(s, THING_DAEMON, data, len, "");
		if (strcmp(state, "up") != 0)
			say(s, THING_REFUSED, data, len, "");
	} else if (strcmp(kind, "daemon") == 0 &&
	    strcmp(name, "approval") == 0)
		say_detail(s, THING_DAEMON, "", data, len);
	else if (strcmp(kind, "config") == 0 &&
	    strcmp(state, "changed") == 0)
		say(s, THING_DAEMON, data, len, "");
	else if ((strcmp(kind, "notify") == 0 ||
	    strcmp(kind, "forward") == 0) && strcmp(state, "works") != 0)
		say(s, THING_DAEMON, data, len, "");
	else if (strcmp(kind, "log") == 0 && strcmp(state, "whole") != 0 &&
	    strcmp(state, "stored") != 0 && strcmp(state, "none") != 0)
		say_detail(s, THING_LOG, "", data, len);
	else if (strcmp(kind, "disk") == 0)
		say_named(s, THING_LOG, data, len);
	else if (strcmp(kind, "denial") == 0)
		say_detail(s, THING_DENIED, "", data, len);
	free(kind);
	free(name);
	free(state);
}

static int
take_status(struct summary *s, const void *data, size_t len, struct fail *f)
{
	static const char *const keys[] = { "kind", "name", "state",
	    "detail" };
	struct buf b;
	size_t i;

	sort_out(s, data, len);
	if (s->json)
		return (jrows_add(&s->rows, data, len, f));
	if (!s->everything)
		return (0);
	buf_init(&b, 16U * MSG_ROW_MAX);
	for (i = 0; i < NELEM(keys); i++) {
		row_show(&b, data, len, keys[i]);
		table_cell(&s->table, &b);
	}
	buf_free(&b);
	return (0);
}

/* The state of a file, and of a disk, is that which it has by now. */
static int
on_status(const void *data, size_t len, void *arg, struct fail *f)
{
	char *name;
	struct buf b;
	int r;

	if (disk_row(data, len, &b)) {
		r = take_status(arg, b.data, b.len, f);
		buf_free(&b);
		return (r);
	}
	if (!ondisk_changed(data, len))
		return (take_status(arg, data, len, f));
	name = field_get_str(data, len, "name");
	buf_init(&b, MSG_ROW_MAX);
	field_str(&b, "kind", "config");
	field_str(&b, "name", name);
	field_str(&b, "state", "changed");
	field_str(&b, "detail", ondisk_text);
	r = take_status(arg, b.data, b.len, f);
	buf_free(&b);
	free(name);
	return (r);
}

static int
on_run(const void *data, size_t len, void *arg, struct fail *f)
{
	char *state = field_get_str(data, len, "state");
	struct summary *s = arg;
	struct buf b;
	uint64_t v;

	(void)f;
	/* those that wait are told elsewhere, those that are kept do not run */
	if (strcmp(state, "waiting") != 0 && strcmp(state, "finished") != 0) {
		buf_init(&b, 16U * MSG_ROW_MAX);
		put(&b, "", data, len, "run");
		buf_printf(&b, " for ");
		if (row_num(data, len, "started_ago_ms", &v))
			out_age(&b, v);
		buf_printf(&b, ", ");
		if (row_num(data, len, "uid", &v))
			out_user(&b, v);
		put(&b, ": ", data, len, "argv");
		add_line(s, THING_RUNNING, &b);
		buf_free(&b);
	}
	free(state);
	return (0);
}

static int
on_waiting(const void *data, size_t len, void *arg, struct fail *f)
{
	struct summary *s = arg;

	return (inbox_row(&s->in, data, len, f));
}

static void
say_waiting(struct summary *s)
{
	const struct inbox_item *it;
	char id[RUNID_TEXT];
	struct buf b;

	buf_init(&b, 16U * MSG_ROW_MAX);
	TAILQ_FOREACH(it, &s->in.items, entry) {
		runid_text(id, it->id);
		buf_printf(&b, "%s, ", id);
		out_age(&b, (uint64_t)(it->expires > inbox_now() ?
		    it->expires - inbox_now() : 0));
		buf_printf(&b, " left, %s: %s", it->who, it->command);
		add_line(s, THING_WAITING, &b);
	}
	buf_free(&b);
}

/* A line; on a terminal no longer than that. */
static void
print_line(const char *label, const char *text, size_t cols)
{
	size_t n = strlen(text), room = cols > 11 ? cols - 11 : 0;
	int cut;

	if (cols != 0)
		n = esc_fits(text, n, room);
	cut = text[n] != '\0' && room > 3;
	if (cut)
		n = esc_fits(text, n, room - 3);
	printf("%-10s %.*s%s\n", label, (int)n, text, cut ? "..." : "");
}

static void
print_some(const struct some *t, size_t cols)
{
	char more[128];
	size_t i;

	if (t->n == 0)
		print_line(t->label, t->none, cols);
	for (i = 0; i < t->lines.n; i++)
		print_line(i == 0 ? t->label : "", t->lines.v[i], cols);
	if (t->n > t->lines.n) {
		(void)snprintf(more, sizeof(more), "and %zu more: %s",
		    t->n - t->lines.n, t->rest);
		print_line("", more, cols);
	}
}

static void
print_summary(const struct summary *s)
{
	size_t rows, cols = 0, i;

	if (isatty(STDOUT_FILENO))
		margin_screen(&rows, &cols);
	for (i = 0; i < THINGS; i++)
		print_some(&s->things[i], cols);
}

static int
gather(struct summary *s, const struct cli *cli, struct fail *f)
{
	uint8_t watch = 0;
	struct conn *c;
	int r;

	if ((c = conn_open(cli, f)) == NULL)
		return (-1);
	r = conn_rows(c, MSG_STATUS, NULL, 0, on_status, s, f);
	if (r == 0 && !s->json && !s->everything) {
		r = conn_rows(c, MSG_APPROVALS, &watch, 1, on_waiting, s, f);
		if (r == 0)
			r = conn_rows(c, MSG_PS, NULL, 0, on_run, s, f);
		say_waiting(s);
	}
	conn_free(c);
	return (r);
}

static void
init(struct summary *s)
{
	static const char *const heads[] = { "KIND", "NAME", "STATE",
	    "DETAIL" };
	static const struct some things[THINGS] = {
		[THING_DAEMON] = { .label = "daemon", .none = "-", .max = 4 },
		[THING_REFUSED] = { .label = "refused", .none = "nothing, now",
		    .rest = "clawbot doctor", .max = SOME_REFUSED },
		[THING_WAITING] = { .label = "waiting", .none = "nothing",
		    .rest = "clawbot approvals", .max = SOME },
		[THING_RUNNING] = { .label = "running", .none = "nothing",
		    .rest = "clawbot ps", .max = SOME },
		[THING_LOG] = { .label = "log", .none = "-", .max = 5 },
		[THING_DENIED] = { .label = "last no", .none = "none since the "
		    "start", .max = 1 },
	};

	memset(s, 0, sizeof(*s));
	memcpy(s->things, things, sizeof(things));
	jrows_init(&s->rows, "status");
	table_init(&s->table, heads, NELEM(heads), 2);
	inbox_init(&s->in);
}

int
cmd_status(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	struct summary s;
	struct fail f;
	size_t i;
	int ch, r;

	init(&s);
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == OPT_ALL)
			s.everything = 1;
	command_operands(cmd, argc, 0, 0);
	s.json = cli->json;
	r = gather(&s, cli, &f);
	if (r == 0 && s.json)
		r = jrows_print(&s.rows, &f);
	else if (r == 0 && s.everything)
		table_print(&s.table);
	else if (r == 0)
		print_summary(&s);
	table_free(&s.table);
	jrows_free(&s.rows);
	inbox_free(&s.in);
	for (i = 0; i < THINGS; i++)
		strv_free(&s.things[i].lines);
	if (r == -1)
		return (fail_print(&f));
	return (s.things[THING_REFUSED].n == 0 ? 0 : 1);
}
