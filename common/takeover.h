/* SPDX-License-Identifier: ISC */
/*
 * Built with test hooks and started with CLAWBOT_HOSTILE, a process of
 * clawbot does what somebody who had taken it over would: which of it stands
 * in a file that it can see, and is looked up each time.
 */
#ifndef COMMON_TAKEOVER_H
#define COMMON_TAKEOVER_H

#include <stdint.h>

#if CB_TEST_HOOKS
/* What is wanted, "" if nothing is; good until it is asked again. */
const char	*hostile_word(const char *path);
/* A system call that is to be tried. */
struct hostile_call {
	const char	*name;
	long		 nr;
	long		 args[5];
};
#define CALL_ARG(p)	((long)(uintptr_t)(p))
/*
 * Makes it: 0 and what it returned, with its errno, or -1 if a filter has
 * refused it.  That has to be one that traps.
 */
int		hostile_syscall(const struct hostile_call *, long *r);
/* The same, and logs what came of it as "hostile: call NAME: WHAT". */
void		hostile_try(const struct hostile_call *);
/*
 * Tries calls that no role but the executor may make, one after the other,
 * and logs what came of each.
 */
void		hostile_calls(void);
#else
#define hostile_word(path)	""
#define hostile_calls()		((void)0)
#endif

#endif
