/* SPDX-License-Identifier: ISC */
/*
 * One configuration takes the place of another; see newconf.h.  Runs that have
 * their ticket keep what they were born with: of the configuration they need
 * names alone from then on.
 */
#include "config.h"

#include <stdlib.h>

#include "supervisor/client/client.h"
#include "supervisor/run/denied.h"
#include "supervisor/run/operation.h"
#include "supervisor/run/newconf.h"
#include "supervisor/run/run.h"

/* From the end: one that is over gives its place to the last. */
static size_t
rejudge(struct daemon *d)
{
	size_t i, n = 0;

	for (i = d->nruns; i-- > 0;)
		if (states_run(d->runs[i]->state, EV_REJUDGE) != NULL) {
			n++;
			(void)run_tell(d->runs[i], EV_REJUDGE, NULL);
		}
	return (n);
}

size_t
newconf(struct daemon *d, struct conf *c, char *policy)
{
	struct conf *old = (struct conf *)(uintptr_t)d->conf;
	struct run *r;
	size_t i;

	client_renew(d, c);
	quota_renew(d->quota, c);
	denied_renew(d->denials, c);
	op_renew(d, c);
	for (i = 0; i < d->nruns; i++) {
		r = d->runs[i];
		r->ch = conf_channel(c, r->ch->name);
		r->sk = conf_skill(c, r->sk->name);
		quota_renew_hold(&r->hold, c);
	}
	d->conf = c;
	free(d->policy);
	d->policy = policy;
	d->generation++;
	conf_free(old);
	return (rejudge(d));
}
