/* SPDX-License-Identifier: ISC */
/*
 * Files of NAME=VALUE lines (.env).  Readers of such files differ in what they
 * make of many lines; what they do not agree about is refused here, with what
 * to write instead, since a value that was read in another way than it was
 * meant is found out too late.
 *
 *	# a comment, an empty line
 *	NAME=value	letters, digits and others, but no blanks, quotes, $, `,
 *			\ and #
 *	NAME='value'	any bytes but ', lines too
 *	NAME="value"	\n, \r, \t, \", \\ and \$ stand for something else, and
 *			no other $, ` and \ may be in there
 *
 * In front of a name may be "export ", behind a quoted value blanks and a
 * comment.
 */
#ifndef CLIENT_DOTENV_H
#define CLIENT_DOTENV_H

#include <stddef.h>

#include "common/payload.h"

#define DOTENV_MAX	(1024U * 1024)	/* bytes of a file */

struct dotenv_entry {
	const char	*name;
	char		*value;
	size_t		 len;
	unsigned	 line;
};

struct dotenv {
	struct dotenv_entry v[IMPORT_MAX];
	size_t		 n;
	/* where it is not in order */
	unsigned	 line;
	char		 why[256];
};

/*
 * Takes a text apart, in place: names and values point into it.  Names are
 * those that a secret may have, none is there twice.  0, or -1, line and why,
 * which has no byte of a value.
 */
int	dotenv_parse(struct dotenv *, char *text, size_t len);

#endif
