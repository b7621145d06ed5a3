/* SPDX-License-Identifier: ISC */
/* Why a skill has no runs, for people. */
#ifndef SUPERVISOR_SKILLWHY_H
#define SUPERVISOR_SKILLWHY_H

#include "supervisor/daemon.h"

/*
 * Why all of its runs are refused: the configuration, a grant, its sandbox or
 * a vault that is locked; "" if they are not.  The caller's to free.
 */
char	*skill_refused(const struct daemon *, const struct conf_skill *);

#endif
