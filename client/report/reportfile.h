/* SPDX-License-Identifier: ISC */
/*
 * Where a page of audit report goes.  It is as confidential as the log: a new
 * file is for who made it alone.  One that is there is replaced, once the new
 * one is whole, if it is such a page or empty; anything else of that name is
 * not: what was written by hand cannot be made again.  A page of another
 * account's that root replaces is that account's and group's still, where the
 * directory is root's and nobody else can write to it.  Where no other file can
 * take the name, a page of the caller's own, with one name, is written over in
 * place.  Devices are written to, and pipes of the caller or root.
 */
#ifndef CLIENT_REPORT_REPORTFILE_H
#define CLIENT_REPORT_REPORTFILE_H

#include <sys/stat.h>

#include "client/cli.h"
#include "client/newfile.h"
#include "common/buf.h"

struct reportfile {
	const char	*path;		/* "-": standard output */
	int		 fd;		/* to write to at once, or -1 */
	int		 page;		/* to write over in place, or -1 */
	int		 replace;
	struct stat	 was;		/* the page to replace */
	struct newfile	 file;
};

/*
 * Before what goes there is known.  0, or -1 and *f.  reportfile_close() in
 * any case.
 */
int	reportfile_open(struct reportfile *, const char *path, struct fail *);
/* All of it; likewise. */
int	reportfile_put(struct reportfile *, const struct buf *, struct fail *);
void	reportfile_close(struct reportfile *);

#endif
