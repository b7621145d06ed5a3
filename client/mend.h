/* SPDX-License-Identifier: ISC */
/* doctor --fix, and doctor --routine. */
#ifndef CLIENT_MEND_H
#define CLIENT_MEND_H

#include "client/cli.h"

/*
 * Owners, modes and missing directories of a daemon with that configuration:
 * shows what is not as it should be, and mends it if root says yes, on the
 * terminal or by yes.  Exit status: 0 if all is as it should be in the end, 1
 * if it is not.
 */
int	mend(const struct cli *, const char *conf, int yes);
/*
 * What has to be done each so often: does what can be done, one command after
 * the other, and prints what people have to do.  0, or 1 if something that was
 * done did not end well.  Where there is no such routine, or a document of it
 * is asked for, that is a usage error.
 */
int	routine(const struct cli *, const char *period, const char *conf);

#endif
