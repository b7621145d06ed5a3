/* SPDX-License-Identifier: ISC */
/*
 * Built with test hooks and started with CLAWBOT_HOSTILE, a process of
 * clawbot does what somebody who had taken it over would: which of it stands
 * in a file that it can see, and is looked up each time.
 */
#ifndef COMMON_TAKEOVER_H
#define COMMON_TAKEOVER_H

#include <stddef.h>

#if CB_TEST_HOOKS
/* What is wanted, "" if nothing is; good until it is asked again. */
const char	*hostile_word(const char *path);
/*
 * Tries calls that no role but the executor may make, one after the other,
 * and logs what came of each as "hostile: call NAME: WHAT".  A filter has to
 * be one that traps.
 */
void	hostile_calls(void);
#else
#define hostile_word(path)	""
#define hostile_calls()		((void)0)
#endif

#endif
