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
struct conf_told;
/* There is something wrong there; with note, only worth saying. */
void		 conf_tell(struct conf_told *, int note,
		    const struct conf_place *, const char *, ...)
		    __attribute__((__format__ (printf, 4, 5)));
/*
 * The same as conf_load; where nothing is wrong with it so far, look is shown
 * it, too, and tells what it finds.
 */
typedef void	 conf_look(const struct conf *, struct conf_told *);
struct conf	*conf_load_look(const char *path, FILE *errs, conf_look *look);

#endif
