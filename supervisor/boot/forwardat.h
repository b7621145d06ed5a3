/* SPDX-License-Identifier: ISC */
/*
 * What the forwarder is given: where to, and the file that keeps its place,
 * forward.place beside the empty directory.  As root, during bring-up.
 */
#ifndef SUPERVISOR_FORWARDAT_H
#define SUPERVISOR_FORWARDAT_H

#include <stddef.h>

#include "common/forwardto.h"

/*
 * Of logging.forward: for a socket of this host the text with links on the way
 * to it resolved, such that nobody but root can have put something else there.
 * 0, or -1 and the reason in err.
 */
int	forwardat_resolve(const char *text, char to[FORWARDTO_MAX], char *err,
	    size_t errlen);
/* The file; a descriptor, or -1 and the reason in err. */
int	forwardat_open(char *err, size_t errlen);

#endif
