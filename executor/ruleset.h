/* SPDX-License-Identifier: ISC */
/*
 * Filters of system calls made of rules, whatever order these come in.
 *
 * The kernel runs a new filter over every number of a call once, to learn
 * which it always allows; a list of a hundred comparisons would cost more there
 * than all the rest of a sandbox.  So the numbers are sorted and cut into
 * blocks, and a number is compared with the bounds of blocks first.  The kernel
 * also compiles a filter for each run, which costs by its length: so numbers in
 * a row are a range, and an answer stands once in a block.
 */
#ifndef EXECUTOR_RULESET_H
#define EXECUTOR_RULESET_H

#include <stddef.h>
#include <stdint.h>

#include "common/bpf.h"

#define RULES_MAX	192	/* more than any filter has */
#define RULE_NOTIFY	(-1)	/* as an error: whoever listens is asked */

enum rule_when {
	RULE_ALWAYS,
	RULE_BITS,	/* if a bit of value is set in the argument */
	RULE_EQUAL,	/* if the argument is value */
	RULE_UNLESS,	/* if the argument is not value */
	RULE_HIGH,	/* if a bit of value is set in its upper word */
	RULE_WHERE	/* the next rule, which compares, counts if the
			   argument is value */
};

/* Of an argument, its low word, but for RULE_HIGH. */
struct rule {
	long		nr;
	enum rule_when	how;
	unsigned	arg;
	uint32_t	value;
	int		error;		/* 0: allow; or RULE_NOTIFY */
	uint32_t	without;	/* bits of the argument to leave out */
	size_t		order;		/* where it was added */
};

struct rule_list {
	struct rule	r[RULES_MAX];
	size_t		n;
	int		bad;		/* something did not fit */
};

void	ruleset_init(struct rule_list *);
/* Rules of one number are tried in the order in which they were added. */
void	ruleset_add(struct rule_list *, const struct rule *, size_t n);
/*
 * Behind what is in the filter already; what no rule is about is allowed.
 * 0, or -1: does not fit.
 */
int	ruleset_emit(struct bpf *, struct rule_list *);

#endif
