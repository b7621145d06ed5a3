/* SPDX-License-Identifier: ISC */
/* Descriptors over a socket. */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "executor/fds.h"

union control {
	struct cmsghdr	hdr;
	char		space[CMSG_SPACE(sizeof(int) * FDS_MAX)];
};

int
fds_send(int sock, const void *p, size_t len, const int *fds, unsigned n)
{
	struct iovec iov = { (void *)(uintptr_t)p, len };
	union control ctl;
	struct cmsghdr *c;
	struct msghdr m;

	memset(&m, 0, sizeof(m));
	m.msg_iov = &iov;
	m.msg_iovlen = 1;
	if (n > FDS_MAX) {
		errno = EMSGSIZE;
		return (-1);
	}
	if (n != 0) {
		memset(&ctl, 0, sizeof(ctl));
		m.msg_control = &ctl;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * n);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * n);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * n);
	}
	return (sendmsg(sock, &m, MSG_NOSIGNAL | MSG_DONTWAIT) == -1 ? -1 : 0);
}

static unsigned
take(struct msghdr *m, int *fds, unsigned room, unsigned *surplus)
{
	struct cmsghdr *c;
	unsigned i, k, n = 0;
	int fd;

	for (c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		k = (unsigned)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		for (i = 0; i < k; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(fd),
			    sizeof(fd));
			if (n < room)
				fds[n++] = fd;
			else {
				(void)close(fd);
				(*surplus)++;
			}
		}
	}
	return (n);
}

ssize_t
fds_recv(int sock, void *p, size_t len, int *fds, unsigned *n, int flags)
{
	struct iovec iov = { p, len };
	union control ctl;
	struct msghdr m;
	unsigned surplus = 0, room = *n;
	ssize_t got;

	*n = 0;
	memset(&m, 0, sizeof(m));
	m.msg_iov = &iov;
	m.msg_iovlen = 1;
	m.msg_control = &ctl;
	m.msg_controllen = sizeof(ctl);
	got = recvmsg(sock, &m, flags | MSG_CMSG_CLOEXEC);
	if (got == -1 && errno == ECONNRESET)
		got = recvmsg(sock, &m, flags | MSG_CMSG_CLOEXEC);
	if (got == -1)
		return (-1);
	*n = take(&m, fds, room, &surplus);
	if (surplus == 0 && (m.msg_flags & (MSG_CTRUNC | MSG_TRUNC)) == 0)
		return (got);
	while (*n > 0)
		(void)close(fds[--*n]);
	/* senders have no more of them than fit: this process has no room */
	errno = surplus == 0 && (m.msg_flags & MSG_CTRUNC) != 0 ? EMFILE :
	    EMSGSIZE;
	return (-1);
}

void
fds_close(const int *fds, unsigned n)
{
	while (n > 0)
		(void)close(fds[--n]);
}
