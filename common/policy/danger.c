/* SPDX-License-Identifier: ISC */
/* Which words of a command no star stands for; see danger.h. */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/policy/danger.h"
#include "common/policy/danger_table.h"
#include "common/policy/part.h"
#include "common/policy/pattern_priv.h"
#include "common/varname.h"

static const char *
row_of(const char *prog, size_t n)
{
	size_t lo = 0, hi = sizeof(table) / sizeof(table[0]), mid;
	int c;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		c = strncmp(table[mid].prog, prog, n);
		if (c == 0)
			c = table[mid].prog[n] != '\0';
		if (c == 0)
			return (table[mid].words);
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (NULL);
}

/* The row of a program; without the version that its name ends in, if any. */
static const char *
words_of(const char *prog, size_t n)
{
	const char *row = row_of(prog, n);

	if (row != NULL || n == 0 || !isdigit((unsigned char)prog[n - 1]))
		return (row);
	while (n > 0 && (isdigit((unsigned char)prog[n - 1]) ||
	    prog[n - 1] == '.'))
		n--;
	if (n > 0 && prog[n - 1] == '-')
		n--;
	return (row_of(prog, n));
}

/* One entry of a row against one word. */
static int
entry_is(const char *e, size_t n, const char *s)
{
	size_t len;

	if (e[0] == '^')
		return (strncmp(s, e + 1, n - 1) == 0);
	if (e[0] == '=')
		return (strncmp(s, e + 1, n - 1) == 0);
	if (e[0] == '~')
		return (memmem(s, strlen(s), e + 1, n - 1) != NULL);
	if (e[0] != '-')
		return (strncmp(s, e, n) == 0 && s[n] == '\0');
	if (s[0] != '-')
		return (0);
	if (e[1] == '-') {
		len = strcspn(s, "=");
		return (len >= 3 && len <= n && strncmp(e, s, len) == 0);
	}
	if (n == 2)
		return (s[1] != '-' && strchr(s + 1, e[1]) != NULL);
	/* -exec, also as --exec, which some take for the same */
	if (s[1] == '-')
		s++;
	return (strncmp(e, s, n) == 0 && (s[n] == '\0' || s[n] == '='));
}

static int
is_sqlite(const char *s)
{
	const char *p;

	if (s[0] == '.' && isalpha((unsigned char)s[1]))
		return (1);
	for (p = s; (p = strstr(p, "\n.")) != NULL; p++)
		if (isalpha((unsigned char)p[2]))
			return (1);
	return (strcasestr(s, "load_extension") != NULL ||
	    strcasestr(s, "writefile") != NULL ||
	    strcasestr(s, "edit(") != NULL);
}

static int
is_psql(const char *s)
{
	return (strchr(s, '\\') != NULL || strcasestr(s, "program") != NULL ||
	    strcasestr(s, "system") != NULL ||
	    strcasestr(s, "outfile") != NULL ||
	    strcasestr(s, "dumpfile") != NULL || strchr(s, '!') != NULL);
}

static int
is_make_var(const char *s)
{
	size_t n = strcspn(s, "=");

	if (s[n] == '\0' || s[0] == '-')
		return (0);
	while (n > 0 && strchr(":+?!", s[n - 1]) != NULL)
		n--;
	return (varname_is_hook(s, n) || s[strcspn(s, "=")] == '\0' ||
	    strstr(s, "$(") != NULL || strchr(s, '`') != NULL ||
	    strstr(s, "${") != NULL);
}

static int
text_is(const char *e, size_t n, const char *s)
{
	if (strncmp(e, "$VARS", n) == 0)
		return (is_make_var(s));
	if (strncmp(e, "$SQLITE", n) == 0)
		return (is_sqlite(s));
	if (strncmp(e, "$PSQL", n) == 0)
		return (is_psql(s));
	return (0);
}

/* Does an option of a letter take the next word as its value? */
static int
takes_next(const char *s, const char *letters, size_t n)
{
	return (s[0] == '-' && s[1] != '-' && s[1] != '\0' && s[2] == '\0' &&
	    memchr(letters, s[1], n) != NULL);
}

/* "#N:abc", of n bytes; what follows "--", and "-" itself, is an operand. */
static void
mark_operands(const char *e, size_t len, char *const *w, size_t n,
    uint8_t *marks)
{
	size_t i, first = (size_t)(e[1] - '0'), found = 0;
	int plain = 0;

	for (i = 1; i < n; i++) {
		if (!plain && strcmp(w[i], "--") == 0)
			plain = 1;
		else if (plain || w[i][0] != '-' || w[i][1] == '\0')
			marks[i] |= ++found >= first;
		else if (len > 3 && takes_next(w[i], e + 3, len - 3))
			i++;
	}
}

static void
mark_row(const char *row, char *const *w, size_t n, uint8_t *marks)
{
	size_t i, len;
	const char *e;

	for (e = row; e != NULL && *e != '\0'; e += len + (e[len] == ' ')) {
		len = strcspn(e, " ");
		if (e[0] == '#') {
			mark_operands(e, len, w, n, marks);
			continue;
		}
		for (i = 1; i < n; i++)
			if (e[0] == '$' ? text_is(e, len, w[i]) :
			    entry_is(e, len, w[i]))
				marks[i] = 1;
	}
}

static void
mark_holes(char *const *w, size_t n, uint8_t *marks)
{
	size_t i;

	for (i = 1; i < n; i++)
		if (w[i][0] == PART_HOLE || w[i][0] == PART_HOLES ||
		    (w[i][0] == '-' && part_has_hole(w[i])))
			marks[i] = 1;
}

static void
mark_awk(char *const *w, size_t n, int holes, uint8_t *marks)
{
	size_t i;

	for (i = 1; i < n; i++) {
		if (takes_next(w[i], "Fv", 2)) {
			i++;
			continue;
		}
		if (w[i][0] == '-' && w[i][1] != '\0' &&
		    strcmp(w[i], "--") != 0)
			continue;
		if (strcmp(w[i], "--") == 0 && ++i == n)
			return;
		if ((holes && part_has_hole(w[i])) || danger_awk(w[i]))
			marks[i] = 1;
		return;
	}
}

static int
sed_script(const char *s, int holes)
{
	return ((holes && part_has_hole(s)) || danger_sed(s));
}

/* -e SCRIPT, -eSCRIPT, -ne SCRIPT, --expression=SCRIPT; else the first word */
static void
mark_sed(char *const *w, size_t n, int holes, uint8_t *marks)
{
	size_t i, first = 0;
	int given = 0;
	const char *p;

	for (i = 1; i < n; i++) {
		if (strncmp(w[i], "--e", 3) == 0) {
			given = 1;
			p = strchr(w[i], '=');
			if (p == NULL && ++i == n)
				return;
			if (sed_script(p != NULL ? p + 1 : w[i], holes))
				marks[i] = 1;
		} else if (w[i][0] == '-' && w[i][1] != '-' &&
		    (p = strchr(w[i], 'e')) != NULL) {
			given = 1;
			if (*++p == '\0' && ++i < n)
				p = w[i];
			if (i < n && sed_script(p, holes))
				marks[i] = 1;
		} else if (takes_next(w[i], "l", 1))
			i++;
		else if (first == 0 && (w[i][0] != '-' || w[i][1] == '\0'))
			first = i;
	}
	if (!given && first != 0 && sed_script(w[first], holes))
		marks[first] = 1;
}

int
danger_git_knows(const char *s)
{
	size_t i;

	for (i = 0; i < sizeof(git_known) / sizeof(git_known[0]); i++)
		if (strcmp(git_known[i], s) == 0)
			return (1);
	return (0);
}

/* Is KEY or KEY=VALUE one of these?  They end in ".", "=VALUE" or the key. */
static int
is_plain_setting(const char *s)
{
	const char *e;
	size_t i, n;

	if (part_has_hole(s))
		return (0);
	for (i = 0; i < sizeof(git_settings) / sizeof(git_settings[0]); i++) {
		e = git_settings[i];
		n = strlen(e);
		if (strncasecmp(e, s, n) == 0 && (e[n - 1] == '.' ||
		    s[n] == '\0' || (s[n] == '=' && strchr(e, '=') == NULL)))
			return (1);
	}
	return (0);
}

size_t
danger_git_plain(char *const *w, size_t n, size_t i)
{
	size_t k;

	if (strcmp(w[i], "-c") == 0)
		return (i + 1 < n && is_plain_setting(w[i + 1]) ? 2 : 0);
	for (k = 0; k < sizeof(git_options) / sizeof(git_options[0]); k++)
		if (strcmp(git_options[k], w[i]) == 0)
			return (1);
	return (0);
}

static void
mark_git(char *const *w, size_t n, uint8_t *marks)
{
	size_t sub = opts_git_sub(w, n);
	char row[64] = "git ";

	mark_row(words_of("git", 3), w, sub, marks);
	if (sub == n)
		return;
	if (!danger_git_knows(w[sub]))
		marks[sub] = 1;
	mark_row(words_of("git *", 5), w + sub, n - sub, marks + sub);
	if (strlen(w[sub]) < sizeof(row) - 5) {
		memcpy(row + 4, w[sub], strlen(w[sub]) + 1);
		mark_row(words_of(row, strlen(row)), w + sub, n - sub,
		    marks + sub);
	}
}

/* The first word of tar is a bundle without its "-", too. */
static void
mark_tar(char *const *w, size_t n, uint8_t *marks)
{
	if (n > 1 && w[1][0] != '-' && strpbrk(w[1], "IF") != NULL)
		marks[1] = 1;
}

void
danger_mark(const char *base, char *const *w, size_t n, int holes,
    uint8_t *marks)
{
	const char *row = words_of(base, strlen(base));

	if (row == NULL)
		return;
	if (holes)
		mark_holes(w, n, marks);
	if (strcmp(base, "git") == 0) {
		mark_git(w, n, marks);
		return;
	}
	mark_row(row, w, n, marks);
	if (strstr(row, "$AWK") != NULL)
		mark_awk(w, n, holes, marks);
	else if (strstr(row, "$SED") != NULL)
		mark_sed(w, n, holes, marks);
	else if (strcmp(base, "tar") == 0)
		mark_tar(w, n, marks);
}

int
danger_text(const char *base, char *const *w, size_t n)
{
	const char *row = words_of(base, strlen(base));
	int awk = row != NULL && strstr(row, "$AWK") != NULL;
	int sed = row != NULL && strstr(row, "$SED") != NULL;
	uint8_t *marks;
	size_t i;
	int rc = 1;

	if (!awk && !sed && (row == NULL || (strstr(row, "$PSQL") == NULL &&
	    strstr(row, "$SQLITE") == NULL)))
		return (-1);
	marks = xcalloc(n + 1, 1);
	danger_mark(base, w, n, 1, marks);
	for (i = 1; i < n && rc; i++)
		/* to write in place is not to run */
		if (marks[i] && (!sed || w[i][0] != '-' ||
		    strpbrk(w[i], "ef") != NULL))
			rc = 0;
	free(marks);
	return (rc);
}

const char *
danger_of(const char *base, const char *sub)
{
	char row[64] = "git ";
	const char *words = NULL;

	if (strcmp(base, "git") == 0 && sub != NULL &&
	    strlen(sub) < sizeof(row) - 5) {
		memcpy(row + 4, sub, strlen(sub) + 1);
		words = words_of(row, strlen(row));
		return (words != NULL ? words : words_of("git *", 5));
	}
	return (words_of(base, strlen(base)));
}
