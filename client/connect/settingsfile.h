/* SPDX-License-Identifier: ISC */
/*
 * Files of settings, which are somebody's: read as they are, and replaced in
 * one step, with their mode, through a symbolic link, and only if they are
 * still as they were read.
 */
#ifndef CLIENT_SETTINGSFILE_H
#define CLIENT_SETTINGSFILE_H

#include <sys/types.h>

#include "client/cli.h"

struct settingsfile {
	char	*path;		/* of the file itself */
	char	*text;		/* "" if it is not there */
	int	 exists;
	mode_t	 mode;
	char	*fresh;		/* what is to replace it, beside it; or NULL */
};

/* 0, or -1 and *f; settingsfile_free() after either. */
int	settingsfile_read(struct settingsfile *, const char *path,
	    struct fail *);
/*
 * All that is needed for it to be replaced by this text, or removed where that
 * is "", but that.  0, or -1 and *f.
 */
int	settingsfile_prepare(struct settingsfile *, const char *text,
	    struct fail *);
/* Is it as it was read?  0, or -1 and *f. */
int	settingsfile_same(const struct settingsfile *, struct fail *);
/* What was prepared is done, if it is so.  0, or -1 and *f. */
int	settingsfile_replace(struct settingsfile *, struct fail *);
/* Both. */
int	settingsfile_write(struct settingsfile *, const char *text,
	    struct fail *);
/* What was prepared and not done leaves nothing. */
void	settingsfile_free(struct settingsfile *);

#endif
