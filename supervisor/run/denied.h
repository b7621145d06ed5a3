/* SPDX-License-Identifier: ISC */
/*
 * What people have denied, for a while: the same plan from the same account
 * is not asked about again, and who was denied again and again waits.  It
 * counts on the clock since boot, and not over a restart.
 */
#ifndef SUPERVISOR_DENIED_H
#define SUPERVISOR_DENIED_H

#include <stddef.h>

#include "supervisor/run/run.h"

struct denials;

struct denials	*denied_new(void);
/* By another configuration, which has the same channels. */
void	 denied_renew(struct denials *, const struct conf *);
/* Somebody has denied it, or approved it. */
void	 denied_note(const struct run *, uid_t by, const char *why);
void	 denied_forget(const struct run *);
/* The same of one that is over, by what it was. */
void	 denied_forget_plan(struct daemon *, uid_t, const char *channel,
	    const uint8_t plan[PLAN_DIGEST]);
/*
 * Why nobody is to be asked about this run now, and CBE_REFUSED or CBE_AGAIN,
 * and for how long; else CBE_OK.
 */
enum cberr denied_check(const struct run *, int64_t *ms, char *why,
	    size_t len);

#endif
