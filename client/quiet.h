/* SPDX-License-Identifier: ISC */
/*
 * What is typed on the terminal of standard input and not shown there.  All
 * that reads such things does it by these two.
 */
#ifndef CLIENT_QUIET_H
#define CLIENT_QUIET_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "client/cli.h"

/* What asks, by quiet_line, and where it puts what is typed. */
struct quiet {
	int	(*ask)(void *, struct fail *);	/* 0, or -1 and *f */
	void	*arg;
	uint8_t	*p;
	size_t	 size;
};

/*
 * Calls ask while the terminal does not echo; afterwards it does again,
 * whatever happened.  What ask gives; but a signal wipes p, and ends or stops
 * the process.  One that was stopped so and goes on has read nothing: that is
 * -1 and *f.
 */
int	quiet_ask(const struct quiet *, struct fail *);
/*
 * A line into at, which has room for size bytes; its length without the
 * newline, or -1 and *f.
 */
ssize_t	quiet_line(const char *prompt, uint8_t *at, size_t size,
	    struct fail *);

#endif
