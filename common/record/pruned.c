/* SPDX-License-Identifier: ISC */
/* What is left of records that were removed; see pruned.h. */
#include "config.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/base64.h"
#include "common/decimal.h"
#include "common/field.h"
#include "common/record/pruned.h"

#define LINK_WORDS		9	/* of a line */
#define LINK_WORD	128
#define PRUNED_B64	sodium_base64_VARIANT_ORIGINAL

void
links_init(struct links *l)
{
	memset(l, 0, sizeof(*l));
}

/* One more line: bound to all before it. */
static void
step(struct links *l, const void *line, size_t len)
{
	crypto_generichash_state st;

	(void)crypto_generichash_init(&st, NULL, 0, RECORD_DIGEST);
	if (l->size != 0)
		(void)crypto_generichash_update(&st, l->digest,
		    RECORD_DIGEST);
	(void)crypto_generichash_update(&st, line, len);
	(void)crypto_generichash_final(&st, l->digest, RECORD_DIGEST);
	l->size += len;
}

static void
put_word(struct buf *b, const void *p, size_t n)
{
	char t[LINK_WORD];

	buf_printf(b, " %s", sodium_bin2base64(t, sizeof(t), p, n,
	    PRUNED_B64));
}

void
links_put(struct buf *b, struct links *l, const struct seal *s)
{
	size_t at = b->len;

	if (s->epoch == 0) {
		buf_printf(b, "log %s", s->log);
		put_word(b, s->key, SEAL_KEY);
		buf_put_u8(b, '\n');
		step(l, b->data + at, b->len - at);
		at = b->len;
	}
	buf_printf(b, "seal %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64,
	    s->epoch, s->first, s->last, s->time_us);
	put_word(b, s->chain, sizeof(s->chain));
	put_word(b, s->root, sizeof(s->root));
	put_word(b, s->next, sizeof(s->next));
	put_word(b, s->sig, sizeof(s->sig));
	buf_put_u8(b, '\n');
	step(l, b->data + at, b->len - at);
	l->seals++;
	memcpy(l->log, s->log, sizeof(l->log));
	l->epoch = s->epoch;
	l->at = s->last + 1;
	memcpy(l->next, s->next, SEAL_KEY);
	l->begins = 0;
}

/* Words with one blank between two; how many, or 0. */
static size_t
split(char words[LINK_WORDS][LINK_WORD], const char *line, size_t len)
{
	const char *p = line, *end = line + len - 1, *sp;
	size_t n;

	/* a word would end in front of a NUL, whatever stands behind it */
	if (len == 0 || *end != '\n' || memchr(line, '\0', len) != NULL)
		return (0);
	for (n = 0; n < LINK_WORDS; n++) {
		sp = memchr(p, ' ', (size_t)(end - p));
		if (sp == NULL)
			sp = end;
		if (sp == p || sp - p >= LINK_WORD)
			return (0);
		memcpy(words[n], p, (size_t)(sp - p));
		words[n][sp - p] = '\0';
		if (sp == end)
			return (n + 1);
		p = sp + 1;
	}
	return (0);
}

static int
get_number(uint64_t *out, const char *word)
{
	if (word[0] == '0' && word[1] != '\0')
		return (-1);
	return (decimal(word, UINT64_MAX, out));
}

static int
get_bytes(uint8_t *out, size_t size, const char *word)
{
	return (base64_get(out, size, word, strlen(word), PRUNED_B64));
}

/* Of a series, whose name is made of its key. */
static int
log_line(struct links *l, char words[LINK_WORDS][LINK_WORD], size_t n)
{
	char name[SEAL_NAME + 1];

	if (n != 3 || l->begins || get_bytes(l->next, SEAL_KEY,
	    words[2]) == -1)
		return (-1);
	seal_name(name, l->next);
	if (strcmp(name, words[1]) != 0)
		return (-1);
	memcpy(l->log, name, sizeof(l->log));
	l->begins = 1;
	return (0);
}

static int
seal_line(struct links *l, struct seal *s, char words[LINK_WORDS][LINK_WORD],
    size_t n)
{
	memset(s, 0, sizeof(*s));
	if (n != LINK_WORDS || get_number(&s->epoch, words[1]) == -1 ||
	    get_number(&s->first, words[2]) == -1 ||
	    get_number(&s->last, words[3]) == -1 ||
	    get_number(&s->time_us, words[4]) == -1 ||
	    get_bytes(s->chain, sizeof(s->chain), words[5]) == -1 ||
	    get_bytes(s->root, sizeof(s->root), words[6]) == -1 ||
	    get_bytes(s->next, sizeof(s->next), words[7]) == -1 ||
	    get_bytes(s->sig, sizeof(s->sig), words[8]) == -1)
		return (-1);
	if (l->begins ? s->epoch != 0 : l->seals == 0 ||
	    s->epoch != l->epoch + 1)
		return (-1);
	/* each from the one before to its own: no other cover, and no gap */
	if (s->first != (l->at != 0 ? l->at : 1) || s->last < s->first ||
	    s->last == UINT64_MAX)
		return (-1);
	memcpy(s->log, l->log, sizeof(s->log));
	memcpy(s->key, l->next, SEAL_KEY);
	if (!seal_signed(s))
		return (-1);
	l->seals++;
	l->epoch = s->epoch;
	l->at = s->last + 1;
	memcpy(l->next, s->next, SEAL_KEY);
	l->begins = 0;
	return (1);
}

int
links_line(struct links *l, struct seal *s, const char *line, size_t len)
{
	char words[LINK_WORDS][LINK_WORD];
	size_t n = split(words, line, len);
	int r = -1;

	if (n != 0 && strcmp(words[0], "log") == 0)
		r = log_line(l, words, n);
	else if (n != 0 && strcmp(words[0], "seal") == 0)
		r = seal_line(l, s, words, n);
	step(l, line, len);
	return (r);
}

/* The subtrees that are in use, by height. */
static size_t
nodes_of(const struct tree *t, uint8_t out[TREE_DEPTH * TREE_HASH])
{
	size_t i, n = 0;

	for (i = 0; i < TREE_DEPTH; i++)
		if ((t->size >> i & 1) != 0) {
			memcpy(out + n, t->node[i], TREE_HASH);
			n += TREE_HASH;
		}
	return (n);
}

void
pruned_fields(struct buf *b, const struct pruned *p)
{
	uint8_t nodes[TREE_DEPTH * TREE_HASH];
	const struct sealcheck *c = &p->seals;

	field_u64(b, "last", p->last.number);
	field_hex(b, "head", p->last.digest, sizeof(p->last.digest));
	field_hex(b, "tree", nodes, nodes_of(&c->tree, nodes));
	field_u64(b, "seals_gone", c->seals);
	if (c->seals != 0) {
		field_u64(b, "sealed", c->at);
		field_u64(b, "series", c->series);
		field_str(b, "log", c->last.log);
		field_u64(b, "epoch", c->last.epoch);
		field_hex(b, "next", c->last.next, SEAL_KEY);
		field_u64(b, "links", p->links);
		field_hex(b, "links_digest", p->digest, RECORD_DIGEST);
	}
}

/* So many bytes at most; how many, or -1. */
static int
get_hex(const struct record_view *v, const char *key, uint8_t *out,
    size_t size)
{
	const char *p;
	size_t len, n;

	if (!record_member(v->json, v->jsonlen, key, &p, &len) || len < 2 ||
	    len - 2 > 2 * size || (len & 1) != 0 || *p != '"' ||
	    sodium_hex2bin(out, size, p + 1, len - 2, NULL, &n, NULL) != 0 ||
	    n != (len - 2) / 2)
		return (-1);
	return ((int)n);
}

static int
get_u64(const struct record_view *v, const char *key, uint64_t *out)
{
	return (record_member_u64(v->json, v->jsonlen, key, out));
}

static int
get_tree(const struct record_view *v, struct tree *t, uint64_t size)
{
	uint8_t nodes[TREE_DEPTH * TREE_HASH];
	int n = get_hex(v, "tree", nodes, sizeof(nodes)), at = 0;
	size_t i;

	tree_init(t);
	t->size = size;
	for (i = 0; i < TREE_DEPTH; i++) {
		if ((size >> i & 1) == 0)
			continue;
		if (n < at + TREE_HASH)
			return (-1);
		memcpy(t->node[i], nodes + at, TREE_HASH);
		at += TREE_HASH;
	}
	return (n == at && size >> TREE_DEPTH == 0 ? 0 : -1);
}

static int
get_seals(const struct record_view *v, struct pruned *p)
{
	struct sealcheck *c = &p->seals;

	if (get_u64(v, "seals_gone", &c->seals) == -1)
		return (-1);
	if (c->seals == 0)
		return (0);
	if (get_u64(v, "sealed", &c->at) == -1 ||
	    get_u64(v, "series", &c->series) == -1 ||
	    record_member_str(v->json, v->jsonlen, "log", c->last.log,
	    sizeof(c->last.log)) == -1 ||
	    get_u64(v, "epoch", &c->last.epoch) == -1 ||
	    get_hex(v, "next", c->last.next, SEAL_KEY) != SEAL_KEY ||
	    get_u64(v, "links", &p->links) == -1 ||
	    get_hex(v, "links_digest", p->digest, RECORD_DIGEST) !=
	    RECORD_DIGEST)
		return (-1);
	return (c->at == 0 || c->at > p->last.number || p->links == 0 ? -1 :
	    0);
}

int
pruned_read(struct pruned *p, const char *line, size_t len)
{
	struct record_view v;
	uint64_t got;
	char ev[16];

	memset(p, 0, sizeof(*p));
	sealcheck_init(&p->seals);
	if (len > PRUNED_LINE || record_check(line, len, NULL, &got) != NULL ||
	    record_view(&v, line, len) == -1 ||
	    v.kind != RECORD_PRUNE || record_member_str(v.json, v.jsonlen,
	    "ev", ev, sizeof(ev)) == -1 || (strcmp(ev, "prune") != 0 &&
	    strcmp(ev, "restated") != 0) ||
	    get_u64(&v, "last", &p->last.number) == -1 ||
	    get_hex(&v, "head", p->last.digest, RECORD_DIGEST) !=
	    RECORD_DIGEST || p->last.number == 0 ||
	    p->last.number >= v.number ||
	    get_tree(&v, &p->seals.tree, p->last.number) == -1 ||
	    get_seals(&v, p) == -1)
		return (-1);
	p->record = v.number;
	return (0);
}
