/* SPDX-License-Identifier: ISC */
/*
 * What on this host would keep the daemon from starting with a configuration,
 * looked at by what the start itself looks with, and changing nothing.
 */
#ifndef SUPERVISOR_LOOK_H
#define SUPERVISOR_LOOK_H

#include "supervisor/conf/conftell.h"

#define LOOK_TEXT	1024	/* of what is wrong, where that is said */

/* For conf_load. */
void	look_host(const struct conf *, struct conf_told *);

#endif
