/* SPDX-License-Identifier: ISC */
/*
 * By what a command is judged: patterns and defaults, whoever has read them
 * and wherever they are judged by.
 */
#ifndef COMMON_POLICY_RULES_H
#define COMMON_POLICY_RULES_H

#include <stddef.h>

#include "common/words.h"
#include "common/xmalloc.h"

/* A command pattern; opaque here, see policy.h. */
struct pattern;
struct patterns {
	struct pattern	**p;
	size_t		  n;
};

/* Programs that run others, beside those of wrap.h: tools.exec.wrappers. */
struct wrap;
struct wraps {
	struct strv	 names;		/* base names, */
	struct strv	 grammars;	/* and by the same index how */
	struct wrap	*w;		/* made of these by wraps_set() */
};

/* tools.exec.approval: what becomes of the destructive, or of everything. */
enum approval { APPROVAL_ASK, APPROVAL_ALWAYS, APPROVAL_DENY };

/* Nothing in here is owned. */
struct rules {
	const char		*skill;		/* its name */
	const struct patterns	*allow;
	const struct patterns	*ask;
	const struct patterns	*deny;
	enum verdict		 dflt;		/* where no pattern names it */
	const struct patterns	*destructive;	/* approvalPatterns */
	enum approval		 approval;
	/* That runs get after an approval alone: each asks.  NULL: none. */
	const char		*secret;
	const struct wraps	*wraps;		/* NULL: none */
	/*
	 * Directories of grants that a run may write to.  Only where none of
	 * them is known to lie in /tmp, /tmp is private; NULL: not known.
	 */
	const struct strv	*write;
};

#endif
