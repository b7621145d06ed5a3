/* SPDX-License-Identifier: ISC */
/* Rows of STATUS that tell who is who: what they say, with accounts by name. */
#ifndef CLIENT_WHOISWHO_H
#define CLIENT_WHOISWHO_H

#include <stddef.h>

#include "common/buf.h"
#include "common/xmalloc.h"

/* Appends what the configuration says, and whom that comes to. */
void	whoiswho_text(struct buf *, const void *row, size_t len);
/* Is nobody but root among these accounts, by number? */
int	whoiswho_root_alone(const struct strv *uids);
/*
 * Appends which accounts of the row are among the approvers, by number, and
 * that they are.  1, or 0 and nothing if there are none.
 */
int	whoiswho_both(struct buf *, const void *row, size_t len,
	    const struct strv *approvers);

#endif
