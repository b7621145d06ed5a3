/* SPDX-License-Identifier: ISC */
/*
 * What patterns do not say by themselves: the policy judges the very commands
 * that they spell, and whatever decides these otherwise is told.
 */
#ifndef SUPERVISOR_REVIEW_H
#define SUPERVISOR_REVIEW_H

#include "supervisor/conf/conftell.h"

/*
 * As conf_look.  Patterns of profiles count, but only those of the file itself
 * are told of.
 */
void	review_policy(const struct conf *, struct conf_told *);

#endif
