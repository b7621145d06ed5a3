/* SPDX-License-Identifier: ISC */
/* X_RELOAD; see exec_reload.c. */
#ifndef EXECUTOR_EXEC_RELOAD_H
#define EXECUTOR_EXEC_RELOAD_H

#include "executor/executor.h"

/* Answered by X_RELOADED; what cannot be done ends the process. */
void	exec_reload(struct executor *, const struct ipc_msg *);

#endif
