/* SPDX-License-Identifier: ISC */
/*
 * Locking and unlocking while the daemon runs, and what is told of it.  A
 * locked vault has the file in memory as it stands on disk, and no key.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/civil.h"
#include "common/field.h"
#include "common/log.h"
#include "common/priv.h"
#include "vault/guard.h"
#include "vault/prove.h"
#include "vault/slot.h"
#include "vault/vault.h"

#define LOCK_AGAIN_S	1	/* to look again whether it can be locked */

const char lock_missing[] = "the vault's file is missing, so a passphrase "
    "opens nothing: put the file back, or name a key file in vault.unlock, "
    "restart, go on with an empty vault by clawbot secrets recover "
    "--accept-rollback -r WHY, and then give it a passphrase with clawbot "
    "secrets slots add passphrase";

/* What READY and V_STATE tell. */
void
lock_put(struct vault *v, struct buf *b)
{
	char since[CIVIL_TEXT];

	field_bool(b, "landlock", (v->layers & PRIV_LANDLOCK) != 0);
	field_bool(b, "seccomp", (v->layers & PRIV_SECCOMP) != 0);
	field_str(b, "keymem", guard_kind());
	field_str(b, "cipher", aead_cipher_name(v->st->version != 0 ?
	    v->st->cipher : v->cipher));
	field_str(b, "vault", v->locked != NULL ? "locked" : "open");
	if (v->locked != NULL)
		field_str(b, "locked", v->locked);
	civil_text(since, (uint64_t)v->since);
	field_str(b, "since", since);
	field_u64(b, "version", v->st->version);
	if (v->locked == NULL)
		field_u64(b, "secrets", store_count(v->st));
}

void
lock_tell(struct vault *v)
{
	struct buf b;

	buf_init(&b, MSG_FRAME_PAYLOAD);
	lock_put(v, &b);
	(void)ipc_send(v->ipc, MSG_V_STATE, 0, b.data, b.len, NULL, 0);
	buf_free(&b);
}

void
lock_keys(struct vault *v)
{
	struct timeval tv = { (time_t)v->lock_after, 0 };

	if (v->lock_after != 0 && event_add(v->lock_ev, &tv) == -1)
		fatalx(EXIT_SYSTEM, "event loop");
}

void
lock_opened(struct vault *v)
{
	free(v->locked);
	v->locked = NULL;
	v->since = time(NULL);
	lock_keys(v);
	due_arm(v);
}

/*
 * Names are forgotten with the keys.  Where the file is not the one that the
 * log has, that is told of again once a key opens it.
 */
static void
shut(struct vault *v, const char *why)
{
	struct store_entry *e;
	size_t i;

	identify_end(v, "the vault is locked");
	keyring_shut(v->k);
	for (i = 0; i < v->st->nentries; i++) {
		e = &v->st->entries[i];
		freezero(e->name, strlen(e->name) + 1);
		freezero(e->extra, e->nextra);
		e->name = NULL;
		e->extra = NULL;
		e->nextra = 0;
	}
	if (v->lock_ev != NULL)
		(void)event_del(v->lock_ev);
	if (v->locked != NULL) {
		free(v->stray);
		v->stray = v->locked;
	}
	v->locked = xstrdup(why);
	v->since = time(NULL);
	lock_tell(v);
}

/*
 * NULL, or why it cannot be locked now.  Who has yet to say a key, or to send
 * or take a bundle, does not keep others from locking.
 */
static const char *
in_the_way(struct vault *v)
{
	if (v->st->version == 0)
		return ("there is no vault yet: nothing is in it");
	if (v->change == NULL)
		prove_unread(v, "the vault is locked");
	if (v->change != NULL || v->prove != NULL)
		return ("a change of the vault is under way");
	return (NULL);
}

void
lock_shut(struct vault *v, uint64_t id)
{
	const char *why;

	if (v->locked != NULL && !v->k->open)
		vault_done(v, id, CBE_NOENT, "the vault is locked already");
	else if ((why = in_the_way(v)) != NULL)
		vault_done(v, id, CBE_AGAIN, "%s", why);
	else {
		shut(v, "clawbot secrets lock has locked it; an approver "
		    "opens it with clawbot secrets unlock");
		vault_done(v, id, CBE_OK, "locked");
	}
}

static void
on_late(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval tv = { LOCK_AGAIN_S, 0 };
	struct vault *v = arg;
	char why[160];

	(void)fd;
	(void)what;
	if (!v->k->open)
		return;
	if (in_the_way(v) != NULL) {
		if (event_add(v->lock_ev, &tv) == -1)
			fatalx(EXIT_SYSTEM, "event loop");
		return;
	}
	(void)snprintf(why, sizeof(why), "it was open for the %u seconds of "
	    "vault.lockAfterSeconds; an approver opens it with clawbot "
	    "secrets unlock", (unsigned)v->lock_after);
	log_info("the vault is locked: %s", why);
	shut(v, why);
}

void
lock_init(struct vault *v)
{
	v->since = time(NULL);
	v->lock_ev = evtimer_new(v->base, on_late, v);
	if (v->lock_ev == NULL)
		fatalx(EXIT_SYSTEM, "event loop");
}

/* The file as it stands is the one that was read, and k opens it. */
static int
open_again(struct vault *v, struct keyring *k, char *err, size_t errlen)
{
	uint8_t digest[STORE_DIGEST];
	char why[160];
	struct buf b;
	int r;

	r = vfile_read(&v->dir, VFILE_NAME, &b, why, sizeof(why));
	if (r != 1) {
		(void)snprintf(err, errlen, "%s/%s: %s", v->root, VFILE_NAME,
		    r == 0 ? "it is missing" : why);
		return (-1);
	}
	vfile_digest(b.data, b.len, digest);
	if (memcmp(digest, v->digest, sizeof(digest)) != 0) {
		(void)snprintf(err, errlen, "%s/%s was changed behind the "
		    "daemon's back; restart it to see what it is", v->root,
		    VFILE_NAME);
		r = -1;
	} else
		r = vault_verify(v, k, b.data, err, errlen);
	buf_free(&b);
	return (r);
}

/* The key is right, and the file is not the one that the log has. */
static void
still_locked(struct prove *p)
{
	struct vault *v = p->v;

	if (v->stray != NULL) {
		free(v->locked);
		v->locked = v->stray;
		v->stray = NULL;
	}
	lock_keys(v);
	lock_tell(v);
	vault_done(v, p->id, CBE_AGAIN, "the key is right, but %s",
	    v->locked);
	prove_end(p);
}

static void
unlock_proved(struct prove *p)
{
	struct vault *v = p->v;
	char err[256];
	unsigned n;

	if (open_again(v, &p->m->k, err, sizeof(err)) == -1) {
		log_warnx("%s", err);
		prove_fail(p, CBE_IO, "%s", err);
		return;
	}
	keyring_take(v->k, &p->m->k);
	for (n = 0; (p->opened & 1U << n) == 0;)
		n++;
	if (v->astray) {
		still_locked(p);
		return;
	}
	lock_opened(v);
	vault_prints(v);
	vault_versions(v);
	lock_tell(v);
	vault_done(v, p->id, CBE_OK, "opened by slot %u (%s)", n + 1,
	    v->st->slots[n].type);
	prove_end(p);
}

void
lock_open(struct vault *v, uint64_t id, int fd)
{
	if (v->locked != NULL && v->st->version != 0 &&
	    aead_available(v->st->cipher)) {
		(void)prove_start(v, id, fd, PROVE_ANY, unlock_proved);
		return;
	}
	(void)close(fd);
	if (v->locked == NULL)
		vault_done(v, id, CBE_NOENT, "the vault is open already");
	else if (v->st->version == 0 && v->astray)
		vault_done(v, id, CBE_AGAIN, "%s", lock_missing);
	else if (v->st->version == 0)
		vault_done(v, id, CBE_NOENT, "there is no vault yet: clawbot "
		    "secrets slots add passphrase makes one");
	else
		vault_done(v, id, CBE_REFUSED, "this processor has no "
		    "AES-256-GCM for libsodium, which the vault is encrypted "
		    "with");
}
