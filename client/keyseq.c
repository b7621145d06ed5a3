/* SPDX-License-Identifier: ISC */
/* Bytes into keys; see keyseq.h. */
#include "config.h"

#include <string.h>

#include "client/keyseq.h"
#include "common/defs.h"

/* Behind ESC, as xterm, tmux, screen and the console send them. */
static const struct {
	const char	*seq;
	int		 key;
} known[] = {
	{ "[A", KEY_UP }, { "OA", KEY_UP },
	{ "[B", KEY_DOWN }, { "OB", KEY_DOWN },
	{ "[5~", KEY_PAGE_UP }, { "[6~", KEY_PAGE_DOWN },
	{ "[H", KEY_HOME }, { "OH", KEY_HOME },
	{ "[1~", KEY_HOME }, { "[7~", KEY_HOME },
	{ "[F", KEY_END }, { "OF", KEY_END },
	{ "[4~", KEY_END }, { "[8~", KEY_END },
};

static int
is(const struct keyseq *k, const char *seq)
{
	return (k->n == strlen(seq) + 1 &&
	    memcmp(k->held + 1, seq, k->n - 1) == 0);
}

/* Does this byte end the sequence?  The forms of ECMA-48. */
static int
ends(const struct keyseq *k, uint8_t c)
{
	if (k->n == 1)
		return (c != '[' && c != 'O');
	if (k->n == 2 && k->held[1] == 'O')
		return (1);
	return (c >= 0x40 && c <= 0x7e);
}

static int
whole(struct keyseq *k)
{
	int key = KEY_OTHER;
	size_t i;

	if (is(k, "[200~") || is(k, "[201~")) {
		k->pasting = k->held[3] == '0' && k->held[4] == '0';
		key = KEY_NONE;
	} else if (!k->pasting)
		for (i = 0; i < NELEM(known); i++)
			if (is(k, known[i].seq))
				key = known[i].key;
	k->n = 0;
	return (k->pasting ? KEY_NONE : key);
}

int
keyseq_put(struct keyseq *k, uint8_t c)
{
	int end;

	/* a second ESC begins anew */
	if (c == KEY_ESCAPE && k->n != 0)
		k->n = 0;
	if (c == KEY_ESCAPE) {
		k->held[k->n++] = c;
		return (KEY_NONE);
	}
	if (k->n == 0)
		return (k->pasting ? KEY_PASTED | c : c);
	end = ends(k, c);
	/* of a longer one only the end matters: it is none that is known */
	if (k->n < sizeof(k->held))
		k->held[k->n++] = c;
	return (end ? whole(k) : KEY_NONE);
}

int
keyseq_flush(struct keyseq *k)
{
	int alone = k->n == 1;

	k->n = 0;
	return (alone && !k->pasting ? KEY_ESCAPE : KEY_NONE);
}
