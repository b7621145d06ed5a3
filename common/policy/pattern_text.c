/* SPDX-License-Identifier: ISC */
/*
 * The second net: the pattern as text, somewhere in the joined arguments,
 * without regard to case and spacing.
 */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "common/policy/pattern_priv.h"
#include "common/policy/policy.h"

static int
is_blank(char c)
{
	return (c == ' ' || (c >= '\t' && c <= '\r'));
}

/* Lower case, one blank for any run of them and between words. */
char *
text_join(const struct strv *argv)
{
	const char *s;
	char *text, *o;
	size_t i, n = 1;

	for (i = 0; i < argv->n; i++)
		n += strlen(argv->v[i]) + 1;
	text = o = xmalloc(n);
	for (i = 0; i < argv->n; i++) {
		if (o > text && o[-1] != ' ')
			*o++ = ' ';
		for (s = argv->v[i]; *s != '\0'; s++) {
			if (!is_blank(*s))
				*o++ = (char)tolower((unsigned char)*s);
			else if (o > text && o[-1] != ' ')
				*o++ = ' ';
		}
	}
	*o = '\0';
	return (text);
}

static int
is_word_char(char c)
{
	return (isalnum((unsigned char)c) || c == '_' || (c & 0x80) != 0);
}

/*
 * A piece where no word is cut: text has something before its first byte if
 * inside is set.
 */
static const char *
find_piece(const char *text, size_t len, const char *s, size_t n, int inside)
{
	const char *hit, *from = text, *end = text + len;

	while ((hit = memmem(from, (size_t)(end - from), s, n)) != NULL) {
		if ((!is_word_char(s[0]) || (hit == text && !inside) ||
		    !is_word_char(hit[-1])) && (!is_word_char(s[n - 1]) ||
		    hit + n == end || !is_word_char(hit[n])))
			return (hit);
		from = hit + 1;
	}
	return (NULL);
}

/*
 * The pieces between the stars must come in this order; leftmost matches
 * suffice for that, so the search is linear.  Blanks beside a star are part
 * of what it stands for, and beside a star a word may be cut.
 */
int
text_finds(const struct pattern *p, const char *text, size_t len)
{
	const char *s = p->low, *hit, *begin = text;
	size_t n, piece;

	while (*s != '\0') {
		if (*s == GLOB_CHAR) {
			s += strspn(s, GLOB_STR " ");
			continue;
		}
		n = piece = strcspn(s, GLOB_STR);
		while (piece > 0 && s[n] == GLOB_CHAR && s[piece - 1] == ' ')
			piece--;
		if (piece != n || (s[n] != GLOB_CHAR && (s == p->low ||
		    s[-1] != GLOB_CHAR)))
			hit = find_piece(text, len, s, piece, text != begin);
		else
			hit = memmem(text, len, s, piece);
		if (hit == NULL)
			return (0);
		len -= (size_t)(hit - text) + piece;
		text = hit + piece;
		s += n;
	}
	return (1);
}

int
pattern_in_text(const struct pattern *p, const struct strv *argv)
{
	char *text = text_join(argv);
	int rc = text_finds(p, text, strlen(text));

	freezero(text, strlen(text));
	return (rc);
}
