/* SPDX-License-Identifier: ISC */
/*
 * The stored output that records name: is every file there, and what its
 * record says?  What belongs to records that are not there any more is not
 * looked for.
 */
#ifndef CLIENT_VERIFYSTORED_H
#define CLIENT_VERIFYSTORED_H

#include <stddef.h>
#include <stdint.h>

#include "client/cli.h"
#include "client/verify.h"

struct verifystored;

struct verifystored	*verifystored_new(void);
void			 verifystored_free(struct verifystored *);
/* Has v tell it of every good line; before the first piece. */
void			 verifystored_lines(struct verifystored *,
			    struct verify *);
/* What is stored in an archive is looked for there first. */
void			 verifystored_archive(struct verifystored *,
			    int dirfd);
/*
 * What is stored of runs that have begun up to that record has to be there.  Of
 * what is not, or is wrong, the report counts as lost what the daemon does not
 * have as it should be either.
 */
void			 verifystored_moved(struct verifystored *,
			    uint64_t last);
/*
 * The log is good, or good but for its end: looks at the files in dir, or asks
 * the daemon for them, and has the report say what is wrong with one.
 */
void			 verifystored_dir(const struct verifystored *,
			    const char *dir, struct verify_report *);
void			 verifystored_daemon(const struct verifystored *,
			    const struct cli *, struct verify_report *);

#endif
