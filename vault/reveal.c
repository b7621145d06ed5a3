/* SPDX-License-Identifier: ISC */
/*
 * The one way on which a person sees a value: somebody with a passphrase that
 * opens a slot now, and not before the log has it.  The file in force stays as
 * it is; the auditor's ticket is for the name in the record.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/payload.h"
#include "vault/guard.h"
#include "vault/prove.h"
#include "vault/vault.h"

static void	reveal_proved(struct prove *);

static void
say_prepared(struct vault *v, uint64_t id)
{
	struct msg_prepared m;
	struct buf b;

	memset(&m, 0, sizeof(m));
	m.version = v->st->version;
	memcpy(m.digest, v->digest, sizeof(m.digest));
	payload_put(&b, MSG_V_PREPARED, &msg_prepared_shape, &m);
	(void)ipc_send(v->ipc, MSG_V_PREPARED, id, b.data, b.len, NULL, 0);
	buf_free(&b);
}

static void
reveal_proved(struct prove *p)
{
	struct vault *v = p->v;

	if (p->opened == 0)
		prove_fail(p, CBE_USAGE, "there is no passphrase");
	else if (v->locked != NULL || store_find(v->st, p->text) == NULL)
		prove_fail(p, CBE_NOENT, "no secret %s", p->text);
	else {
		/* what has shown it is not needed any more */
		sodium_memzero(p->m, sizeof(*p->m));
		prove_wait(p);
		say_prepared(v, p->id);
	}
}

void
reveal(struct vault *v, uint64_t id, const char *name, int keyfd, int outfd)
{
	struct prove *p;

	if (v->locked == NULL && store_name_ok(name) &&
	    store_find(v->st, name) != NULL && release_pipe(outfd) == 0) {
		p = prove_start(v, id, keyfd, PROVE_PHRASE, reveal_proved);
		if (p == NULL) {
			(void)close(outfd);
			return;
		}
		p->text = xstrdup(name);
		p->second_fd = outfd;
		return;
	}
	(void)close(keyfd);
	(void)close(outfd);
	if (v->locked != NULL)
		vault_done(v, id, CBE_AGAIN, "vault is locked: %s",
		    v->locked);
	else
		vault_done(v, id, CBE_NOENT, "no secret %s", name);
}

/* A new pipe has room for the longest value. */
static int
give(const struct prove *p, const uint8_t *value, size_t len)
{
	size_t off = 0;
	ssize_t n;

	while (off < len) {
		n = write(p->second_fd, value + off, len - off);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (-1);
		off += (size_t)n;
	}
	return (0);
}

static void
give_value(struct prove *p)
{
	struct vault *v = p->v;
	const struct store_entry *e = store_find(v->st, p->text);
	uint8_t *text = guard_take();
	size_t len;

	if (text == NULL || e == NULL ||
	    store_value(v->st, v->k, e, text, &len) == -1) {
		guard_give(text);
		prove_fail(p, CBE_INTERNAL, "secret %s does not open",
		    p->text);
		return;
	}
	if (give(p, text + 4, len) == -1)
		prove_fail(p, CBE_IO, "nobody took the value");
	else {
		vault_done(v, p->id, CBE_OK, "version %llu",
		    (unsigned long long)e->version);
		prove_end(p);
	}
	guard_give(text);
}

int
reveal_commit(struct vault *v, uint64_t id, const uint8_t ticket[TICKET_SIZE])
{
	struct prove *p = v->prove;
	uint8_t digest[32];
	const char *why;

	if (p == NULL || p->id != id || p->done != reveal_proved ||
	    !p->waits)
		return (0);
	(void)crypto_generichash(digest, sizeof(digest),
	    (const uint8_t *)p->text, strlen(p->text), NULL, 0);
	if (ticket_check(ticket, TICKET_REVEAL, id, digest, v->k->ticket,
	    &why) == -1) {
		log_warnx("secret %s is not shown: %s", p->text, why);
		prove_fail(p, CBE_REFUSED, "%s", why);
	} else
		give_value(p);
	return (1);
}
