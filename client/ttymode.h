/* SPDX-License-Identifier: ISC */
/*
 * What a command has set on the caller's terminal and not taken back: pasting
 * in brackets, mouse, another screen, keys in long form.  It may be ended
 * before it can, and a person may leave it for a while.
 */
#ifndef CLIENT_TTYMODE_H
#define CLIENT_TTYMODE_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

#define TTYMODE_MAX	16	/* modes that are set at one time */
#define TTYMODE_SEQ	64	/* bytes of a sequence that is looked at */

struct ttymode {
	int		state;
	char		seq[TTYMODE_SEQ + 1];
	size_t		len;
	unsigned	set[TTYMODE_MAX];	/* in order */
	size_t		n;
	int		hidden;		/* the cursor */
	unsigned	keys;		/* how often the form was changed */
	unsigned	form;		/* the last one */
};

/* Looks at what goes to the terminal, in pieces of any size. */
void	ttymode_see(struct ttymode *, const uint8_t *, size_t);
/* What takes it all back, and what sets it again; nothing if there is none. */
void	ttymode_off(const struct ttymode *, struct buf *);
void	ttymode_on(const struct ttymode *, struct buf *);
/* One of them, on standard output. */
void	ttymode_put(const struct ttymode *,
	    void (*which)(const struct ttymode *, struct buf *));

#endif
