/* SPDX-License-Identifier: ISC */
/* A connection with ipc.c on one end and a hand at the other. */
#ifndef TESTS_IPC_UTIL_H
#define TESTS_IPC_UTIL_H

#include <sys/socket.h>

#include <dirent.h>

#include "common/ipc.h"
#include "tests/rawframe.h"

static int		 hand;		/* the peer's end */
static struct ipc	*ipc;		/* the supervisor's end */
static struct ipc_msg	 msg;
static unsigned		 fds_before;

static inline unsigned
count_fds(void)
{
	struct dirent *e;
	unsigned n = 0;
	DIR *d;

	assert_non_null(d = opendir("/proc/self/fd"));
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	(void)closedir(d);
	return (n);
}

static inline void
connect_as(enum role self, enum role peer, unsigned s)
{
	int sv[2];

	fds_before = count_fds();
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
	    sv), 0);
	hand = sv[0];
	ipc = ipc_new(sv[1], self, peer, s);
	assert_non_null(ipc);
	msg.nfds = 0;
}

static inline void
done(void)
{
	ipc_msg_done(&msg);
	ipc_free(ipc);
	(void)close(hand);
	assert_int_equal(count_fds(), fds_before);
}

/* A good frame from the hand, to begin with. */
static inline void
frame(struct raw *r, unsigned type, size_t len)
{
	raw_init(r, type, SAMPLE_RAW_ID, len);
}

#endif
