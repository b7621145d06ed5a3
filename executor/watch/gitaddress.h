/* SPDX-License-Identifier: ISC */
/* Addresses of repositories, as git reads them: nothing but the text. */
#ifndef EXECUTOR_WATCH_GITADDRESS_H
#define EXECUTOR_WATCH_GITADDRESS_H

#include <stddef.h>

enum gitaddress {
	GITADDRESS_HARMLESS,	/* a host, or a directory called ".git" */
	GITADDRESS_LOCAL,	/* any other directory of this machine */
	GITADDRESS_BAD		/* names a program, or nothing */
};

enum gitaddress gitaddress(const char *);

/*
 * The ".git" of the work tree that a local address names, which is harmless,
 * into out.  0, or -1: it names no work tree, or cannot be written so.
 */
int	gitaddress_inside(const char *, char *out, size_t len);

#endif
