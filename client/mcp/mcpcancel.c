/* SPDX-License-Identifier: ISC */
/* cancel_execution; see mcpcancel.h. */
#include "config.h"

#include <stdlib.h>

#include "client/mcp/executionjson.h"
#include "client/mcp/mcpanswer.h"
#include "client/mcp/mcpcancel.h"
#include "common/msg.h"

#define CANCEL_MS	10000	/* for what was told to end */

/*
 * What another process has asked for is ended by its id: to cancel here would
 * only end our waiting, and to claim it first could start it.
 */
json_t *
mcpcancel_begin(struct mcpcalls *cs, struct mcpcall *c)
{
	const char *id = tooltable_str(c->args, "exec_id");
	struct execution *e = execution_find(&cs->executions, id);
	uint64_t run;
	struct buf b;

	c->until = c->began + CANCEL_MS;
	if (e != NULL) {
		c->execution = e;
		e->calls++;
	}
	if (e != NULL && e->type != MSG_WAIT)
		execution_cancel(&cs->executions, e);
	else if (runid_parse(id, &run) == -1)
		return (mcpanswer_nobodys(c));
	else if (e == NULL || !e->ended) {
		buf_init(&b, 16);
		buf_put_u64(&b, run);
		/* an approver's model has named it, and no approver */
		buf_put_u8(&b, 1);
		c->query = mcpquery_alone(cs->cli, MSG_KILL, &b);
	}
	return (NULL);
}

json_t *
mcpcancel_told(const struct mcpcall *c)
{
	const struct mcpquery *q = c->query;

	if (!q->failed)
		return (mcpanswer_record(c, executionjson_refused("cancelled",
		    tooltable_str(c->args, "exec_id"), "It was told to end."),
		    0));
	return (q->fail.status == EXIT_FAILURE ? mcpanswer_nobodys(c) :
	    mcpanswer_wrong(c, q->fail.text));
}
