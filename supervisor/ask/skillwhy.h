/* SPDX-License-Identifier: ISC */
/* Why skills have no runs, for people. */
#ifndef SUPERVISOR_SKILLWHY_H
#define SUPERVISOR_SKILLWHY_H

#include "supervisor/daemon.h"

/*
 * Of each skill, in the order of the configuration, why all of its runs are
 * refused: the configuration, a grant, its sandbox or a vault that is locked;
 * "" if they are not.  Ends with NULL; for skillwhy_free.
 */
char	**skillwhy_all(const struct daemon *);
void	skillwhy_free(char **);

#endif
