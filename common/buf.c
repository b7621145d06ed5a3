/* SPDX-License-Identifier: ISC */
/* Bounded writer and reader of message payloads. */
#include "config.h"

#include <endian.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"

void
buf_init(struct buf *b, size_t max)
{
	memset(b, 0, sizeof(*b));
	b->max = max;
}

void
buf_free(struct buf *b)
{
	freezero(b->data, b->cap);
	buf_init(b, b->max);
}

char *
buf_text(struct buf *b)
{
	char *s = NULL;

	buf_put_u8(b, 0);
	if (!b->bad)
		s = xstrdup((char *)b->data);
	buf_free(b);
	return (s);
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->bad = 0;
}

/* Makes room for n more bytes; 0 or -1. */
static int
buf_grow(struct buf *b, size_t n)
{
	size_t cap;

	if (b->bad || n > b->max || b->len > b->max - n) {
		b->bad = 1;
		return (-1);
	}
	if (b->len + n <= b->cap)
		return (0);
	cap = b->cap != 0 ? b->cap : 256;
	while (cap < b->len + n)
		cap *= 2;
	b->data = xrecallocarray(b->data, b->cap, cap, 1);
	b->cap = cap;
	return (0);
}

void
buf_put(struct buf *b, const void *p, size_t n)
{
	if (buf_grow(b, n) == -1 || n == 0)
		return;
	memcpy(b->data + b->len, p, n);
	b->len += n;
}

void
buf_put_u8(struct buf *b, uint8_t v)
{
	buf_put(b, &v, sizeof(v));
}

void
buf_put_u16(struct buf *b, uint16_t v)
{
	v = htobe16(v);
	buf_put(b, &v, sizeof(v));
}

void
buf_put_u32(struct buf *b, uint32_t v)
{
	v = htobe32(v);
	buf_put(b, &v, sizeof(v));
}

void
buf_put_u64(struct buf *b, uint64_t v)
{
	v = htobe64(v);
	buf_put(b, &v, sizeof(v));
}

void
buf_put_bytes(struct buf *b, const void *p, size_t n)
{
	if (n > UINT32_MAX) {
		b->bad = 1;
		return;
	}
	buf_put_u32(b, (uint32_t)n);
	buf_put(b, p, n);
}

void
buf_put_str(struct buf *b, const char *s)
{
	buf_put_bytes(b, s, strlen(s));
}

void
buf_put_strv(struct buf *b, const struct strv *sv)
{
	size_t i;

	buf_put_u32(b, (uint32_t)sv->n);
	for (i = 0; i < sv->n; i++)
		buf_put_str(b, sv->v[i]);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	char small[256], *big;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->bad = 1;
		return;
	}
	if ((size_t)n < sizeof(small)) {
		buf_put(b, small, (size_t)n);
		return;
	}
	va_start(ap, fmt);
	n = vasprintf(&big, fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->bad = 1;
		return;
	}
	buf_put(b, big, (size_t)n);
	freezero(big, (size_t)n);
}

void
buf_set_u32(struct buf *b, size_t off, uint32_t v)
{
	if (b->bad)
		return;
	if (b->len < sizeof(v) || off > b->len - sizeof(v)) {
		b->bad = 1;
		return;
	}
	v = htobe32(v);
	memcpy(b->data + off, &v, sizeof(v));
}

void
rd_init(struct rd *r, const void *p, size_t n)
{
	r->p = p;
	r->left = n;
	r->bad = 0;
}

const uint8_t *
rd_view(struct rd *r, size_t n)
{
	const uint8_t *p;

	if (r->bad || n > r->left) {
		r->bad = 1;
		return (NULL);
	}
	p = r->p;
	if (n != 0) {
		r->p += n;
		r->left -= n;
	}
	return (p);
}

void
rd_copy(struct rd *r, void *dst, size_t n)
{
	const uint8_t *p;

	if ((p = rd_view(r, n)) == NULL || r->bad) {
		memset(dst, 0, n);
		return;
	}
	if (n != 0)
		memcpy(dst, p, n);
}

uint8_t
rd_u8(struct rd *r)
{
	uint8_t v;

	rd_copy(r, &v, sizeof(v));
	return (v);
}

uint16_t
rd_u16(struct rd *r)
{
	uint16_t v;

	rd_copy(r, &v, sizeof(v));
	return (be16toh(v));
}

uint32_t
rd_u32(struct rd *r)
{
	uint32_t v;

	rd_copy(r, &v, sizeof(v));
	return (be32toh(v));
}

uint64_t
rd_u64(struct rd *r)
{
	uint64_t v;

	rd_copy(r, &v, sizeof(v));
	return (be64toh(v));
}

const uint8_t *
rd_bytes(struct rd *r, size_t *len, size_t max)
{
	static const uint8_t none[1];
	const uint8_t *p;

	*len = rd_u32(r);
	if (r->bad || *len > max) {
		r->bad = 1;
		*len = 0;
		return (NULL);
	}
	if (*len == 0)
		return (none);
	if ((p = rd_view(r, *len)) == NULL)
		*len = 0;
	return (p);
}

char *
rd_str(struct rd *r, size_t max)
{
	const uint8_t *p;
	size_t len;

	p = rd_bytes(r, &len, max);
	if (p == NULL)
		return (xstrdup(""));
	if (memchr(p, '\0', len) != NULL) {
		r->bad = 1;
		return (xstrdup(""));
	}
	return (xstrndup((const char *)p, len));
}

void
rd_strv(struct rd *r, struct strv *dst, size_t maxn, size_t maxlen)
{
	const uint8_t *p;
	size_t i, n, len;

	strv_free(dst);
	n = rd_u32(r);
	/* every string takes at least its length field */
	if (r->bad || n > maxn || n > r->left / sizeof(uint32_t)) {
		r->bad = 1;
		return;
	}
	for (i = 0; i < n; i++) {
		p = rd_bytes(r, &len, maxlen);
		if (p == NULL || memchr(p, '\0', len) != NULL) {
			r->bad = 1;
			return;
		}
		strv_addn(dst, (const char *)p, len);
	}
}

int
rd_end(const struct rd *r)
{
	return (r->bad || r->left != 0 ? -1 : 0);
}
