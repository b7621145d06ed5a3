/* SPDX-License-Identifier: ISC */
/*
 * V_PRINTS: by what the executor knows secrets again that it does not have.
 * Each value is open for as long as it takes to hash it.
 */
#include "config.h"

#include <stdlib.h>

#include "common/fingerprint.h"
#include "common/log.h"
#include "vault/guard.h"
#include "vault/vault.h"

static void
add_entry(struct vault *v, const struct store_entry *e,
    struct msg_prints *prints)
{
	uint8_t *text;
	size_t len;

	if ((text = guard_take()) == NULL) {
		log_warnx("secret %s has no fingerprint: too many are open at "
		    "once", e->name);
		return;
	}
	if (store_value(v->st, v->k, e, text, &len) == 0)
		fingerprint_add(prints, v->k->print, text + 4, len);
	else
		log_warnx("secret %s does not open", e->name);
	guard_give(text);
}

void
vault_prints(struct vault *v)
{
	struct msg_prints prints = { NULL, 0 };
	struct buf b;
	size_t i;

	/* earlier versions too: somebody may use them still */
	for (i = 0; i < v->st->nentries; i++)
		add_entry(v, &v->st->entries[i], &prints);
	if (prints.n == MSG_PRINTS_MAX)
		log_warnx("the vault has more lines of secrets than the log "
		    "can be kept free of");
	payload_put(&b, MSG_V_PRINTS, &msg_prints_shape, &prints);
	(void)ipc_send(v->ipc, MSG_V_PRINTS, 0, b.data, b.len, NULL, 0);
	buf_free(&b);
	shape_free(&msg_prints_shape, &prints);
}
