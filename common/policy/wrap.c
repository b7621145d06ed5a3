/* SPDX-License-Identifier: ISC */
/* Looking up programs that run others. */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/wrap.h"

/* python3.11, perl5.36: without the version */
static size_t
plain_len(const char *base, size_t n)
{
	while (n > 0 && (isdigit((unsigned char)base[n - 1]) ||
	    base[n - 1] == '.' || base[n - 1] == '-'))
		n--;
	return (n);
}

static int
name_cmp(const char *name, const char *base, size_t n)
{
	int c = strncmp(name, base, n);

	return (c != 0 ? c : name[n] != '\0');
}

static const struct wrap *
find_len(const char *base, size_t n)
{
	size_t lo = 0, hi = wrap_table_n, mid;
	int c;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		c = name_cmp(wrap_table[mid].name, base, n);
		if (c == 0)
			return (&wrap_table[mid]);
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (NULL);
}

/* The dynamic loader starts the program that it is given. */
static int
is_loader(const char *base)
{
	return (strncmp(base, "ld-linux", 8) == 0 ||
	    strncmp(base, "ld-musl", 7) == 0 ||
	    strcmp(base, "ld64.so.2") == 0 || strcmp(base, "ld64.so.1") == 0 ||
	    strncmp(base, "ld-2.", 5) == 0);
}

void
wraps_set(struct wraps *more)
{
	size_t i;

	free(more->w);
	more->w = xcalloc(more->names.n + 1, sizeof(*more->w));
	for (i = 0; i < more->names.n; i++) {
		more->w[i].name = more->names.v[i];
		more->w[i].flags = WRAP_ALL;
		more->w[i].grammar = more->grammars.v[i];
	}
}

void
wraps_free(struct wraps *more)
{
	strv_free(&more->names);
	strv_free(&more->grammars);
	free(more->w);
	more->w = NULL;
}

static const struct wrap *
find_more(const struct wraps *more, const char *base)
{
	size_t i;

	for (i = 0; more != NULL && i < more->names.n; i++)
		if (strcmp(more->names.v[i], base) == 0)
			return (&more->w[i]);
	return (NULL);
}

const struct wrap *
wrap_find(const struct wraps *more, const char *base)
{
	const struct wrap *w;
	size_t n = strlen(base), plain;

	if (n == 0)
		return (NULL);
	if ((w = find_more(more, base)) != NULL)
		return (w);
	if (is_loader(base))
		return (find_len("ld.so", 5));
	if ((w = find_len(base, n)) != NULL)
		return (w);
	plain = plain_len(base, n);
	return (plain == 0 || plain == n ? NULL : find_len(base, plain));
}

int
wrap_is_certain(const struct wrap *w)
{
	return (w->grammar != NULL || (w->flags & (WRAP_SHELL | WRAP_FIND |
	    WRAP_TEXT | WRAP_INTERP)) != 0);
}

/* Is s this option, in some spelling? */
static int
is_trigger(const char *t, size_t n, const char *s)
{
	size_t len;

	if (n == 1 && *t == '+')
		return (s[0] == '+' && s[1] != '\0');
	if (*t != '-')
		return (strncmp(t, s, n) == 0 &&
		    (s[n] == '\0' || s[n] == '='));
	if (t[1] == '-') {
		/* abbreviations, too */
		len = strcspn(s, "=");
		return (len >= 4 && len <= n && strncmp(t, s, len) == 0);
	}
	if (s[0] != '-' || s[1] == '-')
		return (0);
	if (n == 2)
		return (strchr(s + 1, t[1]) != NULL);
	return (strncmp(t, s, n) == 0 && (s[n] == '\0' || s[n] == '='));
}

int
wrap_trigger(const struct wrap *w, const char *s)
{
	const char *t = w->triggers;
	size_t n;
	int kind, best = 0;

	while (t != NULL && *t != '\0') {
		kind = *t++ == '+' ? 2 : 1;
		n = strcspn(t, " ");
		if (kind > best && is_trigger(t, n, s))
			best = kind;
		t += n + strspn(t + n, " ");
	}
	return (best);
}
