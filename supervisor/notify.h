/* SPDX-License-Identifier: ISC */
/* What the service manager is told; nothing where there is none. */
#ifndef SUPERVISOR_NOTIFY_H
#define SUPERVISOR_NOTIFY_H

#include <stdint.h>

void	notify_open(void);
void	notify_ready(void);
/* Still starting, for at most so long: a word for people. */
void	notify_starting(int64_t ms, const char *);
void	notify_stopping(void);
/* Microseconds between signs of life, a quarter of what is waited for one; 0
 * for none. */
uint64_t notify_interval(void);
void	notify_alive(void);

#endif
