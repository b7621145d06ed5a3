/* SPDX-License-Identifier: ISC */
/*
 * Bytes and tokens of a shell line.  Which words are reserved depends on what
 * is expected where they stand; the parser says so in front of each token.
 */
#include "config.h"

#include <string.h>

#include "common/policy/shell_priv.h"

static const char *const reserved[] = {
	"!", "case", "do", "done", "elif", "else", "esac", "fi", "for", "if",
	"in", "then", "until", "while", "{", "}"
};

void
sh_reader(struct sh_reader *rd, struct sh_ctx *cx, const char *text,
    size_t len)
{
	memset(rd, 0, sizeof(*rd));
	rd->cx = cx;
	rd->text = text;
	rd->len = len;
	/* each byte becomes one at most, and words are ended by one */
	rd->out = sh_alloc(cx, 2 * len + 2);
}

int
sh_get_raw(struct sh_reader *rd)
{
	if (rd->cx->why != NULL || rd->pos >= rd->len)
		return (-1);
	return ((unsigned char)rd->text[rd->pos++]);
}

int
sh_get(struct sh_reader *rd)
{
	int c;

	while ((c = sh_get_raw(rd)) == '\\' && rd->pos < rd->len &&
	    rd->text[rd->pos] == '\n')
		rd->pos++;
	return (c);
}

void
sh_unget(struct sh_reader *rd, int c)
{
	if (c != -1)
		rd->pos--;
}

size_t
sh_where(const struct sh_reader *rd)
{
	if (rd->fixed)
		return (rd->base);
	return (rd->base + (rd->pos == 0 ? 0 : rd->pos - 1));
}

void
sh_fail(struct sh_reader *rd, const char *why)
{
	if (rd->cx->why != NULL)
		return;
	rd->cx->why = why;
	rd->cx->why_at = sh_where(rd);
}

void
sh_foreign_at(struct sh_ctx *cx, const char *why, size_t at)
{
	if (cx->foreign != NULL)
		return;
	cx->foreign = why;
	cx->foreign_at = at;
}

void
sh_foreign(struct sh_reader *rd, const char *why)
{
	sh_foreign_at(rd->cx, why, sh_where(rd));
}

/* Whoever calls it makes depth less again. */
void
sh_deeper(struct sh_reader *rd)
{
	if (++rd->cx->depth > SH_MAXDEPTH)
		sh_fail(rd, "nested too deeply");
}

/* Is c next?  Then it is read. */
static int
follows(struct sh_reader *rd, int want)
{
	int c = sh_get(rd);

	if (c == want)
		return (1);
	sh_unget(rd, c);
	return (0);
}

static enum sh_token
redirection(struct sh_reader *rd, int c, int fd)
{
	struct sh_rawredir *r = sh_alloc(rd->cx, sizeof(*r));

	r->fd = fd != -1 ? fd : c == '<' ? 0 : 1;
	if (c == '<') {
		if (follows(rd, '<')) {
			r->op = SH_HERE;
			r->strip = follows(rd, '-');
		} else
			r->op = follows(rd, '&') ? SH_DUPIN :
			    follows(rd, '>') ? SH_RDWR : SH_READ;
	} else
		r->op = follows(rd, '>') ? SH_APPEND :
		    follows(rd, '|') ? SH_CLOBBER :
		    follows(rd, '&') ? SH_DUPOUT : SH_WRITE;
	rd->redir = r;
	return (SHT_REDIR);
}

static enum sh_token
word(struct sh_reader *rd)
{
	struct sh_raw *w = sh_alloc(rd->cx, sizeof(*w));
	struct sh_seen around = rd->cx->seen;
	int c;

	w->at = rd->tokat;
	memset(&rd->cx->seen, 0, sizeof(rd->cx->seen));
	sh_scan_word(rd, w);
	w->seen = rd->cx->seen;
	rd->cx->seen = around;
	rd->word = w;
	if (w->plain != NULL && w->plain[0] >= '0' && w->plain[0] <= '9' &&
	    w->plain[1] == '\0') {
		c = sh_get(rd);
		if (c == '<' || c == '>')
			return (redirection(rd, c, w->plain[0] - '0'));
		sh_unget(rd, c);
	}
	return (SHT_WORD);
}

static void
comment(struct sh_reader *rd)
{
	int c;

	while ((c = sh_get_raw(rd)) != '\n' && c != -1)
		;
	sh_unget(rd, c);
}

static enum sh_token
next(struct sh_reader *rd)
{
	int c;

	for (;;) {
		c = sh_get(rd);
		rd->tokat = sh_where(rd);
		switch (c) {
		case ' ':
		case '\t':
			continue;
		case '#':
			comment(rd);
			continue;
		case '\n':
			return (SHT_NL);
		case -1:
			return (SHT_EOF);
		case '&':
			return (follows(rd, '&') ? SHT_AND : SHT_AMP);
		case '|':
			return (follows(rd, '|') ? SHT_OR : SHT_PIPE);
		case ';':
			return (follows(rd, ';') ? SHT_ENDCASE : SHT_SEMI);
		case '(':
			return (SHT_LP);
		case ')':
			return (SHT_RP);
		case '<':
		case '>':
			return (redirection(rd, c, -1));
		}
		sh_unget(rd, c);
		return (word(rd));
	}
}

static enum sh_token
unless_pushed(struct sh_reader *rd)
{
	if (rd->pushed) {
		rd->pushed = 0;
		return (rd->tok);
	}
	rd->tok = next(rd);
	if (rd->cx->why != NULL)
		rd->tok = SHT_EOF;
	rd->tokend = rd->fixed ? rd->base : rd->base + rd->pos;
	return (rd->tok);
}

enum sh_token
sh_token(struct sh_reader *rd)
{
	enum sh_token t = unless_pushed(rd);
	int expect = rd->expect;
	size_t i;

	if (expect & SH_NEWLINE)
		while (t == SHT_NL) {
			sh_documents(rd);
			t = unless_pushed(rd);
		}
	rd->expect = 0;
	if (t != SHT_WORD || !(expect & SH_KEYWORD) || rd->word->plain == NULL)
		return (t);
	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strcmp(rd->word->plain, reserved[i]) == 0) {
			rd->tok = (enum sh_token)(SHT_NOT + i);
			break;
		}
	return (rd->tok);
}
