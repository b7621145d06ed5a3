/* SPDX-License-Identifier: ISC */
/* Bring-up of the roles, while we are root. */
#ifndef SUPERVISOR_BOOT_H
#define SUPERVISOR_BOOT_H

struct daemon;

/* From root's account to ready roles; ends the daemon on failure. */
void	boot_roles(struct daemon *);

#endif
