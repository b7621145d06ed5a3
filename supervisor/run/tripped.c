/* SPDX-License-Identifier: ISC */
/*
 * Records of circuit breakers; see tripped.h.  Nobody can fill the log by
 * them: each stands for a number of runs that have failed, or for one that was
 * tried, and these are recorded, too.
 */
#include "config.h"

#include "common/field.h"
#include "common/log.h"
#include "common/record/kind.h"
#include "supervisor/client/origin.h"
#include "supervisor/run/quota.h"
#include "supervisor/run/recording.h"
#include "supervisor/run/tripped.h"

static void
told(void *arg, const struct breaker_key *k, enum breaker_change what,
    uint32_t failures)
{
	static const char *const ev[] = { [BREAKER_OPENED] = "opened",
	    [BREAKER_TRIED] = "half-open", [BREAKER_CLOSED] = "closed",
	    [BREAKER_FORGOTTEN] = "closed" };
	struct daemon *d = arg;
	struct buf b;

	buf_init(&b, 8192);
	field_str(&b, "ev", ev[what]);
	field_str(&b, "channel", k->ch->name);
	field_str(&b, "skill", k->sk->name);
	account_put(&b, d->conf, k->uid);
	if (k->of_plan)
		field_hex(&b, "plan", k->plan, sizeof(k->plan));
	if (what == BREAKER_OPENED) {
		field_u64(&b, "failures", failures);
		field_u64(&b, "cooldown_s", d->conf->brk_cooldown_s);
	} else if (what == BREAKER_CLOSED)
		field_str(&b, "reason", "the run that was tried was good");
	else if (what == BREAKER_FORGOTTEN)
		field_str(&b, "reason", "another one needed its place");
	if (recording_put(d, RECORD_QUOTA, &b, NULL, NULL) == -1)
		log_warnx("a circuit breaker of channel %s, skill %s, uid %u "
		    "has changed (%s), and is not recorded", k->ch->name,
		    k->sk->name, k->uid, ev[what]);
}

void
tripped_record(struct daemon *d)
{
	breakers_tell(quota_breakers(d->quota), told, d);
}
