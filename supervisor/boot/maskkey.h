/* SPDX-License-Identifier: ISC */
/*
 * The key of the digests in marks (common/plan.h): bytes of a file of root's,
 * the same as long as the installation lasts.  Only the executor has it, and
 * that cannot read the log.
 */
#ifndef SUPERVISOR_MASKKEY_H
#define SUPERVISOR_MASKKEY_H

#include <stddef.h>
#include <stdint.h>

#include "common/xconf.h"

/* Reads it, or makes the file; 0, or -1 and the reason in err. */
int	maskkey_read(uint8_t key[XCONF_MASK_KEY], char *err, size_t errlen);
/* Would that be possible, as far as the file is there? */
int	maskkey_look(char *err, size_t errlen);

#endif
