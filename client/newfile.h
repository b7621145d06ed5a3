/* SPDX-License-Identifier: ISC */
/*
 * A file that gets its name when all of it is written and on disk, a name that
 * nothing had, or that never was: neither a kill nor a full disk leaves part
 * of it.  Where the file system has no files without a name (open(2),
 * O_TMPFILE) it has one beside its own until then, which a kill leaves; where
 * there are no second names either (vfat), it is renamed.
 */
#ifndef CLIENT_NEWFILE_H
#define CLIENT_NEWFILE_H

struct newfile {
	int	 fd;		/* to write to */
	char	*path;
	char	*tmp;		/* its name until then, or NULL */
};

/* Mode 0600; 0, or -1 and errno: nothing is open. */
int	newfile_open(struct newfile *, const char *path);
/* Gives it its name and closes it; 0, or -1 and errno: it is gone. */
int	newfile_close(struct newfile *);
/*
 * The same in place of whatever has the name, which is there, whole, until
 * then.  It has another name beside that for a moment, which a kill leaves.
 */
int	newfile_replace(struct newfile *);
/* Closes it without; nothing is left.  For one that is closed: nothing. */
void	newfile_drop(struct newfile *);

#endif
