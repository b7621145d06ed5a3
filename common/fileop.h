/* SPDX-License-Identifier: ISC */
/*
 * clawbot-file, by which one file is read or written as a run: how it is
 * called, and what it tells about that.  Who asks for such a run, who puts the
 * program into the view, and the program itself mean the same.
 *
 *	clawbot-file read PATH [from=BYTE] [most=BYTES]
 *	clawbot-file write PATH sha256=HEX [was=HEX]
 *
 * PATH is absolute and has no "..".  read puts what is there on standard
 * output; write takes what is to be there from standard input, all of it
 * before anything is done, and does nothing if it is not what the digest says.
 * The last thing on standard error is a line:
 *
 *	clawbot-file 1 read size=N sha256=HEX|- bytes=N more=0|1
 *	clawbot-file 1 wrote size=N sha256=HEX how=created|replaced|changed
 *	clawbot-file 1 differs sha256=HEX|-
 *	clawbot-file 1 failed TEXT
 */
#ifndef COMMON_FILEOP_H
#define COMMON_FILEOP_H

#define FILEOP_NAME	"clawbot-file"
/* Where it is in every view; nothing that is granted can be in there. */
#define FILEOP_DIR	"/run/bin"
#define FILEOP_PATH	FILEOP_DIR "/" FILEOP_NAME
#define FILEOP_LINE	FILEOP_NAME " 1 "

#define FILEOP_MOST	65536U		/* bytes that are read, */
#define FILEOP_MOST_MAX	1048576U	/* and at the most */
#define FILEOP_HASH_MAX	(64U << 20)	/* what is larger has no digest */
#define FILEOP_WRITE_MAX (4U << 20)	/* bytes that are written */
#define FILEOP_HEX	64		/* characters of SHA-256 */

/* Exit statuses. */
#define FILEOP_FAILED	1
#define FILEOP_DIFFERS	2		/* from was=: nothing was written */

#endif
