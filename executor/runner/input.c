/* SPDX-License-Identifier: ISC */
/* Standard input on its way to the command. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "executor/runner/input.h"

#define SPLICE_CHUNK	65536U

void
input_init(struct input *f)
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
input_close(struct input *f)
{
	close_fd(&f->src);
	close_fd(&f->dst);
}

void
input_poll(const struct input *f, struct pollfd p[2])
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
input_step(struct input *f, const struct pollfd p[2])
{
	ssize_t n;

	if (f->dst == -1 || (p[0].revents == 0 && p[1].revents == 0))
		return;
	if ((p[1].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) {
		input_close(f);	/* the client learns by SIGPIPE */
		return;
	}
	n = splice(f->src, NULL, f->dst, NULL, SPLICE_CHUNK, SPLICE_F_NONBLOCK);
	if (n > 0) {
		f->bytes += (uint64_t)n;
		f->full = 0;
	} else if (n == -1 && errno == EAGAIN)
		/* what was ready is not what it waits for */
		f->full = p[0].revents != 0;
	else if (n == 0 || errno != EINTR)
		input_close(f);
}
