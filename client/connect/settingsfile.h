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
};

/* 0, or -1 and *f; settingsfile_free() after either. */
int	settingsfile_read(struct settingsfile *, const char *path,
	    struct fail *);
/* Replaced by this text, or removed where that is "". */
int	settingsfile_write(const struct settingsfile *, const char *text,
	    struct fail *);
void	settingsfile_free(struct settingsfile *);

#endif
