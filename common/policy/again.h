/* SPDX-License-Identifier: ISC */
/*
 * Standing approvals: which commands one may be for.  It is never given for
 * what can do anything at all: a shell, an interpreter or a wrapper alone, by
 * whatever name its file has.
 */
#ifndef COMMON_POLICY_AGAIN_H
#define COMMON_POLICY_AGAIN_H

#include "common/plan.h"
#include "common/policy/part.h"
#include "common/policy/policy.h"

/*
 * May exactly this command go again?  NULL, or why not (static).  names and
 * same as in struct resolved.
 */
const char *policy_again(const struct wraps *, const struct plan *,
	    const struct strv *names, const struct strv *same);
/*
 * May all that are like the pattern, of which this command is one?  NULL, or
 * why not (static).
 */
const char *again_like(const struct pattern *, const struct wraps *,
	    const struct plan *, const struct strv *names,
	    const struct strv *same);
/*
 * Is this command one of them, its file aside?  No variables of its own, no
 * word that leads out of a directory, runs something or writes unless the
 * pattern spells it.
 */
int	again_is_like(const struct pattern *, const struct wraps *,
	    const struct plan *, const struct strv *names);

/* For policy_again: the same of a command that was taken apart. */
const char *again_parts(const struct wraps *, const struct parts *,
	    const struct strv *kinds);

#endif
