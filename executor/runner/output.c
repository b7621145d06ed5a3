/* SPDX-License-Identifier: ISC */
/* Output of a run on its way to the client. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "executor/runner/output.h"

#define NOTE_MAX	400U

/* Of ours, which are new, and of files that are written from here alone. */
static int
nonblock(int fd)
{
	return (fcntl(fd, F_SETFL, O_NONBLOCK));
}

void
output_init(struct output *s)
{
	memset(s, 0, sizeof(*s));
	s->src = s->dst = -1;
	(void)crypto_generichash_init(&s->hash, NULL, 0, 32);
}

int
output_open(struct output *s, int src, int dst)
{
	s->src = src;
	s->dst = dst;
	if (nonblock(src) == -1 || nonblock(dst) == -1)
		return (-1);
	return (0);
}

void
output_mask(struct output *s, const struct masker *h)
{
	s->hs = masker_open(h);
	buf_init(&s->out, masker_room(h) + NOTE_MAX);
}

void
output_keep(struct output *s, struct keep *k, enum outfile_kind kind)
{
	s->keep = k;
	s->kind = kind;
}

static void
close_fd(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

static int
pending(const struct output *s)
{
	return (s->off < s->out.len);
}

void
output_poll(const struct output *s, struct pollfd *p)
{
	p->fd = -1;
	p->revents = 0;
	if (pending(s)) {
		p->fd = s->dst;
		p->events = POLLOUT;
	} else if (s->src != -1) {
		p->fd = s->src;
		p->events = POLLIN;
	}
}

/* The client left: the command learns by SIGPIPE, like in a pipeline. */
static void
reader_gone(struct output *s)
{
	close_fd(&s->dst);
	close_fd(&s->src);
	buf_reset(&s->out);
	s->off = 0;
}

static void
drain(struct output *s)
{
	ssize_t n;

	while (pending(s) && s->dst != -1) {
		n = write(s->dst, s->out.data + s->off, s->out.len - s->off);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN)
			return;
		if (n <= 0) {
			reader_gone(s);
			return;
		}
		(void)crypto_generichash_update(&s->hash,
		    s->out.data + s->off, (unsigned long long)n);
		if (s->keep != NULL)
			keep_put(s->keep, s->kind, s->out.data + s->off,
			    (size_t)n);
		s->bytes += (uint64_t)n;
		s->off += (size_t)n;
	}
	buf_reset(&s->out);
	s->off = 0;
}

/* What was just added to out counts. */
static void
charge(struct output *s, size_t before, struct budget *b)
{
	size_t n = s->out.len - before;

	if (b->left == UINT64_MAX)
		return;
	if (n > b->left) {
		s->out.len = before + (size_t)b->left;
		n = (size_t)b->left;
		b->over = 1;
	}
	b->left -= n;
}

static void
fill(struct output *s, struct budget *b)
{
	static uint8_t chunk[MASKER_CHUNK];
	size_t before = s->out.len;
	ssize_t n;

	do {
		n = read(s->src, chunk, sizeof(chunk));
	} while (n == -1 && errno == EINTR);
	if (n == -1 && errno == EAGAIN)
		return;
	if (n > 0 && s->drop)
		return;
	if (n > 0)
		masker_feed(s->hs, chunk, (size_t)n, &s->out);
	else {
		if (!s->drop)
			masker_finish(s->hs, &s->out);
		close_fd(&s->src);
	}
	charge(s, before, b);
}

void
output_step(struct output *s, const struct pollfd *p, struct budget *b)
{
	if (p->fd == -1 || p->revents == 0)
		return;
	if (!pending(s) && s->src != -1)
		fill(s, b);
	drain(s);
}

void
output_cut(struct output *s)
{
	close_fd(&s->src);
}

void
output_discard(struct output *s)
{
	s->drop = 1;
}

void
output_note(struct output *s, const char *text)
{
	if (s->dst != -1)
		buf_put(&s->out, text, strnlen(text, NOTE_MAX));
}

int
output_line(struct output *s, const char *text)
{
	if (pending(s))
		return (-1);
	output_note(s, text);
	drain(s);
	return (0);
}

int
output_done(const struct output *s)
{
	return (s->src == -1 && !pending(s));
}

void
output_digest(struct output *s, uint8_t digest[32])
{
	masker_close(s->hs);
	s->hs = NULL;
	buf_free(&s->out);
	(void)crypto_generichash_final(&s->hash, digest, 32);
}
