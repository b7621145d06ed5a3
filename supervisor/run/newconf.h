/* SPDX-License-Identifier: ISC */
/* Another configuration in the place of the one in force. */
#ifndef SUPERVISOR_NEWCONF_H
#define SUPERVISOR_NEWCONF_H

#include "supervisor/daemon.h"

/*
 * From now on c is in force, which has the same channels and skills, and whose
 * digest is policy, in hex; both are taken over.  All that points into the old
 * one points into this, the old one is freed, and what waits is judged anew:
 * how many are.
 */
size_t	newconf(struct daemon *, struct conf *c, char *policy);

#endif
