/* SPDX-License-Identifier: ISC */
/*
 * Messages of inside.h that may be long: what does not fit in one datagram
 * comes behind its letter as a file of memory, which nobody can change any
 * more.
 */
#ifndef EXECUTOR_PARCEL_H
#define EXECUTOR_PARCEL_H

#include <stddef.h>
#include <stdint.h>

#include "executor/inside.h"

struct parcel {
	const uint8_t	*p;
	size_t		 len;
	void		*map;		/* to be unmapped, or NULL */
};

/* Does not wait. 0, or -1 and errno. */
int	parcel_send(int sock, enum inside letter, const void *, size_t);
/*
 * What is behind the letter of a message that has come with these
 * descriptors, which are closed.  It is the message's own bytes, or goes
 * with parcel_close.  0, or -1: it is none, or longer than max.
 */
int	parcel_open(struct parcel *, const void *m, size_t len,
	    const int *fds, unsigned nfds, size_t max);
void	parcel_close(struct parcel *);

#endif
