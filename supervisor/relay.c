/* SPDX-License-Identifier: ISC */
/*
 * The roles' diagnostics: read from their pipes, cut into lines, limited in
 * number, passed on.  A role that floods loses lines, and the count of them
 * is told.
 */
#include "config.h"

#include <event2/event.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "supervisor/daemon.h"

#define LINES_A_SECOND	100

/* What was too much is told once it is over. */
static void
relay_dropped(struct relay *r)
{
	if (r->dropped != 0)
		log_warnx("%s: %u lines dropped", r->name, r->dropped);
	r->lines = r->dropped = 0;
}

static void
relay_line(struct relay *r, const char *line, size_t len)
{
	int64_t now = now_ms();

	if (now - r->since >= 1000) {
		relay_dropped(r);
		r->since = now;
	}
	if (r->lines++ < LINES_A_SECOND)
		log_relay(r->name, line, len);
	else
		r->dropped++;
}

/* Every whole line out of the buffer; a full buffer counts as one. */
static void
relay_lines(struct relay *r)
{
	char *nl;
	size_t n;

	while (r->len > 0) {
		nl = memchr(r->line, '\n', r->len);
		if (nl == NULL && r->len < sizeof(r->line))
			return;
		n = nl == NULL ? r->len : (size_t)(nl - r->line);
		relay_line(r, r->line, n);
		if (nl != NULL)
			n++;
		r->len -= n;
		memmove(r->line, r->line + n, r->len);
	}
}

static void
relay_close(struct relay *r)
{
	if (r->ev != NULL)
		event_free(r->ev);
	r->ev = NULL;
	if (r->fd != -1)
		(void)close(r->fd);
	r->fd = -1;
}

void
relay_pump(struct relay *r)
{
	ssize_t n;
	int i;

	/* bounded, so that one that floods does not keep us */
	for (i = 0; i < 32 && r->fd != -1; i++) {
		n = read(r->fd, r->line + r->len, sizeof(r->line) - r->len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN)
			return;
		if (n <= 0) {
			relay_close(r);
			return;
		}
		r->len += (size_t)n;
		relay_lines(r);
	}
}

void
relay_end(struct relay *r)
{
	relay_pump(r);
	if (r->len > 0)
		relay_line(r, r->line, r->len);
	r->len = 0;
	relay_dropped(r);
	relay_close(r);
}

static void
relay_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	relay_pump(arg);
}

int
relay_attach(struct relay *r, struct event_base *base)
{
	r->ev = event_new(base, r->fd, EV_READ | EV_PERSIST, relay_readable,
	    r);
	return (r->ev == NULL || event_add(r->ev, NULL) == -1 ? -1 : 0);
}
