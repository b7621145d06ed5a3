/* SPDX-License-Identifier: ISC */
/*
 * A sender of frames that obeys nothing, for tests and hostile peers: every
 * field of the header is the caller's, and so are length and descriptors.
 * It shares no code with ipc.c.
 */
#ifndef TESTS_RAWFRAME_H
#define TESTS_RAWFRAME_H

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define RAW_HEADER	24
#define RAW_MAX		65536		/* payload */
#define RAW_MAXFDS	253		/* SCM_MAX_FD */
#define SAMPLE_RAW_ID	UINT64_C(0x0123456789abcde)

struct raw {
	unsigned	 magic;
	unsigned	 type;
	unsigned	 flags;
	unsigned	 nfds;		/* what the header says */
	uint32_t	 len;		/* what the header says */
	uint32_t	 seq;
	uint64_t	 id;
	const uint8_t	*payload;	/* NULL: zeros */
	size_t		 size;		/* bytes of payload */
	size_t		 cut;		/* not 0: send only so many bytes */
};

/* A good frame with a payload of zeros. */
static inline void
raw_init(struct raw *r, unsigned type, uint64_t id, size_t size)
{
	memset(r, 0, sizeof(*r));
	r->magic = 0xcb01;
	r->type = type;
	r->id = id;
	r->len = (uint32_t)size;
	r->size = size;
}

static inline void
raw_be(uint8_t *p, uint64_t v, size_t n)
{
	while (n-- > 0) {
		p[n] = (uint8_t)v;
		v >>= 8;
	}
}

/* One datagram with descriptors.  0 or -1 and errno. */
static inline int
raw_bytes(int fd, const void *p, size_t n, const int *fds, unsigned nfds)
{
	union {
		struct cmsghdr	hdr;
		char		space[CMSG_SPACE(sizeof(int) * RAW_MAXFDS)];
	} ctl;
	struct msghdr m;
	struct iovec iov;
	struct cmsghdr *c;

	memset(&m, 0, sizeof(m));
	iov.iov_base = (void *)(uintptr_t)p;
	iov.iov_len = n;
	m.msg_iov = &iov;
	m.msg_iovlen = 1;
	if (nfds != 0) {
		memset(&ctl, 0, sizeof(ctl));
		m.msg_control = &ctl;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * nfds);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * nfds);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * nfds);
	}
	return (sendmsg(fd, &m, MSG_NOSIGNAL) == -1 ? -1 : 0);
}

static inline int
raw_send(int fd, const struct raw *r, const int *fds, unsigned nfds)
{
	static uint8_t out[RAW_HEADER + RAW_MAX];
	size_t n = r->size;

	if (n > RAW_MAX) {
		errno = EMSGSIZE;
		return (-1);
	}
	raw_be(out, r->magic, 2);
	raw_be(out + 2, r->type, 2);
	raw_be(out + 4, r->flags, 2);
	raw_be(out + 6, r->nfds, 2);
	raw_be(out + 8, r->len, 4);
	raw_be(out + 12, r->seq, 4);
	raw_be(out + 16, r->id, 8);
	if (r->payload != NULL)
		memcpy(out + RAW_HEADER, r->payload, n);
	else
		memset(out + RAW_HEADER, 0, n);
	n += RAW_HEADER;
	if (r->cut != 0 && r->cut < n)
		n = r->cut;
	return (raw_bytes(fd, out, n, fds, nfds));
}

#endif
