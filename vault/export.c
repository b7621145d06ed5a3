/* SPDX-License-Identifier: ISC */
/*
 * All secrets in a file for another machine, a bundle: encrypted here, with a
 * master key of its own, by what somebody gives for it who has shown first that
 * he has what opens the vault.  Not a byte of it goes out before the log has
 * its digest; the vault's own file stays as it is.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/log.h"
#include "common/payload.h"
#include "vault/newkey.h"
#include "vault/slot.h"
#include "vault/vault.h"

#define EXPORT_MS	60000U	/* in which somebody takes all of it */

/* With the names of all secrets that there are. */
static void
say_prepared(const struct prove *p)
{
	const struct vault *v = p->v;
	const struct store *st = v->st;
	struct msg_prepared m;
	struct buf b;
	size_t i;

	memset(&m, 0, sizeof(m));
	m.version = st->version;
	memcpy(m.digest, v->digest, sizeof(m.digest));
	memcpy(m.bundle, p->digest, sizeof(m.bundle));
	for (i = 0; i < st->nentries; i++)
		if (st->entries[i].state == STORE_CURRENT)
			strv_add(&m.names, st->entries[i].name);
	payload_put(&b, MSG_V_PREPARED, &msg_prepared_shape, &m);
	(void)ipc_send(v->ipc, MSG_V_PREPARED, p->id, b.data, b.len, NULL, 0);
	buf_free(&b);
	strv_free(&m.names);
}

/* Of the same entries, and nothing else that the vault has. */
static int
make_bundle(struct prove *p, const struct slot_cost *cost)
{
	struct vault *v = p->v;
	struct keyring *k = &p->m->next;
	struct store *st = store_clone(v->st);
	int r = -1;

	st->bundle = 1;
	memcpy(st->previous, v->digest, sizeof(st->previous));
	randombytes_buf(st->id, sizeof(st->id));
	while (st->nslots > 0)
		slot_remove(st, st->nslots - 1);
	keyring_create(k, st->id);
	buf_init(&p->file, STORE_MAX);
	if (newkey_slot(p, st, k, cost) == 0 &&
	    newkey_encrypt(v, st, k) == 0 &&
	    store_write(&p->file, st, k) == 0)
		r = 0;
	store_free(st);
	return (r);
}

/* Others may have gone on while a key was derived. */
static void
export_made(struct prove *p, const struct slot_cost *cost)
{
	if (p->v->locked != NULL || p->v->change != NULL)
		prove_fail(p, CBE_AGAIN, "the vault is locked, or a change "
		    "of it under way");
	else if (make_bundle(p, cost) == -1)
		prove_fail(p, CBE_INTERNAL, "encrypting for another machine "
		    "failed");
	else {
		sodium_memzero(p->m, sizeof(*p->m));
		vfile_digest(p->file.data, p->file.len, p->digest);
		prove_wait(p);
		say_prepared(p);
	}
}

static void
export_proved(struct prove *p)
{
	newkey_make(p, export_made);
}

void
export(struct vault *v, uint64_t id, int phrase, int keyfd, int outfd)
{
	struct prove *p = NULL;

	if (v->locked != NULL)
		vault_done(v, id, CBE_AGAIN, "vault is locked: %s",
		    v->locked);
	else if (store_count(v->st) == 0)
		vault_done(v, id, CBE_NOENT, "there is no secret to export");
	else if (release_pipe(outfd) == -1)
		vault_done(v, id, CBE_INTERNAL, "the file has to go by a "
		    "pipe");
	else {
		p = prove_start(v, id, keyfd, PROVE_ANY, export_proved);
		keyfd = -1;
	}
	if (p != NULL) {
		p->kind = phrase ? SLOT_ARGON2ID : SLOT_KEYFILE;
		p->text = xstrdup("");
		p->second_fd = outfd;
		return;
	}
	if (keyfd != -1)
		(void)close(keyfd);
	(void)close(outfd);
}

static void
exported(struct prove *p)
{
	vault_done(p->v, p->id, CBE_OK, "exported %zu", store_count(p->v->st));
	prove_end(p);
}

static void
on_room(evutil_socket_t fd, short what, void *arg)
{
	struct prove *p = arg;
	ssize_t n;

	if ((what & EV_TIMEOUT) || ticket_now() >= p->deadline) {
		prove_fail(p, CBE_IO, "nobody took the file in time");
		return;
	}
	do {
		n = write(fd, p->file.data + p->sent, p->file.len - p->sent);
		if (n > 0)
			p->sent += (size_t)n;
	} while ((n > 0 && p->sent < p->file.len) ||
	    (n == -1 && errno == EINTR));
	if (p->sent == p->file.len)
		exported(p);
	else if (errno != EAGAIN)
		prove_fail(p, CBE_IO, "nobody took the file");
	else
		prove_arm(p);
}

static void
give_file(struct prove *p)
{
	event_free(p->ev);
	p->ev = event_new(p->v->base, p->second_fd, EV_WRITE, on_room, p);
	if (p->ev == NULL)
		fatalx(EXIT_SYSTEM, "event loop");
	p->waits = 0;
	p->sends = 1;
	p->deadline = ticket_now() + EXPORT_MS;
	prove_arm(p);
}

int
export_commit(struct vault *v, uint64_t id, const uint8_t ticket[TICKET_SIZE])
{
	struct prove *p = v->prove;
	const char *why;

	if (p == NULL || p->id != id || p->done != export_proved || !p->waits)
		return (0);
	if (ticket_check(ticket, TICKET_EXPORT, id, p->digest, v->k->ticket,
	    &why) == -1) {
		log_warnx("no secrets are exported: %s", why);
		prove_fail(p, CBE_REFUSED, "%s", why);
	} else
		give_file(p);
	return (1);
}
