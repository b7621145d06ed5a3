/* SPDX-License-Identifier: ISC */
/* What the supervisor is told once the batch is durable. */
#include "config.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "auditor/auditor.h"
#include "auditor/hostile_auditor.h"
#include "auditor/newrules.h"
#include "common/log.h"
#include "common/ticket.h"

static void
put_ticket(struct buf *b, const struct reply *ans, uint8_t kind, uint64_t run,
    const uint8_t digest[32], uint64_t expires, const uint8_t *key)
{
	uint8_t raw[TICKET_SIZE];
	struct ticket t;

	memset(&t, 0, sizeof(t));
	t.kind = kind;
	t.run = run;
	t.record = ans->record;
	t.expires_ms = expires;
	memcpy(t.digest, digest, sizeof(t.digest));
	ticket_make(raw, &t, key);
	hostile_made(raw, sizeof(raw));
	buf_put(b, raw, sizeof(raw));
}

/* Under a key that only the runner of that run has besides. */
static void
put_answer(struct buf *b, const struct reply *ans, uint64_t expires,
    const uint8_t *skill_key)
{
	uint8_t key[TICKET_KEY];

	ticket_run_key(key, skill_key, ans->run);
	put_ticket(b, ans, TICKET_ANSWER, ans->run, ans->digest, expires, key);
	sodium_memzero(key, sizeof(key));
}

/* The life of a ticket begins now, when its record is durable. */
static void
put_tickets(struct buf *b, struct reply *ans, const struct ticket_keys *k)
{
	uint64_t expires = ticket_now() + (uint64_t)ans->expires_s * 1000;
	uint64_t run = ans->id;
	uint8_t kind = ans->ticket;
	uint8_t digest[32], key[TICKET_KEY];
	size_t i;

	if (ans->ticket == TICKET_COMMIT || ans->ticket == TICKET_REVEAL ||
	    ans->ticket == TICKET_EXPORT) {
		put_ticket(b, ans, kind, ans->id, ans->digest, expires,
		    k->vault);
		return;
	}
	hostile_ticket_of(ans, &run, &kind, &expires);
	ticket_skill_key(key, k->exec, ans->skill);
	if (ans->ticket == TICKET_ANSWER)
		put_answer(b, ans, expires, key);
	else
		put_ticket(b, ans, kind, run, ans->digest, expires, key);
	sodium_memzero(key, sizeof(key));
	for (i = 0; i < ans->secrets.n; i++) {
		ticket_secret_digest(digest, ans->secrets.v[i]);
		put_ticket(b, ans, TICKET_SECRET, ans->id, digest, expires,
		    k->vault);
	}
}

/* Sealed for the spawner of each skill, which alone may take them. */
static void
put_rules(struct buf *b, struct reply *ans, const struct ticket_keys *k)
{
	uint64_t expires = ticket_now() + (uint64_t)ans->expires_s * 1000;
	uint8_t key[TICKET_KEY];
	size_t i;

	buf_put(b, ans->digest, sizeof(ans->digest));
	for (i = 0; i < ans->nrules; i++) {
		ticket_skill_key(key, k->exec, ans->rules[i].skill);
		put_ticket(b, ans, TICKET_RULES, 0, ans->rules[i].digest,
		    expires, key);
	}
	sodium_memzero(key, sizeof(key));
}

void
audit_put(struct auditor *a, unsigned type, uint64_t id, struct buf *b)
{
	if (b->bad || ipc_send(a->rm->ipc, type, id, b->data, b->len, NULL,
	    0) == -1)
		fatalx(EXIT_SYSTEM, "to the supervisor: %s",
		    ipc_error(a->rm->ipc));
	buf_free(b);
}

void
audit_answer(struct auditor *a, struct reply *ans)
{
	struct buf b;

	buf_init(&b, msg_row(ans->type)->max);
	if (ans->type == MSG_A_REFUSED) {
		buf_put_u16(&b, ans->err);
		buf_put_str(&b, ans->why);
	} else
		buf_put_u64(&b, ans->record);
	if (ans->type == MSG_A_TICKET)
		put_tickets(&b, ans, a->keys);
	if (ans->type == MSG_A_RELOADED)
		put_rules(&b, ans, a->keys);
	audit_put(a, ans->type, ans->id, &b);
	strv_free(&ans->secrets);
	free(ans->skill);
	ans->skill = NULL;
	newrules_free(ans);
}
