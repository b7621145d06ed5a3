/* SPDX-License-Identifier: ISC */
/* What the programs that patterns name are on this host. */
#ifndef SUPERVISOR_LOOKNAME_H
#define SUPERVISOR_LOOKNAME_H

#include "supervisor/conf/conftell.h"

/*
 * As conf_look.  Of the file's own patterns of allow: those whose program is
 * not there, and what else their programs are called, which they do not cover.
 */
void	lookname_allow(const struct conf *, struct conf_told *);

#endif
