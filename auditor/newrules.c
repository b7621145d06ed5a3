/* SPDX-License-Identifier: ISC */
/* A configuration that takes the place of another; see newrules.h. */
#include "config.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "auditor/newrules.h"
#include "common/field.h"
#include "common/record/kind.h"
#include "common/text.h"
#include "common/xmalloc.h"

#define TEXT_PART	32768U	/* bytes of the text in one record */
#define RULES_LIFE_S	60
#define NEWRULES_FIELDS	(2U * MSG_INTENT_MAX)

/* How many of the bytes at p go into the next part: whole characters. */
static size_t
part_of(const uint8_t *p, size_t left)
{
	size_t n;

	if (left <= TEXT_PART)
		return (left);
	n = text_whole(p, TEXT_PART);
	return (n != 0 ? n : TEXT_PART);
}

static unsigned
count_parts(const struct msg_areload *v)
{
	unsigned parts = 0;
	size_t at;

	for (at = 0; at < v->textlen; at += part_of(v->text + at,
	    v->textlen - at))
		parts++;
	return (parts);
}

/* One digest over the rules of all skills, as their spawners get them. */
static void
digest_rules(uint8_t out[32], const struct msg_areload *v)
{
	crypto_generichash_state st;
	size_t i;

	(void)crypto_generichash_init(&st, NULL, 0, 32);
	for (i = 0; i < v->n; i++)
		(void)crypto_generichash_update(&st, v->rules[i].rules,
		    v->rules[i].len);
	(void)crypto_generichash_final(&st, out, 32);
}

static enum chain_append
append_load(struct chain *c, const struct msg_areload *v, size_t open,
    uint64_t *number)
{
	uint8_t digest[32], rules[32];
	enum chain_append r;
	struct buf b;

	plan_digest(digest, v->text, v->textlen);
	digest_rules(rules, v);
	buf_init(&b, NEWRULES_FIELDS);
	field_str(&b, "ev", "load");
	field_str(&b, "path", v->path);
	field_hex(&b, "digest", digest, sizeof(digest));
	field_hex(&b, "rules", rules, sizeof(rules));
	field_u64(&b, "parts", count_parts(v));
	buf_put(&b, v->fields, v->len);
	r = chain_append(c, RECORD_CONFIG, RECORD_BY_AUDITOR, &b, open,
	    number);
	buf_free(&b);
	return (r);
}

static enum chain_append
append_part(struct chain *c, unsigned part, const uint8_t *p, size_t len,
    size_t open)
{
	char *text = xstrndup((const char *)p, len);
	enum chain_append r;
	uint64_t number;
	struct buf b;

	buf_init(&b, NEWRULES_FIELDS);
	field_str(&b, "ev", "text");
	field_u64(&b, "part", part);
	field_str(&b, "text", text);
	r = chain_append(c, RECORD_CONFIG, RECORD_BY_AUDITOR, &b, open,
	    &number);
	buf_free(&b);
	free(text);
	return (r);
}

enum chain_append
newrules_append(struct chain *c, const struct msg_areload *v, size_t open,
    uint64_t *number)
{
	struct chain_mark mark = chain_mark(c);
	enum chain_append r;
	unsigned part = 0;
	size_t at, n;

	r = append_load(c, v, open, number);
	for (at = 0; r == CHAIN_OK && at < v->textlen; at += n) {
		n = part_of(v->text + at, v->textlen - at);
		r = append_part(c, ++part, v->text + at, n, open);
	}
	if (r == CHAIN_FULL)
		chain_back(c, &mark);
	return (r);
}

void
newrules_note(struct reply *ans, const struct msg_areload *v)
{
	size_t i;

	ans->expires_s = RULES_LIFE_S;
	plan_digest(ans->digest, v->text, v->textlen);
	ans->rules = xcalloc(v->n + 1, sizeof(*ans->rules));
	for (i = 0; i < v->n; i++) {
		ans->rules[i].skill = xstrdup(v->rules[i].skill);
		plan_digest(ans->rules[i].digest, v->rules[i].rules,
		    v->rules[i].len);
	}
	ans->nrules = v->n;
}

void
newrules_free(struct reply *ans)
{
	while (ans->nrules > 0)
		free(ans->rules[--ans->nrules].skill);
	free(ans->rules);
	ans->rules = NULL;
}
