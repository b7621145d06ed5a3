/* SPDX-License-Identifier: ISC */
/* The intents that the quotas of the next start count. */
#include "config.h"

#include <stdio.h>

#include "auditor/auditor.h"

void
recents_add(struct auditor *a, uint64_t time_us, const char *channel)
{
	struct recent *r = &a->recent[a->nrecent++ % RECENT_MAX];

	r->time_us = time_us;
	(void)snprintf(r->channel, sizeof(r->channel), "%s", channel);
}
