/* SPDX-License-Identifier: ISC */
/* Judging by the configuration: its rules, and what the channel may at all. */
#ifndef SUPERVISOR_CONF_JUDGE_H
#define SUPERVISOR_CONF_JUDGE_H

#include "common/policy/policy.h"
#include "supervisor/conf/conf.h"

/* The rules of a skill; they point into both. */
void	conf_rules(struct rules *, const struct conf *,
	    const struct conf_skill *);
/*
 * plan, names, same and interp, or NULL, as in struct resolved; policy_end()
 * when done.
 */
void	conf_decide(struct decision *, const struct conf *,
	    const struct conf_channel *, const struct conf_skill *,
	    const struct plan *, const struct strv *names,
	    const struct strv *same, const struct strv *interp);
/*
 * May who asked for it confirm it, which would wait for an approver?  If each
 * of its commands is named by allow or confirm, nothing in it is destructive
 * or cannot be told beforehand, and all else is as for conf_decide.
 */
int	conf_may_confirm(const struct conf *, const struct conf_channel *,
	    const struct conf_skill *, const struct plan *,
	    const struct strv *names, const struct strv *same,
	    const struct strv *interp);

#endif
