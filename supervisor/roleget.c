/* SPDX-License-Identifier: ISC */
/* The one place where a role's message is malformed; see roleget.h. */
#include "config.h"

#include "supervisor/roleget.h"

void
role_get(struct daemon *d, const struct proc *from, const struct ipc_msg *m,
    struct payload *p)
{
	if (payload_open(p, m) == -1)
		daemon_breach(d, from, "malformed %s", msg_name(m->type));
}
