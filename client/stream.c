/* SPDX-License-Identifier: ISC */
/* Moving bytes between descriptors. */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "client/stream.h"
#include "common/field.h"
#include "common/text.h"

void
capture_init(struct capture *c)
{
	buf_init(&c->b, CAPTURE_MAX);
	c->truncated = 0;
}

static void
capture_put(struct capture *c, const uint8_t *p, size_t n)
{
	size_t room = CAPTURE_MAX - c->b.len;

	if (n > room) {
		n = room;
		c->truncated = 1;
	}
	buf_put(&c->b, p, n);
}

void
capture_json(struct buf *out, struct capture *c)
{
	size_t n = c->b.len;

	/* a rest of a character would make all of it look binary */
	if (c->truncated)
		n = text_whole(c->b.data, n);
	json_str(out, c->b.data != NULL ? (const char *)c->b.data : "", n);
}

void
capture_free(struct capture *c)
{
	buf_free(&c->b);
}

void
stream_init(struct stream *s)
{
	s->from = s->to = -1;
	s->ours = s->fifo = s->sock = s->err = s->unread = 0;
	s->nowait = 1;
	s->cap = NULL;
	s->into = NULL;
	s->filter = NULL;
	s->off = s->len = 0;
}

static void
nonblocking(int fd)
{
	/* an end of a pipe that was made for us has no other flag */
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
}

/* What standard output and error are does not change: it is asked once. */
static int
look_at(int fd, struct stat *st)
{
	static struct stat kept[2];
	static int known[2];
	const int i = fd - STDOUT_FILENO;

	if (i != 0 && i != 1)
		return (fstat(fd, st));
	if (!known[i] && fstat(fd, &kept[i]) == -1)
		return (-1);
	known[i] = 1;
	*st = kept[i];
	return (0);
}

/*
 * Descriptors that were inherited are shared with others, who may not expect
 * O_NONBLOCK on them; only our own ends get it.
 */
void
stream_open(struct stream *s, int from, int to, int ours)
{
	struct stat st;

	stream_init(s);
	s->from = from;
	s->to = to;
	s->ours = ours;
	if ((ours & STREAM_FROM) != 0)
		nonblocking(from);
	if ((ours & STREAM_TO) != 0)
		nonblocking(to);
	else if (look_at(to, &st) == 0) {
		s->fifo = S_ISFIFO(st.st_mode);
		s->sock = S_ISSOCK(st.st_mode);
	}
}

void
stream_capture(struct stream *s, int from, struct capture *cap)
{
	stream_init(s);
	s->from = from;
	s->ours = STREAM_FROM;
	s->cap = cap;
	nonblocking(from);
}

void
stream_into(struct stream *s, int from, struct intake *into)
{
	stream_capture(s, from, NULL);
	s->into = into;
}

static void
close_from(struct stream *s)
{
	if (s->from != -1 && (s->ours & STREAM_FROM) != 0)
		(void)close(s->from);
	s->from = -1;
}

static void
close_to(struct stream *s)
{
	if (s->to != -1 && (s->ours & STREAM_TO) != 0)
		(void)close(s->to);
	s->to = -1;
}

void
stream_close(struct stream *s)
{
	close_from(s);
	close_to(s);
	s->len = 0;
	s->cap = NULL;
	s->into = NULL;
}

int
stream_done(const struct stream *s)
{
	return (s->from == -1 && s->len == 0);
}

int
stream_hungry(const struct stream *s)
{
	return (s->from != -1 && s->len == 0);
}

/*
 * The writing side is watched also while there is nothing to write: when its
 * reader leaves, the other side of the stream has to learn of it.
 */
void
stream_poll(const struct stream *s, struct pollfd p[2])
{
	p[0].fd = s->len == 0 ? s->from : -1;
	p[0].events = POLLIN;
	p[0].revents = 0;
	p[1].fd = s->to;
	p[1].events = s->len != 0 ? POLLOUT : 0;
	p[1].revents = 0;
}

static ssize_t
read_into(struct stream *s)
{
	struct intake *t = s->into;
	ssize_t n;

	if (t->len == t->room) {
		t->over = 1;
		t->len = 0;
	}
	n = read(s->from, t->p + t->len, t->room - t->len);
	if (n > 0)
		t->len += (size_t)n;
	return (n);
}

static void
do_read(struct stream *s)
{
	ssize_t n;

	n = s->into != NULL ? read_into(s) : read(s->from, s->buf, STREAM_BUF);
	if (n > 0 && s->into != NULL)
		return;
	if (n > 0 && s->cap != NULL)
		capture_put(s->cap, s->buf, (size_t)n);
	else if (n > 0) {
		s->off = 0;
		s->len = (size_t)n;
		if (s->filter != NULL)
			s->filter(s->arg, s->buf, &s->len);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		s->unread = n == 0 ? 0 : errno;
		close_from(s);
	}
}

/*
 * As much as the pipe takes, without waiting for room; a kernel before 6.4 has
 * no such call for pipes.
 */
static ssize_t
write_nowait(struct stream *s)
{
	struct iovec iov = { s->buf + s->off, s->len };
	ssize_t n;

	n = pwritev2(s->to, &iov, 1, -1, RWF_NOWAIT);
	if (n == -1 && (errno == EOPNOTSUPP || errno == ENOSYS ||
	    errno == EINVAL))
		s->nowait = 0;
	return (n);
}

/* A pipe that is writable takes PIPE_BUF bytes at once (pipe(7)). */
static ssize_t
write_fifo(struct stream *s)
{
	struct pollfd p = { .fd = s->to, .events = POLLOUT };
	ssize_t n;

	if (s->nowait && ((n = write_nowait(s)) != -1 || s->nowait))
		return (n);
	if (poll(&p, 1, 0) != 1) {
		errno = EAGAIN;
		return (-1);
	}
	return (write(s->to, s->buf + s->off, s->len < PIPE_BUF ? s->len :
	    PIPE_BUF));
}

/*
 * A file never blocks for long; a terminal blocks while it is stopped, and a
 * signal gets us out of that.
 */
static ssize_t
write_some(struct stream *s)
{
	const uint8_t *p = s->buf + s->off;

	if (s->sock)
		return (send(s->to, p, s->len, MSG_DONTWAIT | MSG_NOSIGNAL));
	return (s->fifo ? write_fifo(s) : write(s->to, p, s->len));
}

static void
do_write(struct stream *s)
{
	ssize_t n;

	while (s->len != 0) {
		n = write_some(s);
		if (n == 0 || (n == -1 && (errno == EAGAIN ||
		    errno == EINTR)))
			return;
		if (n == -1) {
			s->err = errno;
			stream_close(s);
			return;
		}
		s->off += (size_t)n;
		s->len -= (size_t)n;
	}
}

void
stream_move(struct stream *s, const struct pollfd p[2])
{
	if (s->to != -1 &&
	    (p[1].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) {
		stream_close(s);
		return;
	}
	if (p[0].revents != 0 && s->from != -1 && s->len == 0)
		do_read(s);
	if (s->len != 0)
		do_write(s);
	/* all is through: the reader learns that this is the end */
	if (s->from == -1 && s->len == 0)
		close_to(s);
}

int
stream_one_file(void)
{
	struct stat out, err;

	return (look_at(STDOUT_FILENO, &out) == 0 &&
	    look_at(STDERR_FILENO, &err) == 0 && out.st_dev == err.st_dev &&
	    out.st_ino == err.st_ino);
}
