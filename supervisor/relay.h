/* SPDX-License-Identifier: ISC */
/* Diagnostics of a role on their way to ours; see relay.c. */
#ifndef SUPERVISOR_RELAY_H
#define SUPERVISOR_RELAY_H

#include <stddef.h>
#include <stdint.h>

struct event;
struct event_base;

struct relay {
	int		 fd;		/* -1: ended */
	const char	*name;
	struct event	*ev;
	char		 line[2048];
	size_t		 len;
	int64_t		 since;		/* start of the current second */
	unsigned	 lines;		/* in it */
	unsigned	 dropped;
};

/* Passes on what is there now. */
void	relay_pump(struct relay *);
/* Writes what stands in an unfinished line, and closes. */
void	relay_end(struct relay *);
/* Reads it from now on. */
int	relay_attach(struct relay *, struct event_base *);

#endif
