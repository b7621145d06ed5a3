/* SPDX-License-Identifier: ISC */
/*
 * Text that came from others, made fit for a terminal.  What stays is plain
 * ASCII and printable UTF-8; control, bidi, zero-width, combining and other
 * invisible characters become \xNN or \u{NNNN}, and so does every byte that
 * is not UTF-8.  Nothing is ever left out or shortened.
 */
#ifndef CLIENT_ESC_H
#define CLIENT_ESC_H

#include <stddef.h>

#include "common/buf.h"

/* Running text: backslashes stay as they are. */
void	esc_text(struct buf *, const void *, size_t);
/*
 * One word of a command line: bare if it is made of harmless ASCII, else in
 * double quotes with \" \\ \n \t \r, so that no two words look alike.
 */
void	esc_word(struct buf *, const void *, size_t);
/* Words with one blank in between. */
void	esc_words(struct buf *, const struct strv *);
/* Does it have characters beyond ASCII, which may look like others? */
int	esc_foreign(const void *, size_t);
/*
 * Bytes of escaped text that fit into so many columns, whatever a terminal
 * thinks: a character beyond ASCII counts as two, which none is wider than.
 */
size_t	esc_fits(const char *, size_t, size_t cols);
/* Columns on a terminal, one a character, of text that was escaped. */
size_t	esc_width(const char *, size_t);

#endif
