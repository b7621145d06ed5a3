/* SPDX-License-Identifier: ISC */
/*
 * Where a page of audit report goes.  It is as confidential as the log: a file
 * is for who made it alone.  One that is there is replaced, once the new one is
 * whole, if it is such a page or empty; anything else of that name is not: what
 * was written by hand cannot be made again.  Devices are written to, and pipes of the caller or root.
 */
#ifndef CLIENT_REPORT_REPORTFILE_H
#define CLIENT_REPORT_REPORTFILE_H

#include "client/cli.h"
#include "client/newfile.h"
#include "common/buf.h"

struct reportfile {
	const char	*path;		/* "-": standard output */
	int		 fd;		/* to write to at once, or -1 */
	int		 replace;
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
