/* SPDX-License-Identifier: ISC */
/* Files as they were when they were hashed. */
#ifndef CLIENT_ASFILE_H
#define CLIENT_ASFILE_H

#include <stddef.h>
#include <stdint.h>

#include "client/cli.h"
#include "common/plan.h"

/*
 * Reads it with the rights of who looks at it.  0 and all of its bytes, to be
 * freed, if these are the ones with that digest; else -1 and *f.
 */
int	asfile_read(const struct ident *, uint8_t **, size_t *,
	    struct fail *);

#endif
