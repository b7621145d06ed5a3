/* SPDX-License-Identifier: ISC */
/* Lines that fit on a screen; see margin.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "client/margin.h"
#include "client/tty.h"

#define LABEL		11	/* columns, and "| " behind it */
#define MARGIN		(LABEL + 2)
#define LEAST_ROWS	8
#define LEAST_COLS	28
#define MOST_COLS	4096

void
margin_screen(size_t *rows, size_t *cols)
{
	uint16_t r, c;

	tty_size(&r, &c);
	*rows = r == 0 ? 24 : r < LEAST_ROWS ? LEAST_ROWS : r;
	*cols = c == 0 ? 80 : c < LEAST_COLS ? LEAST_COLS :
	    c > MOST_COLS ? MOST_COLS : c;
}

const char *
margin_lacks(void)
{
	uint16_t r, c;

	tty_size(&r, &c);
	if ((r != 0 && r < LEAST_ROWS) || (c != 0 && c < LEAST_COLS))
		return ("the terminal is too small: 8 rows of 28 columns are "
		    "needed");
	return (NULL);
}

/*
 * How many bytes of it fit into so many columns; at least one character.  A
 * blank near the end is a better one, and stays on the line.
 */
static size_t
fitting(const unsigned char *p, size_t n, size_t cols)
{
	size_t i, end, w = 0, blank = 0;

	for (i = 0; i < n; i = end) {
		w += p[i] < 0x80 ? 1 : 2;
		for (end = i + 1; end < n && (p[end] & 0xc0) == 0x80; end++)
			;
		if (w > cols && i != 0)
			return (blank != 0 ? blank : i);
		if (p[i] == ' ' && w > cols - cols / 4)
			blank = end;
	}
	return (n);
}

void
margin_add(struct strv *out, size_t cols, const char *label, const void *text,
    size_t n)
{
	const unsigned char *p = text;
	size_t len, room = cols - MARGIN;
	struct buf b;

	do {
		len = fitting(p, n, room);
		buf_init(&b, MARGIN + 4 * MOST_COLS);
		buf_printf(&b, "%-*.*s| ", LABEL, LABEL, label);
		buf_put(&b, p, len);
		strv_addn(out, (const char *)b.data, b.len);
		buf_free(&b);
		label = "";
		p += len;
		n -= len;
	} while (n != 0);
}

void
margin_take(struct strv *out, size_t cols, const char *label, struct buf *b)
{
	margin_add(out, cols, label, b->data != NULL ? (char *)b->data : "",
	    b->len);
	buf_reset(b);
}
