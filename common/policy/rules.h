/* SPDX-License-Identifier: ISC */
/*
 * By what a command is judged: patterns and defaults, whoever has read them
 * and wherever they are judged by.
 */
#ifndef COMMON_POLICY_RULES_H
#define COMMON_POLICY_RULES_H

#include <stddef.h>

#include "common/words.h"

/* A command pattern; opaque here, see policy.h. */
struct pattern;
struct patterns {
	struct pattern	**p;
	size_t		  n;
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
};

#endif
