/* SPDX-License-Identifier: ISC */
/*
 * Fields as JSON.  What is written here ends up in the log and on people's
 * terminals, so nothing that cannot be seen, or that changes how its
 * neighbours are seen, passes unescaped (RFC 8259, UAX #9).
 */
#include "config.h"

#include <string.h>

#include "common/field.h"
#include "common/record/kind.h"
#include "common/text.h"

#define NOISE		8	/* shorter strings are never that */
#define TIMES		3	/* what is written may be of what was sent */

static void
put_u(struct buf *b, uint32_t c)
{
	if (c > 0xffff) {
		c -= 0x10000;
		buf_printf(b, "\\u%04x", 0xd800U + (unsigned)(c >> 10));
		c = 0xdc00U + (c & 0x3ff);
	}
	buf_printf(b, "\\u%04x", (unsigned)c);
}

static void
put_b64(struct buf *b, const uint8_t *p, size_t n)
{
	static const char d[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	char q[4];
	uint32_t v;

	for (; n >= 3; p += 3, n -= 3) {
		v = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
		q[0] = d[v >> 18];
		q[1] = d[v >> 12 & 63];
		q[2] = d[v >> 6 & 63];
		q[3] = d[v & 63];
		buf_put(b, q, 4);
	}
	if (n == 0)
		return;
	v = (uint32_t)p[0] << 16 | (n == 2 ? (uint32_t)p[1] << 8 : 0);
	q[0] = d[v >> 18];
	q[1] = d[v >> 12 & 63];
	q[2] = n == 2 ? d[v >> 6 & 63] : '=';
	q[3] = '=';
	buf_put(b, q, 4);
}

/* How many bytes in front stand for themselves wherever they are. */
static size_t
plain(const uint8_t *s, size_t n)
{
	size_t i;

	for (i = 0; i < n && s[i] >= 0x20 && s[i] < 0x7f && s[i] != '"' &&
	    s[i] != '\\' && s[i] != ':'; i++)
		;
	return (i);
}

/* Of text with escapes, without its quotes. */
static size_t
escaped(const uint8_t *s, size_t n)
{
	size_t i, k, out = 0;
	uint32_t c;

	for (i = 0; i < n; i += k) {
		if ((k = plain(s + i, n - i)) != 0) {
			out += k;
			continue;
		}
		k = text_char(s + i, n - i, &c);
		if (c == '"' || c == '\\')
			out += 2;
		else
			out += text_deceives(c) ? (c > 0xffff ? 12 : 6) : k;
	}
	return (out);
}

/*
 * Are there so many escapes, of six bytes or two, that base64 is shorter and
 * no harder to read?  What is logged must not be many times what was sent.
 */
static int
is_noise(const uint8_t *s, size_t n)
{
	return (n >= NOISE && escaped(s, n) > TIMES * n);
}

void
json_str(struct buf *b, const char *str, size_t n)
{
	const uint8_t *s = (const uint8_t *)str;
	size_t i, k, from;
	uint32_t c;

	if (!text_is_utf8(s, n) || is_noise(s, n)) {
		buf_put(b, "{\"b64\":\"", 8);
		put_b64(b, s, n);
		buf_put(b, "\"}", 2);
		return;
	}
	buf_put_u8(b, '"');
	for (i = from = 0; i < n; i += k) {
		if ((k = plain(s + i, n - i)) != 0)
			continue;
		k = text_char(s + i, n - i, &c);
		if (c != '"' && c != '\\' && c != ':' && !text_deceives(c))
			continue;
		buf_put(b, s + from, i - from);
		from = i;
		/* escapes are part of it: \u200e and "xec" make one */
		if (c == ':' && !record_kind_ends(b->data, b->len))
			continue;
		from = i + k;
		if (c == '"' || c == '\\') {
			buf_put_u8(b, '\\');
			buf_put_u8(b, (uint8_t)c);
		} else
			put_u(b, c);
	}
	buf_put(b, s + from, n - from);
	buf_put_u8(b, '"');
}

static void
put_hex(struct buf *b, const uint8_t *p, size_t n)
{
	static const char d[] = "0123456789abcdef";
	size_t i;

	buf_put_u8(b, '"');
	for (i = 0; i < n; i++) {
		buf_put_u8(b, (uint8_t)d[p[i] >> 4]);
		buf_put_u8(b, (uint8_t)d[p[i] & 15]);
	}
	buf_put_u8(b, '"');
}

/* Does a list have short strings that, by themselves, make much of little? */
static int
has_noise(const struct field *f)
{
	const uint8_t *p;
	struct rd r;
	size_t i, n, len;

	rd_init(&r, f->val, f->len);
	n = rd_u32(&r);
	for (i = 0; i < n && (p = rd_bytes(&r, &len, r.left)) != NULL; i++)
		if (len != 0 && len < NOISE && (!text_is_utf8(p, len) ||
		    escaped(p, len) > len))
			return (1);
	return (0);
}

/*
 * The bytes of all strings, a NUL behind each, if there is none in them:
 * what a list was made of, where it was a command's.
 */
static int
joined(struct buf *all, const struct field *f)
{
	const uint8_t *p;
	struct rd r;
	size_t i, n, len;

	buf_init(all, 2 * f->len + 1);
	rd_init(&r, f->val, f->len);
	n = rd_u32(&r);
	for (i = 0; i < n && (p = rd_bytes(&r, &len, r.left)) != NULL; i++) {
		if (memchr(p, '\0', len) != NULL)
			return (-1);
		buf_put(all, p, len);
		buf_put_u8(all, '\0');
	}
	return (all->bad || all->len < NOISE ? -1 : 0);
}

static void
put_strings(struct buf *b, const struct field *f)
{
	const uint8_t *p;
	struct rd r;
	size_t i, n, len;

	rd_init(&r, f->val, f->len);
	n = rd_u32(&r);
	buf_put_u8(b, '[');
	for (i = 0; i < n; i++) {
		if ((p = rd_bytes(&r, &len, r.left)) == NULL)
			break;
		if (i != 0)
			buf_put_u8(b, ',');
		json_str(b, (const char *)p, len);
	}
	buf_put_u8(b, ']');
}

/* One string may be short for base64, while all of them are not. */
static void
put_list(struct buf *b, const struct field *f)
{
	struct buf all, one;

	if (!has_noise(f)) {
		put_strings(b, f);
		return;
	}
	buf_init(&one, 16 * f->len + 16);
	put_strings(&one, f);
	if (joined(&all, f) == 0 && one.len > TIMES * all.len + NOISE) {
		buf_put(b, "[{\"b64s\":\"", 10);
		put_b64(b, all.data, all.len);
		buf_put(b, "\"}]", 3);
	} else
		buf_put(b, one.data, one.len);
	buf_free(&all);
	buf_free(&one);
}

static int put_obj(struct buf *, const void *, size_t, int, unsigned);

static int
put_rows(struct buf *b, const struct field *rows, unsigned depth)
{
	struct field f;
	struct rd r;
	int n = 0, ret;

	rd_init(&r, rows->val, rows->len);
	buf_put_u8(b, '[');
	while ((ret = field_next(&r, &f)) == 1) {
		if (n++ != 0)
			buf_put_u8(b, ',');
		if (f.type != FIELD_OBJ ||
		    put_obj(b, f.val, f.len, 0, depth) == -1)
			return (-1);
	}
	buf_put_u8(b, ']');
	return (ret);
}

static int
put_value(struct buf *b, const struct field *f, unsigned depth)
{
	switch (f->type) {
	case FIELD_STR:
		json_str(b, (const char *)f->val, f->len);
		return (0);
	case FIELD_HEX:
		put_hex(b, f->val, f->len);
		return (0);
	case FIELD_U64:
		buf_printf(b, "%llu", (unsigned long long)f->u);
		return (0);
	case FIELD_I64:
		buf_printf(b, "%lld", (long long)f->i);
		return (0);
	case FIELD_BOOL:
		buf_printf(b, "%s", f->u ? "true" : "false");
		return (0);
	case FIELD_LIST:
		put_list(b, f);
		return (0);
	case FIELD_OBJ:
		return (put_obj(b, f->val, f->len, 0, depth + 1));
	case FIELD_ROWS:
		return (put_rows(b, f, depth + 1));
	}
	return (-1);
}

static int
put_obj(struct buf *b, const void *data, size_t len, int open_end,
    unsigned depth)
{
	struct field f;
	struct rd r;
	int n = 0, ret;

	if (depth > FIELD_DEPTH)
		return (-1);
	rd_init(&r, data, len);
	buf_put_u8(b, '{');
	while ((ret = field_next(&r, &f)) == 1) {
		buf_printf(b, "%s\"%.*s\":", n++ != 0 ? "," : "",
		    (int)f.keylen, f.key);
		if (put_value(b, &f, depth) == -1)
			return (-1);
	}
	if (!open_end)
		buf_put_u8(b, '}');
	return (ret == -1 || b->bad ? -1 : 0);
}

int
field_json(struct buf *b, const void *data, size_t len, int open_end)
{
	return (put_obj(b, data, len, open_end, 0));
}
