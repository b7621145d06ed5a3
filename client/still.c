/* SPDX-License-Identifier: ISC */
/* Requests that wait on without their callers; see still.h. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/out.h"
#include "client/still.h"
#include "common/msg.h"
#include "common/role.h"

char *
still_approvers(const void *data, size_t len)
{
	struct strv sv = { NULL, 0 };
	struct buf b;
	char *text;
	size_t i;

	buf_init(&b, MSG_ROW_MAX);
	field_get_list(data, len, "approvers", &sv);
	for (i = 0; i < sv.n; i++)
		buf_printf(&b, "%s%s", i == 0 ? " (" : ", ", sv.v[i]);
	if (sv.n != 0)
		buf_put_u8(&b, ')');
	buf_put_u8(&b, 0);
	text = xstrdup(b.bad ? "" : (const char *)b.data);
	strv_free(&sv);
	buf_free(&b);
	return (text);
}

static void
put_list(struct buf *b, const void *data, size_t len, const char *key)
{
	struct strv sv = { NULL, 0 };
	size_t i;

	field_get_list(data, len, key, &sv);
	for (i = 0; i < sv.n; i++) {
		if (i != 0)
			buf_put_u8(b, ',');
		json_str(b, sv.v[i], strlen(sv.v[i]));
	}
	strv_free(&sv);
}

/* The members of any outcome, and how to come back. */
static void
print_json(const char *run, const void *data, size_t len, const char *why)
{
	struct buf b;
	char *rule = field_get_str(data, len, "rule");

	buf_init(&b, 4U * MSG_ROW_MAX);
	buf_printf(&b, "{\"run\":\"%s\",\"outcome\":\"waiting\","
	    "\"exit\":null,\"rule\":", run);
	json_str(&b, rule, strlen(rule));
	buf_printf(&b, ",\"reason\":");
	json_str(&b, why, strlen(why));
	buf_printf(&b, ",\"record\":null,\"limit\":null,\"changed\":[],"
	    "\"denied\":[],\"unanswered\":[],\"refused\":[],\"approvers\":[");
	put_list(&b, data, len, "approvers");
	buf_printf(&b, "],\"expires_s\":%" PRIu64 ",\"claim\":[\"clawbot\","
	    "\"wait\",\"%s\"],\"status\":%d}\n",
	    field_get_u64(data, len, "expires_s", 0), run, EXIT_TEMPFAIL);
	out_buf(stdout, &b);
	free(rule);
}

int
still_report(const struct cli *cli, const char *run, const void *data,
    size_t len)
{
	char *who = still_approvers(data, len);
	struct fail f;

	fail_set(&f, EXIT_TEMPFAIL, "%s still waits for an approver%s, and "
	    "goes on waiting", run, who);
	fail_hint(&f, "come back to it with clawbot wait %s; the same request "
	    "again would only wait beside it", run);
	free(who);
	if (!cli->json)
		return (fail_print(&f));
	print_json(run, data, len, f.text);
	return (EXIT_TEMPFAIL);
}
