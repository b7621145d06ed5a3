/* SPDX-License-Identifier: ISC */
/*
 * Which secrets are in a text that somebody has found: all versions that are
 * there are looked for, as they are and line by line.  One text at a time.  It
 * is held like a value, for it may be one, and goes nowhere.
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
#define IDENTIFY_LINES	(IDENTIFY_MAX / (FINGERPRINT_LINE + 1) + 2)

struct piece {
	const uint8_t	*p;
	size_t		 len;
};

struct leak {
	struct vault	*v;
	uint64_t	 id;
	int		 fd;
	struct event	*ev;
	uint64_t	 deadline;
	uint8_t		*text;		/* guarded */
	size_t		 len;
	struct piece	*lines;		/* of the text, sorted */
	size_t		 nlines;
};

_Static_assert(IDENTIFY_MAX < GUARD_SLOT, "a text does not fit a slot");

static void
leak_free(struct leak *l)
{
	l->v->leak = NULL;
	if (l->ev != NULL)
		event_free(l->ev);
	(void)close(l->fd);
	guard_give(l->text);
	free(l->lines);
	free(l);
}

static void
leak_fail(struct leak *l, enum cberr code, const char *why)
{
	vault_done(l->v, l->id, code, "%s", why);
	leak_free(l);
}

static int
by_bytes(const void *p, const void *q)
{
	const struct piece *a = p, *b = q;
	int r = memcmp(a->p, b->p, a->len < b->len ? a->len : b->len);

	return (r != 0 ? r : (a->len > b->len) - (a->len < b->len));
}

/* The next line that is long enough to be no other one; 0 behind the last. */
static int
next_line(const uint8_t **at, const uint8_t *end, struct piece *line)
{
	const uint8_t *nl;

	while (*at < end) {
		line->p = *at;
		nl = memchr(*at, '\n', (size_t)(end - *at));
		line->len = (size_t)((nl != NULL ? nl : end) - *at);
		*at += line->len + 1;
		if (line->len >= FINGERPRINT_LINE &&
		    memcmp(line->p, "-----", 5) != 0)
			return (1);
	}
	return (0);
}

/* Those of the text in order, so that each of a value is found at once. */
static void
sort_lines(struct leak *l)
{
	const uint8_t *at = l->text;

	l->lines = xcalloc(IDENTIFY_LINES, sizeof(*l->lines));
	while (next_line(&at, l->text + l->len, &l->lines[l->nlines]))
		l->nlines++;
	qsort(l->lines, l->nlines, sizeof(*l->lines), by_bytes);
}

/*
 * All of the value: in the text, or, of what is short and could be guessed by
 * putting many in one text, as all of it.  Or a whole line of it, as one.
 */
static int
has_value(const struct leak *l, const uint8_t *p, size_t len)
{
	const uint8_t *at = p;
	struct piece line;

	if (len >= FINGERPRINT_LINE && memmem(l->text, l->len, p, len) != NULL)
		return (1);
	if ((len == l->len || (len + 1 == l->len && l->text[len] == '\n')) &&
	    memcmp(l->text, p, len) == 0)
		return (1);
	while (next_line(&at, p + len, &line))
		if (bsearch(&line, l->lines, l->nlines, sizeof(line),
		    by_bytes) != NULL)
			return (1);
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
	sort_lines(l);
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
	else if (n == 0)
		search(l);
	else if (errno != EAGAIN)
		leak_fail(l, CBE_IO, "reading the text failed");
	else
		wait_more(l);
}

void
identify_end(struct vault *v, const char *why)
{
	if (v->leak != NULL && why != NULL)
		leak_fail(v->leak, CBE_AGAIN, why);
	else if (v->leak != NULL)
		leak_free(v->leak);
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
	if (v->leak != NULL) {
		(void)close(fd);
		vault_done(v, id, CBE_AGAIN, "another text is looked at");
		return;
	}
	l = xcalloc(1, sizeof(*l));
	v->leak = l;
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
