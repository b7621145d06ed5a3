/* SPDX-License-Identifier: ISC */
/* Two channels and two skills whose quotas are tried. */
#ifndef TESTS_QUOTA_H
#define TESTS_QUOTA_H

#include <string.h>

#include "supervisor/run/quota.h"

static char cli[] = "cli", web[] = "web", dev[] = "dev", ops[] = "ops";

struct fixture {
	struct conf		 conf;
	struct conf_channel	 ch[2];
	struct conf_skill	 sk[2];
	struct quota		*q;
};

static struct fixture *
setup(void)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	f.ch[0].name = cli;
	f.ch[1].name = web;
	f.sk[0].name = dev;
	f.sk[1].name = ops;
	f.ch[0].rate.per_minute = f.ch[0].rate.concurrent =
	    f.ch[0].rate.api_per_hour = CONF_UNSET;
	f.ch[1].rate.per_minute = f.ch[1].rate.concurrent =
	    f.ch[1].rate.api_per_hour = CONF_UNSET;
	f.conf.rate.per_minute = f.conf.rate.concurrent =
	    f.conf.rate.api_per_hour = CONF_UNSET;
	f.conf.channels = f.ch;
	f.conf.nchannels = 2;
	f.conf.skills = f.sk;
	f.conf.nskills = 2;
	f.conf.brk_failures = 3;
	f.conf.brk_window_s = 60;
	f.conf.brk_cooldown_s = 300;
	return (&f);
}

static const struct breaker_key *
key(struct fixture *f, size_t ch, size_t sk)
{
	static struct breaker_key k;

	breaker_key(&k, &f->ch[ch], &f->sk[sk], 1000, NULL);
	return (&k);
}

static int
run(struct fixture *f, size_t ch, size_t sk, int64_t now, unsigned outcome)
{
	struct quota_hold h;
	struct quota_no no;

	if (quota_take(f->q, key(f, ch, sk), now, &h, &no) == -1)
		return (-1);
	quota_release(f->q, &h, outcome, now);
	return (0);
}

#endif
