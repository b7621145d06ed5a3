/* SPDX-License-Identifier: ISC */
/* Standard input on its way to the command. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "executor/runner/feed.h"

#define CHUNK	65536U

void
feed_init(struct feed *f)
{
	f->src = f->dst = -1;
	f->full = 0;
	f->bytes = 0;
}

static void
close_fd(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

void
feed_close(struct feed *f)
{
	close_fd(&f->src);
	close_fd(&f->dst);
}

void
feed_poll(const struct feed *f, struct pollfd p[2])
{
	p[0].fd = p[1].fd = -1;
	p[0].events = POLLIN;
	p[0].revents = p[1].revents = 0;
	if (f->src == -1 || f->dst == -1)
		return;
	/* without events it still tells when the last reader is gone */
	p[1].fd = f->dst;
	p[1].events = f->full ? POLLOUT : 0;
	if (!f->full)
		p[0].fd = f->src;
}

void
feed_step(struct feed *f, const struct pollfd p[2])
{
	ssize_t n;

	if (f->dst == -1 || (p[0].revents == 0 && p[1].revents == 0))
		return;
	if ((p[1].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) {
		feed_close(f);	/* the client learns by SIGPIPE */
		return;
	}
	n = splice(f->src, NULL, f->dst, NULL, CHUNK, SPLICE_F_NONBLOCK);
	if (n > 0) {
		f->bytes += (uint64_t)n;
		f->full = 0;
	} else if (n == -1 && errno == EAGAIN)
		/* what was ready is not what it waits for */
		f->full = p[0].revents != 0;
	else if (n == 0 || errno != EINTR)
		feed_close(f);
}
