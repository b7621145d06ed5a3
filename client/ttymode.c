/* SPDX-License-Identifier: ISC */
/*
 * Modes of a terminal, out of the sequences that set them: ESC [ ? N h and l,
 * and for keys ESC [ > F u and ESC [ < N u.  A hostile command can set what it
 * likes, as ever; what is written here is made of numbers of the table alone.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/ttymode.h"
#include "common/defs.h"
#include "common/io.h"

#define ESC		'\033'
#define CURSOR		25
#define KEYS_MAX	64

enum { TEXT, ESCAPED, WITHIN };

/* Those that trouble who comes next: keys, mouse, focus, screen, paste. */
static const unsigned known[] = { 1, 9, 47, 1000, 1002, 1003, 1004, 1005,
    1006, 1015, 1016, 1047, 1049, 2004 };

static void
forget(struct ttymode *m, unsigned mode)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->set[i] == mode) {
			memmove(&m->set[i], &m->set[i + 1],
			    (m->n - i - 1) * sizeof(m->set[0]));
			m->n--;
			return;
		}
}

static void
take(struct ttymode *m, unsigned mode, int on)
{
	size_t i;

	if (mode == CURSOR)
		m->hidden = !on;
	for (i = 0; i < NELEM(known); i++)
		if (known[i] == mode)
			break;
	if (i == NELEM(known))
		return;
	forget(m, mode);
	if (on)		/* there are fewer known ones than places */
		m->set[m->n++] = mode;
}

/* N;N;N behind the ? */
static void
take_modes(struct ttymode *m, int on)
{
	char *p = m->seq + 1, *end;
	unsigned long v;

	for (;; p = end + 1) {
		v = strtoul(p, &end, 10);
		if (end == p || (*end != ';' && *end != '\0'))
			return;
		if (v < 65536)
			take(m, (unsigned)v, on);
		if (*end != ';')
			return;
	}
}

static void
take_keys(struct ttymode *m)
{
	unsigned long v = strtoul(m->seq + 1, NULL, 10);

	if (m->seq[0] == '>' && m->keys < KEYS_MAX) {
		m->keys++;
		m->form = (unsigned)(v & 31);
	} else if (m->seq[0] == '<') {
		v = v == 0 ? 1 : v;
		m->keys = v >= m->keys ? 0 : m->keys - (unsigned)v;
	}
}

static void
finish(struct ttymode *m, uint8_t last)
{
	m->seq[m->len] = '\0';
	if (m->seq[0] == '?' && (last == 'h' || last == 'l'))
		take_modes(m, last == 'h');
	else if (last == 'u')
		take_keys(m);
}

void
ttymode_see(struct ttymode *m, const uint8_t *p, size_t n)
{
	for (; n > 0; p++, n--) {
		if (*p == ESC)
			m->state = ESCAPED;
		else if (m->state == ESCAPED) {
			m->state = *p == '[' ? WITHIN : TEXT;
			m->len = 0;
		} else if (m->state == WITHIN && *p >= 0x20 && *p < 0x40) {
			if (m->len == TTYMODE_SEQ)
				m->state = TEXT;
			else
				m->seq[m->len++] = (char)*p;
		} else if (m->state == WITHIN) {
			if (*p >= 0x40 && *p < 0x7f)
				finish(m, *p);
			m->state = TEXT;
		}
	}
}

void
ttymode_off(const struct ttymode *m, struct buf *b)
{
	size_t i;

	if (m->keys != 0)
		buf_printf(b, "\033[<%uu", m->keys);
	for (i = m->n; i > 0; i--)
		buf_printf(b, "\033[?%ul", m->set[i - 1]);
	if (m->hidden)
		buf_printf(b, "\033[?%uh", CURSOR);
	if (b->len != 0)
		buf_printf(b, "\033[0m");
}

void
ttymode_on(const struct ttymode *m, struct buf *b)
{
	unsigned k;
	size_t i;

	for (i = 0; i < m->n; i++)
		buf_printf(b, "\033[?%uh", m->set[i]);
	for (k = 0; k < m->keys; k++)
		buf_printf(b, "\033[>%uu", m->form);
	if (m->hidden)
		buf_printf(b, "\033[?%ul", CURSOR);
}

void
ttymode_put(const struct ttymode *m, void (*which)(const struct ttymode *,
    struct buf *))
{
	struct buf b;

	buf_init(&b, 4096);
	which(m, &b);
	/* a terminal that is gone needs none */
	if (b.len != 0)
		(void)io_write(STDOUT_FILENO, b.data, b.len);
	buf_free(&b);
}
