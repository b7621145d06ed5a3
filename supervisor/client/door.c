/* SPDX-License-Identifier: ISC */
/* The sockets on which runs ask for runs themselves; see door.h. */
#include "config.h"

#include <sys/socket.h>

#include <event2/event.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/log.h"
#include "supervisor/client/client.h"
#include "supervisor/client/door.h"

struct door *
door_new(struct daemon *d, const struct door_of *of, int *fd)
{
	const struct conf_channel *ch = conf_channel(d->conf, of->channel);
	struct door *dr;
	int own;

	if (ch == NULL)
		return (NULL);
	own = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	*fd = own == -1 ? -1 : fcntl(own, F_DUPFD_CLOEXEC, 0);
	if (*fd == -1) {
		log_warn("socket of a run's channel");
		if (own != -1)
			(void)close(own);
		return (NULL);
	}
	dr = xcalloc(1, sizeof(*dr));
	dr->l.d = d;
	dr->l.ch = ch;
	dr->l.fd = own;
	dr->l.door = dr;
	lineage_next(&dr->line, &of->line, of->run);
	dr->uid = of->uid;
	dr->gid = of->gid;
	dr->account = of->account;
	TAILQ_INSERT_TAIL(&d->doors, dr, entry);
	return (dr);
}

int
door_listen(struct door *dr)
{
	return (client_listen_at(&dr->l));
}

void
door_close(struct door *dr)
{
	struct daemon *d = dr->l.d;
	const uint64_t run = lineage_asker(&dr->line);
	struct client *cl;

	if (dr->l.ev != NULL)
		event_free(dr->l.ev);
	(void)close(dr->l.fd);
	TAILQ_REMOVE(&d->doors, dr, entry);
	/* wherever the other end of a connection is by now */
	TAILQ_FOREACH(cl, &d->clients, entry)
		if (lineage_asker(&cl->line) == run)
			client_kill(cl);
	free(dr);
}
