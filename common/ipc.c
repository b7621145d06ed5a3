/* SPDX-License-Identifier: ISC */
/*
 * Frames over a SOCK_SEQPACKET socket.  Everything that a peer can get wrong
 * is found here, before a handler sees the message; see ipc.h for the order
 * of the checks.
 */
#include "config.h"

#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/ipc.h"
#include "common/ipc_priv.h"
#include "common/xmalloc.h"

/* Linux passes at most this many (SCM_MAX_FD); with room for all of them
 * no surplus descriptor can be lost or leak. */
#define SCM_MAX	253

struct header {
	unsigned	magic;
	unsigned	type;
	unsigned	flags;
	unsigned	nfds;
	uint32_t	len;
	uint32_t	seq;
	uint64_t	id;
};

struct ipc *
ipc_new(int fd, enum role self, enum role peer, unsigned state)
{
	struct ipc *ipc;

	ipc = xcalloc(1, sizeof(*ipc));
	ipc->fd = fd;
	ipc->self = self;
	ipc->peer = peer;
	ipc->state = state;
	ipc->err = ipc->errbuf;
	TAILQ_INIT(&ipc->out);
	buf_init(&ipc->part, MSG_CONFIG_MAX);
	/* nothing is sent or received but with MSG_DONTWAIT */
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1) {
		free(ipc);
		return (NULL);
	}
	return (ipc);
}

static void
frame_free(struct frame *f)
{
	unsigned i;

	for (i = 0; i < f->nfds; i++)
		(void)close(f->fds[i]);
	freezero(f, sizeof(*f) + f->len);
}

void
ipc_free(struct ipc *ipc)
{
	struct frame *f;

	if (ipc == NULL)
		return;
	ipc_ev_detach(ipc);
	while ((f = TAILQ_FIRST(&ipc->out)) != NULL) {
		TAILQ_REMOVE(&ipc->out, f, entry);
		frame_free(f);
	}
	buf_free(&ipc->part);
	(void)close(ipc->fd);
	if (ipc->gone != NULL)
		*ipc->gone = 1;
	freezero(ipc, sizeof(*ipc));
}

int
ipc_fd(const struct ipc *ipc)
{
	return (ipc->fd);
}

unsigned
ipc_state(const struct ipc *ipc)
{
	return (ipc->state);
}

void
ipc_set_state(struct ipc *ipc, unsigned state)
{
	ipc->state = state;
}

size_t
ipc_queued(const struct ipc *ipc)
{
	return (ipc->queued);
}

const char *
ipc_error(const struct ipc *ipc)
{
	return (ipc->err);
}

int
ipc_broken(const struct ipc *ipc)
{
	return (ipc->broken);
}

static int __attribute__((__format__ (printf, 2, 3)))
ipc_fail(struct ipc *ipc, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(ipc->errbuf, sizeof(ipc->errbuf), fmt, ap);
	va_end(ap);
	return (-1);
}

static void
put_header(uint8_t *p, const struct header *h)
{
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	u16 = htobe16((uint16_t)h->magic);
	memcpy(p, &u16, 2);
	u16 = htobe16((uint16_t)h->type);
	memcpy(p + 2, &u16, 2);
	u16 = htobe16((uint16_t)h->flags);
	memcpy(p + 4, &u16, 2);
	u16 = htobe16((uint16_t)h->nfds);
	memcpy(p + 6, &u16, 2);
	u32 = htobe32(h->len);
	memcpy(p + 8, &u32, 4);
	u32 = htobe32(h->seq);
	memcpy(p + 12, &u32, 4);
	u64 = htobe64(h->id);
	memcpy(p + 16, &u64, 8);
}

static void
get_header(struct header *h, const uint8_t *p)
{
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	memcpy(&u16, p, 2);
	h->magic = be16toh(u16);
	memcpy(&u16, p + 2, 2);
	h->type = be16toh(u16);
	memcpy(&u16, p + 4, 2);
	h->flags = be16toh(u16);
	memcpy(&u16, p + 6, 2);
	h->nfds = be16toh(u16);
	memcpy(&u32, p + 8, 4);
	h->len = be32toh(u32);
	memcpy(&u32, p + 12, 4);
	h->seq = be32toh(u32);
	memcpy(&u64, p + 16, 8);
	h->id = be64toh(u64);
}

static void
close_all(const int *fds, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++)
		if (fds[i] != -1)
			(void)close(fds[i]);
}

static void
queue_frame(struct ipc *ipc, struct header *h, const uint8_t *p,
    const int *fds)
{
	struct frame *f;

	f = xcalloc(1, sizeof(*f) + MSG_HEADER + h->len);
	f->len = MSG_HEADER + h->len;
	f->nfds = h->nfds;
	if (h->nfds != 0)
		memcpy(f->fds, fds, h->nfds * sizeof(*fds));
	h->magic = MSG_MAGIC;
	h->seq = ipc->outseq++;
	put_header(f->data, h);
	if (h->len != 0)
		memcpy(f->data + MSG_HEADER, p, h->len);
	TAILQ_INSERT_TAIL(&ipc->out, f, entry);
	ipc->queued += h->len;
}

int
ipc_send(struct ipc *ipc, unsigned type, uint64_t id, const void *data,
    size_t len, const int *fds, unsigned nfds)
{
	const struct msg_row *row;
	const uint8_t *p = data;
	struct header h;
	size_t n;

	row = msg_row(type);
	if (row == NULL || (row->from & ROLE_BIT(ipc->self)) == 0 ||
	    (row->to & ROLE_BIT(ipc->peer)) == 0 ||
	    len < row->min || len > row->max ||
	    nfds < row->minfds || nfds > row->maxfds ||
	    (nfds != 0 && len > MSG_FRAME_PAYLOAD)) {
		close_all(fds, nfds);
		return (ipc_fail(ipc, "cannot send %s of %zu bytes with %u "
		    "descriptors", msg_name(type), len, nfds));
	}
	do {
		n = len > MSG_FRAME_PAYLOAD ? MSG_FRAME_PAYLOAD : len;
		memset(&h, 0, sizeof(h));
		h.type = type;
		h.id = id;
		h.nfds = nfds;
		h.len = (uint32_t)n;
		h.flags = n < len ? MSG_F_MORE : 0;
		queue_frame(ipc, &h, p, fds);
		if (n != 0)
			p += n;
		len -= n;
	} while (len != 0);
	ipc_ev_flush(ipc);
	return (0);
}

static int
send_frame(struct ipc *ipc, struct frame *f)
{
	union {
		struct cmsghdr	hdr;
		char		space[CMSG_SPACE(sizeof(int) * MSG_MAXFDS)];
	} ctl;
	struct msghdr m;
	struct iovec iov;
	struct cmsghdr *c;

	memset(&m, 0, sizeof(m));
	iov.iov_base = f->data;
	iov.iov_len = f->len;
	m.msg_iov = &iov;
	m.msg_iovlen = 1;
	if (f->nfds != 0) {
		memset(&ctl, 0, sizeof(ctl));
		m.msg_control = &ctl;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * f->nfds);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * f->nfds);
		memcpy(CMSG_DATA(c), f->fds, sizeof(int) * f->nfds);
	}
	for (;;) {
		if (sendmsg(ipc->fd, &m, MSG_NOSIGNAL |
		    MSG_DONTWAIT) != -1)
			return (0);
		/* the second: too many descriptors are under way to others */
		if (errno == EAGAIN || errno == ETOOMANYREFS)
			return (1);
		if (errno != EINTR)
			return (ipc_fail(ipc, "send: %s", strerror(errno)));
	}
}

int
ipc_flush(struct ipc *ipc)
{
	struct frame *f;
	int r;

	while ((f = TAILQ_FIRST(&ipc->out)) != NULL) {
		if ((r = send_frame(ipc, f)) != 0)
			return (r);
		TAILQ_REMOVE(&ipc->out, f, entry);
		ipc->queued -= f->len - MSG_HEADER;
		frame_free(f);
	}
	return (0);
}

/* Moves all descriptors out of the control data; counts every one. */
static unsigned
collect_fds(struct msghdr *m, int *fds)
{
	struct cmsghdr *c;
	unsigned n = 0;
	size_t i, k;
	int fd;

	for (c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET ||
		    c->cmsg_type != SCM_RIGHTS)
			continue;
		k = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < k; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int),
			    sizeof(fd));
			if (n < MSG_MAXFDS)
				fds[n] = fd;
			else
				(void)close(fd);
			n++;
		}
	}
	return (n);
}

/* All the checks on one frame; n is what recvmsg gave. */
static int
check_frame(struct ipc *ipc, const struct header *h, size_t n, unsigned nfds,
    int trunc)
{
	const struct msg_row *row;
	size_t total;

	if (trunc)
		return (ipc_fail(ipc, "truncated frame"));
	if (n < MSG_HEADER || n > MSG_FRAME_MAX)
		return (ipc_fail(ipc, "frame of %zu bytes", n));
	if (h->magic != MSG_MAGIC)
		return (ipc_fail(ipc, "bad magic 0x%04x", h->magic));
	if (h->len != n - MSG_HEADER)
		return (ipc_fail(ipc, "frame length %u in %zu bytes", h->len,
		    n));
	if ((row = msg_row(h->type)) == NULL)
		return (ipc_fail(ipc, "unknown type 0x%04x", h->type));
	if ((row->from & ROLE_BIT(ipc->peer)) == 0 ||
	    (row->to & ROLE_BIT(ipc->self)) == 0)
		return (ipc_fail(ipc, "%s is not for the %s to send",
		    row->name, role_name(ipc->peer)));
	if ((row->states & ipc->state) == 0)
		return (ipc_fail(ipc, "%s in the wrong state 0x%x",
		    row->name, ipc->state));
	if (ipc->parttype != MSG_NONE &&
	    (h->type != ipc->parttype || h->id != ipc->partid))
		return (ipc_fail(ipc, "%s inside a %s", row->name,
		    msg_name(ipc->parttype)));
	total = ipc->part.len + h->len;
	if (total > row->max ||
	    ((h->flags & MSG_F_MORE) == 0 && total < row->min))
		return (ipc_fail(ipc, "%s of %zu bytes", row->name, total));
	if ((h->flags & ~MSG_F_MORE) != 0 ||
	    ((h->flags & MSG_F_MORE) != 0 && h->len != MSG_FRAME_PAYLOAD))
		return (ipc_fail(ipc, "%s with flags 0x%04x", row->name,
		    h->flags));
	if (nfds != h->nfds || nfds < row->minfds || nfds > row->maxfds ||
	    (nfds != 0 && (h->flags != 0 || ipc->parttype != MSG_NONE)))
		return (ipc_fail(ipc, "%s with %u descriptors", row->name,
		    nfds));
	if (h->seq != ipc->inseq)
		return (ipc_fail(ipc, "%s with sequence %u, not %u",
		    row->name, h->seq, ipc->inseq));
	return (0);
}

/* Forgets a message that was handed out in several parts. */
static void
drop_part(struct ipc *ipc)
{
	if (ipc->partdone) {
		buf_free(&ipc->part);
		ipc->partdone = 0;
	}
}

/* 1 a whole message in *m, 0 a part that needs more. */
static int
assemble(struct ipc *ipc, struct ipc_msg *m, const struct header *h,
    const uint8_t *payload)
{
	int more = (h->flags & MSG_F_MORE) != 0;

	ipc->inseq++;
	m->type = h->type;
	m->id = h->id;
	if (ipc->parttype == MSG_NONE && !more) {
		m->data = payload;
		m->len = h->len;
		return (1);
	}
	buf_put(&ipc->part, payload, h->len);
	ipc->parttype = h->type;
	ipc->partid = h->id;
	if (more)
		return (0);
	ipc->parttype = MSG_NONE;
	ipc->partdone = 1;
	m->data = ipc->part.data;
	m->len = ipc->part.len;
	return (1);
}

/* 1 a frame that made a message, 2 one that did not yet, else as ipc_recv. */
static int
recv_frame(struct ipc *ipc, struct ipc_msg *m)
{
	union {
		struct cmsghdr	hdr;
		char		space[CMSG_SPACE(sizeof(int) * SCM_MAX)];
	} ctl;
	struct msghdr mh;
	struct header h;
	struct iovec iov;
	ssize_t n;
	unsigned nfds;
	int reset = 0;

	memset(&mh, 0, sizeof(mh));
	iov.iov_base = ipc->in;
	iov.iov_len = sizeof(ipc->in);
	mh.msg_iov = &iov;
	mh.msg_iovlen = 1;
	mh.msg_control = &ctl;
	mh.msg_controllen = sizeof(ctl);
	/* told once when the peer went without reading everything; what it
	 * sent before, its reason perhaps, is still there */
	do {
		n = recvmsg(ipc->fd, &mh, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	} while (n == -1 && (errno == EINTR ||
	    (errno == ECONNRESET && !reset++)));
	if (n == -1 && errno == EAGAIN)
		return (0);
	if (n == -1 && errno == ECONNRESET)
		return (-2);
	if (n == -1)
		return (ipc_fail(ipc, "receive: %s", strerror(errno)));
	nfds = collect_fds(&mh, m->fds);
	m->nfds = nfds < MSG_MAXFDS ? nfds : MSG_MAXFDS;
	if (n == 0 && nfds == 0)
		return (-2);
	memset(&h, 0, sizeof(h));
	if (n >= MSG_HEADER)
		get_header(&h, ipc->in);
	if (check_frame(ipc, &h, (size_t)n, nfds,
	    (mh.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) == -1) {
		ipc_msg_done(m);
		ipc->broken = 1;
		return (-1);
	}
	return (assemble(ipc, m, &h, ipc->in + MSG_HEADER) ? 1 : 2);
}

int
ipc_recv(struct ipc *ipc, struct ipc_msg *m)
{
	int r;

	ipc_msg_done(m);
	drop_part(ipc);
	while ((r = recv_frame(ipc, m)) == 2)
		;
	return (r);
}

void
ipc_msg_done(struct ipc_msg *m)
{
	close_all(m->fds, m->nfds);
	m->nfds = 0;
}

int
ipc_pong(struct ipc *ipc, const struct ipc_msg *m)
{
	if (m->type != MSG_PING)
		return (0);
	/* nothing that could fail but the connection, whose end shows */
	(void)ipc_send(ipc, MSG_PONG, 0, NULL, 0, NULL, 0);
	return (1);
}

int
ipc_take_fd(struct ipc_msg *m, unsigned i)
{
	int fd;

	if (i >= m->nfds)
		return (-1);
	fd = m->fds[i];
	m->fds[i] = -1;
	return (fd);
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

/* Waits for the socket; 1 ready, 0 time is up, -1 error. */
static int
wait_fd(struct ipc *ipc, short what, int64_t end)
{
	struct pollfd p;
	int64_t left;
	int r;

	for (;;) {
		left = end == -1 ? -1 : end - now_ms();
		if (end != -1 && left < 0)
			left = 0;
		p.fd = ipc->fd;
		p.events = what;
		p.revents = 0;
		r = poll(&p, 1, (int)left);
		if (r >= 0)
			return (r);
		if (errno != EINTR)
			return (ipc_fail(ipc, "poll: %s", strerror(errno)));
	}
}

int
ipc_wait(struct ipc *ipc, struct ipc_msg *m, int ms)
{
	int64_t end = ms < 0 ? -1 : now_ms() + ms;
	int r;

	for (;;) {
		if ((r = ipc_recv(ipc, m)) != 0)
			return (r);
		if ((r = wait_fd(ipc, POLLIN, end)) != 1)
			return (r);
	}
}

int
ipc_drain(struct ipc *ipc, int ms)
{
	int64_t end = ms < 0 ? -1 : now_ms() + ms;
	int r;

	for (;;) {
		if ((r = ipc_flush(ipc)) != 1)
			return (r);
		if ((r = wait_fd(ipc, POLLOUT, end)) != 1)
			return (r == 0 ? 1 : r);
	}
}
