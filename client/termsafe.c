/* SPDX-License-Identifier: ISC */
/* A safe subset of what terminals take; see termsafe.h. */
#include "config.h"

#include <string.h>

#include "client/termsafe.h"
#include "common/text.h"

#define SAFE_ESC	0x1b
#define SAFE_BEL	0x07
/* Insert, move, erase, scroll, delete, repeat, colour. */
#define CSI_FINALS	"@ABCDEFGHIJKLMPSTXZ`adefm"

enum { SAFE_TEXT, SAFE_CHAR, SAFE_ESCAPE, SAFE_CSI, SAFE_STRING,
    SAFE_STRING_ESC };

static void
begin(struct termsafe *t, int state, uint8_t c)
{
	t->state = state;
	t->seq[0] = c;
	t->len = 1;
}

/* Where there is no room it is none that is let through. */
static void
add(struct termsafe *t, uint8_t c)
{
	if (t->len < TERMSAFE_SEQ)
		t->seq[t->len] = c;
	t->len++;
}

/* Bytes behind the first one of a character; 0: it begins none. */
static size_t
follow(uint8_t c)
{
	return (c >= 0xc2 && c <= 0xdf ? 1 : c >= 0xe0 && c <= 0xef ? 2 :
	    c >= 0xf0 && c <= 0xf4 ? 3 : 0);
}

static void
put_text(struct termsafe *t, struct buf *b, uint8_t c)
{
	if (c == SAFE_ESC)
		begin(t, SAFE_ESCAPE, c);
	else if (c == '\n' || c == '\r' || c == '\t' || c == '\b' ||
	    (c >= 0x20 && c < 0x7f))
		buf_put_u8(b, c);
	else if ((t->more = follow(c)) != 0)
		begin(t, SAFE_CHAR, c);
}

static int
is_seen(uint32_t cp)
{
	switch (text_class(cp)) {
	case TEXT_CONTROL:
	case TEXT_FORMAT:
	case TEXT_BIDI:
	case TEXT_TAG:
	case TEXT_NONE:
		return (0);
	default:
		return (1);
	}
}

/* One that is invisible or turns the text around is left out as well. */
static void
put_character(struct termsafe *t, struct buf *b, uint8_t c)
{
	uint32_t cp;

	if ((c & 0xc0) != 0x80) {
		t->state = SAFE_TEXT;
		put_text(t, b, c);
		return;
	}
	add(t, c);
	if (--t->more != 0)
		return;
	t->state = SAFE_TEXT;
	if (text_char(t->seq, t->len, &cp) == t->len && is_seen(cp))
		buf_put(b, t->seq, t->len);
}

static void
put_escape(struct termsafe *t, struct buf *b, uint8_t c)
{
	t->state = SAFE_TEXT;
	if (c == '[') {
		t->state = SAFE_CSI;
		add(t, c);
	} else if (c == ']' || c == 'P' || c == 'X' || c == '^' || c == '_')
		t->state = SAFE_STRING;
	else if (c == SAFE_ESC)
		begin(t, SAFE_ESCAPE, c);
	else if (c < 0x20)
		put_text(t, b, c);
	else if (c < 0x30)	/* of a set of characters: one more follows */
		t->state = SAFE_ESCAPE;
}

static void
put_csi(struct termsafe *t, struct buf *b, uint8_t c)
{
	if (c == SAFE_ESC) {
		begin(t, SAFE_ESCAPE, c);
		return;
	}
	if (c < 0x20 || c >= 0x7f) {
		t->state = SAFE_TEXT;
		put_text(t, b, c);
		return;
	}
	/* private ones, and those with more in between, are longer than any */
	if ((c < '0' || c > ';') && c < 0x40)
		t->len = TERMSAFE_SEQ;
	add(t, c);
	if (c < 0x40)
		return;
	t->state = SAFE_TEXT;
	if (t->len <= TERMSAFE_SEQ && strchr(CSI_FINALS, c) != NULL)
		buf_put(b, t->seq, t->len);
}

void
termsafe_put(struct termsafe *t, struct buf *b, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		switch (t->state) {
		case SAFE_TEXT:
			put_text(t, b, p[i]);
			break;
		case SAFE_CHAR:
			put_character(t, b, p[i]);
			break;
		case SAFE_ESCAPE:
			put_escape(t, b, p[i]);
			break;
		case SAFE_CSI:
			put_csi(t, b, p[i]);
			break;
		case SAFE_STRING:
			t->state = p[i] == SAFE_BEL ? SAFE_TEXT :
			    p[i] == SAFE_ESC ? SAFE_STRING_ESC : SAFE_STRING;
			break;
		case SAFE_STRING_ESC:
			t->state = p[i] == '\\' ? SAFE_TEXT :
			    p[i] == SAFE_ESC ? SAFE_STRING_ESC : SAFE_STRING;
			break;
		}
	}
}
