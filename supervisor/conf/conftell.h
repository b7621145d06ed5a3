/* SPDX-License-Identifier: ISC */
/* A configuration that somebody else has a look at, too, and tells of. */
#ifndef SUPERVISOR_CONFTELL_H
#define SUPERVISOR_CONFTELL_H

#include "supervisor/conf/conf.h"

/* A key, "vault", "unlock" for instance, and an entry of its list or -1. */
struct conf_place {
	const char	*key[3];
	int		 entry;
};
/* There is something wrong there; with note, only worth saying. */
void		 conf_tell(struct conf_told *, int note,
		    const struct conf_place *, const char *, ...)
		    __attribute__((__format__ (printf, 4, 5)));

#endif
