/* SPDX-License-Identifier: ISC */
/*
 * What the reader of shell lines found, as a text:
 *	FLAGS: NAME=VALUE WORD ... FD<TARGET; ...
 * Holes are shown as %, words with blanks or nothing in them in '', and what a
 * word may become behind ^: g names of files, h home, s several, n a number,
 * b braces.
 */
#ifndef TESTS_SHELLSHOW_H
#define TESTS_SHELLSHOW_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/shell.h"

static inline void
show_flags(FILE *f, unsigned flags, const char *letters)
{
	size_t i;

	for (i = 0; letters[i] != '\0'; i++)
		if (flags & (1U << i) && letters[i] != '.')
			(void)fputc(letters[i], f);
}

static inline void
show_word(FILE *f, const struct sh_word *w)
{
	int quote = w->text[0] == '\0' || strpbrk(w->text, " \t\n;'") != NULL;
	const unsigned marks = SH_GLOB | SH_TILDE | SH_SPLIT | SH_NUMBER |
	    SH_BRACE;
	const char *p;

	if (quote)
		(void)fputc('\'', f);
	for (p = w->text; *p != '\0'; p++)
		(void)fputc(*p == SH_HOLE ? '%' : *p, f);
	if (quote)
		(void)fputc('\'', f);
	if (w->flags & marks) {
		(void)fputc('^', f);
		show_flags(f, w->flags, "..ghsnb");
	}
}

static inline void
show_cmd(FILE *f, const struct sh_cmd *c)
{
	static const char *const ops[] = {
		[SH_READ] = "<", [SH_WRITE] = ">", [SH_CLOBBER] = ">|",
		[SH_APPEND] = ">>", [SH_RDWR] = "<>", [SH_DUPIN] = "<&",
		[SH_DUPOUT] = ">&", [SH_HERE] = "<<"
	};
	const char *sep = "";
	size_t i;

	if (c->flags != 0) {
		show_flags(f, c->flags, "pfobsuimc");
		(void)fputc(':', f);
		sep = " ";
	}
	for (i = 0; i < c->nassign; i++, sep = " ") {
		(void)fputs(sep, f);
		show_word(f, &c->assign[i]);
	}
	for (i = 0; i < c->nwords; i++, sep = " ") {
		(void)fputs(sep, f);
		show_word(f, &c->words[i]);
	}
	for (i = 0; i < c->nredirs; i++, sep = " ") {
		(void)fprintf(f, "%s%d%s", sep, c->redirs[i].fd,
		    ops[c->redirs[i].op]);
		show_word(f, &c->redirs[i].target);
	}
}

static inline void
show_line(FILE *f, const struct sh_line *line)
{
	size_t i;

	for (i = 0; i < line->ncmds; i++) {
		if (i != 0)
			(void)fputs("; ", f);
		show_cmd(f, &line->cmds[i]);
	}
}

/*
 * All of it for a table: what is found, OPAQUE, FOREIGN and the functions; or
 * -1 and why it is refused.  To be freed.
 */
static inline char *
show_text(const char *text, size_t len)
{
	struct sh_line line;
	const char *why = NULL;
	char *s = NULL;
	size_t n, at, i;
	FILE *f = open_memstream(&s, &n);

	if (f == NULL)
		abort();
	if (shell_read(&line, text, len, &why, &at) == -1)
		(void)fprintf(f, "-1 %s", why);
	else {
		show_line(f, &line);
		(void)fputs(line.opaque != NULL ? " OPAQUE" : "", f);
		(void)fputs(line.foreign != NULL ? " FOREIGN" : "", f);
		for (i = 0; i < line.nfunctions; i++)
			(void)fprintf(f, " fn %s", line.functions[i]);
		shell_free(&line);
	}
	(void)fclose(f);
	return (s);
}

#endif
