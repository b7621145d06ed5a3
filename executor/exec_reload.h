/* SPDX-License-Identifier: ISC */
/* X_RELOAD; see exec_reload.c. */
#ifndef EXECUTOR_EXEC_RELOAD_H
#define EXECUTOR_EXEC_RELOAD_H

#include "common/payload.h"
#include "executor/executor.h"

/*
 * NULL, or what is in there that must not be.  A spawner that cannot be told
 * ends the process.
 */
const char *exec_reload(struct executor *, const struct msg_xreload *);

#endif
