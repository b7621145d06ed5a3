/* SPDX-License-Identifier: ISC */
/* How much of runs' output is stored: the supervisor is told. */
#include "config.h"

#include "auditor/auditor.h"
#include "common/payload.h"
#include "common/xmalloc.h"

void
storetell(struct auditor *a)
{
	const struct outstore *os = &a->output;
	struct msg_stored *was = a->stored;
	struct buf b;

	if (os->max == 0 || !os->counted || (was != NULL &&
	    was->total == os->total && was->refused == os->refused &&
	    was->uid == os->refused_uid))
		return;
	if (was == NULL)
		was = a->stored = xcalloc(1, sizeof(*was));
	was->total = os->total;
	was->max = os->total_max;
	was->refused = (uint8_t)os->refused;
	was->uid = os->refused_uid;
	payload_put(&b, MSG_A_STORED, &msg_stored_shape, was);
	audit_put(a, MSG_A_STORED, 0, &b);
}
