/* SPDX-License-Identifier: ISC */
/*
 * The one socket, to whoever takes the records.  It is made while this process
 * is root; but for streams of this host, which cannot be connected twice, no
 * other is made later.
 *
 * Whether the peer has read what was sent tells no word of syslog.  So a
 * stream is ended on our side, and its peer, having read all of it, ends it on
 * its own; the kernel says otherwise (RST) where bytes were left, and counts
 * what was not acknowledged before that end.  A datagram socket of this host
 * counts what has not been read from it, and is told to be gone when its peer
 * is.  Of UDP nobody knows more than that nothing refused it.
 */
#ifndef FORWARDER_PEER_H
#define FORWARDER_PEER_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "common/forwardto.h"

struct syslog_peer {
	struct forwardto to;
	int		 fd;
	int		 stream;
	int64_t		 sent;		/* UDP: when the last one was */
};

/* Where the socket of this host is: made in the directory of its name. */
int	 peer_open(struct syslog_peer *, const struct forwardto *);
/* 0 connected, 1 under way, -1 and errno. */
int	 peer_connect(struct syslog_peer *);
/* Of one under way: 0 it is connected, 1 not yet, -1 and errno. */
int	 peer_connected(struct syslog_peer *);
/*
 * A message, from so many of its bytes on, at most to its end: how many of its
 * bytes are sent, 0 where there is no room, -1 and errno.  A stream has its
 * length in front, which counts.
 */
ssize_t	 peer_send(struct syslog_peer *, const void *, size_t len, size_t from);
/* The bytes that a message is on the way. */
size_t	 peer_size(const struct syslog_peer *, size_t len);
/* What the peer says is nobody's.  0, or -1 and errno: it has gone. */
int	 peer_hear(struct syslog_peer *);
/* All is sent; 0 or -1 and errno. */
int	 peer_finish(struct syslog_peer *, int64_t now);
/* Behind that: 1 the peer has it, 0 not yet, -1 and errno: not all of it. */
int	 peer_taken(struct syslog_peer *, int64_t now);

#endif
