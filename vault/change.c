/* SPDX-License-Identifier: ISC */
/*
 * Setting and removing a secret: the next file is written beside the one in
 * force, the supervisor has its digest recorded, and only the auditor's
 * ticket for that digest puts it in force.
 *
 * Once V_PREPARED is out the log may have the new file's digest, and then a
 * start without that file would be refused as a rollback.  So from there on
 * the change is put in force, or V_ABORT says that nothing was recorded, or
 * the vault stops and the next start looks which it was.  It never goes on
 * with the old file: the next change would undo in silence what the log has.
 */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/log.h"
#include "common/varname.h"
#include "vault/guard.h"
#include "vault/vault.h"

#define READ_MS		60000U	/* for the value */
#define PREPARED_MS	300000U	/* for commit or abort */

struct change {
	uint64_t	 id;
	char		*name;
	int		 fd;		/* the value's pipe, or -1 */
	struct event	*ev;
	uint64_t	 deadline;
	uint8_t		*text;		/* guarded; the value at text + 4 */
	size_t		 len;
	struct store	*next;		/* once it is prepared */
	uint8_t		 digest[STORE_DIGEST];
	char		 tmp[VFILE_TMP];
};

_Static_assert(STORE_TEXT_MAX <= GUARD_SLOT, "a value does not fit a slot");

/* The value's memory and pipe are not needed any more. */
static void
value_free(struct change *c)
{
	if (c->fd != -1)
		(void)close(c->fd);
	c->fd = -1;
	guard_give(c->text);
	c->text = NULL;
	c->len = 0;
}

static void
change_free(struct vault *v)
{
	struct change *c = v->change;

	v->change = NULL;
	if (c->ev != NULL)
		event_free(c->ev);
	value_free(c);
	store_free(c->next);
	free(c->name);
	freezero(c, sizeof(*c));
}

/* The log has the change, or may have it: only a new start can tell. */
static void __attribute__((__noreturn__, __format__ (printf, 2, 3)))
must_stop(int status, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	guard_wipe();
	fatalx(status, "%s; what is recorded takes effect at the next start",
	    text);
}

static int
arm(struct change *c)
{
	uint64_t now = ticket_now(), left;
	struct timeval tv;

	left = c->deadline > now ? c->deadline - now : 0;
	tv.tv_sec = (time_t)(left / 1000);
	tv.tv_usec = (suseconds_t)(left % 1000 * 1000);
	return (event_add(c->ev, &tv));
}

static void
on_prepared_timeout(evutil_socket_t fd, short what, void *arg)
{
	const struct vault *v = arg;

	(void)fd;
	(void)what;
	must_stop(EXIT_ROLE_PROTO(ROLE_SUPERVISOR), "a change of %s was "
	    "prepared and neither committed nor aborted", v->change->name);
}

/* The whole next file in *b; 0, or -1 if it would be too large. */
static int
build(struct vault *v, struct store *next, struct buf *b)
{
	uint8_t mac[KEYRING_MAC];

	if (store_seal_index(next, v->k) == -1)
		return (-1);
	store_put(b, next);
	if (b->bad)
		return (-1);
	keyring_mac(v->k, b->data, b->len, mac);
	memcpy(next->mac, mac, sizeof(mac));
	store_put_mac(b, mac);
	return (b->bad ? -1 : 0);
}

static void
say_prepared(struct vault *v)
{
	struct change *c = v->change;
	struct buf b;

	buf_init(&b, 64);
	buf_put_u64(&b, c->next->version);
	buf_put(&b, c->digest, sizeof(c->digest));
	(void)ipc_send(v->ipc, MSG_V_PREPARED, c->id, b.data, b.len, NULL, 0);
	buf_free(&b);
}

/*
 * Is what stands on disk still what is in force?  Somebody may have put a
 * backup there, which the rename would destroy.
 */
static int
undisturbed(struct vault *v)
{
	uint8_t digest[STORE_DIGEST] = { 0 };
	struct buf b;
	char why[160];
	int r;

	r = vfile_read(&v->dir, VFILE_NAME, &b, why, sizeof(why));
	if (r == 1)
		vfile_digest(b.data, b.len, digest);
	buf_free(&b);
	return (r != -1 && memcmp(digest, v->digest, sizeof(digest)) == 0);
}

/* c->next is as it shall be: writes it, and waits for the word. */
static void
prepare(struct vault *v)
{
	struct change *c = v->change;
	struct buf b;
	char why[160];
	uint64_t id = c->id;

	buf_init(&b, STORE_MAX);
	if (!undisturbed(v)) {
		change_free(v);
		log_warnx("%s/%s is not the file that was read at the start",
		    v->root, VFILE_NAME);
		vault_done(v, id, CBE_IO, "%s/%s was changed behind the "
		    "daemon's back; restart it to see what it is", v->root,
		    VFILE_NAME);
	} else if (build(v, c->next, &b) == -1) {
		change_free(v);
		vault_done(v, id, CBE_REFUSED, "the vault is full");
	} else if (vfile_prepare(&v->dir, b.data, b.len, c->tmp, why,
	    sizeof(why)) == -1) {
		change_free(v);
		log_warnx("%s", why);
		vault_done(v, id, CBE_IO, "vault: %s", why);
	} else {
		vfile_digest(b.data, b.len, c->digest);
		c->deadline = ticket_now() + PREPARED_MS;
		c->ev = evtimer_new(v->base, on_prepared_timeout, v);
		if (c->ev == NULL || arm(c) == -1)
			fatalx(EXIT_SYSTEM, "event loop");
		say_prepared(v);
	}
	buf_free(&b);
}

static struct store *
successor(const struct vault *v)
{
	struct store *next = store_clone(v->st);

	next->version++;
	memcpy(next->previous, v->digest, sizeof(next->previous));
	return (next);
}

/* All of the value is there. */
static void
value_done(struct vault *v)
{
	struct change *c = v->change;
	uint64_t id = c->id;
	int r;

	event_free(c->ev);
	c->ev = NULL;
	if (c->len == 0 || memchr(c->text + 4, 0, c->len) != NULL) {
		r = c->len == 0;
		change_free(v);
		vault_done(v, id, CBE_USAGE, "%s", r ? "the value is empty" :
		    "the value has a byte of zero, which no variable can "
		    "hold");
		return;
	}
	c->next = successor(v);
	r = store_set(c->next, v->k, c->name, c->text, c->len,
	    (uint64_t)time(NULL));
	value_free(c);
	if (r == -1) {
		change_free(v);
		vault_done(v, id, CBE_REFUSED, "the vault is full");
		return;
	}
	prepare(v);
}

static void
value_failed(struct vault *v, enum cberr code, const char *why)
{
	uint64_t id = v->change->id;

	change_free(v);
	vault_done(v, id, code, "%s", why);
}

static void
on_value(evutil_socket_t fd, short what, void *arg)
{
	struct vault *v = arg;
	struct change *c = v->change;
	ssize_t n;

	if ((what & EV_TIMEOUT) || ticket_now() >= c->deadline) {
		value_failed(v, CBE_AGAIN, "the value did not come in time");
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
		value_failed(v, CBE_USAGE,
		    "the value is longer than 65536 bytes");
	else if (errno != EAGAIN)
		value_failed(v, CBE_IO, "reading the value failed");
	else if (arm(c) == -1)
		fatalx(EXIT_SYSTEM, "event loop");
}

/*
 * What both kinds need first; 0 if the request was answered already.  wrong:
 * with the name, or NULL.
 */
static int
change_start(struct vault *v, uint64_t id, const char *name,
    const char *wrong)
{
	struct change *c;

	if (wrong != NULL)
		vault_done(v, id, CBE_USAGE, "bad name of a secret: %s",
		    wrong);
	else if (v->locked != NULL)
		vault_done(v, id, CBE_AGAIN, "vault is locked: %s",
		    v->locked);
	else if (v->change != NULL)
		vault_done(v, id, CBE_AGAIN, "another change of the vault is "
		    "under way");
	else {
		c = xcalloc(1, sizeof(*c));
		c->id = id;
		c->name = xstrdup(name);
		c->fd = -1;
		v->change = c;
		return (1);
	}
	return (0);
}

void
change_set(struct vault *v, uint64_t id, const char *name, int fd)
{
	struct change *c;

	if (!change_start(v, id, name, varname_wrong(name))) {
		(void)close(fd);
		return;
	}
	c = v->change;
	c->fd = fd;
	c->text = guard_take();
	if (c->text == NULL || release_pipe(fd) == -1) {
		value_failed(v, c->text == NULL ? CBE_AGAIN : CBE_INTERNAL,
		    c->text == NULL ? "too many secrets are open at once" :
		    "the value has to come by a pipe");
		return;
	}
	c->deadline = ticket_now() + READ_MS;
	c->ev = event_new(v->base, fd, EV_READ, on_value, v);
	if (c->ev == NULL || arm(c) == -1)
		fatalx(EXIT_SYSTEM, "event loop");
}

void
change_rm(struct vault *v, uint64_t id, const char *name)
{
	/* what is there already can go, whatever it is called */
	if (!change_start(v, id, name, varname_malformed(name,
	    strlen(name))))
		return;
	v->change->next = successor(v);
	if (store_find(v->change->next, name) == NULL) {
		change_free(v);
		vault_done(v, id, CBE_NOENT, "no secret %s", name);
		return;
	}
	(void)store_remove(v->change->next, name);
	prepare(v);
}

/* What a change that is in force has done, for whoever asked for it. */
static void
say_done(struct vault *v, const struct change *c)
{
	const struct store_entry *new = store_find(v->st, c->name);

	if (new == NULL)
		vault_done(v, c->id, CBE_OK, "removed");
	else if (new->version == 1)
		vault_done(v, c->id, CBE_OK, "created");
	else
		vault_done(v, c->id, CBE_OK, "replaced, version %llu",
		    (unsigned long long)new->version);
}

/*
 * The new file has the name; what it holds is in force.  Nobody is told so
 * before the log is kept free of it.
 */
static void
in_force(struct vault *v)
{
	struct change *c = v->change;
	struct store *old = v->st;

	v->st = c->next;
	c->next = NULL;
	memcpy(v->digest, c->digest, sizeof(v->digest));
	store_free(old);
	vault_prints(v);
	say_done(v, c);
	change_free(v);
	(void)vfile_sweep(&v->dir);
}

void
change_commit(struct vault *v, uint64_t id, const uint8_t ticket[TICKET_SIZE])
{
	struct change *c = v->change;
	const char *why;
	int r;

	if (c == NULL || c->next == NULL || c->id != id) {
		vault_done(v, id, CBE_REFUSED, "no such change is prepared");
		return;
	}
	if (ticket_check(ticket, TICKET_COMMIT, id, c->digest, v->k->ticket,
	    &why) == -1) {
		if (why == ticket_expired)
			must_stop(EXIT_SYSTEM, "the ticket of a change of %s "
			    "expired before it came", c->name);
		/* the right one may still come */
		log_warnx("change of %s refused: %s", c->name, why);
		vault_done(v, id, CBE_REFUSED, "%s", why);
		return;
	}
	/* after a failed sync nobody knows which file a crash leaves */
	if ((r = vfile_commit(&v->dir, c->tmp)) != 0)
		must_stop(EXIT_IO, "%s of %s/%s: %s", r == -1 ? "rename" :
		    "fsync", v->root, VFILE_NAME, strerror(errno));
	in_force(v);
}

void
change_abort(struct vault *v, uint64_t id)
{
	struct change *c = v->change;

	if (c == NULL || c->id != id)
		return;
	if (c->next != NULL)
		vfile_remove(&v->dir, c->tmp);
	change_free(v);
}

void
change_stop(struct vault *v)
{
	if (v->change != NULL)
		change_free(v);
}
