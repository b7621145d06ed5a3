/* SPDX-License-Identifier: ISC */
/* STOP and RESUME: emergency stops, by root and approvers. */
#include "config.h"

#include <string.h>

#include "supervisor/ask/ask.h"
#include "supervisor/run/emergency.h"

static int
is_channel(const struct conf *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->nchannels; i++)
		if (strcmp(c->channels[i].name, name) == 0)
			return (1);
	return (0);
}

/* A name that is nobody's would stop nothing, and nobody would know. */
void
req_stop(struct client *cl, struct payload *p)
{
	const struct msg_estop *v = payload_as(p, &msg_estop_shape);
	const struct conf *c = cl->d->conf;

	if (!estop_sound(v))
		client_bad(cl, "STOP of what its scope does not have");
	else if (v->scope == ESTOP_SKILL && conf_skill(c, v->name) == NULL)
		client_end(cl, CBE_NOENT, "there is no such skill");
	else if (v->scope == ESTOP_CHANNEL && !is_channel(c, v->name))
		client_end(cl, CBE_NOENT, "there is no such channel");
	else
		emergency_stop(cl->d, v, cl);
}

void
req_resume(struct client *cl, struct payload *p)
{
	const struct msg_estop *v = payload_as(p, &msg_estop_shape);

	if (!estop_sound(v))
		client_bad(cl, "RESUME of what its scope does not have");
	else
		emergency_resume(cl, v);
}
