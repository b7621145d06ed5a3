/* SPDX-License-Identifier: ISC */
/*
 * CLAIMS: what a client says of itself, for all that it asks for from here on.
 * The executor looks what of it must not be recorded.
 */
#include "config.h"

#include <string.h>

#include "supervisor/ask/ask.h"
#include "supervisor/ask/reason.h"
#include "supervisor/run/veil.h"

static enum op_state
take(struct daemon *d, struct op *o)
{
	(void)d;
	if (o->cl != NULL) {
		claims_split(&o->cl->claims, o->why);
		client_end(o->cl, CBE_OK, "%s", "");
	}
	return (OP_DONE);
}

static const struct op_kind claims_kind = {
	.act = { [ACT_HIDDEN] = veil_hidden },
	.quit = op_forget,
	.lapse = veil_lapsed,
};

void
req_claims(struct client *cl, struct payload *in)
{
	const struct msg_claims *v = payload_as(in, &msg_claims_shape);
	struct op *o;
	char *text;

	if ((o = op_new(cl->d, &claims_kind, OP_VEIL, cl)) == NULL) {
		client_end(cl, CBE_AGAIN, "too busy");
		return;
	}
	text = claims_join(v);
	o->why = reason_masked(cl->d, text);
	freezero(text, strlen(text));
	veil_begin(cl->d, o, take);
}
