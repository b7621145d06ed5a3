/* SPDX-License-Identifier: ISC */
/*
 * Records of programs that a run has started, and of names that it has
 * changed, one line each for people.
 */
#ifndef CLIENT_EXECLINE_H
#define CLIENT_EXECLINE_H

#include <stddef.h>

#include "common/buf.h"
#include "common/record/record.h"
#include "common/xmalloc.h"

/*
 * Appends "NUMBER TIME RUN #SEQ<PARENT VERDICT WORD ...", or "NUMBER TIME RUN
 * file SEQ WHAT NAME -> NAME", without a newline, if it is a record of such a
 * kind: 1, else 0.
 */
int	execline_show(struct buf *, const struct record_view *);
/* The words of its member argv as they were, appended. */
void	execline_argv(const struct record_view *, struct strv *);
/* The same of any member that is a list, or one text. */
void	execline_words(const struct record_view *, const char *path,
	    struct strv *);

#endif
