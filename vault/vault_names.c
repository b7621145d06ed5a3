/* SPDX-License-Identifier: ISC */
/* V_NAMES, V_VERSIONS: what there is, and what became of its versions. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/civil.h"
#include "common/field.h"
#include "vault/past.h"
#include "vault/vault.h"

static void
put_time(struct buf *b, const char *key, uint64_t t)
{
	char text[CIVIL_TEXT];

	civil_text(text, t);
	field_str(b, key, text);
}

static void
put_name(struct buf *out, const struct store_entry *e)
{
	struct buf b;

	buf_init(&b, 1024);
	field_str(&b, "name", e->name);
	field_u64(&b, "version", e->version);
	put_time(&b, "created", e->created);
	put_time(&b, "changed", e->changed);
	buf_put_bytes(out, b.data, b.len);
	buf_free(&b);
}

static void
put_version(struct buf *out, const struct past_version *v, const char *state,
    const char *end)
{
	struct buf b;

	buf_init(&b, 1024);
	field_u64(&b, "version", v->version);
	put_time(&b, "changed", v->changed);
	field_str(&b, "state", state);
	if (end != NULL)
		put_time(&b, end, v->ended);
	buf_put_bytes(out, b.data, b.len);
	buf_free(&b);
}

/* Sends the rows of b, and frees it. */
static void
send_names(struct vault *v, uint64_t id, struct buf *b)
{
	if (b->bad)
		vault_done(v, id, CBE_INTERNAL, "too many secrets to list");
	else
		(void)ipc_send(v->ipc, MSG_V_NAMES, id, b->data, b->len,
		    NULL, 0);
	buf_free(b);
}

static int
is_locked(struct vault *v, uint64_t id)
{
	if (v->locked == NULL)
		return (0);
	vault_done(v, id, CBE_AGAIN, "vault is locked: %s", v->locked);
	return (1);
}

void
vault_list(struct vault *v, uint64_t id)
{
	struct buf b;
	size_t i;

	if (is_locked(v, id))
		return;
	buf_init(&b, MSG_ROW_MAX);
	buf_put_u32(&b, (uint32_t)store_count(v->st));
	for (i = 0; i < v->st->nentries; i++)
		if (v->st->entries[i].state == STORE_CURRENT)
			put_name(&b, &v->st->entries[i]);
	send_names(v, id, &b);
}

/* A version that is there, in force or not. */
static void
put_entry(struct buf *b, const struct store_entry *e)
{
	struct past_version v = { e->version, e->changed, past_until(e) };

	if (e->state == STORE_CURRENT)
		put_version(b, &v, "current", NULL);
	else
		put_version(b, &v, "kept", "until");
}

/* Versions in their order: one that is kept may be older than one gone. */
static void
put_versions(struct buf *b, struct store *st, const struct store_entry *cur)
{
	struct past_version past[PAST_MAX];
	const struct store_entry *e = cur;
	size_t i = 0, n = past_get(cur, past);

	while (e > st->entries && strcmp(e[-1].name, cur->name) == 0)
		e--;
	buf_put_u32(b, (uint32_t)(n + (size_t)(cur - e) + 1));
	for (; e <= cur; e++) {
		for (; i < n && past[i].version < e->version; i++)
			put_version(b, &past[i], "ended", "ended");
		put_entry(b, e);
	}
}

void
vault_history(struct vault *v, uint64_t id, const char *name)
{
	const struct store_entry *cur;
	struct buf b;

	if (is_locked(v, id))
		return;
	if ((cur = store_find(v->st, name)) == NULL) {
		vault_done(v, id, CBE_NOENT, "no secret %s", name);
		return;
	}
	buf_init(&b, MSG_ROW_MAX);
	put_versions(&b, v->st, cur);
	send_names(v, id, &b);
}

void
vault_versions(struct vault *v)
{
	struct msg_versions all = { NULL, 0 };
	const struct store_entry *e;
	struct buf b;
	size_t i;

	all.v = xcalloc(v->st->nentries + 1, sizeof(*all.v));
	for (i = 0; i < v->st->nentries; i++) {
		e = &v->st->entries[i];
		if (e->state != STORE_CURRENT)
			continue;
		all.v[all.n].name = e->name;
		all.v[all.n++].version = e->version;
	}
	payload_put(&b, MSG_V_VERSIONS, &msg_versions_shape, &all);
	(void)ipc_send(v->ipc, MSG_V_VERSIONS, 0, b.data, b.len, NULL, 0);
	buf_free(&b);
	/* the names are the store's */
	free(all.v);
}
