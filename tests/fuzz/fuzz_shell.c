/* SPDX-License-Identifier: ISC */
/*
 * The reader of shell lines.  Whatever it takes is within its bounds and the
 * same a second time, and each command stands where it says; what it does not
 * take says why.  A line that is taken is taken in ( ) too, with the same
 * commands; and in '' it is one word.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/policy/shell.h"
#include "common/text.h"
#include "common/xmalloc.h"
#include "tests/fuzz/fuzz.h"
#include "tests/shellshow.h"

static void
need(int ok)
{
	if (!ok)
		abort();
}

static size_t
check_words(const struct sh_word *w, size_t n, size_t len)
{
	size_t i, bytes = 0;

	for (i = 0; i < n; i++) {
		need((strchr(w[i].text, SH_HOLE) != NULL) ==
		    ((w[i].flags & SH_OPAQUE) != 0));
		need(!(w[i].flags & SH_NUMBER) || (w[i].flags & SH_OPAQUE));
		bytes += strlen(w[i].text);
	}
	need(n == 0 || len != 0);
	return (bytes);
}

static void
check_line(const struct sh_line *line, size_t len)
{
	const struct sh_cmd *c;
	size_t i, k, words = 0, bytes = 0;

	need(line->ncmds <= 2 * SH_MAXCMDS);
	for (i = 0; i < line->ncmds; i++) {
		c = &line->cmds[i];
		need(c->offset <= len && c->length <= len - c->offset);
		words += c->nwords + c->nassign + c->nredirs;
		bytes += check_words(c->assign, c->nassign, len);
		bytes += check_words(c->words, c->nwords, len);
		for (k = 0; k < c->nredirs; k++)
			bytes += check_words(&c->redirs[k].target, 1, len);
		if (c->nwords > 0 && (c->words[0].flags &
		    (SH_OPAQUE | SH_GLOB)))
			need(line->opaque != NULL);
	}
	need(words <= SH_MAXWORDS && bytes <= SH_MAXTEXT);
	need(line->opaque == NULL || line->opaque_at <= len);
	need(line->foreign == NULL || line->foreign_at <= len);
	for (i = 0; i < line->nfunctions; i++)
		need(line->functions[i][0] != '\0');
}

/* The line in something; to be freed. */
static char *
around(const char *open, const char *text, size_t len, const char *close,
    size_t *n)
{
	size_t a = strlen(open), b = strlen(close);
	char *s = xmalloc(a + len + b + 1);

	memcpy(s, open, a);
	memcpy(s + a, text, len);
	memcpy(s + a + len, close, b + 1);
	*n = a + len + b;
	return (s);
}

static void
in_parentheses(const struct sh_line *line, const char *text, size_t len)
{
	struct sh_line in;
	const char *why;
	size_t n, at, i;
	char *s;

	/* a newline behind it is to end it, and nothing in ( ) is an error */
	if (line->ncmds == 0 || text[len - 1] == '\\')
		return;
	s = around("(", text, len, "\n)", &n);
	if (shell_read(&in, s, n, &why, &at) == 0) {
		need(in.ncmds == line->ncmds);
		for (i = 0; i < in.ncmds; i++)
			need(in.cmds[i].nwords == line->cmds[i].nwords);
		need((in.opaque == NULL) == (line->opaque == NULL));
		shell_free(&in);
	} else
		need(strcmp(why, "nested too deeply") == 0 ||
		    strcmp(why, "too long") == 0);
	free(s);
}

static void
in_quotes(const char *text, size_t len)
{
	struct sh_line in;
	const char *why;
	size_t n, at;
	char *s = around("echo '", text, len, "'", &n);

	if (memchr(text, '\'', len) == NULL &&
	    memchr(text, '\0', len) == NULL &&
	    memchr(text, SH_HOLE, len) == NULL && text_is_utf8(text, len) &&
	    n <= SH_MAXLINE) {
		need(shell_read(&in, s, n, &why, &at) == 0);
		need(in.ncmds == 1 && in.cmds[0].nwords == 2);
		need(strlen(in.cmds[0].words[1].text) == len &&
		    memcmp(in.cmds[0].words[1].text, text, len) == 0);
		need(in.opaque == NULL && in.foreign == NULL);
		shell_free(&in);
	}
	free(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *text = (const char *)data, *why = NULL;
	struct sh_line line;
	size_t at = 0;
	char *a, *b;

	if (shell_read(&line, text, len, &why, &at) == -1) {
		need(why != NULL && at <= len && line.cmds == NULL);
	} else {
		check_line(&line, len);
		if (len != 0)
			in_parentheses(&line, text, len);
		a = show_text(text, len);
		b = show_text(text, len);
		need(strcmp(a, b) == 0);
		free(a);
		free(b);
		shell_free(&line);
	}
	if (len != 0)
		in_quotes(text, len);
	return (0);
}
