/* SPDX-License-Identifier: ISC */
/* policy check: is a configuration sound, and does it say what it seems to. */
#include "config.h"

#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "client/draft.h"
#include "client/esc.h"
#include "client/out.h"
#include "common/msg.h"

#define CHECK_UNSOUND	1
#define CHECK_UNREAD	2

struct checked {
	int		 json;
	size_t		 errors;
	size_t		 notes;
	int		 unread;
};

/* {"findings":[ROW,... */
static int
put_json(const struct checked *c, const void *row, size_t len, struct fail *f)
{
	struct buf b;

	buf_init(&b, 16U * MSG_ROW_MAX);
	buf_printf(&b, "%s", c->errors + c->notes == 1 ? "{\"findings\":[" :
	    ",");
	if (field_json(&b, row, len, 0) == 0) {
		out_buf(stdout, &b);
		return (0);
	}
	buf_free(&b);
	fail_set(f, EXIT_CLAWBOT, "wrong answer from clawbotd");
	return (-1);
}

/* FILE:LINE:COLUMN: KEY: note: TEXT */
static void
put_text(const void *row, size_t len, int note)
{
	static const char *const places[] = { "file", "line", "column" };
	struct field f;
	struct buf b;
	size_t i;

	buf_init(&b, 16U * MSG_ROW_MAX);
	for (i = 0; i < 3; i++) {
		row_show(&b, row, len, places[i]);
		buf_put_u8(&b, ':');
	}
	buf_put_u8(&b, ' ');
	if (field_find(row, len, "key", &f) == 1 && f.len > 0) {
		field_show(&b, &f);
		buf_printf(&b, ": ");
	}
	buf_printf(&b, "%s", note ? "note: " : "");
	row_show(&b, row, len, "text");
	buf_put_u8(&b, '\n');
	out_buf(stdout, &b);
}

static int
on_row(const void *row, size_t len, void *arg, struct fail *f)
{
	struct checked *c = arg;
	uint64_t note = 0, unread = 0;

	(void)row_num(row, len, "note", &note);
	(void)row_num(row, len, "unread", &unread);
	c->errors += !note;
	c->notes += note != 0;
	c->unread |= unread != 0;
	if (c->json)
		return (put_json(c, row, len, f));
	put_text(row, len, note != 0);
	return (0);
}

static void
put_end(const struct checked *c, int sound)
{
	if (!c->json)
		printf("%s, %zu error%s, %zu note%s\n", sound ? "sound" :
		    c->unread ? "not read" : "not sound", c->errors,
		    c->errors == 1 ? "" : "s", c->notes,
		    c->notes == 1 ? "" : "s");
	else
		printf("%s],\"sound\":%s,\"errors\":%zu,\"notes\":%zu}\n",
		    c->errors + c->notes == 0 ? "{\"findings\":[" : "",
		    sound ? "true" : "false", c->errors, c->notes);
}

int
cmd_policy_check(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct checked c = { 0, 0, 0, 0 };
	struct fail f;
	int sound;

	while (command_opt(cli, cmd, argc, argv) != -1)
		;
	command_operands(cmd, argc, 0, 1);
	c.json = cli->json;
	sound = draft_ask(optind < argc ? argv[optind] : NULL, on_row, &c, &f);
	if (sound == -1)
		return (fail_print(&f));
	put_end(&c, sound);
	return (sound ? 0 : c.unread ? CHECK_UNREAD : CHECK_UNSOUND);
}
