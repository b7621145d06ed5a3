/* SPDX-License-Identifier: ISC */
/* What the roles are; see roles.h. */
#include "config.h"

#include <assert.h>
#include <string.h>

#include "supervisor/roles.h"

const struct proc_row proc_rows[NPROCS] = {
	[PROC_EXEC] = { ROLE_EXECUTOR, "clawbot-executor", "_clawbot-exec",
	    ROOT_EMPTY, 1, STOP_RUNS },
	[PROC_AUDIT] = { ROLE_AUDITOR, "clawbot-auditor", "_clawbot-audit",
	    ROOT_LOG, 0, STOP_AUDITOR },
	[PROC_VAULT] = { ROLE_VAULT, "clawbot-vault", "_clawbot-vault",
	    ROOT_VAULT, 0, STOP_VAULT },
};

const struct proc_row notifier_row = { ROLE_NOTIFIER, "clawbot-notifier",
    "_clawbot-notify", ROOT_EMPTY, 1, STOP_RUNS };

const struct proc_row forwarder_row = { ROLE_FORWARDER, "clawbot-forwarder",
    "_clawbot-forward", ROOT_EMPTY, 0, STOP_RUNS };

void
proc_init(struct proc *p, const struct proc_row *row)
{
	memset(p, 0, sizeof(*p));
	p->row = row;
	p->role = row->role;
	p->log.fd = -1;
	p->log.name = role_name(p->role);
}

void
procs_init(struct proc procs[NPROCS])
{
	size_t i;

	for (i = 0; i < NPROCS; i++)
		proc_init(&procs[i], &proc_rows[i]);
}

void
proc_close(struct proc *p)
{
	ipc_free(p->ipc);
	p->ipc = NULL;
	relay_end(&p->log);
}

int
role_send(struct proc *p, unsigned type, uint64_t id, struct buf *b,
    const int *fds, unsigned nfds)
{
	int r;

	assert(p->ipc != NULL);
	r = b != NULL && b->bad ? -1 : ipc_send(p->ipc, type, id,
	    b == NULL ? NULL : b->data, b == NULL ? 0 : b->len, fds, nfds);
	if (b != NULL)
		buf_free(b);
	return (r);
}

int
role_put(struct proc *p, unsigned type, uint64_t id, const struct shape *s,
    const void *v, const int *fds, unsigned nfds)
{
	struct buf b;

	payload_put(&b, type, s, v);
	return (role_send(p, type, id, &b, fds, nfds));
}
