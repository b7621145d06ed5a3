/* SPDX-License-Identifier: ISC */
/*
 * The question that an approver answers.  What fits on the screen is on it as
 * one, the command next to the question.  What does not has to be read to its
 * end before yes is an answer, and then stands there once more, shortened.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/asfile.h"
#include "client/full.h"
#include "client/margin.h"
#include "client/out.h"
#include "client/pager.h"
#include "client/perusal.h"
#include "client/prompt.h"

/* How a screen ends. */
enum prompting { SEEN_ON, SEEN_AGAIN, SEEN_OVER };

struct screen {
	const struct pending *p;
	struct perusal	 r;
	size_t		 rows;
	enum prompt_answer answer;	/* with SEEN_OVER */
	char		*why;
	int		 again;		/* yes is for more than this run */
};

static void
print(const struct strv *lines, size_t from, size_t to)
{
	for (; from < to; from++)
		fprintf(stderr, "%s\n", lines->v[from]);
}

static void
help(const struct screen *s)
{
	fprintf(stderr, "%s       n, or Enter: no, and it still waits\n"
	    "d: refuse it, with a reason\n"
	    "v: all there is to it     f N: file N as it was when it was "
	    "hashed\n", s->again ? "y: let run what is AGAIN" :
	    "y: let it run, once");
}

void
prompt_file(const struct pending *p, size_t n)
{
	const struct ident *id;
	struct ident store;
	struct fail f;
	uint8_t *data;
	size_t len;

	if ((id = pending_file(p, n, &store)) == NULL) {
		complain("there is no file %zu that it was hashed with", n);
		return;
	}
	if (asfile_read(id, &data, &len, &f) == -1) {
		(void)fail_print(&f);
		return;
	}
	pager_show(data, len, 1);
	free(data);
}

static void
show_full(const struct pending *p)
{
	struct buf b;

	full_make(&b, p);
	if (!b.bad)
		pager_show(b.data, b.len, 0);
	else
		complain("it is too large to be shown");
	buf_free(&b);
}

/* A terminal of another size shows something else than what was made. */
static int
resized(const struct screen *s)
{
	size_t rows, cols;

	margin_screen(&rows, &cols);
	return (rows < s->rows || cols != s->r.cols);
}

static enum prompting
over(struct screen *s, enum prompt_answer answer)
{
	s->answer = answer;
	return (SEEN_OVER);
}

static enum prompting
deny(struct screen *s)
{
	s->why = pager_question("why? (the caller and the log are told) ");
	return (over(s, s->why != NULL ? PROMPT_DENY : PROMPT_NO));
}

/* What can be said at any time; SEEN_AGAIN: the screen is another now. */
static enum prompting
obey(struct screen *s, const char *line)
{
	switch (*line) {
	case 'v':
		show_full(s->p);
		return (SEEN_AGAIN);
	case 'f':
		prompt_file(s->p, pending_typed(line + 1));
		return (SEEN_AGAIN);
	case 'd':
		return (deny(s));
	case 'n':
	case 'N':
		return (over(s, PROMPT_NO));
	default:
		help(s);
		return (SEEN_ON);
	}
}

static int
is_yes(const char *line)
{
	return (strcmp(line, "y") == 0 || strcmp(line, "yes") == 0 ||
	    strcmp(line, "Y") == 0);
}

/* Between pages: on by Enter alone. */
static enum prompting
between(struct screen *s, size_t at, size_t n)
{
	enum prompting seen = SEEN_ON;
	char *line;

	do {
		line = pager_question("line %zu of %zu; Enter: on, ?: help ",
		    at, n);
		if (line == NULL)
			return (over(s, PROMPT_NO));
		if (*line == '\0') {
			free(line);
			return (SEEN_ON);
		}
		if (is_yes(line))
			complain("not yet: %zu lines are still to be read",
			    n - at);
		else
			seen = obey(s, line);
		free(line);
	} while (seen != SEEN_OVER);
	return (seen);
}

/* All of it, page by page. */
static enum prompting
read_all(struct screen *s)
{
	const struct strv *all = &s->r.all;
	size_t at, n, page = s->rows - 1;

	for (at = 0; at < all->n; at += n) {
		n = all->n - at < page ? all->n - at : page;
		print(all, at, at + n);
		perusal_shown(&s->r, at, n);
		if (at + n < all->n && between(s, at + n, all->n) == SEEN_OVER)
			return (SEEN_OVER);
		if (resized(s))
			return (SEEN_AGAIN);
	}
	return (SEEN_ON);
}

/* The question; SEEN_ON: what it is about is to be on the screen again. */
static enum prompting
question(struct screen *s)
{
	enum prompting seen;
	char *line;

	for (;;) {
		line = pager_question(s->again ? "let it run, now and "
		    "again? [y/N/v/f/d/?] " : "let it run? [y/N/v/f/d/?] ");
		if (line == NULL || *line == '\0')
			seen = over(s, PROMPT_NO);
		else if (is_yes(line))
			seen = resized(s) || !perusal_done(&s->r) ?
			    SEEN_AGAIN : over(s, PROMPT_YES);
		else if ((seen = obey(s, line)) == SEEN_ON) {
			free(line);
			continue;
		} else if (seen == SEEN_AGAIN && !resized(s))
			seen = SEEN_ON;
		free(line);
		return (seen);
	}
}

/* One screen size: SEEN_AGAIN if it is another one now. */
static enum prompting
ask_once(struct screen *s)
{
	struct strv last = { NULL, 0 };
	enum prompting seen = SEEN_ON;
	size_t cols;

	margin_screen(&s->rows, &cols);
	perusal_make(&s->r, s->p, cols);
	if (s->r.all.n < s->rows)
		perusal_shown(&s->r, 0, s->r.all.n);
	else
		seen = read_all(s);
	perusal_last(&s->r, &last, s->rows - 1);
	while (seen == SEEN_ON) {
		print(&last, 0, last.n);
		seen = question(s);
	}
	strv_free(&last);
	perusal_free(&s->r);
	return (seen);
}

enum prompt_answer
prompt_ask(const struct pending *p, char **why)
{
	struct screen s;

	memset(&s, 0, sizeof(s));
	s.p = p;
	s.again = row_has(p->row.data, p->row.len, "again");
	while (ask_once(&s) == SEEN_AGAIN)
		;
	*why = s.why;
	return (s.answer);
}
