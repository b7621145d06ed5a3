/* SPDX-License-Identifier: ISC */
/*
 * What a person gives as the reason for a decision: it goes into the log and to
 * others.
 */
#ifndef SUPERVISOR_REASON_H
#define SUPERVISOR_REASON_H

#include "supervisor/daemon.h"

/* The words without secrets of known shapes, unless logging.redactKnown is off.
 * The caller frees them. */
char	*reason_masked(const struct daemon *, const char *);

#endif
