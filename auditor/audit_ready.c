/* SPDX-License-Identifier: ISC */
/* What the auditor says of itself when it is READY. */
#include "config.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "auditor/auditor.h"
#include "common/field.h"
#include "common/memlock.h"

#define HOUR_US		UINT64_C(3600000000)

/*
 * Intents of the last hour, the oldest first, each "seconds ago, channel":
 * the quotas of the last session bind this one too.  As many of the newest
 * as a READY takes.
 */
static void
put_recent(struct buf *b, const struct auditor *a, size_t room)
{
	struct strv newest = { NULL, 0 }, sv = { NULL, 0 };
	const struct recent *r;
	char text[PLAN_MAXNAME + 32];
	uint64_t now = (uint64_t)time(NULL) * 1000000, ago;
	size_t i, n, used = 64;

	n = a->nrecent < RECENT_MAX ? a->nrecent : RECENT_MAX;
	for (i = 1; i <= n; i++) {
		r = &a->recent[(a->nrecent - i) % RECENT_MAX];
		/* the clock may have been set back: count it as now */
		ago = r->time_us < now ? now - r->time_us : 0;
		if (ago > HOUR_US)
			continue;
		(void)snprintf(text, sizeof(text), "%llu %s",
		    (unsigned long long)(ago / 1000000), r->channel);
		used += strlen(text) + sizeof(uint32_t);
		if (used > room)
			break;
		strv_add(&newest, text);
	}
	for (i = newest.n; i-- > 0;)
		strv_add(&sv, newest.v[i]);
	field_list(b, "recent", &sv);
	strv_free(&newest);
	strv_free(&sv);
}

void
audit_ready_fields(struct buf *b, struct auditor *a, const uint8_t digest[32])
{
	char hex[65];

	(void)sodium_bin2hex(hex, sizeof(hex), digest, 32);
	field_str(b, "config_digest", hex);
	field_u64(b, "vault_version", a->vault_version);
	if (a->vault_version != 0)
		field_hex(b, "vault_digest", a->vault_digest,
		    sizeof(a->vault_digest));
	estops_put(b, "stops", &a->stops);
	field_u64(b, "records", a->chain.durable.number);
	field_hex(b, "head", a->chain.durable.digest, RECORD_DIGEST);
	field_u64(b, "torn", a->torn);
	field_u64(b, "lost", a->lost);
	field_str(b, "reserve", a->chain.seg.estimate ?
	    "missing: estimate only, this file system cannot set room aside" :
	    "room for the results of runs is set aside");
	logwatch_put(b, a);
	field_u64(b, "landlock_abi", (uint64_t)a->landlock_abi);
	field_bool(b, "landlock", (a->active & PRIV_LANDLOCK) != 0);
	field_bool(b, "seccomp", (a->active & PRIV_SECCOMP) != 0);
	if (memlock_missing() != NULL)
		field_str(b, "keymem", memlock_missing());
	fixed_ready(b, a);
	lastuse_put(b, "secrets_used", &a->uses);
	put_recent(b, a, b->max - b->len);
}
