/* SPDX-License-Identifier: ISC */
/* A value that comes by a pipe, for secrets set and rotate. */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/log.h"
#include "common/payload.h"
#include "common/varname.h"
#include "vault/change.h"
#include "vault/guard.h"
#include "vault/past.h"

#define READ_MS		60000U	/* for the value */

_Static_assert(STORE_TEXT_MAX <= GUARD_SLOT, "a value does not fit a slot");

const char *
value_wrong(const uint8_t *p, size_t len)
{
	size_t i;

	if (len == 0)
		return ("the value is empty");
	if (memchr(p, 0, len) != NULL)
		return ("the value has a byte of zero, which no variable can "
		    "hold");
	for (i = 0; i < len; i++)
		if (strchr(" \t\r\n", p[i]) == NULL)
			return (NULL);
	return ("the value is blank, and could not be hidden in anything");
}

/* The next store with the value in it; -1: store_no_room tells why not. */
static int
put_value(struct vault *v)
{
	struct change *c = v->change;
	uint64_t now = (uint64_t)time(NULL);
	const struct store_when when = { now, now + c->keep_s };

	if (c->kind == CHANGE_ROTATE && c->keep_s != 0)
		return (store_rotate(c->next, v->k, c->name, c->text, c->len,
		    &when));
	return (store_set(c->next, v->k, c->name, c->text, c->len, now));
}

static void
make_next(struct vault *v)
{
	struct change *c = v->change;
	int r;

	c->next = change_successor(v);
	r = put_value(v);
	change_value_free(c);
	if (r == -1)
		change_fail(v, CBE_REFUSED, "the secret %s: %s", c->name,
		    store_no_room(c->next, c->name));
	else
		change_prepare(v);
}

/* All of the value is there. */
static void
value_done(struct vault *v)
{
	struct change *c = v->change;
	const char *why;

	event_free(c->ev);
	c->ev = NULL;
	if ((why = value_wrong(c->text + 4, c->len)) != NULL)
		change_fail(v, CBE_USAGE, "%s", why);
	else
		make_next(v);
}

static void
on_value(evutil_socket_t fd, short what, void *arg)
{
	struct vault *v = arg;
	struct change *c = v->change;
	ssize_t n;

	if ((what & EV_TIMEOUT) || ticket_now() >= c->deadline) {
		change_fail(v, CBE_AGAIN, "the value did not come in time");
		return;
	}
	do {
		n = read(fd, c->text + 4 + c->len,
		    STORE_VALUE_MAX + 1 - c->len);
		if (n > 0)
			c->len += (size_t)n;
	} while ((n > 0 && c->len <= STORE_VALUE_MAX) ||
	    (n == -1 && errno == EINTR));
	if (n == 0)
		value_done(v);
	else if (c->len > STORE_VALUE_MAX)
		change_fail(v, CBE_USAGE,
		    "the value is longer than 65536 bytes");
	else if (errno != EAGAIN)
		change_fail(v, CBE_IO, "reading the value failed");
	else
		change_arm(c);
}

void
change_read(struct vault *v, int fd, void (*fn)(int, short, void *))
{
	struct change *c = v->change;

	c->fd = fd;
	c->text = guard_take();
	if (c->text == NULL) {
		change_fail(v, CBE_AGAIN, "too many secrets are open at once");
		return;
	}
	if (release_pipe(fd) == -1) {
		change_fail(v, CBE_INTERNAL, "the value has to come by a pipe");
		return;
	}
	c->deadline = ticket_now() + READ_MS;
	c->ev = event_new(v->base, fd, EV_READ, fn, v);
	if (c->ev == NULL)
		fatalx(EXIT_SYSTEM, "event loop");
	change_arm(c);
}

void
change_set(struct vault *v, uint64_t id, const char *name, int fd)
{
	if (change_start(v, CHANGE_SET, id, name, varname_wrong(name)) == NULL)
		(void)close(fd);
	else
		change_read(v, fd, on_value);
}

/*
 * Was the new value made for another version than the one that is in force?
 * What somebody has stored meanwhile is not overwritten unseen.
 */
static int
is_overtaken(struct vault *v, const struct msg_rotate *m)
{
	const struct store_entry *e = store_find(v->st, m->name);

	if (m->from == 0 || e == NULL || e->version == m->from)
		return (0);
	change_fail(v, CBE_REFUSED, "%s has version %llu by now, and the new "
	    "value was made for version %llu: secrets history %s "
	    "tells when it came", m->name, (unsigned long long)e->version,
	    (unsigned long long)m->from, m->name);
	return (1);
}

/*
 * Begins it, if there is a name and a place for its version: before anybody
 * types a value in vain, or has a provider make one.
 */
static struct change *
start_rotation(struct vault *v, uint64_t id, const struct msg_rotate *m)
{
	struct change *c;

	c = change_start(v, CHANGE_ROTATE, id, m->name,
	    varname_malformed(m->name, strlen(m->name)));
	if (c == NULL)
		return (NULL);
	c->keep_s = m->keep_s;
	if (is_overtaken(v, m))
		return (NULL);
	if (store_find(v->st, m->name) != NULL && (m->keep_s == 0 ||
	    past_kept(v->st, m->name) < STORE_KEPT_MAX))
		return (c);
	if (store_find(v->st, m->name) == NULL)
		change_fail(v, CBE_NOENT, "no secret %s to rotate: store it "
		    "with clawbot secrets set %s", m->name, m->name);
	else
		change_fail(v, CBE_REFUSED, "%u earlier versions of %s are "
		    "kept already: wait until one is over, or clawbot "
		    "secrets set %s, which ends them all", STORE_KEPT_MAX,
		    m->name, m->name);
	return (NULL);
}

void
change_rotate(struct vault *v, uint64_t id, const struct msg_rotate *m, int fd)
{
	if (start_rotation(v, id, m) == NULL)
		(void)close(fd);
	else
		change_read(v, fd, on_value);
}

/* The file is written, too: so there is room for it on disk. */
void
change_may_rotate(struct vault *v, uint64_t id, const struct msg_rotate *m)
{
	struct change *c;

	if ((c = start_rotation(v, id, m)) == NULL)
		return;
	if ((c->text = guard_take()) == NULL) {
		change_fail(v, CBE_AGAIN, "too many secrets are open at once");
		return;
	}
	c->trial = 1;
	c->len = STORE_VALUE_MAX;
	memset(c->text + 4, 'x', c->len);
	make_next(v);
}
