/* SPDX-License-Identifier: ISC */
/* What the log says that outlives its records; see carry.h. */
#include "config.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auditor/auditor.h"
#include "auditor/carry.h"
#include "common/field.h"
#include "common/varname.h"
#include "common/xmalloc.h"

/* Of a state that a record has, so that the record stays small. */
#define STATE_MAX	(120U * 1024)

void
carry_put_stops(struct buf *b, const struct estops *s)
{
	const struct estop *e;

	buf_put_u32(b, (uint32_t)s->n);
	for (e = s->v; e < s->v + s->n; e++) {
		buf_put_u8(b, e->scope);
		buf_put_u32(b, e->user);
		buf_put_str(b, e->name);
		buf_put_str(b, e->why);
		buf_put_u8(b, e->by_signal != 0);
		buf_put_u32(b, e->by);
		buf_put_u64(b, e->time_us);
	}
}

void
carry_get_text(struct rd *r, char *out, size_t size)
{
	char *s = rd_str(r, size - 1);

	(void)snprintf(out, size, "%s", s);
	free(s);
}

void
carry_get_stops(struct rd *r, struct estops *s)
{
	struct estop e;
	uint32_t n;

	for (n = rd_u32(r); n != 0 && !r->bad; n--) {
		memset(&e, 0, sizeof(e));
		e.scope = rd_u8(r);
		e.user = rd_u32(r);
		carry_get_text(r, e.name, sizeof(e.name));
		carry_get_text(r, e.why, sizeof(e.why));
		e.by_signal = rd_u8(r);
		e.by = rd_u32(r);
		e.time_us = rd_u64(r);
		if (estop_word(e.scope) == NULL)
			r->bad = 1;
		if (!r->bad)
			(void)estops_add(s, &e);
	}
}

void
carry_put_uses(struct buf *b, const struct lastuse *u)
{
	size_t i;

	buf_put_u32(b, (uint32_t)u->n);
	for (i = 0; i < u->n; i++) {
		buf_put_str(b, u->v[i].name);
		buf_put_u64(b, u->v[i].time_s);
	}
}

void
carry_get_uses(struct rd *r, struct lastuse *u)
{
	char *name;
	uint32_t n;

	for (n = rd_u32(r); n != 0 && !r->bad; n--) {
		name = rd_str(r, VARNAME_MAX);
		lastuse_note(u, name, strlen(name), rd_u64(r));
		free(name);
	}
}

void
carry_record_put(struct buf *b, const struct auditor *a)
{
	const struct lastuse none = { 0 };
	size_t i, at;
	struct buf s;
	int all = 0;

	for (i = 0; i < a->stops.n; i++)
		all |= a->stops.v[i].scope == ESTOP_ALL;
	field_u64(b, "stops", a->stops.n);
	field_bool(b, "stop_all", all);
	if (a->vault_version != 0) {
		field_u64(b, "vault_version", a->vault_version);
		field_hex(b, "vault_digest", a->vault_digest,
		    sizeof(a->vault_digest));
	}
	buf_init(&s, STATE_MAX);
	carry_put_stops(&s, &a->stops);
	at = s.len;
	carry_put_uses(&s, &a->uses);
	if (s.bad) {
		/* those that are not told were used before what is left */
		s.bad = 0;
		s.len = at;
		carry_put_uses(&s, &none);
	}
	buf_put_u8(&s, a->lowroom.low != 0);
	field_hex(b, "state", s.data, s.len);
	buf_free(&s);
}

static int
get_digest(const struct record_view *v, uint8_t digest[32])
{
	char hex[65];
	size_t n;

	return (record_member_str(v->json, v->jsonlen, "vault_digest", hex,
	    sizeof(hex)) != 64 || sodium_hex2bin(digest, 32, hex, 64, NULL,
	    &n, NULL) != 0 || n != 32 ? -1 : 0);
}

void
carry_record_get(struct auditor *a, const struct record_view *v)
{
	const char *hex;
	uint8_t *p;
	size_t len, n;
	struct rd r;

	if (get_digest(v, a->vault_digest) == 0)
		(void)record_member_u64(v->json, v->jsonlen, "vault_version",
		    &a->vault_version);
	if (!record_member(v->json, v->jsonlen, "state", &hex, &len) ||
	    len < 2 || len > 2 * STATE_MAX + 2)
		return;
	p = xmalloc(len);
	if (sodium_hex2bin(p, len, hex + 1, len - 2, NULL, &n, NULL) == 0) {
		rd_init(&r, p, n);
		a->stops.n = 0;
		carry_get_stops(&r, &a->stops);
		carry_get_uses(&r, &a->uses);
		a->lowroom.low = rd_u8(&r) != 0;
	}
	free(p);
}
