/* SPDX-License-Identifier: ISC */
/* What the program is told. */
#ifndef NOTIFIER_TELLING_H
#define NOTIFIER_TELLING_H

#include <stdint.h>

#include "common/buf.h"
#include "common/payload.h"
#include "common/xmalloc.h"

/*
 * Its environment, NAME=VALUE: nothing of ours, and of the request only
 * numbers and names of the configuration, so that nothing in it could mean
 * more to a shell than itself.
 */
void	telling_env(struct strv *, uint64_t id, const struct msg_notice *);
/* Its standard input: a few lines for people. */
void	telling_text(struct buf *, uint64_t id, const struct msg_notice *);

#endif
