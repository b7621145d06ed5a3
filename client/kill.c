/* SPDX-License-Identifier: ISC */
/* kill: ends runs, by their ids or by what they have in common. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/conn.h"
#include "client/list.h"
#include "client/opt.h"
#include "client/out.h"
#include "common/plan.h"
#include "common/xmalloc.h"

/* Which of those that one sees. */
struct chosen {
	int		 any;		/* at all by what they have */
	int		 by_user;
	uid_t		 user;
	const char	*skill;		/* NULL: any */
	const char	*channel;
	uint64_t	*ids;
	size_t		 n;
};

static int
has(const void *data, size_t len, const char *key, const char *want)
{
	char *s;
	int same;

	if (want == NULL)
		return (1);
	s = row_str(data, len, key);
	same = s != NULL && strcmp(s, want) == 0;
	free(s);
	return (same);
}

static int
on_row(const void *data, size_t len, void *arg, struct fail *f)
{
	struct chosen *c = arg;
	uint64_t uid, id;
	char *text;

	(void)f;
	/* what is only kept has ended */
	if (has(data, len, "state", "finished") ||
	    !has(data, len, "skill", c->skill) ||
	    !has(data, len, "channel", c->channel) || (c->by_user &&
	    (!row_num(data, len, "uid", &uid) || uid != c->user)))
		return (0);
	text = row_str(data, len, "run");
	if (text != NULL && runid_parse(text, &id) == 0) {
		c->ids = xrecallocarray(c->ids, c->n, c->n + 1,
		    sizeof(*c->ids));
		c->ids[c->n++] = id;
	}
	free(text);
	return (0);
}

/* Ends one; the exit status for it. */
static int
end(const struct cli *cli, struct conn *c, uint64_t id)
{
	char text[RUNID_TEXT];
	struct fail f;
	struct buf b;
	int r;

	buf_init(&b, 64);
	buf_put_u64(&b, id);
	buf_put_u8(&b, 0);
	r = conn_rows(c, MSG_KILL, b.data, b.len, NULL, NULL, &f);
	buf_free(&b);
	runid_text(text, id);
	if (r == -1) {
		complain("%s: %s", text, f.text);
		return (f.status);
	}
	if (cli->json)
		out_done("run", text, "killed");
	else
		printf("killed %s\n", text);
	return (0);
}

static void
option(struct chosen *c, const struct command *cmd, int ch)
{
	c->any = 1;
	switch (ch) {
	case 'u':
		c->by_user = 1;
		c->user = opt_user(cmd, optarg);
		break;
	case 's':
		c->skill = optarg;
		break;
	case 'c':
		c->channel = optarg;
		break;
	}
}

static void
take_words(struct chosen *c, const struct cli *cli, const struct command *cmd,
    int argc, char **argv)
{
	c->ids = xcalloc((size_t)(argc - optind), sizeof(*c->ids));
	for (; optind < argc; optind++)
		c->ids[c->n++] = run_word(cli, cmd, &argv[optind]);
}

int
cmd_kill(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	struct chosen c;
	struct conn *conn;
	struct fail f;
	size_t i;
	int ch, r, status = 0;

	memset(&c, 0, sizeof(c));
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		option(&c, cmd, ch);
	if (c.any)
		command_operands(cmd, argc, 0, 0);
	else if (optind == argc)
		usage_error("%s needs RUN, or --all", cmd->name);
	else
		take_words(&c, cli, cmd, argc, argv);
	if ((conn = conn_open(cli, &f)) == NULL || (c.any && conn_rows(conn,
	    MSG_PS, NULL, 0, on_row, &c, &f) == -1)) {
		conn_free(conn);
		return (fail_print(&f));
	}
	for (i = 0; i < c.n; i++)
		if ((r = end(cli, conn, c.ids[i])) != 0)
			status = r;
	if (c.n == 0)
		complain("there is no such run");
	conn_free(conn);
	free(c.ids);
	return (status);
}
