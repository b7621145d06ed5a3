/* SPDX-License-Identifier: ISC */
/* The terminal of a run. */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "executor/runner/term.h"

/* Of /dev/ptmx, whose every open descriptor is a master. */
#define PTMX_MAJOR	5
#define PTMX_MINOR	2

void
term_init(struct term *t)
{
	memset(t, 0, sizeof(*t));
	t->master = t->src = t->dst = -1;
	t->last = '\n';
}

void
term_expect(struct term *t, int src, int dst)
{
	int fl;

	t->expected = 1;
	t->src = src;
	t->dst = dst;
	if ((fl = fcntl(src, F_GETFL)) != -1)
		(void)fcntl(src, F_SETFL, fl | O_NONBLOCK);
}

int
term_awaited(const struct term *t)
{
	return (t->expected);
}

static int
is_master(int fd)
{
	struct stat st;
	unsigned n;

	return (fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
	    st.st_rdev == makedev(PTMX_MAJOR, PTMX_MINOR) &&
	    ioctl(fd, TIOCGPTN, &n) == 0);
}

static void
set_size(const struct term *t)
{
	struct winsize ws;

	memset(&ws, 0, sizeof(ws));
	ws.ws_row = t->rows;
	ws.ws_col = t->cols;
	if (t->master != -1)
		(void)ioctl(t->master, TIOCSWINSZ, &ws);
}

/* A descriptor of its own, since the stream closes the other one. */
int
term_open(struct term *t, int master)
{
	t->expected = 0;
	if (!is_master(master)) {
		errno = ENOTTY;
		return (-1);
	}
	if ((t->master = fcntl(master, F_DUPFD_CLOEXEC, 0)) == -1)
		return (-1);
	set_size(t);
	return (0);
}

void
term_size(struct term *t, uint16_t rows, uint16_t cols)
{
	t->rows = rows;
	t->cols = cols;
	set_size(t);
}

static void
close_fd(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

void
term_end(struct term *t)
{
	t->expected = 0;
	t->len = 0;
	close_fd(&t->src);
	close_fd(&t->master);
}

/* A master whose slaves are closed is always ready, so only if need be. */
void
term_poll(const struct term *t, struct pollfd p[2])
{
	p[0].fd = t->len == 0 && t->master != -1 ? t->src : -1;
	p[0].events = POLLIN;
	p[0].revents = 0;
	p[1].fd = t->len != 0 ? t->master : -1;
	p[1].events = POLLOUT;
	p[1].revents = 0;
}

/*
 * The client has closed its end.  In lines, that is what a person types for
 * it: once, and before that once more for what was begun of a line.  A
 * program that reads keys has no end of its input.
 */
static void
type_end(struct term *t)
{
	struct termios tio;

	close_fd(&t->src);
	if (tcgetattr(t->master, &tio) == -1 || (tio.c_lflag & ICANON) == 0)
		return;
	if (t->last != '\n' && t->last != '\r')
		t->buf[t->len++] = tio.c_cc[VEOF];
	t->buf[t->len++] = tio.c_cc[VEOF];
}

static void
fill(struct term *t)
{
	ssize_t n;

	t->off = 0;
	n = read(t->src, t->buf, sizeof(t->buf));
	if (n > 0) {
		t->len = (size_t)n;
		t->last = t->buf[n - 1];
		t->bytes += (uint64_t)n;
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		type_end(t);
}

void
term_step(struct term *t, const struct pollfd p[2])
{
	ssize_t n;

	if (p[0].revents != 0 && t->src != -1 && t->len == 0)
		fill(t);
	if (t->len == 0 || t->master == -1)
		return;
	n = write(t->master, t->buf + t->off, t->len);
	if (n > 0) {
		t->off += (size_t)n;
		t->len -= (size_t)n;
	} else if (n == -1 && errno != EAGAIN && errno != EINTR) {
		t->len = 0;
		close_fd(&t->src);
	}
}
