/* SPDX-License-Identifier: ISC */
/* Trying keys on slots; see prove.h. */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/log.h"
#include "vault/guard.h"
#include "vault/prove.h"
#include "vault/slot.h"
#include "vault/vault.h"

#define KEYS_MS		60000U
#define DELAY_MAX_S	300U
#define COMMIT_MS	300000U	/* for commit or abort */

_Static_assert(sizeof(struct prove_mem) <= GUARD_SLOT,
    "what proves does not fit a slot");

static void	prove_step(struct prove *);

void
prove_end(struct prove *p)
{
	struct vault *v = p->v;

	v->prove = NULL;
	if (p->ev != NULL)
		event_free(p->ev);
	if (p->fd != -1)
		(void)close(p->fd);
	if (p->second_fd != -1)
		(void)close(p->second_fd);
	guard_give(p->m);
	store_free(p->bundle);
	buf_free(&p->file);
	free(p->text);
	freezero(p, sizeof(*p));
}

void
prove_fail(struct prove *p, enum cberr code, const char *fmt, ...)
{
	char why[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	if (!p->off)
		vault_done(p->v, p->id, code, "%s", why);
	prove_end(p);
}

const struct store *
prove_store(const struct prove *p)
{
	return (p->bundle != NULL ? p->bundle : p->v->st);
}

const struct keyin *
prove_new(const struct prove *p)
{
	size_t i;

	for (i = 0; i < p->nkeys; i++)
		if (p->keys[i].slot == KEYIN_NEW)
			return (&p->keys[i]);
	return (NULL);
}

/*
 * The next one has to wait, twice as long for each key that opened nothing: how
 * long, in seconds.
 */
static unsigned
wrong_keys(struct vault *v, unsigned n)
{
	unsigned s = DELAY_MAX_S;

	v->failures += n;
	if (v->failures <= 16 && 1U << (v->failures - 1) < s)
		s = 1U << (v->failures - 1);
	v->retry_ms = ticket_now() + s * UINT64_C(1000);
	log_warnx("a key was tried that opens no slot of the vault; %u in a "
	    "row", v->failures);
	return (s);
}

static int
matches(const struct prove *p, const struct keyin *k,
    const struct store_slot *s)
{
	if (k->slot == KEYIN_NEW || (k->slot != 0 && k->slot != p->slot + 1) ||
	    (p->opened & 1U << p->slot) != 0 || slot_wrong(s) != NULL)
		return (0);
	if (slot_kind(s) == SLOT_ARGON2ID)
		return (k->kind == KEYIN_PHRASE);
	return (k->kind == KEYIN_FILE && p->how != PROVE_PHRASE);
}

/* m->k.kek is the key for the slot that it is at: is it? */
static void
try_slot(struct prove *p)
{
	const struct store *st = prove_store(p);

	p->tried = 1;
	memcpy(p->m->out, p->m->k.kek, AEAD_KEY);
	if (slot_open(st, &st->slots[p->slot], &p->m->k) == 0) {
		memcpy(p->m->kek[p->slot], p->m->out, AEAD_KEY);
		p->opened |= 1U << p->slot;
		p->fits = 1;
	}
	sodium_memzero(p->m->out, AEAD_KEY);
	p->slot++;
}

/* The others may open; it is told of if none does. */
static void
no_memory(struct prove *p, int error)
{
	p->error = error;
	p->dear = p->slot + 1;
	p->dear_kib = p->d.cost.kib;
	p->slot++;
}

static void
on_derived(void *arg, int error)
{
	struct prove *p = arg;

	if (p->off) {
		prove_end(p);
		return;
	}
	if (error != 0)
		no_memory(p, error);
	else {
		memcpy(p->m->k.kek, p->m->out, AEAD_KEY);
		try_slot(p);
	}
	prove_step(p);
}

/* 1 if it is under way, 0 if it was tried at once. */
static int
start_try(struct prove *p, const struct keyin *k)
{
	const struct store_slot *s = &prove_store(p)->slots[p->slot];
	int error;

	if (k->kind == KEYIN_FILE) {
		slot_kek(prove_store(p), s, &p->m->k, k->p, k->len);
		try_slot(p);
		return (0);
	}
	slot_cost(&p->d.cost, s);
	p->d.choose = 0;
	p->d.phrase = k->p;
	p->d.len = k->len;
	p->d.out = p->m->out;
	p->d.done = on_derived;
	p->d.arg = p;
	if ((error = derive_start(&p->d, p->v->base)) == 0)
		return (1);
	no_memory(p, error);
	return (0);
}

static void
next_key(struct prove *p)
{
	p->wrong += p->tried && !p->fits;
	p->tried = 0;
	p->fits = 0;
	p->key++;
	p->slot = 0;
}

static void
no_room(struct prove *p)
{
	prove_fail(p, CBE_AGAIN, "slot %zu takes %u MiB of memory to open: "
	    "%s", p->dear, p->dear_kib / 1024, strerror(p->error));
}

/* Whoever has it may try as many keys as he likes, and elsewhere. */
static void
tried_bundle(struct prove *p)
{
	if (p->opened != 0)
		p->done(p);
	else if (p->error != 0)
		no_room(p);
	else if (p->wrong != 0)
		prove_fail(p, CBE_REFUSED, "that does not open the bundle");
	else
		prove_fail(p, CBE_USAGE, "the bundle opens with %s",
		    slot_kind(&prove_store(p)->slots[0]) == SLOT_ARGON2ID ?
		    "a passphrase" : "a key file");
}

/* All that is asked for was tried. */
static void
tried_all(struct prove *p)
{
	struct vault *v = p->v;
	unsigned s = 0;

	if (p->bundle != NULL) {
		tried_bundle(p);
		return;
	}
	if (p->wrong != 0)
		s = wrong_keys(v, p->wrong);
	else if (p->opened != 0)
		v->failures = 0;
	if (p->opened != 0)
		p->done(p);
	else if (p->error != 0)
		no_room(p);
	else if (s != 0)
		prove_fail(p, CBE_REFUSED, "no slot of the vault opens with "
		    "that; the next can be tried in %u s", s);
	else
		prove_fail(p, CBE_USAGE, "no key was given of a type that "
		    "a slot of the vault has");
}

/* From where it is, until one is under way or all that is asked for open. */
static void
prove_step(struct prove *p)
{
	const struct store *st = prove_store(p);

	for (; p->key < p->nkeys; next_key(p))
		while (p->slot < st->nslots) {
			if (p->opened != 0 && p->how != PROVE_EACH)
				goto tried;
			if (!matches(p, &p->keys[p->key],
			    &st->slots[p->slot]))
				p->slot++;
			else if (start_try(p, &p->keys[p->key]))
				return;
		}
tried:
	tried_all(p);
}

/* One, besides a new one, unless each slot is to have its own. */
static int
too_many(const struct prove *p)
{
	return (p->how != PROVE_EACH &&
	    p->nkeys > (prove_new(p) != NULL ? 2 : 1));
}

void
prove_try(struct prove *p)
{
	if (prove_store(p)->nslots == 0)
		p->done(p);
	else
		prove_step(p);
}

/* All of it is there. */
static void
keys_there(struct prove *p)
{
	event_free(p->ev);
	p->ev = NULL;
	(void)close(p->fd);
	p->fd = -1;
	if (keyin_get(p->m->in, p->len, p->keys, &p->nkeys) == -1)
		prove_fail(p, CBE_USAGE, "keys of slots are malformed");
	else if (too_many(p))
		prove_fail(p, CBE_USAGE, "one key at a time");
	else if (p->there != NULL)
		p->there(p);
	else
		prove_try(p);
}

void
prove_arm(struct prove *p)
{
	uint64_t now = ticket_now(), left;
	struct timeval tv;

	left = p->deadline > now ? p->deadline - now : 0;
	tv.tv_sec = (time_t)(left / 1000);
	tv.tv_usec = (suseconds_t)(left % 1000 * 1000);
	if (event_add(p->ev, &tv) == -1)
		fatalx(EXIT_SYSTEM, "event loop");
}

static void
on_keys(evutil_socket_t fd, short what, void *arg)
{
	struct prove *p = arg;
	ssize_t n;

	if ((what & EV_TIMEOUT) || ticket_now() >= p->deadline) {
		prove_fail(p, CBE_AGAIN, "the key did not come in time");
		return;
	}
	do {
		n = read(fd, p->m->in + p->len, sizeof(p->m->in) - p->len);
		if (n > 0)
			p->len += (size_t)n;
	} while ((n > 0 && p->len < sizeof(p->m->in)) ||
	    (n == -1 && errno == EINTR));
	if (n == 0)
		keys_there(p);
	else if (p->len == sizeof(p->m->in))
		prove_fail(p, CBE_USAGE, "too many keys at once");
	else if (errno != EAGAIN)
		prove_fail(p, CBE_IO, "reading the key failed");
	else
		prove_arm(p);
}

static void
on_no_commit(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	log_warnx("what a key was proved for was prepared and neither "
	    "committed nor aborted");
	/* a V_COMMIT that still comes is answered then */
	prove_end(arg);
}

void
prove_wait(struct prove *p)
{
	p->waits = 1;
	p->deadline = ticket_now() + COMMIT_MS;
	p->ev = evtimer_new(p->v->base, on_no_commit, p);
	if (p->ev == NULL)
		fatalx(EXIT_SYSTEM, "event loop");
	prove_arm(p);
}

/* NULL, or why nothing is tried now. */
static const char *
not_now(const struct vault *v)
{
	static char why[128];
	uint64_t now = ticket_now();

	if (v->prove != NULL)
		return ("another key is being tried");
	if (v->change != NULL)
		return ("a change of the vault is under way");
	if (v->failures == 0 || now >= v->retry_ms)
		return (NULL);
	(void)snprintf(why, sizeof(why), "the next key can be tried in %llu "
	    "s: %u in a row have opened nothing",
	    (unsigned long long)((v->retry_ms - now + 999) / 1000),
	    v->failures);
	return (why);
}

struct prove *
prove_start(struct vault *v, uint64_t id, int fd, enum prove_how how,
    void (*done)(struct prove *))
{
	const char *why = not_now(v);
	struct prove *p;

	if (why != NULL) {
		(void)close(fd);
		vault_done(v, id, CBE_AGAIN, "%s", why);
		return (NULL);
	}
	p = xcalloc(1, sizeof(*p));
	p->v = v;
	p->id = id;
	p->how = how;
	p->fd = fd;
	p->second_fd = -1;
	p->done = done;
	v->prove = p;
	if ((p->m = guard_take()) == NULL || release_pipe(fd) == -1) {
		prove_fail(p, p->m == NULL ? CBE_AGAIN : CBE_INTERNAL, "%s",
		    p->m == NULL ? "too many secrets are open at once" :
		    "the key has to come by a pipe");
		return (NULL);
	}
	p->deadline = ticket_now() + KEYS_MS;
	p->ev = event_new(v->base, fd, EV_READ, on_keys, p);
	if (p->ev == NULL)
		fatalx(EXIT_SYSTEM, "event loop");
	prove_arm(p);
	return (p);
}

/* A thread that is at work is not waited for: it finds out when it ends. */
int
prove_abort(struct vault *v, uint64_t id)
{
	struct prove *p = v->prove;

	if (p == NULL || p->id != id)
		return (0);
	if (p->ev != NULL)
		prove_end(p);
	else
		p->off = 1;
	return (1);
}

void
prove_unread(struct vault *v, const char *why)
{
	struct prove *p = v->prove;

	if (p != NULL && (p->fd != -1 || p->sends || (p->there != NULL &&
	    p->bundle == NULL)))
		prove_fail(p, CBE_AGAIN, "%s", why);
}

void
prove_stop(struct vault *v)
{
	if (v->prove == NULL)
		return;
	derive_end();
	prove_end(v->prove);
}
