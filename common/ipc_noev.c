/* SPDX-License-Identifier: ISC */
/* For programs without an event loop: the client and small tests. */
#include "config.h"

#include "common/ipc_priv.h"

void
ipc_ev_flush(struct ipc *ipc)
{
	(void)ipc;
}

void
ipc_ev_detach(struct ipc *ipc)
{
	(void)ipc;
}
