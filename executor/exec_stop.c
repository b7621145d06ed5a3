/* SPDX-License-Identifier: ISC */
/* The end after SHUTDOWN, which the last run brings. */
#include "config.h"

#include <unistd.h>

#include "common/log.h"
#include "executor/executor.h"
#include "executor/spawner/spawner.h"

void
exec_maybe_stopped(struct executor *x)
{
	if (!x->stopping || x->nruns != 0)
		return;
	if (ipc_send(x->rm.ipc, MSG_STOPPED, 0, NULL, 0, NULL, 0) == -1)
		fatalx(EXIT_SYSTEM, "%s", ipc_error(x->rm.ipc));
	(void)ipc_drain(x->rm.ipc, 2000);
	spawner_end(x);
	_exit(0);
}
