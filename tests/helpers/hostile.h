/* SPDX-License-Identifier: ISC */
/* What hostile clients have in common: frames by hand, and surprises. */
#ifndef TESTS_HOSTILE_H
#define TESTS_HOSTILE_H

#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/msg.h"
#include "tests/rawframe.h"
#include "tests/wire/payload.h"

#define PATIENCE_MS	120000

enum answer { A_CLOSED, A_FRAME, A_NOTHING };

static const char	*path;
static int		 bad;
static uint32_t		 seq;		/* of our next frame */

static inline void
surprise(const char *where, unsigned type, const char *what)
{
	printf("%s: %s (0x%04x) %s\n", where, msg_name(type), type, what);
	bad = 1;
}

static inline int
dial(void)
{
	struct sockaddr_un sun;
	int fd;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	if ((fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) == -1)
		err(2, "socket");
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1)
		err(2, "%s", path);
	seq = 0;
	return (fd);
}

/* The type of the next frame in *type; descriptors with it are closed. */
static inline enum answer
hear(int fd, int ms, unsigned *type)
{
	static uint8_t in[RAW_HEADER + RAW_MAX];
	char ctl[CMSG_SPACE(sizeof(int) * RAW_MAXFDS)];
	struct cmsghdr *c;
	struct msghdr m;
	struct iovec iov;
	struct pollfd p;
	ssize_t n;
	size_t i;
	int got;

	*type = MSG_NONE;
	p.fd = fd;
	p.events = POLLIN;
	if (poll(&p, 1, ms) != 1)
		return (A_NOTHING);
	memset(&m, 0, sizeof(m));
	iov.iov_base = in;
	iov.iov_len = sizeof(in);
	m.msg_iov = &iov;
	m.msg_iovlen = 1;
	m.msg_control = ctl;
	m.msg_controllen = sizeof(ctl);
	if ((n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC)) <= 0)
		return (A_CLOSED);
	for (c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_type != SCM_RIGHTS)
			continue;
		for (i = 0; i < (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		    i++) {
			memcpy(&got, CMSG_DATA(c) + i * sizeof(int),
			    sizeof(got));
			(void)close(got);
		}
	}
	*type = (unsigned)in[2] << 8 | in[3];
	return (A_FRAME);
}

static inline int
send_payload(int fd, unsigned type, const struct buf *b)
{
	struct raw r;

	raw_init(&r, type, SAMPLE_RAW_ID, b->len);
	r.payload = b->data;
	r.seq = seq++;
	return (raw_send(fd, &r, NULL, 0));
}

static inline int
send_sample(int fd, unsigned type)
{
	struct buf b;
	int r;

	buf_init(&b, RAW_MAX);
	put_payload(&b, type);
	r = send_payload(fd, type, &b);
	buf_free(&b);
	return (r);
}

/* Nothing but the end of the connection may come, but what was asked for
 * before may come first. */
static inline int
closed(int fd)
{
	unsigned type;
	enum answer a;

	while ((a = hear(fd, PATIENCE_MS, &type)) == A_FRAME)
		;
	return (a == A_CLOSED);
}

static inline int
hello(void)
{
	unsigned type;
	int fd = dial();

	if (send_sample(fd, MSG_HELLO) == -1 ||
	    hear(fd, PATIENCE_MS, &type) != A_FRAME || type != MSG_WELCOME)
		errx(2, "no WELCOME");
	return (fd);
}

/* Does the daemon still talk to others? */
static inline void
alive(const char *after)
{
	unsigned type = MSG_NONE;
	int fd = hello();

	if (send_sample(fd, MSG_STATUS) == -1)
		surprise(after, MSG_STATUS, "not taken afterwards");
	while (type != MSG_END)
		if (hear(fd, PATIENCE_MS, &type) != A_FRAME) {
			surprise(after, MSG_STATUS, "not answered afterwards");
			break;
		}
	(void)close(fd);
}

#endif
