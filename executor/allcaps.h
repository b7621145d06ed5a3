/* SPDX-License-Identifier: ISC */
/* Capabilities of who is root by another effective account. */
#ifndef EXECUTOR_ALLCAPS_H
#define EXECUTOR_ALLCAPS_H

/*
 * All that are permitted take effect again, which seteuid() to another account
 * than 0 has ended: AppArmor goes by them, see payer.h and idns.h.  0, or -1
 * and errno.
 */
int	allcaps_raise(void);

#endif
