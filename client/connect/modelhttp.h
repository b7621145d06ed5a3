/* SPDX-License-Identifier: ISC */
/*
 * HTTP on a port of 127.0.0.1, for a model that is none (scripted.h).  Other
 * accounts reach that port, too: who does not have the key is told so, and
 * changes nothing.
 */
#ifndef CLIENT_MODELHTTP_H
#define CLIENT_MODELHTTP_H

#include <poll.h>
#include <stddef.h>

#include "client/connect/scripted.h"
#include "common/buf.h"

#define MODELHTTP_CONNS	32	/* at one time; others wait */
#define MODELHTTP_KEY	32	/* hex digits */

struct modelhttp_conn {
	int		 fd;		/* -1: none */
	struct buf	 in;
	struct buf	 out;		/* as long as it is read, empty */
	size_t		 off;
};

struct modelhttp {
	struct scripted	 model;
	int		 fd;		/* that listens */
	unsigned	 port;
	char		 key[MODELHTTP_KEY + 1];
	struct modelhttp_conn conn[MODELHTTP_CONNS];
};

/* One that modelhttp_free() finds nothing in. */
void	modelhttp_none(struct modelhttp *);
/* 0, or -1 and errno; modelhttp_free() after either. */
int	modelhttp_init(struct modelhttp *, const char *dir);
void	modelhttp_free(struct modelhttp *);
/* What to poll for, at most MODELHTTP_CONNS + 1: how many. */
size_t	modelhttp_wants(const struct modelhttp *, struct pollfd *);
/* After that poll. */
void	modelhttp_serve(struct modelhttp *, const struct pollfd *, size_t);

/*
 * A request as far as it has come: 1 and the answer in out, 0 if there is more
 * to come.
 */
int	modelhttp_request(struct modelhttp *, const char *, size_t,
	    struct buf *out);

#endif
