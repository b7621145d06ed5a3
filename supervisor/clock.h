/* SPDX-License-Identifier: ISC */
/* The one clock of the supervisor. */
#ifndef SUPERVISOR_CLOCK_H
#define SUPERVISOR_CLOCK_H

#include <stdint.h>

/* Milliseconds on the boot clock. */
int64_t	now_ms(void);

#endif
