/* SPDX-License-Identifier: ISC */
/* A seal of the log; see seal.h. */
#include "config.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/field.h"
#include "common/record/seal.h"

#define NAME_STEM	"clawbot/"
#define NAME_DIGITS	(SEAL_NAME - (sizeof(NAME_STEM) - 1))
#define ED25519		1	/* its number in a signed note */
#define KEY_ID		4
#define B64_MAX		104	/* of what is encoded here */
#define SEAL_LINE	4096	/* a seal's line is shorter */
#define B64_VARIANT	sodium_base64_VARIANT_ORIGINAL

void
seal_name(char out[SEAL_NAME + 1], const uint8_t key[SEAL_KEY])
{
	uint8_t h[crypto_hash_sha256_BYTES];
	char hex[2 * sizeof(h) + 1];

	(void)crypto_hash_sha256(h, key, SEAL_KEY);
	(void)sodium_bin2hex(hex, sizeof(hex), h, sizeof(h));
	(void)snprintf(out, SEAL_NAME + 1, NAME_STEM "%.*s", (int)NAME_DIGITS,
	    hex);
}

static const char *
b64(char out[B64_MAX], const void *p, size_t n)
{
	return (sodium_bin2base64(out, B64_MAX, p, n, B64_VARIANT));
}

void
seal_text(struct buf *b, const struct seal *s)
{
	char time[RECORD_TIME + 1], t[B64_MAX];

	record_time(time, s->time_us);
	buf_printf(b, "%s\n%" PRIu64 "\n%s\n", s->log, s->last,
	    b64(t, s->root, sizeof(s->root)));
	buf_printf(b, "epoch %" PRIu64 "\nrecords %" PRIu64 " %" PRIu64
	    "\ntime %s\n", s->epoch, s->first, s->last, time);
	buf_printf(b, "chain %s\n", b64(t, s->chain, sizeof(s->chain)));
	buf_printf(b, "next %s\n", b64(t, s->next, sizeof(s->next)));
}

/* What a note names a key by. */
static void
key_id(uint8_t id[KEY_ID], const char *log, const uint8_t key[SEAL_KEY])
{
	static const uint8_t middle[2] = { '\n', ED25519 };
	uint8_t h[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state st;

	(void)crypto_hash_sha256_init(&st);
	(void)crypto_hash_sha256_update(&st, (const uint8_t *)log,
	    strlen(log));
	(void)crypto_hash_sha256_update(&st, middle, sizeof(middle));
	(void)crypto_hash_sha256_update(&st, key, SEAL_KEY);
	(void)crypto_hash_sha256_final(&st, h);
	memcpy(id, h, KEY_ID);
}

void
seal_note(struct buf *b, const struct seal *s)
{
	uint8_t sig[KEY_ID + SEAL_SIG];
	char t[B64_MAX];

	seal_text(b, s);
	key_id(sig, s->log, s->key);
	memcpy(sig + KEY_ID, s->sig, SEAL_SIG);
	buf_printf(b, "\n\342\200\224 %s %s\n", s->log,
	    b64(t, sig, sizeof(sig)));
}

void
seal_fields(struct buf *b, const struct seal *s)
{
	field_str(b, "ev", "seal");
	field_str(b, "log", s->log);
	field_u64(b, "epoch", s->epoch);
	field_u64(b, "first", s->first);
	field_u64(b, "last", s->last);
	field_hex(b, "root", s->root, sizeof(s->root));
	field_hex(b, "key", s->key, sizeof(s->key));
	field_hex(b, "next", s->next, sizeof(s->next));
	field_hex(b, "sig", s->sig, sizeof(s->sig));
}

static int
get_hex(const struct record_view *v, const char *key, uint8_t *out,
    size_t size)
{
	char hex[2 * SEAL_SIG + 1];
	size_t n;
	int len;

	len = record_member_str(v->json, v->jsonlen, key, hex, sizeof(hex));
	return (len != (int)(2 * size) || sodium_hex2bin(out, size, hex,
	    2 * size, NULL, &n, NULL) != 0 || n != size ? -1 : 0);
}

static int
get_u64(const struct record_view *v, const char *key, uint64_t *out)
{
	return (record_member_u64(v->json, v->jsonlen, key, out));
}

/* Does this seal make that line? */
static int
makes(const struct seal *s, uint64_t number, const char *line, size_t len)
{
	struct record_head before;
	struct buf f, out;
	int same;

	before.number = number - 1;
	memcpy(before.digest, s->chain, sizeof(before.digest));
	buf_init(&f, SEAL_LINE);
	buf_init(&out, SEAL_LINE);
	seal_fields(&f, s);
	same = record_line(&out, &before, s->time_us, RECORD_SEAL, f.data,
	    f.len) == 0 && out.len == len && memcmp(out.data, line, len) == 0;
	buf_free(&f);
	buf_free(&out);
	return (same);
}

int
seal_read(struct seal *s, const char *line, size_t len)
{
	struct record_view v;

	memset(s, 0, sizeof(*s));
	if (len > SEAL_LINE || record_view(&v, line, len) == -1 ||
	    v.kind != RECORD_SEAL ||
	    record_member_str(v.json, v.jsonlen, "log", s->log,
	    sizeof(s->log)) == -1 ||
	    get_u64(&v, "epoch", &s->epoch) == -1 ||
	    get_u64(&v, "first", &s->first) == -1 ||
	    get_u64(&v, "last", &s->last) == -1 ||
	    get_hex(&v, "root", s->root, sizeof(s->root)) == -1 ||
	    get_hex(&v, "key", s->key, sizeof(s->key)) == -1 ||
	    get_hex(&v, "next", s->next, sizeof(s->next)) == -1 ||
	    get_hex(&v, "sig", s->sig, sizeof(s->sig)) == -1 ||
	    record_p_parse(s->chain, v.p, RECORD_P) == -1)
		return (-1);
	s->time_us = v.time_us;
	return (makes(s, v.number, line, len) ? 0 : -1);
}

int
seal_signed(const struct seal *s)
{
	struct buf b;
	int good;

	buf_init(&b, SEAL_NOTE);
	seal_text(&b, s);
	good = !b.bad && crypto_sign_verify_detached(s->sig, b.data, b.len,
	    s->key) == 0;
	buf_free(&b);
	return (good);
}

void
seal_vkey(char out[SEAL_VKEY], const char *log, const uint8_t key[SEAL_KEY])
{
	uint8_t id[KEY_ID], raw[1 + SEAL_KEY];
	char hex[2 * KEY_ID + 1], t[B64_MAX];

	key_id(id, log, key);
	(void)sodium_bin2hex(hex, sizeof(hex), id, sizeof(id));
	raw[0] = ED25519;
	memcpy(raw + 1, key, SEAL_KEY);
	(void)snprintf(out, SEAL_VKEY, "%s+%s+%s", log, hex,
	    b64(t, raw, sizeof(raw)));
}

int
seal_vkey_parse(char log[SEAL_NAME + 1], uint8_t key[SEAL_KEY],
    const char *text)
{
	uint8_t raw[1 + SEAL_KEY];
	char again[SEAL_VKEY];
	const char *b;
	size_t n;

	/* base64 may have it, too: the second one begins it */
	if ((b = strchr(text, '+')) == NULL || b - text != SEAL_NAME ||
	    (b = strchr(b + 1, '+')) == NULL ||
	    sodium_base642bin(raw, sizeof(raw), b + 1, strlen(b + 1), NULL,
	    &n, NULL, B64_VARIANT) != 0 || n != sizeof(raw) ||
	    raw[0] != ED25519)
		return (-1);
	memcpy(log, text, SEAL_NAME);
	log[SEAL_NAME] = '\0';
	memcpy(key, raw + 1, SEAL_KEY);
	seal_vkey(again, log, key);
	return (strcmp(again, text) == 0 ? 0 : -1);
}

void
sealcheck_init(struct sealcheck *c)
{
	memset(c, 0, sizeof(*c));
	tree_init(&c->tree);
}

/* The first of all, or of keys of another name. */
static int
begins_series(const struct sealcheck *c, const struct seal *s)
{
	char name[SEAL_NAME + 1];

	seal_name(name, s->key);
	return (strcmp(s->log, name) == 0 &&
	    (c->seals == 0 || strcmp(s->log, c->last.log) != 0));
}

/* Does it follow the one before, and is it about what is before it? */
static int
follows(const struct sealcheck *c, const struct seal *s,
    const struct record_head *before)
{
	uint8_t root[TREE_HASH];

	tree_root(&c->tree, root);
	if (s->last != before->number || memcmp(s->root, root,
	    sizeof(root)) != 0 || memcmp(s->chain, before->digest,
	    sizeof(s->chain)) != 0)
		return (0);
	if (!begins_series(c, s))
		return (s->first == c->at && s->epoch == c->last.epoch + 1 &&
		    strcmp(s->log, c->last.log) == 0);
	return (s->epoch == 0 && s->first == (c->seals != 0 ? c->at : 1));
}

static const char *
check_seal(struct sealcheck *c, const char *line, size_t len,
    const struct record_head *before)
{
	struct seal s;

	if (seal_read(&s, line, len) == -1)
		return ("seal");
	if (c->seals != 0 && memcmp(s.key, c->last.next, SEAL_KEY) != 0 &&
	    !begins_series(c, &s))
		return ("key");
	if (!follows(c, &s, before) || !seal_signed(&s))
		return ("seal");
	if (begins_series(c, &s))
		c->series = before->number + 1;
	c->seals++;
	c->at = before->number + 1;
	c->last = s;
	return (NULL);
}

const char *
sealcheck_line(struct sealcheck *c, const char *line, size_t len,
    const struct record_head *before, const uint8_t digest[RECORD_DIGEST])
{
	uint8_t leaf[TREE_HASH];
	const char *rule = NULL;

	if (record_begins(line, len, RECORD_SEAL) == 1)
		rule = check_seal(c, line, len, before);
	if (rule != NULL)
		return (rule);
	tree_leaf(leaf, digest, RECORD_DIGEST);
	tree_add(&c->tree, leaf);
	return (NULL);
}
