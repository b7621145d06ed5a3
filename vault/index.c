/* SPDX-License-Identifier: ISC */
/*
 * What the file keeps encrypted: the index, and the records that it names.
 * See store.h and clawbot-vault(5).
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/msg.h"
#include "common/varname.h"
#include "vault/past.h"
#include "vault/store.h"

int
store_name_ok(const char *s)
{
	return (varname_malformed(s, strlen(s)) == NULL);
}

static void
put_zeros(struct buf *b, size_t align)
{
	static const uint8_t zero[STORE_INDEX_PAD];
	size_t over = b->len % align;

	if (over != 0)
		buf_put(b, zero, align - over);
}

void
store_put_index(struct buf *b, const struct store *st)
{
	const struct store_entry *e;
	size_t i;

	buf_put_u32(b, (uint32_t)st->nentries);
	for (i = 0; i < st->nentries; i++) {
		e = &st->entries[i];
		buf_put_str(b, e->name);
		buf_put_u64(b, e->version);
		buf_put_u64(b, e->written);
		buf_put_u64(b, e->created);
		buf_put_u64(b, e->changed);
		buf_put_u8(b, e->state);
		buf_put_bytes(b, e->extra, e->nextra);
	}
	put_zeros(b, STORE_INDEX_PAD);
}

/* Is b allowed to follow a? */
static int
in_order(const struct store_entry *a, const struct store_entry *b)
{
	int r = strcmp(a->name, b->name);

	if (r != 0)
		return (r < 0);
	return (a->version < b->version && a->state == STORE_EARLIER);
}

static int
get_entry(struct rd *r, struct store *st, size_t i)
{
	struct store_entry *e = &st->entries[i];
	const uint8_t *extra;

	/* a locked vault may be opened once more that was not told of */
	free(e->name);
	e->name = rd_str(r, KEYRING_NAME);
	e->version = rd_u64(r);
	e->written = rd_u64(r);
	e->created = rd_u64(r);
	e->changed = rd_u64(r);
	e->state = rd_u8(r);
	extra = rd_bytes(r, &e->nextra, STORE_MAXEXTRA);
	if (r->bad || extra == NULL) {
		e->nextra = 0;
		return (-1);
	}
	free(e->extra);
	e->extra = xmalloc(e->nextra == 0 ? 1 : e->nextra);
	memcpy(e->extra, extra, e->nextra);
	/* a greater one would have none behind it */
	if (!store_name_ok(e->name) || e->version == 0 ||
	    e->version > STORE_VERSION_MAX || e->written == 0 ||
	    e->written > st->version ||
	    (e->state != STORE_CURRENT && e->state != STORE_EARLIER))
		return (-1);
	return (i == 0 || in_order(e - 1, e) ? 0 : -1);
}

int
store_get_index(struct store *st, const uint8_t *text, size_t len)
{
	struct rd r;
	size_t i;

	rd_init(&r, text, len);
	if (rd_u32(&r) != st->nentries || r.bad)
		return (-1);
	for (i = 0; i < st->nentries; i++)
		if (get_entry(&r, st, i) == -1)
			return (-1);
	if (r.left >= STORE_INDEX_PAD || len % STORE_INDEX_PAD != 0)
		return (-1);
	return (sodium_is_zero(r.p, r.left) ? 0 : -1);
}

int
store_seal_index(struct store *st, struct keyring *k)
{
	struct binding bind;
	struct buf b;
	int r = -1;

	buf_init(&b, STORE_MAXINDEX - STORE_MAXINDEX / 64);
	store_put_index(&b, st);
	freezero(st->index, st->nindex);
	st->index = NULL;
	st->nindex = 0;
	if (!b.bad) {
		st->nindex = aead_len(b.len);
		st->index = xmalloc(st->nindex);
		binding_index(&bind, st->id, st->version);
		r = keyring_encrypt(k, st->cipher, &bind, b.data, b.len,
		    st->index);
	}
	buf_free(&b);
	return (r);
}

int
store_open_index(struct store *st, struct keyring *k)
{
	struct binding bind;
	uint8_t *text;
	size_t len;
	int r;

	if (aead_textlen(st->nindex, &len) == -1)
		return (-1);
	text = xmalloc(len == 0 ? 1 : len);
	binding_index(&bind, st->id, st->version);
	r = keyring_decrypt(k, st->cipher, &bind, st->index, st->nindex,
	    text);
	if (r == 0)
		r = store_get_index(st, text, len);
	freezero(text, len);
	return (r);
}

int
store_write(struct buf *b, struct store *st, struct keyring *k)
{
	if (store_seal_index(st, k) == -1)
		return (-1);
	store_put(b, st);
	if (b->bad)
		return (-1);
	keyring_mac(k, b->data, b->len, st->mac);
	store_put_mac(b, st->mac);
	return (b->bad ? -1 : 0);
}

const char *
store_check(struct store *st, struct keyring *k, const void *p)
{
	uint8_t mac[KEYRING_MAC];

	keyring_mac(k, p, st->macoff, mac);
	if (sodium_memcmp(mac, st->mac, sizeof(mac)) != 0)
		return ("is damaged or was changed: its authentication code "
		    "is wrong");
	if (store_open_index(st, k) == -1)
		return ("is damaged: its index does not open");
	return (NULL);
}

struct store_entry *
store_find(struct store *st, const char *name)
{
	size_t i;

	for (i = 0; i < st->nentries; i++)
		if (st->entries[i].state == STORE_CURRENT &&
		    strcmp(st->entries[i].name, name) == 0)
			return (&st->entries[i]);
	return (NULL);
}

size_t
store_count(const struct store *st)
{
	size_t i, n = 0;

	for (i = 0; i < st->nentries; i++)
		n += st->entries[i].state == STORE_CURRENT;
	return (n);
}

static void
entry_clear(struct store_entry *e)
{
	freezero(e->msg, e->len);
	freezero(e->name, strlen(e->name) + 1);
	freezero(e->extra, e->nextra);
	memset(e, 0, sizeof(*e));
}

int
store_remove(struct store *st, const char *name)
{
	size_t i, kept = 0;

	for (i = 0; i < st->nentries; i++) {
		if (strcmp(st->entries[i].name, name) == 0)
			entry_clear(&st->entries[i]);
		else
			st->entries[kept++] = st->entries[i];
	}
	if (kept == st->nentries)
		return (-1);
	memset(&st->entries[kept], 0,
	    (st->nentries - kept) * sizeof(*st->entries));
	st->nentries = kept;
	return (0);
}

/* Puts a filled entry behind what is below its name and version. */
static void
entry_insert(struct store *st, const struct store_entry *e)
{
	const struct store_entry *at;
	size_t i;
	int r;

	st->entries = xrecallocarray(st->entries, st->nentries,
	    st->nentries + 1, sizeof(*st->entries));
	for (i = st->nentries; i > 0; i--) {
		at = &st->entries[i - 1];
		r = strcmp(at->name, e->name);
		if (r < 0 || (r == 0 && at->version < e->version))
			break;
		st->entries[i] = *at;
	}
	st->entries[i] = *e;
	st->nentries++;
}

/* How long the text of a record is, of a value of len bytes. */
static size_t
full_of(size_t len)
{
	return ((4 + len + STORE_VALUE_PAD - 1) / STORE_VALUE_PAD *
	    STORE_VALUE_PAD);
}

/* Length in front, zeros behind; how long it became. */
static size_t
pad_value(uint8_t *text, size_t len)
{
	size_t full = full_of(len);

	text[0] = (uint8_t)(len >> 24);
	text[1] = (uint8_t)(len >> 16);
	text[2] = (uint8_t)(len >> 8);
	text[3] = (uint8_t)len;
	memset(text + 4 + len, 0, full - 4 - len);
	return (full);
}

/* The next version of a secret, of which old is in force, or NULL. */
static int
entry_make(struct store_entry *e, const struct store *st, struct keyring *k,
    const char *name, const struct store_entry *old, uint8_t *text,
    size_t len, uint64_t now)
{
	struct binding bind;
	size_t full;

	if (old != NULL && old->version >= STORE_VERSION_MAX)
		return (-1);
	memset(e, 0, sizeof(*e));
	e->version = old == NULL ? 1 : old->version + 1;
	e->created = old == NULL ? now : old->created;
	e->changed = now;
	e->written = st->version;
	e->state = STORE_CURRENT;
	full = pad_value(text, len);
	e->len = aead_len(full);
	e->msg = xmalloc(e->len);
	e->name = xstrdup(name);
	e->extra = xcalloc(1, 1);
	binding_record(&bind, st->id, name, e->version, e->written);
	if (keyring_encrypt(k, st->cipher, &bind, text, full, e->msg) == 0)
		return (0);
	entry_clear(e);
	return (-1);
}

int
store_set(struct store *st, struct keyring *k, const char *name,
    uint8_t *text, size_t len, uint64_t now)
{
	struct store_entry e, *old;

	old = store_find(st, name);
	if (old == NULL && (st->nentries >= STORE_MAXRECORDS ||
	    store_count(st) >= STORE_MAXSECRETS))
		return (-1);
	if (entry_make(&e, st, k, name, old, text, len, now) == -1)
		return (-1);
	past_take(st, &e, now);
	(void)store_remove(st, name);
	entry_insert(st, &e);
	return (0);
}

int
store_rotate(struct store *st, struct keyring *k, const char *name,
    uint8_t *text, size_t len, const struct store_when *when)
{
	struct store_entry e, *old;

	old = store_find(st, name);
	if (old == NULL || st->nentries >= STORE_MAXRECORDS ||
	    past_kept(st, name) >= STORE_KEPT_MAX ||
	    entry_make(&e, st, k, name, old, text, len, when->now) == -1)
		return (-1);
	past_hand_on(old, &e);
	old->state = STORE_EARLIER;
	past_set_until(old, when->until);
	entry_insert(st, &e);
	return (0);
}

const char *
store_no_room(struct store *st, const char *name)
{
	const struct store_entry *e = store_find(st, name);

	if (e != NULL && e->version >= STORE_VERSION_MAX)
		return ("its version is the last that there can be: it has "
		    "to be removed first");
	return ("the vault is full");
}

int
store_take_over(struct store *st, struct keyring *k,
    const struct store_entry *from, uint8_t *text, size_t len)
{
	struct store_entry e = *from;
	size_t i;

	if (st->nentries >= STORE_MAXRECORDS ||
	    (from->state == STORE_CURRENT &&
	    store_count(st) >= STORE_MAXSECRETS))
		return (-1);
	for (i = 0; i < st->nentries; i++)
		if (st->entries[i].version == from->version &&
		    strcmp(st->entries[i].name, from->name) == 0)
			return (-1);
	e.written = st->version;
	e.len = aead_len(full_of(len));
	e.msg = xmalloc(e.len);
	e.name = xstrdup(from->name);
	e.extra = xmalloc(e.nextra == 0 ? 1 : e.nextra);
	if (e.nextra > 0)
		memcpy(e.extra, from->extra, e.nextra);
	if (store_seal_value(st, k, &e, text, len) == -1) {
		entry_clear(&e);
		return (-1);
	}
	entry_insert(st, &e);
	return (0);
}

size_t
store_expire(struct store *st, const char *name, uint64_t now)
{
	struct store_entry *e, *cur = store_find(st, name);
	size_t i, kept = 0, gone;

	for (i = 0; cur != NULL && i < st->nentries; i++) {
		e = &st->entries[i];
		if (past_over(e, now) && strcmp(e->name, name) == 0)
			past_add(cur, e, past_until(e));
	}
	for (i = 0; i < st->nentries; i++) {
		e = &st->entries[i];
		if (past_over(e, now) && strcmp(e->name, name) == 0)
			entry_clear(e);
		else
			st->entries[kept++] = *e;
	}
	gone = st->nentries - kept;
	if (gone != 0)
		memset(&st->entries[kept], 0, gone * sizeof(*st->entries));
	st->nentries = kept;
	return (gone);
}

int
store_seal_value(const struct store *st, struct keyring *k,
    struct store_entry *e, uint8_t *text, size_t len)
{
	struct binding bind;
	size_t full = pad_value(text, len);

	if (aead_len(full) != e->len)
		return (-1);
	binding_record(&bind, st->id, e->name, e->version, e->written);
	return (keyring_encrypt(k, st->cipher, &bind, text, full, e->msg));
}

int
store_value(const struct store *st, struct keyring *k,
    const struct store_entry *e, uint8_t *text, size_t *len)
{
	struct binding bind;
	size_t full;

	if (aead_textlen(e->len, &full) == -1 || full > STORE_TEXT_MAX ||
	    full < STORE_VALUE_PAD)
		return (-1);
	binding_record(&bind, st->id, e->name, e->version, e->written);
	if (keyring_decrypt(k, st->cipher, &bind, e->msg, e->len, text) == -1)
		return (-1);
	*len = (size_t)text[0] << 24 | (size_t)text[1] << 16 |
	    (size_t)text[2] << 8 | text[3];
	if (*len == 0 || *len > STORE_VALUE_MAX || *len > full - 4)
		return (-1);
	return (0);
}
