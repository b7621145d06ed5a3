/* SPDX-License-Identifier: ISC */
/* The reader of shell lines: its door, its memory. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/policy/shell_priv.h"
#include "common/text.h"
#include "common/xmalloc.h"

#define CHUNK_BYTES	4096U
#define CHUNK_ALIGN	16U

struct sh_chunk {
	struct sh_chunk	*next;
	size_t		 used;
	size_t		 size;
	_Alignas(CHUNK_ALIGN) char	 data[];
};

void *
sh_alloc(struct sh_ctx *cx, size_t n)
{
	struct sh_chunk *c = cx->chunks;
	size_t size;
	void *p;

	n = (n + CHUNK_ALIGN - 1) / CHUNK_ALIGN * CHUNK_ALIGN;
	if (c == NULL || n > c->size - c->used) {
		size = n > CHUNK_BYTES ? n : CHUNK_BYTES;
		c = xcalloc(1, sizeof(*c) + size);
		c->size = size;
		c->next = cx->chunks;
		cx->chunks = c;
	}
	p = c->data + c->used;
	c->used += n;
	return (p);
}

static void
free_chunks(struct sh_ctx *cx)
{
	struct sh_chunk *c;

	while ((c = cx->chunks) != NULL) {
		cx->chunks = c->next;
		freezero(c, sizeof(*c) + c->size);
	}
}

/* Bytes that may stand nowhere in a line. */
static const char *
check_bytes(const char *text, size_t len, size_t *at)
{
	uint32_t cp;
	size_t n;

	for (*at = 0; *at < len; *at += n) {
		if ((n = text_char(text + *at, len - *at, &cp)) == 0)
			return ("not UTF-8");
		if (cp == 0 || cp == SH_HOLE)
			return ("control character");
	}
	return (NULL);
}

const char shell_syntax[] = "syntax error";

int
shell_is_odd(const char *text)
{
	size_t i, n, len = strlen(text);
	char quote = '\0';
	int escaped = 0;
	uint32_t cp;

	for (i = 0; i < len; i += n) {
		n = text_char(text + i, len - i, &cp);
		if (n == 0 || text_deceives(cp))
			return (1);
		if (escaped || (cp == '\\' && quote != '\''))
			escaped = !escaped;
		else if (quote == '\0' && (cp == '\'' || cp == '"'))
			quote = (char)cp;
		else if (quote != '\0' && cp == (unsigned char)quote)
			quote = '\0';
	}
	return (quote != '\0');
}

static void
free_cmd(struct sh_cmd *c)
{
	size_t i;

	sh_free_words(c->assign, c->nassign);
	sh_free_words(c->words, c->nwords);
	for (i = 0; i < c->nredirs; i++)
		freezero(c->redirs[i].target.text,
		    strlen(c->redirs[i].target.text));
	free(c->redirs);
}

void
shell_free(struct sh_line *line)
{
	size_t i;

	for (i = 0; i < line->ncmds; i++)
		free_cmd(&line->cmds[i]);
	free(line->cmds);
	for (i = 0; i < line->nfunctions; i++)
		free(line->functions[i]);
	free(line->functions);
	memset(line, 0, sizeof(*line));
}

static void
read_line(struct sh_ctx *cx, struct sh_line *line, const char *text,
    size_t len)
{
	struct sh_reader rd;
	struct sh_node *n;

	sh_vars(cx);
	sh_reader(&rd, cx, text, len);
	n = sh_parse_line(&rd);
	n->seen.sets = cx->seen.sets;
	if (cx->why == NULL)
		sh_walk_line(cx, line, n);
	line->opaque = cx->opaque;
	line->opaque_at = cx->opaque_at;
	line->foreign = cx->foreign;
	line->foreign_at = cx->foreign_at;
}

int
shell_read(struct sh_line *line, const char *text, size_t len,
    const char **why, size_t *at)
{
	struct sh_ctx cx;
	int r = 0;

	memset(line, 0, sizeof(*line));
	memset(&cx, 0, sizeof(cx));
	*at = SH_MAXLINE;
	if (len > SH_MAXLINE) {
		*why = "too long";
		return (-1);
	}
	if ((*why = check_bytes(text, len, at)) != NULL)
		return (-1);
	read_line(&cx, line, text, len);
	if (cx.why != NULL) {
		*why = cx.why;
		*at = cx.why_at;
		shell_free(line);
		r = -1;
	}
	free_chunks(&cx);
	return (r);
}
