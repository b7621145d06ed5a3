/* SPDX-License-Identifier: ISC */
/* What every command needs that brings values of secrets to the vault. */
#ifndef CLIENT_STORING_H
#define CLIENT_STORING_H

#include <stddef.h>
#include <stdint.h>

#include "client/conn.h"

#define STORING_MASKABLE	8	/* bytes that can be hidden well */

/* Nothing of this process is readable by others or left in a core. */
void	storing_close_doors(void);
/* Bytes without the blanks around them, of which nothing is hidden. */
size_t	storing_core(const uint8_t *, size_t);
/*
 * NULL, or why a value would be hidden where nobody means it, or cannot be
 * hidden at all.
 */
const char *storing_unmaskable(const uint8_t *, size_t);
/*
 * Waits for PIPE, fills it, waits for END.  A write that fails is the vault's
 * refusal, and END has its reason; else it says what became of it, for the
 * caller to free.  ROWs in between go to row, which may be NULL, with fields
 * that are well-formed.
 */
struct storing_rows {
	conn_row_cb	 row;
	void		*arg;
};
int	storing_hand_over(struct conn *, const uint8_t *, size_t,
	    const struct storing_rows *, char **text, struct fail *);

#endif
