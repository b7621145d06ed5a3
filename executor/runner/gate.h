/* SPDX-License-Identifier: ISC */
/*
 * The gate through which every run of a skill goes: its ticket is checked
 * here, in the process that gives the command the word, and counts once.
 * The spawner makes it; every runner has it by being forked, and shuts it
 * before the command prints its first byte.
 */
#ifndef EXECUTOR_RUNNER_GATE_H
#define EXECUTOR_RUNNER_GATE_H

#include <stdint.h>

#include "common/ticket.h"

/*
 * Records that are remembered: a record is refused if it, or one that is a
 * multiple of so many newer, was used before.
 */
#define GATE_RECORDS	8192U

/* In the spawner, before the first runner: 0, or -1 and errno. */
int	gate_make(const uint8_t key[TICKET_KEY]);
/* In a runner: what it forks has neither key nor memory of records. */
int	gate_own(void);
/*
 * Is this a good ticket for this run and digest, and the first use of it?
 * Then it is used up: 0, or -1 and *why (static text).
 */
int	gate_pass(const uint8_t ticket[TICKET_SIZE], uint64_t run,
	    const uint8_t digest[32], const char **why);
/*
 * In the spawner: is this a good ticket for rules of its skill with this
 * digest, and of a newer record than any before?  0, or -1 and *why.
 */
int	gate_rules(const uint8_t ticket[TICKET_SIZE],
	    const uint8_t digest[32], const char **why);
/* The key of answers to one run; zeros where there is none. */
void	gate_answers(uint8_t key[TICKET_KEY], uint64_t run);
/* Nothing passes any more in this process, which has no key then. */
void	gate_shut(void);

#endif
