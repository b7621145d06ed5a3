/* SPDX-License-Identifier: ISC */
/*
 * The versions that secrets have now, as the vault tells whenever it is opened
 * or changed: what the record of a run says that it is given.
 */
#ifndef SUPERVISOR_SECRETVER_H
#define SUPERVISOR_SECRETVER_H

#include <stdint.h>

#include "common/payload.h"

struct secretver {
	struct msg_versions	 now;
};

/* Takes over what VERSIONS had, in place of what there was. */
void		 secretver_take(struct secretver *, struct msg_versions *);
/* 0: there is none that anybody knows of, as in a vault never opened. */
uint64_t	 secretver_of(const struct secretver *, const char *name);

#endif
