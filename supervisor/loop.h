/* SPDX-License-Identifier: ISC */
/* Events, messages of roles, their deaths. */
#ifndef SUPERVISOR_LOOP_H
#define SUPERVISOR_LOOP_H

struct daemon;

int	loop_init(struct daemon *);
void	loop_run(struct daemon *) __attribute__((__noreturn__));

#endif
