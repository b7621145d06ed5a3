/* SPDX-License-Identifier: ISC */
/*
 * In a spawner: what its skill's runs are judged and limited by, which a
 * reload of the configuration changes.  A runner keeps what it was born with.
 */
#ifndef EXECUTOR_SPAWNER_RENEW_H
#define EXECUTOR_SPAWNER_RENEW_H

#include "common/ticket.h"
#include "common/xconf.h"
#include "executor/inside.h"

/* Rules and filters of this skill's runs; what is none ends the process. */
void	renew_prepare(const struct xskill *, const struct layers *);
/*
 * Takes the place of the skill, which is freed, by a ticket and the file of
 * memory that it is for, which is closed.  Ends the process if it does not
 * hold, or would change what runs may reach.
 */
void	renew_rules(struct xskill *, const struct layers *,
	    const uint8_t ticket[TICKET_SIZE], int fd);

#endif
