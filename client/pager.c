/* SPDX-License-Identifier: ISC */
/* Questions and pages; see pager.h. */
#include "config.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "client/esc.h"
#include "client/margin.h"
#include "client/pager.h"
#include "common/text.h"

#define FILE_PART	4096	/* of a line of a file at one time */

int
pager_terminal(void)
{
	return (isatty(STDIN_FILENO) && isatty(STDERR_FILENO));
}

char *
pager_question(const char *fmt, ...)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	va_list ap;

	(void)tcflush(STDIN_FILENO, TCIFLUSH);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fflush(stderr);
	if ((n = getline(&line, &size, stdin)) == -1) {
		free(line);
		(void)fputc('\n', stderr);
		return (NULL);
	}
	if (n > 0 && line[n - 1] == '\n')
		line[n - 1] = '\0';
	return (line);
}

int
pager_yes(struct buf *question)
{
	char *line;
	int yes;

	line = pager_question("%.*s? [y/N] ", (int)question->len,
	    (const char *)question->data);
	yes = line != NULL && (strcmp(line, "y") == 0 ||
	    strcmp(line, "yes") == 0);
	free(line);
	buf_free(question);
	return (yes);
}

struct source {
	const uint8_t	*p;
	size_t		 left;
	int		 raw;
	size_t		 number;	/* of the line that comes */
	int		 within;	/* it has begun */
};

static void
add(struct source *s, struct strv *lines, size_t cols, size_t n)
{
	char label[24] = "";
	struct buf b;

	if (s->raw && !s->within)
		(void)snprintf(label, sizeof(label), "%10zu", s->number);
	buf_init(&b, 16 * n + 1);
	if (s->raw)
		esc_text(&b, s->p, n);
	else
		buf_put(&b, s->p, n);
	margin_take(lines, cols, label, &b);
	buf_free(&b);
}

/* The lines for a line of the text, or for a part of a long one; 0: none. */
static int
next_lines(struct source *s, struct strv *lines, size_t cols)
{
	const uint8_t *nl;
	size_t n;

	if (s->left == 0)
		return (0);
	nl = memchr(s->p, '\n', s->left);
	n = nl != NULL ? (size_t)(nl - s->p) : s->left;
	if (s->raw && n > FILE_PART) {
		nl = NULL;
		n = text_whole(s->p, FILE_PART);
		if (n == 0)
			n = FILE_PART;
	}
	add(s, lines, cols, n);
	s->within = nl == NULL;
	s->number += nl != NULL;
	n += nl != NULL;
	s->p += n;
	s->left -= n;
	return (1);
}

static int
go_on(void)
{
	char *line;
	int on;

	line = pager_question("-- Enter: more, q: enough -- ");
	on = line != NULL && *line != 'q' && *line != 'Q';
	free(line);
	return (on);
}

void
pager_show(const void *text, size_t n, int raw)
{
	struct source s = { text, n, raw, 1, 0 };
	struct strv lines = { NULL, 0 };
	size_t at = 0, shown = 0, rows, cols;

	margin_screen(&rows, &cols);
	for (;;) {
		if (at == lines.n) {
			strv_free(&lines);
			at = 0;
			if (!next_lines(&s, &lines, cols))
				return;
		}
		if (shown == rows - 1) {
			if (!go_on())
				break;
			shown = 0;
			margin_screen(&rows, &cols);
		}
		fprintf(stderr, "%s\n", lines.v[at++]);
		shown++;
	}
	strv_free(&lines);
}

void
pager_lines(struct strv *lines, const void *text, size_t n, int raw,
    size_t cols)
{
	struct source s = { text, n, raw, 1, 0 };

	while (next_lines(&s, lines, cols))
		;
}
