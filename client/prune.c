/* SPDX-License-Identifier: ISC */
/* audit prune: what is old goes from the log, and the log says so. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/opt.h"
#include "client/out.h"
#include "client/prunewhat.h"
#include "client/when.h"
#include "common/civil.h"
#include "common/decimal.h"
#include "common/xmalloc.h"

#define PRUNE_DAY_US	(86400 * UINT64_C(1000000))
#define PRUNE_DAYS_MAX	36500U

struct prune_shown {
	int		 json;
	int		 dry;
	uint64_t	 segments;
	uint64_t	 bytes;
	struct jrows	 rows;
};

static uint64_t
days_arg(const struct command *cmd, const char *arg)
{
	uint64_t days, now = 0;

	if (decimal(arg, PRUNE_DAYS_MAX, &days) == -1 || days == 0)
		usage_error("%s: --keep-days: %s is not a number from 1 to "
		    "%u", cmd->name, arg, PRUNE_DAYS_MAX);
	(void)civil_now(&now);
	return (now > days * PRUNE_DAY_US ? now - days * PRUNE_DAY_US : 1);
}

static void
set_why(struct msg_prune *v, const struct command *cmd, const char *why)
{
	if (strlen(why) > PLAN_MAXREASON)
		usage_error("%s: -r: longer than %d bytes", cmd->name,
		    PLAN_MAXREASON);
	free(v->why);
	v->why = xstrdup(why);
}

int
prune_option(struct msg_prune *v, const struct command *cmd, int ch,
    struct fail *f)
{
	if ((ch == OPT_BEFORE || ch == OPT_KEEP_DAYS) && v->before_us != 0)
		usage_error("%s: one of --before and --keep-days", cmd->name);
	if (ch == OPT_BEFORE)
		return (when_arg("--before", optarg, &v->before_us, f));
	if (ch == OPT_KEEP_DAYS)
		v->before_us = days_arg(cmd, optarg);
	else if (ch == 'r')
		set_why(v, cmd, optarg);
	return (0);
}

void
prune_options_end(const struct msg_prune *v, const struct command *cmd)
{
	if (v->before_us == 0)
		usage_error("%s: --before TIME or --keep-days N", cmd->name);
	if (!v->dry && *v->why == '\0')
		usage_error("%s: -r WHY: what is removed is gone for good, "
		    "and the log says why", cmd->name);
}

int
prune_ask(const struct cli *cli, const struct msg_prune *v, conn_row_cb row,
    void *arg, struct fail *f)
{
	struct buf b;
	int r;

	payload_put(&b, MSG_PRUNE, &msg_prune_shape, v);
	r = conn_query(cli, MSG_PRUNE, b.data, b.len, row, arg, f);
	buf_free(&b);
	return (r);
}

static int
parse(struct msg_prune *v, struct cli *cli, const struct command *cmd,
    int argc, char **argv, struct fail *f)
{
	int ch, r = 0;

	memset(v, 0, sizeof(*v));
	v->why = xstrdup("");
	while (r == 0 && (ch = command_opt(cli, cmd, argc, argv)) != -1) {
		if (ch == 'n')
			v->dry = 1;
		r = prune_option(v, cmd, ch, f);
	}
	if (r == -1)
		return (-1);
	command_operands(cmd, argc, 0, 0);
	prune_options_end(v, cmd);
	return (0);
}

static int
on_row(const void *data, size_t len, void *arg, struct fail *f)
{
	struct prune_shown *s = arg;
	uint64_t first = 0, last = 0, bytes = 0;
	char *until, *immutable;

	(void)row_num(data, len, "bytes", &bytes);
	s->segments++;
	s->bytes += bytes;
	if (s->json)
		return (jrows_add(&s->rows, data, len, f));
	(void)row_num(data, len, "first", &first);
	(void)row_num(data, len, "last", &last);
	until = field_get_str(data, len, "until");
	immutable = field_get_str(data, len, "immutable");
	printf("%s records %llu to %llu, until %.10s, %llu bytes%s%s\n",
	    s->dry ? "would remove" : "removed", (unsigned long long)first,
	    (unsigned long long)last, until, (unsigned long long)bytes,
	    *immutable != '\0' ? ", once root has done: chattr -i " : "",
	    immutable);
	(void)fflush(stdout);
	free(until);
	free(immutable);
	return (0);
}

static void
say_sum(const struct prune_shown *s)
{
	if (s->segments == 0)
		printf("nothing that is closed is that old\n");
	else if (!s->dry)
		printf("audit verify tells from now on: PRUNED\n");
}

int
cmd_audit_prune(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct prune_shown s;
	struct msg_prune v;
	struct fail f;
	int r;

	if (parse(&v, cli, cmd, argc, argv, &f) == -1)
		return (fail_print(&f));
	memset(&s, 0, sizeof(s));
	s.json = cli->json;
	s.dry = v.dry;
	jrows_init(&s.rows, "removed");
	r = prune_ask(cli, &v, on_row, &s, &f);
	shape_free(&msg_prune_shape, &v);
	if (r == 0 && cli->json)
		r = jrows_print(&s.rows, &f);
	else if (r == 0)
		say_sum(&s);
	jrows_free(&s.rows);
	return (r == -1 ? fail_print(&f) : 0);
}
