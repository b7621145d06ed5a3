/* SPDX-License-Identifier: ISC */
/*
 * What clawbot-file has told of a file: the line of common/fileop.h in what a
 * run printed, which is as trustworthy as that.
 */
#ifndef CLIENT_FILETOLD_H
#define CLIENT_FILETOLD_H

#include <stddef.h>
#include <stdint.h>

#include "common/fileop.h"

enum filetold_what {
	FILETOLD_NOTHING,	/* there is no such line, or it is broken */
	FILETOLD_READ,
	FILETOLD_WROTE,
	FILETOLD_DIFFERS,
	FILETOLD_FAILED
};

struct filetold {
	enum filetold_what what;
	uint64_t	 size;		/* READ, WROTE */
	uint64_t	 bytes;		/* READ */
	int		 more;		/* READ */
	char		 sha256[FILEOP_HEX + 1]; /* "": not known, or none */
	char		 text[256];	/* WROTE: how; FAILED: why */
	size_t		 at;		/* of the line in what was printed, */
	size_t		 len;		/* with its end */
};

/* Of the last such line. */
void	filetold_find(struct filetold *, const void *, size_t);

#endif
