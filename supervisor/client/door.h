/* SPDX-License-Identifier: ISC */
/*
 * Doors: the sockets on which runs ask for runs themselves, one for each run
 * of a skill that has a channel inside.  Which run is at the other end is
 * known by the socket, which was made for it alone and which no other can see;
 * neither its processes, whose numbers mean something else in there, nor what
 * it sends are asked.
 */
#ifndef SUPERVISOR_DOOR_H
#define SUPERVISOR_DOOR_H

#include <sys/types.h>

#include "supervisor/client/lineage.h"
#include "supervisor/daemon.h"

struct door {
	TAILQ_ENTRY(door) entry;
	struct listener	 l;
	struct lineage	 line;		/* of what is asked for here */
	uid_t		 uid;		/* who has asked for the run, and */
	gid_t		 gid;		/* so asks here */
	uid_t		 account;	/* as which the run acts */
};

/* What a door is of. */
struct door_of {
	uint64_t		 run;
	struct lineage		 line;	/* of that run */
	uid_t			 uid;	/* who has asked for it */
	gid_t			 gid;
	uid_t			 account;
	const char		*channel;
};

/*
 * A socket without a name, which nobody can be connected to yet; a copy for
 * the run's runner, which gives it one, in *fd.  NULL: out of descriptors, or
 * there is no such channel any more.
 */
struct door	*door_new(struct daemon *, const struct door_of *, int *fd);
/* It listens by now, so connections are taken.  0 or -1. */
int		 door_listen(struct door *);
/* The run has ended: nobody asks here any more, connected or not. */
void		 door_close(struct door *);

#endif
