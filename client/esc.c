/* SPDX-License-Identifier: ISC */
/* Escaping for terminals. */
#include "config.h"

#include <string.h>

#include "client/esc.h"
#include "common/text.h"

static void
put_ascii(struct buf *b, unsigned c, int quoted)
{
	static const char special[] = "\"\\\n\t\r", letter[] = "\"\\ntr";
	const char *s;

	s = c == 0 ? NULL : strchr(special, (int)c);
	if (s != NULL && (quoted || c < ' '))
		buf_printf(b, "\\%c", letter[s - special]);
	else if (c < ' ' || c == 0x7f)
		buf_printf(b, "\\x%02x", c);
	else
		buf_put_u8(b, (uint8_t)c);
}

static void
put_escaped(struct buf *b, const unsigned char *p, size_t n, int quoted)
{
	uint32_t cp;
	size_t len;

	for (; n != 0; p += len, n -= len) {
		len = text_char(p, n, &cp);
		if (len == 1)
			put_ascii(b, cp, quoted);
		else if (len == 0)
			buf_printf(b, "\\x%02x", p[0]);
		else if (text_deceives(cp))
			buf_printf(b, "\\u{%x}", cp);
		else
			buf_put(b, p, len);
		if (len == 0)
			len = 1;
	}
}

void
esc_text(struct buf *b, const void *p, size_t n)
{
	put_escaped(b, p, n, 0);
}

void
esc_word(struct buf *b, const void *data, size_t n)
{
	static const char bare[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
	const unsigned char *p = data;
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] == '\0' || strchr(bare, p[i]) == NULL)
			break;
	if (n != 0 && i == n) {
		buf_put(b, p, n);
		return;
	}
	buf_put_u8(b, '"');
	put_escaped(b, p, n, 1);
	buf_put_u8(b, '"');
}

void
esc_words(struct buf *b, const struct strv *sv)
{
	size_t i;

	for (i = 0; i < sv->n; i++) {
		if (i != 0)
			buf_put_u8(b, ' ');
		esc_word(b, sv->v[i], strlen(sv->v[i]));
	}
}

int
esc_foreign(const void *data, size_t n)
{
	const unsigned char *p = data;
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] >= 0x80)
			return (1);
	return (0);
}

size_t
esc_width(const char *s, size_t n)
{
	size_t i, w = 0;

	for (i = 0; i < n; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			w++;
	return (w);
}

size_t
esc_fits(const char *s, size_t n, size_t cols)
{
	size_t i, end, w = 0;

	for (i = 0; i < n; i = end) {
		w += (unsigned char)s[i] < 0x80 ? 1 : 2;
		for (end = i + 1; end < n &&
		    ((unsigned char)s[end] & 0xc0) == 0x80; end++)
			;
		if (w > cols)
			return (i);
	}
	return (n);
}
