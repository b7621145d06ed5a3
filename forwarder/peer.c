/* SPDX-License-Identifier: ISC */
/* The socket; see peer.h. */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "forwarder/peer.h"

#define UDP_REFUSED_MS	100	/* in which what refuses a datagram says so */
#define GONE_MS		120000	/* without an acknowledgement of the host */
#define HEAR_TIMES	16

static int
make(struct syslog_peer *p, int type)
{
	const unsigned gone = GONE_MS;

	p->fd = socket(p->to.addr.any.sa_family, type | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	if (p->fd == -1)
		return (-1);
	p->stream = type == SOCK_STREAM;
	if (p->to.way == FORWARD_TCP)
		(void)setsockopt(p->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &gone,
		    sizeof(gone));
	return (0);
}

int
peer_open(struct syslog_peer *p, const struct forwardto *to)
{
	memset(p, 0, sizeof(*p));
	p->to = *to;
	return (make(p, to->way == FORWARD_TCP ? SOCK_STREAM : SOCK_DGRAM));
}

/* One that was connected before can be so again, if it is not a stream of
 * this host. */
static int
begin_again(struct syslog_peer *p)
{
	const struct sockaddr none = { .sa_family = AF_UNSPEC };

	if (p->to.way != FORWARD_LOCAL)
		return (p->stream ? connect(p->fd, &none, sizeof(none)) : 0);
	if (!p->stream)
		return (0);
	(void)close(p->fd);
	return (make(p, SOCK_STREAM));
}

int
peer_connect(struct syslog_peer *p)
{
	int r;

	if (begin_again(p) == -1)
		return (-1);
	r = connect(p->fd, &p->to.addr.any, p->to.len);
	if (r == -1 && errno == EPROTOTYPE && p->to.way == FORWARD_LOCAL) {
		/* it is of the other kind, or has become so */
		(void)close(p->fd);
		if (make(p, p->stream ? SOCK_DGRAM : SOCK_STREAM) == -1)
			return (-1);
		r = connect(p->fd, &p->to.addr.any, p->to.len);
	}
	return (r == -1 && errno == EINPROGRESS ? 1 : r);
}

int
peer_connected(struct syslog_peer *p)
{
	/* the second time it says how the first one has ended */
	if (connect(p->fd, &p->to.addr.any, p->to.len) == 0 ||
	    errno == EISCONN)
		return (0);
	return (errno == EALREADY || errno == EINPROGRESS ? 1 : -1);
}

static size_t
put_length(const struct syslog_peer *p, char head[24], size_t len)
{
	return (p->stream ? (size_t)snprintf(head, 24, "%zu ", len) : 0);
}

size_t
peer_size(const struct syslog_peer *p, size_t len)
{
	char head[24];

	return (put_length(p, head, len) + len);
}

ssize_t
peer_send(struct syslog_peer *p, const void *msg, size_t len, size_t from)
{
	struct iovec iov[2];
	struct msghdr m;
	char head[24];
	size_t n = put_length(p, head, len);
	ssize_t r;

	memset(&m, 0, sizeof(m));
	m.msg_iov = iov;
	m.msg_iovlen = 2;
	iov[0].iov_base = head + (from < n ? from : n);
	iov[0].iov_len = n - (from < n ? from : n);
	from -= from < n ? from : n;
	iov[1].iov_base = (char *)(uintptr_t)msg + from;
	iov[1].iov_len = len - from;
	do {
		r = sendmsg(p->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (r == -1 && errno == EINTR);
	/* the queue of an interface is full, where there is such */
	if (r == -1 && (errno == EAGAIN || errno == ENOBUFS))
		return (0);
	return (r);
}

/* 1: it has ended in order, 0: it goes on, -1 and errno. */
static int
read_away(struct syslog_peer *p)
{
	char some[4096];
	ssize_t n = 1;
	int i;

	/* bounded: whoever sends without end is read again later */
	for (i = 0; i < HEAR_TIMES && n > 0; i++)
		n = recv(p->fd, some, sizeof(some), MSG_DONTWAIT);
	if (n == 0)
		return (1);
	return (n > 0 || errno == EAGAIN || errno == EINTR ? 0 : -1);
}

int
peer_hear(struct syslog_peer *p)
{
	int r;

	if (!p->stream)
		return (0);
	if ((r = read_away(p)) == 1)
		errno = ECONNRESET;
	return (r == 0 ? 0 : -1);
}

int
peer_finish(struct syslog_peer *p, int64_t now)
{
	p->sent = now;
	return (p->stream ? shutdown(p->fd, SHUT_WR) : 0);
}

/*
 * What was read from a socket of this host is gone from our side, and so is
 * what went with it; an empty datagram tells whether it is still there, which
 * nobody takes for a message.
 */
static int
local_taken(struct syslog_peer *p)
{
	int left;

	if (ioctl(p->fd, SIOCOUTQ, &left) == -1)
		return (-1);
	if (left != 0)
		return (0);
	if (send(p->fd, "", 0, MSG_NOSIGNAL | MSG_DONTWAIT) == 0)
		return (1);
	return (errno == EAGAIN || errno == EINTR ? 0 : -1);
}

static int
pending_error(const struct syslog_peer *p)
{
	socklen_t len = sizeof(int);
	int error = 0;

	if (getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return (-1);
	errno = error;
	return (error == 0 ? 0 : -1);
}

/*
 * A peer that has ended its side may have done so before the last of ours was
 * there, and with nothing unread: then what it says of that (RST) is behind
 * its end, where nobody hears it.  What it has not acknowledged with its end
 * it has not read.
 */
static int
stream_taken(struct syslog_peer *p)
{
	int left, r = read_away(p);

	if (r != 1)
		return (r);
	if (ioctl(p->fd, SIOCOUTQ, &left) == -1)
		return (-1);
	if (left == 0)
		return (1);
	errno = ECONNRESET;
	return (-1);
}

int
peer_taken(struct syslog_peer *p, int64_t now)
{
	if (p->stream)
		return (stream_taken(p));
	if (p->to.way == FORWARD_LOCAL)
		return (local_taken(p));
	if (pending_error(p) == -1)
		return (-1);
	return (now - p->sent >= UDP_REFUSED_MS);
}
