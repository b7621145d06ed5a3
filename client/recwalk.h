/* SPDX-License-Identifier: ISC */
/*
 * Values of a record's members as text.  Only for JSON that passed
 * record_check: what that lets through is all there is.
 */
#ifndef CLIENT_RECWALK_H
#define CLIENT_RECWALK_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/record/record.h"
#include "common/record/told.h"
#include "common/record/members.h"

/* A member's text as it was, cut to what fits; 0, or -1: there is none. */
int	record_text(const struct record_view *, const char *path, char *out,
	    size_t size);
int	record_has(const struct record_view *, const char *path);
/* The account by which it came about, be it of a run, of what was asked of the
 * vault or the daemon, or by hand; 0, or -1: there is none. */
int	record_who(const struct record_view *, uint64_t *uid);
/* Appended where the text of a record is not shown to who asks. */
#define RECORD_UNSHOWN	"(its text is shown to readers of the log only)"
/*
 * Appends a member's value for a terminal: a text or a list as words of a
 * command line, anything else as it stands.  0, or -1: there is none.
 */
int	record_show(struct buf *, const struct record_view *,
	    const char *path);

#endif
