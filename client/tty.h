/* SPDX-License-Identifier: ISC */
/*
 * The caller's terminal while a run has one of its own: every key goes to
 * the run and is interpreted there, and afterwards, however it comes, the
 * terminal is as it was.
 */
#ifndef CLIENT_TTY_H
#define CLIENT_TTY_H

#include <stddef.h>
#include <stdint.h>

/* What tty_keys found. */
enum tty_key { TTY_GO_ON, TTY_LEAVE, TTY_STOP };

/* Are standard input and output terminals?  NULL, or which is not. */
const char	*tty_missing(void);
/* Rows and columns of the terminal, 0 where it does not know them. */
void		 tty_size(uint16_t *rows, uint16_t *cols);
/*
 * Lets every key through; 0, or -1 and errno.  Until tty_restore, which exit(3)
 * calls too.  Both may be called again, and by a stopped process that goes
 * on.
 */
int		 tty_raw(void);
void		 tty_restore(void);
/* Is it in that state, where a message would stand anywhere? */
int		 tty_is_raw(void);

/* Is that Ctrl-Z, as a terminal sends it, and not a part of a paste? */
int		 tty_is_stop(const uint8_t *, size_t);

/*
 * Looks for escapes in what was typed: at the beginning of a line "~." asks
 * to leave, "~" and Ctrl-Z to stop, and "~~" stands for one "~"; but none
 * does in what is pasted in brackets.  What is not for the run is taken out of
 * buf, and what stands behind the first two; *n becomes what is left.  held is
 * at most one byte, "~", which goes in front of what comes next, so buf needs
 * room for one byte more.
 */
struct tty_keys {
	int	bol;		/* at the beginning of a line */
	int	held;		/* a "~" is held back */
	int	at;		/* bytes of ESC [ 2 0 N ~ that have come */
	int	begins;		/* its N was 0 */
	int	paste;		/* within a paste in brackets */
};
void		 tty_keys_init(struct tty_keys *);
enum tty_key	 tty_keys(struct tty_keys *, uint8_t *buf, size_t *n);

#endif
