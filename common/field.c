/* SPDX-License-Identifier: ISC */
/* Self-describing records: writing and reading. */
#include "config.h"

#include <string.h>

#include "common/field.h"


static void
put_key(struct buf *b, const char *key, enum field_type t)
{
	buf_put_str(b, key);
	buf_put_u8(b, (uint8_t)t);
}

void
field_str(struct buf *b, const char *key, const char *s)
{
	put_key(b, key, FIELD_STR);
	buf_put_str(b, s);
}

void
field_u64(struct buf *b, const char *key, uint64_t v)
{
	put_key(b, key, FIELD_U64);
	buf_put_u64(b, v);
}

void
field_i64(struct buf *b, const char *key, int64_t v)
{
	put_key(b, key, FIELD_I64);
	buf_put_u64(b, (uint64_t)v);
}

void
field_bool(struct buf *b, const char *key, int v)
{
	put_key(b, key, FIELD_BOOL);
	buf_put_u8(b, v != 0);
}

void
field_list(struct buf *b, const char *key, const struct strv *sv)
{
	put_key(b, key, FIELD_LIST);
	buf_put_strv(b, sv);
}

void
field_hex(struct buf *b, const char *key, const void *p, size_t n)
{
	put_key(b, key, FIELD_HEX);
	buf_put_bytes(b, p, n);
}

static size_t
begin(struct buf *b, const char *key, enum field_type t)
{
	put_key(b, key, t);
	buf_put_u32(b, 0);
	return (b->len);
}

size_t
field_obj(struct buf *b, const char *key)
{
	return (begin(b, key, FIELD_OBJ));
}

size_t
field_rows(struct buf *b, const char *key)
{
	return (begin(b, key, FIELD_ROWS));
}

void
field_end(struct buf *b, size_t tok)
{
	if (!b->bad)
		buf_set_u32(b, tok - sizeof(uint32_t),
		    (uint32_t)(b->len - tok));
}

static int
key_ok(const uint8_t *k, size_t n)
{
	size_t i;

	if (n == 0 || n > FIELD_KEY)
		return (0);
	for (i = 0; i < n; i++)
		if (!((k[i] >= 'a' && k[i] <= 'z') ||
		    (k[i] >= 'A' && k[i] <= 'Z') ||
		    (k[i] >= '0' && k[i] <= '9') || k[i] == '_'))
			return (0);
	return (1);
}

/* Steps over a list and leaves val and len at its bytes. */
static void
get_list(struct rd *r, struct field *f)
{
	const uint8_t *start = r->p, *p;
	size_t i, n, len;

	n = rd_u32(r);
	for (i = 0; i < n && !r->bad; i++) {
		p = rd_bytes(r, &len, r->left);
		if (p != NULL && memchr(p, '\0', len) != NULL)
			r->bad = 1;
	}
	f->val = start;
	f->len = (size_t)(r->p - start);
}

static void
get_value(struct rd *r, struct field *f)
{
	switch (f->type) {
	case FIELD_STR:
		f->val = rd_bytes(r, &f->len, r->left);
		if (f->val != NULL && memchr(f->val, '\0', f->len) != NULL)
			r->bad = 1;
		return;
	case FIELD_HEX:
	case FIELD_OBJ:
	case FIELD_ROWS:
		f->val = rd_bytes(r, &f->len, r->left);
		return;
	case FIELD_U64:
		f->u = rd_u64(r);
		return;
	case FIELD_I64:
		f->i = (int64_t)rd_u64(r);
		return;
	case FIELD_BOOL:
		f->u = rd_u8(r);
		if (f->u > 1)
			r->bad = 1;
		return;
	case FIELD_LIST:
		get_list(r, f);
		return;
	}
	r->bad = 1;
}

int
field_next(struct rd *r, struct field *f)
{
	const uint8_t *k;

	memset(f, 0, sizeof(*f));
	if (r->bad)
		return (-1);
	if (r->left == 0)
		return (0);
	k = rd_bytes(r, &f->keylen, FIELD_KEY);
	f->type = (enum field_type)rd_u8(r);
	if (r->bad || !key_ok(k, f->keylen))
		return (-1);
	f->key = (const char *)k;
	get_value(r, f);
	return (r->bad ? -1 : 1);
}

int
field_find(const void *data, size_t len, const char *key, struct field *f)
{
	struct rd r;
	int ret;

	rd_init(&r, data, len);
	while ((ret = field_next(&r, f)) == 1)
		if (f->keylen == strlen(key) &&
		    memcmp(f->key, key, f->keylen) == 0)
			return (1);
	return (ret);
}

char *
field_get_str(const void *data, size_t len, const char *key)
{
	struct field f;

	if (field_find(data, len, key, &f) != 1 || f.type != FIELD_STR)
		return (xstrdup(""));
	return (xstrndup((const char *)f.val, f.len));
}

uint64_t
field_get_u64(const void *data, size_t len, const char *key, uint64_t dflt)
{
	struct field f;

	if (field_find(data, len, key, &f) != 1 ||
	    (f.type != FIELD_U64 && f.type != FIELD_BOOL))
		return (dflt);
	return (f.u);
}

void
field_get_list(const void *data, size_t len, const char *key,
    struct strv *out)
{
	struct field f;
	struct rd r;

	strv_free(out);
	if (field_find(data, len, key, &f) != 1 || f.type != FIELD_LIST)
		return;
	rd_init(&r, f.val, f.len);
	rd_strv(&r, out, f.len, f.len);
}
