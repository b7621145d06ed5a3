/* SPDX-License-Identifier: ISC */
/* Output of detached runs, and its readers. */
#include "config.h"

#include <sys/mman.h>
#include <sys/queue.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/log.h"
#include "executor/spool.h"

#define SPOOL_CHUNK	65536U	/* for one reader before the others */
#define LOOK_MS		50	/* files in memory do not tell of news */

struct spool {
	LIST_ENTRY(spool) entry;
	uint64_t	 run;
	int		 fd[2];
	int		 over;		/* nothing is added any more */
};

/* One of a reader's two streams. */
struct spool_copy {
	struct reader	*r;
	int		 from;		/* the spool's */
	int		 to;		/* -1: done */
	off_t		 off;
	struct event	*ev;		/* room in to */
	int		 waits;		/* for that */
};

struct reader {
	LIST_ENTRY(reader) entry;
	struct executor	*x;
	struct spool	*sp;
	uint64_t	 id;
	int		 follow;
	struct spool_copy	 copy[2];
};

static LIST_HEAD(spools, spool) spools = LIST_HEAD_INITIALIZER(spools);
static LIST_HEAD(readers, reader) readers = LIST_HEAD_INITIALIZER(readers);
static struct event *look;		/* while there are readers */

static struct spool *
find(uint64_t run)
{
	struct spool *sp;

	LIST_FOREACH(sp, &spools, entry)
		if (sp->run == run)
			return (sp);
	return (NULL);
}

/* The file, and another descriptor of it for the runner. */
static int
new_file(int *fd, int *runner)
{
	*fd = memfd_create("output", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (*fd == -1)
		return (-1);
	if ((*runner = fcntl(*fd, F_DUPFD_CLOEXEC, 0)) != -1)
		return (0);
	(void)close(*fd);
	return (-1);
}

int
spool_open(struct executor *x, uint64_t run, int fds[2])
{
	struct spool *sp;

	(void)x;
	sp = xcalloc(1, sizeof(*sp));
	sp->run = run;
	if (new_file(&sp->fd[0], &fds[0]) == -1) {
		free(sp);
		return (-1);
	}
	if (new_file(&sp->fd[1], &fds[1]) == -1) {
		(void)close(sp->fd[0]);
		(void)close(fds[0]);
		free(sp);
		return (-1);
	}
	LIST_INSERT_HEAD(&spools, sp, entry);
	return (0);
}

/* The runner has ended: nobody changes what the run has printed. */
void
spool_over(struct executor *x, uint64_t run)
{
	struct spool *sp;
	size_t i;

	(void)x;
	if ((sp = find(run)) == NULL)
		return;
	sp->over = 1;
	/*
	 * F_SEAL_WRITE is refused, after a time of waiting, while a page is in
	 * the pipe of a reader; this one is not, and nobody has mapped it.
	 */
	for (i = 0; i < 2; i++)
		if (fcntl(sp->fd[i], F_ADD_SEALS, F_SEAL_FUTURE_WRITE |
		    F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == -1)
			log_warn("output of a run cannot be sealed");
}

static void
logged(struct executor *x, uint64_t id, enum cberr err, const char *why)
{
	struct buf b;

	buf_init(&b, 4102);
	buf_put_u16(&b, (uint16_t)err);
	buf_put_str(&b, why);
	if (ipc_send(x->rm.ipc, MSG_X_LOGGED, id, b.data, b.len, NULL,
	    0) == -1)
		fatalx(EXIT_SYSTEM, "%s", ipc_error(x->rm.ipc));
	buf_free(&b);
}

static void
copy_end(struct spool_copy *c)
{
	if (c->ev != NULL)
		event_free(c->ev);
	c->ev = NULL;
	if (c->to != -1)
		(void)close(c->to);
	c->to = -1;
	c->waits = 0;
}

static void
reader_end(struct reader *r, enum cberr err, const char *why)
{
	copy_end(&r->copy[0]);
	copy_end(&r->copy[1]);
	logged(r->x, r->id, err, why);
	LIST_REMOVE(r, entry);
	free(r);
	if (LIST_EMPTY(&readers))
		(void)event_del(look);
}

void
spool_forget(struct executor *x, uint64_t id)
{
	struct reader *r, *next;
	struct spool *sp;

	(void)x;
	sp = find(id);
	for (r = LIST_FIRST(&readers); r != NULL; r = next) {
		next = LIST_NEXT(r, entry);
		if (r->sp == sp || r->id == id)
			reader_end(r, CBE_NOENT, "what the run has printed "
			    "is not kept any longer");
	}
	if (sp == NULL)
		return;
	(void)close(sp->fd[0]);
	(void)close(sp->fd[1]);
	LIST_REMOVE(sp, entry);
	free(sp);
}

/* Bytes that it has not been given yet. */
static uint64_t
left(const struct spool_copy *c)
{
	struct stat s;

	if (fstat(c->from, &s) == -1 || s.st_size <= c->off)
		return (0);
	return ((uint64_t)(s.st_size - c->off));
}

static int
is_gone(const struct spool_copy *c)
{
	struct pollfd p = { .fd = c->to, .events = 0 };

	return (poll(&p, 1, 0) == 1 && (p.revents & POLLERR) != 0);
}

/* What comes next for this stream. */
static void
advance(struct spool_copy *c)
{
	const struct reader *r = c->r;
	/* in this order: what comes between the two is seen */
	int over = r->sp->over || !r->follow;

	if (c->to == -1 || c->waits)
		return;
	if (left(c) != 0) {
		if (event_add(c->ev, NULL) == -1)
			fatalx(EXIT_SYSTEM, "event of a reader");
		c->waits = 1;
	} else if (over || is_gone(c))
		copy_end(c);
}

static int
is_done(const struct reader *r)
{
	return (r->copy[0].to == -1 && r->copy[1].to == -1);
}

static void
on_room(evutil_socket_t fd, short what, void *arg)
{
	struct spool_copy *c = arg;
	uint64_t n = left(c);
	ssize_t w = 0;

	(void)what;
	c->waits = 0;
	if (n != 0)
		w = sendfile(fd, c->from, &c->off,
		    n < SPOOL_CHUNK ? n : SPOOL_CHUNK);
	if (w == -1 && errno != EAGAIN && errno != EINTR)
		copy_end(c);
	advance(c);
	if (is_done(c->r))
		reader_end(c->r, CBE_OK, "");
}

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	struct reader *r, *next;

	(void)fd;
	(void)what;
	(void)arg;
	for (r = LIST_FIRST(&readers); r != NULL; r = next) {
		next = LIST_NEXT(r, entry);
		advance(&r->copy[0]);
		advance(&r->copy[1]);
		if (is_done(r))
			reader_end(r, CBE_OK, "");
	}
}

static void
copy_start(struct reader *r, size_t i, int to)
{
	struct spool_copy *c = &r->copy[i];
	int fl;

	c->r = r;
	c->from = r->sp->fd[i];
	c->to = to;
	c->ev = event_new(r->x->base, to, EV_WRITE, on_room, c);
	if (c->ev == NULL || (fl = fcntl(to, F_GETFL)) == -1 ||
	    fcntl(to, F_SETFL, fl | O_NONBLOCK) == -1)
		fatalx(EXIT_SYSTEM, "event of a reader");
}

void
spool_read(struct executor *x, uint64_t id, uint64_t run, int follow,
    const int fds[2])
{
	static const struct timeval often = { 0, LOOK_MS * 1000 };
	struct spool *sp;
	struct reader *r;

	if ((sp = find(run)) == NULL) {
		(void)close(fds[0]);
		(void)close(fds[1]);
		logged(x, id, CBE_NOENT, "nothing is kept of what the run "
		    "has printed");
		return;
	}
	r = xcalloc(1, sizeof(*r));
	r->x = x;
	r->sp = sp;
	r->id = id;
	r->follow = follow;
	copy_start(r, 0, fds[0]);
	copy_start(r, 1, fds[1]);
	if (look == NULL)
		look = event_new(x->base, -1, EV_PERSIST, on_look, NULL);
	if (look == NULL || (LIST_EMPTY(&readers) &&
	    event_add(look, &often) == -1))
		fatalx(EXIT_SYSTEM, "event of readers");
	LIST_INSERT_HEAD(&readers, r, entry);
	advance(&r->copy[0]);
	advance(&r->copy[1]);
	if (is_done(r))
		reader_end(r, CBE_OK, "");
}
