/* SPDX-License-Identifier: ISC */
/* Ended connections with unread descriptors; see unread.h. */
#include "config.h"

#include <sys/queue.h>
#include <sys/socket.h>

#include <linux/sock_diag.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/log.h"
#include "common/xmalloc.h"
#include "supervisor/client/unread.h"

struct unread {
	TAILQ_ENTRY(unread) entry;
	int			 fd;
	enum pool		 pool;
	uid_t			 uid;
};

/* What was sent is the sender's memory until it is read or thrown away. */
int
unread_any(int fd)
{
	uint32_t mem[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(mem);

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, mem, &len) == -1)
		return (0);
	return (mem[SK_MEMINFO_WMEM_ALLOC] != 0);
}

void
unread_add(struct daemon *d, int fd, enum pool pool, uid_t uid)
{
	struct unread *l;

	/* as if it were closed */
	(void)shutdown(fd, SHUT_RDWR);
	if ((fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) == -1) {
		log_warn("a connection with unread descriptors");
		return;
	}
	l = xcalloc(1, sizeof(*l));
	l->fd = fd;
	l->pool = pool;
	l->uid = uid;
	TAILQ_INSERT_TAIL(&d->unreads, l, entry);
}

unsigned
unread_count(const struct daemon *d, enum pool pool, const uid_t *uid)
{
	const struct unread *l;
	unsigned n = 0;

	TAILQ_FOREACH(l, &d->unreads, entry)
		n += l->pool == pool && (uid == NULL || l->uid == *uid);
	return (n);
}

void
unread_tick(struct daemon *d)
{
	struct unread *l, *next;

	for (l = TAILQ_FIRST(&d->unreads); l != NULL; l = next) {
		next = TAILQ_NEXT(l, entry);
		if (unread_any(l->fd))
			continue;
		TAILQ_REMOVE(&d->unreads, l, entry);
		(void)close(l->fd);
		free(l);
	}
}
