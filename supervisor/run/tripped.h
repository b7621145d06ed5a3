/* SPDX-License-Identifier: ISC */
/* Records of what becomes of circuit breakers by themselves. */
#ifndef SUPERVISOR_TRIPPED_H
#define SUPERVISOR_TRIPPED_H

#include "supervisor/daemon.h"

/* One for each change, from now on. */
void	tripped_record(struct daemon *);

#endif
