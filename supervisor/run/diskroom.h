/* SPDX-License-Identifier: ISC */
/* Room in the log's file system, of which the auditor tells. */
#ifndef SUPERVISOR_DISKROOM_H
#define SUPERVISOR_DISKROOM_H

#include "supervisor/daemon.h"

/* A_ROOM: the daemon's own log has it, and people are told. */
void	diskroom_told(struct daemon *, const struct msg_room *);

#endif
