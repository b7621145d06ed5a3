/* SPDX-License-Identifier: ISC */
/* stop and resume: emergency stops; and breaker reset. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/conn.h"
#include "client/esc.h"
#include "client/opt.h"
#include "client/out.h"
#include "common/estop.h"
#include "common/payload.h"
#include "common/xmalloc.h"

struct stopped {
	int		 json;
	int		 held;		/* it is in force */
	struct jrows	 rows;
};

static void
set_scope(struct msg_estop *v, const struct command *cmd, unsigned scope)
{
	if (v->scope != ESTOP_ALL)
		usage_error("%s: one of -u, -s and -c at most", cmd->name);
	v->scope = (uint8_t)scope;
}

static void
set_name(struct msg_estop *v, const struct command *cmd, const char *name)
{
	if (*name == '\0' || strlen(name) > PLAN_MAXNAME)
		usage_error("%s: a name has from 1 to %d bytes", cmd->name,
		    PLAN_MAXNAME);
	free(v->name);
	v->name = xstrdup(name);
}

static void
option(struct msg_estop *v, const struct command *cmd, int ch)
{
	switch (ch) {
	case 'u':
		set_scope(v, cmd, ESTOP_USER);
		v->user = opt_user(cmd, optarg);
		break;
	case 's':
		set_scope(v, cmd, ESTOP_SKILL);
		set_name(v, cmd, optarg);
		break;
	case 'c':
		set_scope(v, cmd, ESTOP_CHANNEL);
		set_name(v, cmd, optarg);
		break;
	case 'r':
		if (strlen(optarg) > ESTOP_MAXWHY)
			usage_error("%s: -r: longer than %d bytes", cmd->name,
			    ESTOP_MAXWHY);
		free(v->why);
		v->why = xstrdup(optarg);
		break;
	}
}

static void
parse(struct msg_estop *v, struct cli *cli, const struct command *cmd,
    int argc, char **argv)
{
	int ch;

	memset(v, 0, sizeof(*v));
	v->scope = ESTOP_ALL;
	v->name = xstrdup("");
	v->why = xstrdup("");
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		option(v, cmd, ch);
	command_operands(cmd, argc, 0, 0);
}

/* It holds, whatever comes of its record. */
static int
on_row(const void *data, size_t len, void *arg, struct fail *f)
{
	struct stopped *s = arg;
	uint64_t runs = 0, waiting = 0;

	s->held = 1;
	if (s->json)
		return (jrows_add(&s->rows, data, len, f));
	(void)row_num(data, len, "runs", &runs);
	(void)row_num(data, len, "waiting", &waiting);
	printf("stopped: %llu runs are being ended, %llu requests withdrawn\n",
	    (unsigned long long)runs, (unsigned long long)waiting);
	(void)fflush(stdout);
	return (0);
}

/* The command that ends what this was about. */
static void
put_resume(char *s, size_t n, const struct msg_estop *v)
{
	struct buf b;

	buf_init(&b, 4096);
	buf_printf(&b, "clawbot resume");
	if (v->scope == ESTOP_USER)
		buf_printf(&b, " -u %u", v->user);
	else if (v->scope != ESTOP_ALL) {
		buf_printf(&b, v->scope == ESTOP_SKILL ? " -s " : " -c ");
		esc_word(&b, v->name, strlen(v->name));
	}
	(void)snprintf(s, n, "%.*s", (int)b.len, (const char *)b.data);
	buf_free(&b);
}

static int
ask(const struct cli *cli, unsigned type, struct msg_estop *v,
    conn_row_cb row, struct stopped *s, struct fail *f)
{
	struct buf b;
	int r;

	payload_put(&b, type, &msg_estop_shape, v);
	r = conn_query(cli, type, b.data, b.len, row, s, f);
	buf_free(&b);
	shape_free(&msg_estop_shape, v);
	return (r);
}

int
cmd_stop(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	struct msg_estop v;
	struct stopped s;
	struct fail f, no;
	char resume[2048];
	int r;

	parse(&v, cli, cmd, argc, argv);
	put_resume(resume, sizeof(resume), &v);
	memset(&s, 0, sizeof(s));
	s.json = cli->json;
	jrows_init(&s.rows, "stopped");
	r = ask(cli, MSG_STOP, &v, on_row, &s, &f);
	if (cli->json && s.held && jrows_print(&s.rows, &no) == -1 && r == 0) {
		f = no;
		r = -1;
	}
	jrows_free(&s.rows);
	if (r == 0) {
		if (!cli->json)
			printf("it lasts until %s\n", resume);
		return (0);
	}
	if (s.held)
		fail_hint(&f, "the stop holds, but is not recorded yet: it is "
		    "tried again every second, and a restart before that "
		    "would end it; clawbot status tells");
	return (fail_print(&f));
}

int
cmd_resume(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	struct msg_estop v;
	struct stopped s;
	struct fail f;
	unsigned scope;

	parse(&v, cli, cmd, argc, argv);
	memset(&s, 0, sizeof(s));
	scope = v.scope;
	if (ask(cli, MSG_RESUME, &v, on_row, &s, &f) == -1)
		return (fail_print(&f));
	if (cli->json)
		out_done("scope", estop_word(scope), "resumed");
	else
		printf("resumed\n");
	return (0);
}

static int
on_reset(const void *data, size_t len, void *arg, struct fail *f)
{
	struct stopped *s = arg;
	uint64_t n = 0;

	if (s->json)
		return (jrows_add(&s->rows, data, len, f));
	(void)row_num(data, len, "breakers", &n);
	printf("%llu closed\n", (unsigned long long)n);
	return (0);
}

int
cmd_breaker_reset(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct msg_estop v;
	struct stopped s;
	struct fail f;
	int r;

	parse(&v, cli, cmd, argc, argv);
	memset(&s, 0, sizeof(s));
	s.json = cli->json;
	jrows_init(&s.rows, "reset");
	r = ask(cli, MSG_BREAKER, &v, on_reset, &s, &f);
	if (r == 0 && cli->json)
		r = jrows_print(&s.rows, &f);
	jrows_free(&s.rows);
	return (r == -1 ? fail_print(&f) : 0);
}
