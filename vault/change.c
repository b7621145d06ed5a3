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

#include "common/civil.h"
#include "common/log.h"
#include "common/payload.h"
#include "common/varname.h"
#include "vault/change.h"
#include "vault/guard.h"
#include "vault/past.h"

#define PREPARED_MS	300000U	/* for commit or abort */

void
change_value_free(struct change *c)
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
	change_value_free(c);
	store_free(c->next);
	if (c->import != NULL)
		strv_free(&c->import->names);
	freezero(c->import, sizeof(*c->import));
	if (c->bring != NULL)
		strv_free(&c->bring->names);
	free(c->bring);
	guard_give(c->mem);
	free(c->said);
	free(c->name);
	freezero(c, sizeof(*c));
	/* what was due meanwhile was not listened to */
	due_arm(v);
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

void
change_arm(struct change *c)
{
	uint64_t now = ticket_now(), left;
	struct timeval tv;

	left = c->deadline > now ? c->deadline - now : 0;
	tv.tv_sec = (time_t)(left / 1000);
	tv.tv_usec = (suseconds_t)(left % 1000 * 1000);
	if (event_add(c->ev, &tv) == -1)
		fatalx(EXIT_SYSTEM, "event loop");
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

static void
say_prepared(struct vault *v)
{
	struct change *c = v->change;
	const struct store_entry *e = NULL;
	struct msg_prepared m;
	struct buf b;

	memset(&m, 0, sizeof(m));
	m.version = c->next->version;
	if (c->kind == CHANGE_SET || c->kind == CHANGE_ROTATE)
		e = store_find(c->next, c->name);
	if (e != NULL)
		m.secret = e->version;
	memcpy(m.digest, c->digest, sizeof(m.digest));
	if (c->import != NULL)
		m.names = c->import->names;
	else if (c->bring != NULL) {
		m.names = c->bring->names;
		memcpy(m.bundle, c->bring->digest, sizeof(m.bundle));
	}
	payload_put(&b, MSG_V_PREPARED, &msg_prepared_shape, &m);
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

/* The log is to have no file that the next start would not take. */
static int
reads_back(const struct buf *b, struct keyring *k)
{
	struct store *st;
	unsigned line;
	int r;

	if (store_parse((const char *)b->data, b->len, &st, &line) != NULL)
		return (0);
	r = store_check(st, k, b->data) == NULL;
	store_free(st);
	return (r);
}

void
change_prepare(struct vault *v)
{
	struct change *c = v->change;
	struct keyring *k = c->keys != NULL ? c->keys : v->k;
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
	} else if (store_write(&b, c->next, k) == -1) {
		change_free(v);
		vault_done(v, id, CBE_REFUSED, "the vault is full");
	} else if (!reads_back(&b, k)) {
		change_free(v);
		log_warnx("the next file of the vault would not open again");
		vault_done(v, id, CBE_INTERNAL, "the next file of the vault "
		    "would not open again: nothing was changed");
	} else if (vfile_prepare(&v->dir, b.data, b.len, c->tmp, why,
	    sizeof(why)) == -1) {
		change_free(v);
		log_warnx("%s", why);
		vault_done(v, id, CBE_IO, "vault: %s", why);
	} else if (c->trial) {
		vfile_remove(&v->dir, c->tmp);
		change_free(v);
		vault_done(v, id, CBE_OK, "it can be rotated");
	} else {
		vfile_digest(b.data, b.len, c->digest);
		c->deadline = ticket_now() + PREPARED_MS;
		c->ev = evtimer_new(v->base, on_prepared_timeout, v);
		if (c->ev == NULL)
			fatalx(EXIT_SYSTEM, "event loop");
		change_arm(c);
		say_prepared(v);
	}
	buf_free(&b);
}

struct store *
change_successor(const struct vault *v)
{
	struct store *next = store_clone(v->st);

	next->version++;
	memcpy(next->previous, v->digest, sizeof(next->previous));
	return (next);
}

void
change_fail(struct vault *v, enum cberr code, const char *fmt, ...)
{
	uint64_t id = v->change->id;
	char text[MSG_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	change_free(v);
	vault_done(v, id, code, "%s", text);
}

struct change *
change_start(struct vault *v, enum change_kind kind, uint64_t id,
    const char *name, const char *wrong)
{
	struct change *c;

	if (wrong != NULL)
		vault_done(v, id, CBE_USAGE, "bad name of a secret: %s",
		    wrong);
	else if (v->locked != NULL && kind != CHANGE_RECOVER)
		vault_done(v, id, CBE_AGAIN, "vault is locked: %s",
		    v->locked);
	else if (v->change != NULL || v->prove != NULL)
		vault_done(v, id, CBE_AGAIN, "another change of the vault is "
		    "under way");
	else {
		c = xcalloc(1, sizeof(*c));
		c->id = id;
		c->kind = kind;
		c->name = xstrdup(name);
		c->fd = -1;
		v->change = c;
		return (c);
	}
	return (NULL);
}

void
change_rm(struct vault *v, uint64_t id, const char *name)
{
	struct change *c;

	/* what is there already can go, whatever it is called */
	c = change_start(v, CHANGE_RM, id, name, varname_malformed(name,
	    strlen(name)));
	if (c == NULL)
		return;
	c->next = change_successor(v);
	if (store_find(c->next, name) == NULL) {
		change_fail(v, CBE_NOENT, "no secret %s", name);
		return;
	}
	(void)store_remove(c->next, name);
	change_prepare(v);
}

void
change_expire(struct vault *v, uint64_t id, const char *name)
{
	struct change *c;

	c = change_start(v, CHANGE_EXPIRE, id, name, varname_malformed(name,
	    strlen(name)));
	if (c == NULL)
		return;
	c->next = change_successor(v);
	if (store_expire(c->next, name, (uint64_t)time(NULL)) == 0)
		change_fail(v, CBE_NOENT, "no version of %s is over", name);
	else
		change_prepare(v);
}

void
change_recover(struct vault *v, uint64_t id)
{
	struct change *c;

	if (!v->astray || !v->k->open) {
		if (v->astray && v->st->version == 0)
			vault_done(v, id, CBE_AGAIN, "%s", lock_missing);
		else if (v->astray)
			vault_done(v, id, CBE_AGAIN, "the vault cannot be "
			    "gone on with before a key opens it: clawbot "
			    "secrets unlock, or a key file in vault.unlock");
		else if (v->locked != NULL)
			vault_done(v, id, CBE_AGAIN, "vault is locked: %s",
			    v->locked);
		else
			vault_done(v, id, CBE_REFUSED, "the vault is the one "
			    "that the log remembers: there is nothing to "
			    "recover");
		return;
	}
	if ((c = change_start(v, CHANGE_RECOVER, id, "", NULL)) == NULL)
		return;
	c->next = change_successor(v);
	/* beyond whatever was there, so that none of it comes back */
	if (c->next->version <= v->pinned)
		c->next->version = v->pinned + 1;
	change_prepare(v);
}

static void
say_rotated(struct vault *v, const struct change *c,
    const struct store_entry *new)
{
	const struct store_entry *old = past_before(v->st, c->name, UINT64_MAX);
	char until[CIVIL_TEXT];

	civil_text(until, past_until(old));
	vault_done(v, c->id, CBE_OK, "rotated, version %llu; version %llu is "
	    "kept until %s", (unsigned long long)new->version,
	    (unsigned long long)old->version, until);
}

void
change_slots(struct vault *v, uint64_t id, struct store *next,
    struct keyring *keys, void *mem, const char *said)
{
	struct change *c = xcalloc(1, sizeof(*c));

	c->id = id;
	c->kind = CHANGE_SLOTS;
	c->name = xstrdup("slots");
	c->fd = -1;
	c->next = next;
	c->keys = keys;
	c->mem = mem;
	c->said = xstrdup(said);
	v->change = c;
	change_prepare(v);
}

/* What a change that is in force has done, for whoever asked for it. */
static void
say_done(struct vault *v, const struct change *c)
{
	const struct store_entry *new = store_find(v->st, c->name);
	const struct import *im = c->import;

	if (c->said != NULL)
		vault_done(v, c->id, CBE_OK, "%s", c->said);
	else if (c->kind == CHANGE_IMPORT)
		vault_done(v, c->id, CBE_OK, "imported %zu: %u created, %zu "
		    "replaced", im->names.n, im->created,
		    im->names.n - im->created);
	else if (c->kind == CHANGE_BRING)
		vault_done(v, c->id, CBE_OK, "imported %zu: %u created, %zu "
		    "replaced, %u kept", c->bring->names.n + c->bring->kept,
		    c->bring->created, c->bring->names.n - c->bring->created,
		    c->bring->kept);
	else if (c->kind == CHANGE_RECOVER)
		vault_done(v, c->id, CBE_OK, "recovered, %zu secrets, "
		    "version %llu of the file", store_count(v->st),
		    (unsigned long long)v->st->version);
	else if (c->kind == CHANGE_RM)
		vault_done(v, c->id, CBE_OK, "removed");
	else if (c->kind == CHANGE_EXPIRE)
		vault_done(v, c->id, CBE_OK, "expired");
	else if (c->kind == CHANGE_ROTATE && c->keep_s != 0)
		say_rotated(v, c, new);
	else if (new->version == 1)
		vault_done(v, c->id, CBE_OK, "created");
	else
		vault_done(v, c->id, CBE_OK, "%s, version %llu",
		    c->kind == CHANGE_ROTATE ? "rotated" : "replaced",
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
	if (c->kind == CHANGE_RECOVER)
		v->astray = 0;
	if (c->keys != NULL)
		keyring_take(v->k, c->keys);
	if (v->locked != NULL)
		lock_opened(v);
	vault_prints(v);
	vault_versions(v);
	lock_tell(v);
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

	if (c == NULL || c->tmp[0] == '\0' || c->id != id) {
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
	if (c->tmp[0] != '\0')
		vfile_remove(&v->dir, c->tmp);
	change_free(v);
}

void
change_stop(struct vault *v)
{
	if (v->change != NULL)
		change_free(v);
}
