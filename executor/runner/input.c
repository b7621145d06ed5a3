/* SPDX-License-Identifier: ISC */
/* Standard input on its way to the command. */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "executor/runner/input.h"

#define INPUT_CHUNK	65536U

static uint8_t buf[INPUT_CHUNK];

void
input_init(struct input *f)
{
	f->src = f->dst = -1;
	f->bytes = 0;
	f->off = f->len = 0;
	(void)crypto_generichash_init(&f->sum, NULL, 0, INPUT_DIGEST);
}

void
input_digest(struct input *f, uint8_t out[INPUT_DIGEST])
{
	(void)crypto_generichash_final(&f->sum, out, INPUT_DIGEST);
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
	/* it can be anything, a secret too */
	if (f->len != 0)
		explicit_bzero(buf, sizeof(buf));
	f->off = f->len = 0;
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
	p[1].events = f->off < f->len ? POLLOUT : 0;
	if (f->off == f->len)
		p[0].fd = f->src;
}

/* More of it, where all of the last was given.  -1: there is no more. */
static int
fill(struct input *f)
{
	ssize_t n;

	n = read(f->src, buf, sizeof(buf));
	if (n == -1)
		return (errno == EINTR || errno == EAGAIN ? 0 : -1);
	f->off = 0;
	f->len = (size_t)n;
	return (n == 0 ? -1 : 0);
}

/* -1: nobody reads any more. */
static int
give(struct input *f)
{
	ssize_t n;

	if (f->off == f->len)
		return (0);
	n = write(f->dst, buf + f->off, f->len - f->off);
	if (n == -1)
		return (errno == EINTR || errno == EAGAIN ? 0 : -1);
	(void)crypto_generichash_update(&f->sum, buf + f->off, (size_t)n);
	f->bytes += (uint64_t)n;
	f->off += (size_t)n;
	return (0);
}

void
input_step(struct input *f, const struct pollfd p[2])
{
	if (f->dst == -1 || (p[0].revents == 0 && p[1].revents == 0))
		return;
	/* the client learns of either by SIGPIPE */
	if ((p[1].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0 ||
	    (p[0].revents != 0 && fill(f) == -1) || give(f) == -1)
		input_close(f);
}
