/* SPDX-License-Identifier: ISC */
/* Reasons; see reason.h. */
#include "config.h"

#include "common/knownmask.h"
#include "common/plan.h"
#include "common/xmalloc.h"
#include "supervisor/ask/reason.h"
#include "supervisor/conf/conf.h"

char *
reason_masked(const struct daemon *d, const char *why)
{
	if (!d->conf->redact_known)
		return (xstrdup(why));
	return (knownmask_text(why, PLAN_MAXREASON));
}
