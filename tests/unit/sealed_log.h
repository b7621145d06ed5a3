/* SPDX-License-Identifier: ISC */
/*
 * A sealed log made line by line, by whoever has the keys: as an auditor makes
 * it, and as somebody would who wants it to look like that.
 */
#ifndef TESTS_UNIT_SEALED_LOG_H
#define TESTS_UNIT_SEALED_LOG_H

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "client/verify.h"
#include "common/field.h"
#include "common/record/seal.h"

#define SL_UNUSED	__attribute__((__unused__))
#define SL_EPOCHS	16
#define SL_MAX		(1024U * 1024)

struct sl_key {
	uint8_t		 secret[64];
	uint8_t		 public[SEAL_KEY];
};

struct sealed_log {
	struct buf	 b;
	struct record_head head;
	struct tree	 tree;
	uint64_t	 at;		/* of the last seal */
	uint64_t	 epoch;
	char		 name[SEAL_NAME + 1];
};

/* The same ones at every call, of any of two. */
SL_UNUSED static void
sl_keys(struct sl_key k[SL_EPOCHS], uint8_t whose)
{
	uint8_t seed[crypto_sign_SEEDBYTES];
	uint8_t i;

	for (i = 0; i < SL_EPOCHS; i++) {
		memset(seed, whose, sizeof(seed));
		seed[0] = i;
		(void)crypto_sign_seed_keypair(k[i].public, k[i].secret, seed);
	}
}

SL_UNUSED static void
sl_init(struct sealed_log *l, const struct sl_key *first)
{
	memset(l, 0, sizeof(*l));
	buf_init(&l->b, SL_MAX);
	record_start(&l->head);
	tree_init(&l->tree);
	seal_name(l->name, first->public);
}

SL_UNUSED static void
sl_free(struct sealed_log *l)
{
	buf_free(&l->b);
}

SL_UNUSED static void
sl_step(struct sealed_log *l, size_t from)
{
	uint8_t leaf[TREE_HASH];

	record_step(&l->head, l->b.data + from, l->b.len - from);
	tree_leaf(leaf, l->head.digest, RECORD_DIGEST);
	tree_add(&l->tree, leaf);
}

SL_UNUSED static void
sl_line(struct sealed_log *l, unsigned kind, const struct buf *f,
    uint64_t us)
{
	size_t from = l->b.len;

	if (record_line(&l->b, &l->head, us, kind, f->data, f->len) == -1)
		abort();
	sl_step(l, from);
}

/* When its first record was. */
static uint64_t sl_begin_us = UINT64_C(1800000000000000);

SL_UNUSED static uint64_t
sl_time(const struct sealed_log *l)
{
	return (sl_begin_us + l->head.number * 1234567);
}

SL_UNUSED static void
sl_add(struct sealed_log *l, const char *text)
{
	struct buf f;

	buf_init(&f, 8192);
	field_str(&f, "ev", "refused");
	field_str(&f, "reason", text);
	sl_line(l, RECORD_POLICY, &f, sl_time(l));
	buf_free(&f);
}

/* Signs with one key, says that it was another, and names the next one. */
SL_UNUSED static void
sl_seal_as(struct sealed_log *l, const struct sl_key *by,
    const uint8_t said[SEAL_KEY], const uint8_t next[SEAL_KEY])
{
	struct seal s;
	struct buf b;

	memset(&s, 0, sizeof(s));
	memcpy(s.log, l->name, sizeof(s.log));
	s.epoch = l->epoch++;
	s.first = l->at != 0 ? l->at : 1;
	s.last = l->head.number;
	s.time_us = sl_time(l);
	memcpy(s.chain, l->head.digest, sizeof(s.chain));
	tree_root(&l->tree, s.root);
	memcpy(s.key, said, SEAL_KEY);
	memcpy(s.next, next, SEAL_KEY);
	buf_init(&b, SEAL_NOTE);
	seal_text(&b, &s);
	(void)crypto_sign_detached(s.sig, NULL, b.data, b.len, by->secret);
	buf_reset(&b);
	seal_fields(&b, &s);
	sl_line(l, RECORD_SEAL, &b, s.time_us);
	buf_free(&b);
	l->at = l->head.number;
}

SL_UNUSED static void
sl_seal(struct sealed_log *l, const struct sl_key *by,
    const struct sl_key *next)
{
	sl_seal_as(l, by, by->public, next->public);
}

/* The verdict of audit verify on the first n bytes. */
SL_UNUSED static enum verify_status
sl_verify(const struct sealed_log *l, size_t n, const struct verify_by *by,
    struct verify_report *r)
{
	struct verify *v;

	v = verify_new("log", by);
	(void)verify_feed(v, l->b.data, n);
	verify_end(v, by != NULL ? &by->head : NULL, r);
	return (r->status);
}

SL_UNUSED static void
sl_pin(struct verify_by *by, const struct sealed_log *l,
    const struct sl_key *k)
{
	memset(by, 0, sizeof(*by));
	by->keyed = 1;
	memcpy(by->log, l->name, sizeof(by->log));
	memcpy(by->key, k->public, SEAL_KEY);
}

#endif
