/* SPDX-License-Identifier: ISC */
/* policy list: what may be asked for on a channel. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "client/conn.h"
#include "client/esc.h"
#include "client/opt.h"
#include "client/out.h"
#include "common/defs.h"
#include "common/payload.h"

struct policies {
	int		 json;
	struct jrows	 rows;
	size_t		 n;
};

/* The order for people; a list has a line for each of it. */
static const struct {
	const char	*key;
	const char	*label;
} shown[] = {
	{ "refused", "REFUSED" }, { "account", "runs as" },
	{ "default", "by default" }, { "allow", "allow" }, { "ask", "ask" },
	{ "deny", "deny" }, { "approval_patterns", "destructive" },
	{ "shell", "shell lines" }, { "execs", "inside of runs" },
	{ "execs_default", "  by default" }, { "read", "may read" },
	{ "write", "may write" }, { "network", "network" },
	{ "secrets", "secrets" }, { "approvers", "approvers" },
};

static void
put_list(struct buf *b, const char *label, const void *data, size_t len,
    const char *key)
{
	struct strv v = { NULL, 0 };
	size_t i;

	field_get_list(data, len, key, &v);
	for (i = 0; i < v.n; i++) {
		buf_printf(b, "  %-15s ", i == 0 ? label : "");
		esc_text(b, v.v[i], strlen(v.v[i]));
		buf_put_u8(b, '\n');
	}
	strv_free(&v);
}

static void
put_skill(struct buf *b, const void *data, size_t len)
{
	struct field f;
	uint64_t is;
	size_t i;

	row_show(b, data, len, "skill");
	if (row_num(data, len, "is_default", &is) && is)
		buf_printf(b, ", where no other is asked for");
	buf_put_u8(b, '\n');
	for (i = 0; i < NELEM(shown); i++) {
		if (field_find(data, len, shown[i].key, &f) != 1)
			continue;
		if (f.type == FIELD_LIST) {
			put_list(b, shown[i].label, data, len, shown[i].key);
			continue;
		}
		buf_printf(b, "  %-15s ", shown[i].label);
		field_show(b, &f);
		buf_put_u8(b, '\n');
	}
}

static int
on_row(const void *data, size_t len, void *arg, struct fail *f)
{
	struct policies *p = arg;
	struct buf b;

	p->n++;
	if (p->json)
		return (jrows_add(&p->rows, data, len, f));
	buf_init(&b, 16U * MSG_ROW_MAX);
	put_skill(&b, data, len);
	out_buf(stdout, &b);
	return (0);
}

int
cmd_policy_list(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct msg_account v = { UINT32_MAX };
	struct policies p;
	struct fail f;
	struct buf b;
	int ch, r;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 'u')
			v.uid = opt_user(cmd, optarg);
	command_operands(cmd, argc, 0, 0);
	memset(&p, 0, sizeof(p));
	p.json = cli->json;
	jrows_init(&p.rows, "skills");
	payload_put(&b, MSG_POLICY, &msg_account_shape, &v);
	r = conn_query(cli, MSG_POLICY, b.data, b.len, on_row, &p, &f);
	buf_free(&b);
	if (r == 0 && cli->json)
		r = jrows_print(&p.rows, &f);
	else if (r == 0 && p.n == 0)
		printf("nothing may be asked for on this channel\n");
	jrows_free(&p.rows);
	return (r == -1 ? fail_print(&f) : 0);
}
