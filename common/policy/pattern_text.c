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

/*
 * The pieces between the stars must come in this order; leftmost matches
 * suffice for that, so the search is linear.  Blanks beside a star are part
 * of what it stands for.
 */
int
text_finds(const struct pattern *p, const char *text, size_t len)
{
	const char *s = p->low, *hit;
	size_t n, piece;

	while (*s != '\0') {
		if (*s == GLOB_CHAR) {
			s += strspn(s, GLOB_STR " ");
			continue;
		}
		n = piece = strcspn(s, GLOB_STR);
		while (piece > 0 && s[n] == GLOB_CHAR && s[piece - 1] == ' ')
			piece--;
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
