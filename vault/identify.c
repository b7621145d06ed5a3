/* SPDX-License-Identifier: ISC */
/*
 * Which secrets are in a text that somebody has found: all versions that are
 * there are looked for, as they are and line by line.  The text is held like a
 * value, for it may be one, and goes nowhere.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/field.h"
#include "common/fingerprint.h"
#include "common/log.h"
#include "vault/guard.h"
#include "vault/vault.h"

#define IDENTIFY_MS	60000U	/* for the text */
#define IDENTIFY_MAX	STORE_VALUE_MAX

struct leak {
	struct vault	*v;
	uint64_t	 id;
	int		 fd;
	struct event	*ev;
	uint64_t	 deadline;
	uint8_t		*text;		/* guarded */
	size_t		 len;
};

_Static_assert(IDENTIFY_MAX < GUARD_SLOT, "a text does not fit a slot");

static void
leak_free(struct leak *l)
{
	if (l->ev != NULL)
		event_free(l->ev);
	(void)close(l->fd);
	guard_give(l->text);
	free(l);
}

static void
leak_fail(struct leak *l, enum cberr code, const char *why)
{
	vault_done(l->v, l->id, code, "%s", why);
	leak_free(l);
}

/* What is short stands in other words, too: then it has to be all of it. */
static int
has_piece(const struct leak *l, const uint8_t *p, size_t len, size_t least)
{
	if (len >= least)
		return (memmem(l->text, l->len, p, len) != NULL);
	return (len == l->len && memcmp(l->text, p, len) == 0);
}

/* The value, or a line of it that is long enough to be no other one. */
static int
has_value(const struct leak *l, const uint8_t *p, size_t len)
{
	const uint8_t *end = p + len, *nl;
	size_t n;

	if (has_piece(l, p, len, FINGERPRINT_LEAST))
		return (1);
	for (; p < end; p += n + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		n = (size_t)((nl != NULL ? nl : end) - p);
		if (n >= FINGERPRINT_LINE && memcmp(p, "-----", 5) != 0 &&
		    has_piece(l, p, n, FINGERPRINT_LINE))
			return (1);
	}
	return (0);
}

/* 1 if the version is in the text, 0, or -1: it does not open. */
static int
has_entry(const struct leak *l, const struct store_entry *e, uint8_t *room)
{
	size_t len;

	if (store_value(l->v->st, l->v->k, e, room, &len) == -1) {
		log_warnx("secret %s does not open", e->name);
		return (-1);
	}
	return (has_value(l, room + 4, len));
}

static void
put_found(struct buf *out, const struct store_entry *e)
{
	struct buf b;

	buf_init(&b, 1024);
	field_str(&b, "name", e->name);
	field_u64(&b, "version", e->version);
	field_str(&b, "state", e->state == STORE_CURRENT ? "current" :
	    "kept");
	buf_put_bytes(out, b.data, b.len);
	buf_free(&b);
}

static void
search(struct leak *l)
{
	const struct store *st = l->v->st;
	uint8_t *room = guard_take();
	struct buf rows, b;
	uint32_t n = 0;
	size_t i;

	if (room == NULL) {
		leak_fail(l, CBE_AGAIN, "too many secrets are open at once");
		return;
	}
	buf_init(&rows, MSG_ROW_MAX - 4);
	for (i = 0; i < st->nentries; i++)
		if (has_entry(l, &st->entries[i], room) == 1) {
			put_found(&rows, &st->entries[i]);
			n++;
		}
	guard_give(room);
	buf_init(&b, MSG_ROW_MAX);
	buf_put_u32(&b, n);
	buf_put(&b, rows.data, rows.len);
	if (rows.bad || b.bad)
		vault_done(l->v, l->id, CBE_INTERNAL, "too many secrets in it");
	else
		(void)ipc_send(l->v->ipc, MSG_V_NAMES, l->id, b.data, b.len,
		    NULL, 0);
	buf_free(&rows);
	buf_free(&b);
	leak_free(l);
}

static void
wait_more(struct leak *l)
{
	const uint64_t now = ticket_now();
	const uint64_t left = l->deadline > now ? l->deadline - now : 0;
	const struct timeval tv = { (time_t)(left / 1000),
	    (suseconds_t)(left % 1000 * 1000) };

	if (event_add(l->ev, &tv) == -1)
		fatalx(EXIT_SYSTEM, "event loop");
}

static void
on_text(evutil_socket_t fd, short what, void *arg)
{
	struct leak *l = arg;
	ssize_t n;

	if ((what & EV_TIMEOUT) || ticket_now() >= l->deadline) {
		leak_fail(l, CBE_AGAIN, "the text did not come in time");
		return;
	}
	do {
		n = read(fd, l->text + l->len, IDENTIFY_MAX + 1 - l->len);
		if (n > 0)
			l->len += (size_t)n;
	} while ((n > 0 && l->len <= IDENTIFY_MAX) ||
	    (n == -1 && errno == EINTR));
	if (l->len > IDENTIFY_MAX)
		leak_fail(l, CBE_USAGE, "the text is longer than 65536 bytes");
	else if (n == 0 && l->len == 0)
		leak_fail(l, CBE_USAGE, "there is no text");
	else if (n == 0 && l->v->locked != NULL)
		leak_fail(l, CBE_AGAIN, "vault is locked");
	else if (n == 0)
		search(l);
	else if (errno != EAGAIN)
		leak_fail(l, CBE_IO, "reading the text failed");
	else
		wait_more(l);
}

void
vault_identify(struct vault *v, uint64_t id, int fd)
{
	struct leak *l;

	if (v->locked != NULL) {
		(void)close(fd);
		vault_done(v, id, CBE_AGAIN, "vault is locked: %s",
		    v->locked);
		return;
	}
	l = xcalloc(1, sizeof(*l));
	l->v = v;
	l->id = id;
	l->fd = fd;
	l->text = guard_take();
	if (l->text == NULL) {
		leak_fail(l, CBE_AGAIN, "too many secrets are open at once");
		return;
	}
	if (release_pipe(fd) == -1) {
		leak_fail(l, CBE_INTERNAL, "the text has to come by a pipe");
		return;
	}
	l->deadline = ticket_now() + IDENTIFY_MS;
	l->ev = event_new(v->base, fd, EV_READ, on_text, l);
	if (l->ev == NULL)
		fatalx(EXIT_SYSTEM, "event loop");
	wait_more(l);
}
