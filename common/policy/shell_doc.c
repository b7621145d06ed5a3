/* SPDX-License-Identifier: ISC */
/*
 * Here-documents.  A document is first found by its lines, and what is
 * expanded in it has to end within it: there shells differ.
 */
#include "config.h"

#include <string.h>

#include "common/policy/shell_priv.h"

static size_t
line_end(const struct sh_reader *rd, size_t i)
{
	const char *nl = memchr(rd->text + i, '\n', rd->len - i);

	return (nl != NULL ? (size_t)(nl - rd->text) : rd->len);
}

static size_t
past_tabs(const struct sh_reader *rd, size_t i, size_t end)
{
	while (i < end && rd->text[i] == '\t')
		i++;
	return (i);
}

/* Does the next line go on with this one? */
static int
goes_on(const struct sh_reader *rd, size_t start, size_t end)
{
	size_t i;

	if (end == rd->len)
		return (0);
	for (i = end; i > start && rd->text[i - 1] == '\\'; i--)
		;
	return ((end - i) % 2 == 1);
}

/* A line that goes on: is it the mark, put together?  *i: behind it. */
static int
joined_is(const struct sh_reader *rd, size_t *i, const char *mark, size_t len)
{
	size_t start = *i, end, done = 0, n;
	int more, same = 1;

	do {
		end = line_end(rd, start);
		more = goes_on(rd, start, end);
		n = end - start - (size_t)more;
		if (n > len - done ||
		    memcmp(rd->text + start, mark + done, n) != 0)
			same = 0;
		else
			done += n;
		start = end + (end < rd->len);
	} while (more && end < rd->len);
	*i = start;
	return (same && done == len);
}

/*
 * The end of the body that begins at pos; *after: where the mark's line ends.
 * SIZE_MAX: there is none.
 */
static size_t
find_end(struct sh_reader *rd, const struct sh_rawredir *r, const char *mark,
    size_t len, size_t *after)
{
	size_t i = rd->pos, start, end, body;

	while (i < rd->len) {
		body = i;
		end = line_end(rd, i);
		start = r->strip ? past_tabs(rd, i, end) : i;
		if (end - start == len &&
		    memcmp(rd->text + start, mark, len) == 0) {
			*after = end + (end < rd->len);
			return (body);
		}
		i = end + (end < rd->len);
		if (r->word->quoted || !goes_on(rd, start, end))
			continue;
		i = start;
		if (joined_is(rd, &i, mark, len) ||
		    (r->strip && start != body && end - start == 1)) {
			sh_fail(rd, "here-document with an unclear end");
			return (SIZE_MAX);
		}
	}
	sh_fail(rd, "here-document without its end");
	return (SIZE_MAX);
}

static void
skip_tabs(struct sh_reader *rd)
{
	if (rd->strip)
		rd->pos = past_tabs(rd, rd->pos, rd->len);
}

static void
scan_literal(struct sh_reader *rd, struct sh_pieces *p)
{
	int c;

	skip_tabs(rd);
	while ((c = sh_get_raw(rd)) != -1) {
		sh_add(rd, p, c, 1);
		if (c == '\n')
			skip_tabs(rd);
	}
}

static void
scan_expanded(struct sh_reader *rd, struct sh_pieces *p)
{
	int c;

	skip_tabs(rd);
	while ((c = sh_get(rd)) != -1) {
		if (c == '\\') {
			c = sh_get_raw(rd);
			if (c == -1 || strchr("$`\\", c) == NULL)
				sh_add(rd, p, '\\', 1);
			if (c != -1)
				sh_add(rd, p, c, 1);
		} else if (c == '$')
			sh_scan_dollar(rd, p, 1);
		else if (c == '`')
			sh_scan_back(rd, p, 1);
		else
			sh_add(rd, p, c, 1);
		if (c == '\n')
			skip_tabs(rd);
	}
}

/* What ends the document, without its quotes. */
static char *
mark_of(struct sh_reader *rd, const struct sh_raw *w, size_t *len)
{
	const struct sh_piece *p;
	size_t n = 0;
	char *mark;

	for (p = w->p.first; p != NULL; p = p->next)
		n += p->len;
	mark = sh_alloc(rd->cx, n + 1);
	*len = 0;
	for (p = w->p.first; p != NULL; p = p->next) {
		memcpy(mark + *len, p->text, p->len);
		*len += p->len;
	}
	if (memchr(mark, '\n', n) != NULL)
		sh_fail(rd, "newline in what ends a here-document");
	return (mark);
}

static void
document(struct sh_reader *rd, struct sh_rawredir *r)
{
	struct sh_reader in;
	size_t len, end, after = 0;
	char *mark = mark_of(rd, r->word, &len);
	uint64_t pre = rd->cx->seen.pre;

	end = find_end(rd, r, mark, len, &after);
	if (rd->cx->why != NULL)
		return;
	sh_reader(&in, rd->cx, rd->text + rd->pos, end - rd->pos);
	in.base = rd->base + (rd->fixed ? 0 : rd->pos);
	in.fixed = rd->fixed;
	in.strip = r->strip;
	r->word->p.first = r->word->p.last = NULL;
	/* it is read behind its command, and expanded with it */
	rd->cx->seen.pre = 0;
	if (r->word->quoted)
		scan_literal(&in, &r->word->p);
	else
		scan_expanded(&in, &r->word->p);
	rd->cx->never |= rd->cx->seen.pre;
	rd->cx->seen.pre = pre;
	rd->pos = after;
}

void
sh_documents(struct sh_reader *rd)
{
	struct sh_rawredir *r = rd->pending;

	rd->pending = rd->lastpending = NULL;
	for (; r != NULL && rd->cx->why == NULL; r = r->pending)
		document(rd, r);
}
