/* SPDX-License-Identifier: ISC */
/*
 * The frame reader.  The first byte picks who speaks to whom in which state;
 * then come datagrams: u16 length, u8 number of descriptors, bytes.  What
 * gets through must be what its row in the table allows.
 */
#include "config.h"

#include <sys/socket.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/ipc.h"
#include "tests/fuzz/fuzz.h"
#include "tests/rawframe.h"

static const struct {
	enum role	from;
	enum role	to;
	unsigned	state;
} conns[] = {
	{ ROLE_CLIENT, ROLE_SUPERVISOR, MS_HELLO },
	{ ROLE_CLIENT, ROLE_SUPERVISOR, MS_IDLE },
	{ ROLE_CLIENT, ROLE_SUPERVISOR, MS_BUSY },
	{ ROLE_SUPERVISOR, ROLE_CLIENT, MS_BUSY },
	{ ROLE_EXECUTOR, ROLE_SUPERVISOR, MS_UP },
	{ ROLE_AUDITOR, ROLE_SUPERVISOR, MS_BOOT },
	{ ROLE_SUPERVISOR, ROLE_EXECUTOR, MS_UP },
	{ ROLE_SUPERVISOR, ROLE_AUDITOR, MS_UP },
	{ ROLE_SUPERVISOR, ROLE_VAULT, MS_UP },
	{ ROLE_SUPERVISOR, ROLE_VAULT, MS_BOOT },
};
#define NCONNS	(sizeof(conns) / sizeof(conns[0]))

static void
check(const struct ipc_msg *m, size_t c)
{
	const struct msg_row *row;
	uint8_t sum = 0;
	size_t i;

	row = msg_row(m->type);
	if (row == NULL || (row->from & ROLE_BIT(conns[c].from)) == 0 ||
	    (row->to & ROLE_BIT(conns[c].to)) == 0 ||
	    (row->states & conns[c].state) == 0 ||
	    m->len < row->min || m->len > row->max ||
	    m->nfds < row->minfds || m->nfds > row->maxfds)
		abort();
	for (i = 0; i < m->len; i++)	/* all of it is there */
		sum ^= m->data[i];
	(void)sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	int sv[2], fds[RAW_MAXFDS], r = 0;
	struct ipc_msg m;
	struct ipc *ipc;
	size_t c, len;
	unsigned i, nfds;

	if (n == 0)
		return (0);
	c = p[0] % NCONNS;
	p++;
	n--;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv) == -1)
		abort();
	for (i = 0; i < RAW_MAXFDS; i++)
		fds[i] = sv[0];
	ipc = ipc_new(sv[1], conns[c].to, conns[c].from, conns[c].state);
	m.nfds = 0;
	while (n >= 3 && r >= 0) {
		len = (size_t)p[0] << 8 | p[1];
		nfds = p[2] <= RAW_MAXFDS ? p[2] : RAW_MAXFDS;
		p += 3;
		n -= 3;
		if (len > n)
			len = n;
		if (raw_bytes(sv[0], p, len, fds, nfds) == -1)
			break;
		if ((r = ipc_recv(ipc, &m)) == 1)
			check(&m, c);
		else if (m.nfds != 0)
			abort();
		p += len;
		n -= len;
	}
	ipc_msg_done(&m);
	ipc_free(ipc);
	(void)close(sv[0]);
	return (0);
}
