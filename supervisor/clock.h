/* SPDX-License-Identifier: ISC */
/* The clocks of the supervisor. */
#ifndef SUPERVISOR_CLOCK_H
#define SUPERVISOR_CLOCK_H

#include <stdint.h>

/* Milliseconds on the boot clock. */
int64_t	now_ms(void);
/* On the one that stands still while the machine sleeps. */
int64_t	awake_ms(void);

#endif
