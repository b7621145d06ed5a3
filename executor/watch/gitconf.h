/* SPDX-License-Identifier: ISC */
/*
 * What a configuration of git's says, and whether that is harmless: what a
 * program in a repository may set without anything being executed for it
 * later.  Harmless is what is in a list, of sections, keys and values; what
 * is not understood is not harmless.  Nothing is read but the text.
 */
#ifndef EXECUTOR_WATCH_GITCONF_H
#define EXECUTOR_WATCH_GITCONF_H

#include <stddef.h>

#include "common/buf.h"

#define GITCONF_MAX	65536	/* bytes of one that is looked at */

/* Is all of it harmless?  1 or 0. */
int	gitconf_harmless(const char *text, size_t len);

/* The same, but for local addresses: may it be removed?  1 or 0. */
int	gitconf_may_go(const char *text, size_t len);

/*
 * May the second text take the place of the first?  What is not harmless in
 * there has to be what was there before, in the same order; local addresses
 * may be fewer.  -1: no.  0: as it stands, but that what names a remote which
 * got another name has that one.  1: otherwise, without a work tree elsewhere,
 * as git names one for a submodule (from there it would write where the
 * directory is a link to), without a remote that is not there, and with new
 * addresses of work trees in longer words, which end in "/.git".  What may be
 * written is then in out, whose limit is at least that of the text.
 */
int	gitconf_replace(const char *old, size_t oldlen, const char *text,
	    size_t len, struct buf *out);

#endif
