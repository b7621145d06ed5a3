/* SPDX-License-Identifier: ISC */
/*
 * What an agent tells its hook of the call of a tool, in JSON.  A model had it
 * written: what is not understood is HOOK_UNKNOWN, which is refused.
 */
#ifndef CLIENT_HOOKCALL_H
#define CLIENT_HOOKCALL_H

#include <stddef.h>

#include "common/xmalloc.h"

#define HOOKCALL_MAX	(8U * 1024 * 1024)	/* bytes of a document */

enum hookkind {
	HOOK_UNKNOWN,	/* why says so */
	HOOK_PASS,	/* it does nothing outside of the agent, or asks us */
	HOOK_SHELL,	/* what is a line for a shell */
	HOOK_READ,	/* what are paths of files */
	HOOK_WRITE
};

struct hookcall {
	enum hookkind	 kind;
	char		*tool;		/* its name, as it came; NULL */
	char		*cwd;		/* absolute; NULL: it was not told */
	char		*session;	/* the agent's; NULL likewise */
	struct strv	 what;
	const char	*why;		/* static */
};

/*
 * Takes it out of that document.  pass are names of tools that are
 * HOOK_PASS besides.  hookcall_free() afterwards, whatever it is.
 */
void	hookcall_get(struct hookcall *, const char *, size_t,
	    const struct strv *pass);
void	hookcall_free(struct hookcall *);

#endif
