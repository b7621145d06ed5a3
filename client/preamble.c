/* SPDX-License-Identifier: ISC */
/* Commands out of what agents make of them; see preamble.h. */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "client/preamble.h"
#include "common/buf.h"
#include "common/xmalloc.h"

#define PREAMBLE_WORDS	32	/* of our own command line */

/* Moves *p behind this text, if it is there. */
static int
literal(const char **p, const char *text)
{
	size_t n = strlen(text);

	if (strncmp(*p, text, n) != 0)
		return (0);
	*p += n;
	return (1);
}

static int
single_quoted(const char **p, struct buf *b)
{
	size_t n = strcspn(*p, "'");

	if ((*p)[n] == '\0')
		return (0);
	buf_put(b, *p, n);
	*p += n + 1;
	return (1);
}

/* Nothing may be expanded in it. */
static int
double_quoted(const char **p, struct buf *b)
{
	const char *s = *p;

	for (; *s != '"'; s++) {
		if (*s == '\0' || *s == '$' || *s == '`')
			return (0);
		if (*s == '\\' && s[1] != '\0' && strchr("$`\"\\", s[1]))
			s++;
		else if (*s == '\\' && s[1] == '\n') {
			s++;
			continue;
		}
		buf_put_u8(b, (uint8_t)*s);
	}
	*p = s + 1;
	return (1);
}

static int
is_plain(char c)
{
	return (isalnum((unsigned char)c) || (c != '\0' &&
	    strchr("_@%+=:,./-", c) != NULL));
}

/*
 * One word of a shell's, as bytes: behind it is the end, a space, a newline or
 * an operator.  0 if it is anything that a shell would expand.
 */
static int
word(const char **p, struct buf *b)
{
	const char *from = *p;
	int r = 1;

	while (r && **p != '\0') {
		if (literal(p, "'"))
			r = single_quoted(p, b);
		else if (literal(p, "\""))
			r = double_quoted(p, b);
		else if (**p == '\\' && (*p)[1] != '\0' && (*p)[1] != '\n') {
			buf_put_u8(b, (uint8_t)(*p)[1]);
			*p += 2;
		} else if (is_plain(**p)) {
			buf_put_u8(b, (uint8_t)**p);
			(*p)++;
		} else
			break;
	}
	return (r && *p != from && (**p == '\0' || strchr(" \n;&|<>)", **p)));
}

/* The same where nobody wants to know it. */
static int
some_word(const char **p)
{
	struct buf b;
	int r;

	buf_init(&b, strlen(*p) + 1);
	r = word(p, &b);
	buf_free(&b);
	return (r);
}

static char *
text_of(struct buf *b)
{
	char *s;

	buf_put_u8(b, 0);
	s = b->bad || strlen((char *)b->data) + 1 != b->len ? NULL :
	    xstrdup((char *)b->data);
	buf_free(b);
	return (s);
}

/* "pwd -P >| FILE", and the end; it is a FILE of its own. */
static int
claude_end(const char *p)
{
	struct buf b;
	int r;

	buf_init(&b, strlen(p) + 1);
	r = literal(&p, " && pwd -P >| ") && word(&p, &b) && *p == '\0' &&
	    b.len > strlen("-cwd") &&
	    memcmp(b.data + b.len - strlen("-cwd"), "-cwd", 4) == 0;
	buf_free(&b);
	return (r);
}

/*
 * The words of an eval, which it joins, up to that end.  Input from nothing
 * stands behind it, or, quoted, is the last two of its words.
 */
static char *
claude_eval(const char *p, int *no_input)
{
	static const char none[] = " < /dev/null";
	struct buf b;

	buf_init(&b, strlen(p) + 1);
	*no_input = 0;
	if (!word(&p, &b)) {
		buf_free(&b);
		return (NULL);
	}
	if (literal(&p, none) || literal(&p, " \\< /dev/null"))
		*no_input = 1;
	if (!claude_end(p)) {
		buf_free(&b);
		return (NULL);
	}
	return (text_of(&b));
}

/*
 * Claude Code: source SNAPSHOT ... && what it wants of the shell && ... &&
 * eval COMMAND && pwd -P >| FILE.  The first eval that fits is its own: others
 * are quoted in that.
 */
static char *
claude(const char *line, int *no_input)
{
	static const char eval[] = " && eval ";
	const char *p = line, *guard = strstr(line, "shopt -u extglob");
	char *s;

	if (!literal(&p, "source ") && strncmp(p, "{ ", 2) != 0 && p != guard)
		return (NULL);
	p = strstr(line, eval);
	if (guard == NULL || p == NULL || guard > p)
		return (NULL);
	for (; p != NULL; p = strstr(p + 1, eval))
		if ((s = claude_eval(p + strlen(eval), no_input)) != NULL)
			return (s);
	return (NULL);
}

/* Codex, where it has a snapshot: sources that and executes a shell. */
static char *
codex(const char *p, int *no_input)
{
	struct buf b;

	*no_input = 0;
	if (!literal(&p, "if . ") || !some_word(&p) ||
	    !literal(&p, " >/dev/null 2>&1; then :; fi\n\nexec ") ||
	    !some_word(&p) || (!literal(&p, " -c ") && !literal(&p, " -lc ")))
		return (NULL);
	buf_init(&b, strlen(p) + 1);
	if (!word(&p, &b) || *p != '\0') {
		buf_free(&b);
		return (NULL);
	}
	return (text_of(&b));
}

/* From from up to to, without the ; that was put there. */
static char *
between(const char *from, const char *to)
{
	if (to > from && to[-1] == ';')
		to--;
	return (xstrndup(from, (size_t)(to - from)));
}

/* Where the last one of these begins. */
static const char *
last(const char *s, const char *what)
{
	const char *p, *found = NULL;

	for (p = strstr(s, what); p != NULL; p = strstr(p + 1, what))
		found = p;
	return (found);
}

/*
 * Gemini CLI and Qwen Code: the command in braces or parentheses, and then
 * what is left of it goes to a file.
 */
static char *
grouped(const char *p, const char *open, const char *close,
    const char *behind)
{
	const char *end, *q;

	if (!literal(&p, open) || (end = last(p, close)) == NULL)
		return (NULL);
	q = end + strlen(close);
	if (behind != NULL && (!some_word(&q) || strcmp(q, behind) != 0))
		return (NULL);
	if (behind == NULL && *q != '\0')
		return (NULL);
	return (between(p, end));
}

static char *
gemini_jobs(const char *p)
{
	if (!literal(&p, "_bgpids_file=") || !some_word(&p))
		return (NULL);
	return (grouped(p, "\n(\n  trap 'jobs -p > \"$_bgpids_file\"' EXIT\n",
	    "\n)\n__code=$?\nexit $__code", NULL));
}

static char *
gemini(const char *p, int *no_input)
{
	const int guarded = literal(&p, "shopt -u promptvars nullglob extglob "
	    "nocaseglob dotglob; ");
	char *s;

	*no_input = 0;
	if ((s = gemini_jobs(p)) != NULL ||
	    (s = grouped(p, "{ ", " }; __code=$?; pgrep -g 0 >",
	    " 2>&1; exit $__code;")) != NULL ||
	    (s = grouped(p, "{ ", "\n}; __code=$?; pwd > ",
	    "; exit $__code")) != NULL)
		return (s);
	return (guarded ? xstrdup(p) : NULL);
}

char *
preamble_strip(const char *line, int *no_input)
{
	char *s;

	if ((s = claude(line, no_input)) == NULL &&
	    (s = codex(line, no_input)) == NULL)
		s = gemini(line, no_input);
	if (s == NULL)
		*no_input = 0;
	return (s);
}

static int
all_plain(const char *line)
{
	for (; *line != '\0'; line++)
		if (!is_plain(*line) && *line != ' ')
			return (0);
	return (1);
}

/* The words of a line that has but plain characters, of which there is one. */
static char **
split(const char *line)
{
	char **v, *text, *s;
	size_t n = 0;

	v = xcalloc(1, (PREAMBLE_WORDS + 1) * sizeof(*v) + strlen(line) + 1);
	text = (char *)(v + PREAMBLE_WORDS + 1);
	memcpy(text, line, strlen(line) + 1);
	for (s = text; *s != '\0' && n < PREAMBLE_WORDS; n++) {
		s += strspn(s, " ");
		if (*s == '\0')
			break;
		v[n] = s;
		s += strcspn(s, " ");
		if (*s != '\0')
			*s++ = '\0';
	}
	if (*s != '\0')		/* too many */
		v[0] = NULL;
	return (v);
}

int
preamble_is_client(const char *line, char ***words)
{
	const char *name;
	char **v;

	*words = NULL;
	if (!all_plain(line))
		return (0);
	v = split(line);
	name = v[0] == NULL ? "" : strrchr(v[0], '/');
	name = name == NULL ? v[0] : *name == '/' ? name + 1 : name;
	if (strcmp(name, "clawbot") != 0 || v[1] == NULL ||
	    (strcmp(v[1], "mcp") != 0 && strcmp(v[1], "hook") != 0)) {
		free(v);
		return (0);
	}
	*words = v;
	return (1);
}
