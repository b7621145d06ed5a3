/* SPDX-License-Identifier: ISC */
/*
 * What the words of a shell line become: expansion as far as it is certain,
 * holes for the rest, and the splitting of values into words.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/policy/shell_priv.h"
#include "common/xmalloc.h"

/* A word in the making. */
struct making {
	struct sh_walk	*wk;
	struct sh_fields *f;
	enum sh_as	 as;
	unsigned	 cmdflags;	/* of commands that stand in it */
	char		*text;
	size_t		 len;
	size_t		 room;
	unsigned	 flags;
	int		 have;		/* there is one, if it is empty too */
	int		 other;		/* holes that are no numbers */
	int		 bracket;	/* a [ that is not quoted */
	int		 brace;		/* {, and {, or {.. */
	size_t		 at;
};

static void
put(struct making *m, const char *s, size_t n)
{
	m->wk->ntext += n;
	if (m->wk->ntext > SH_MAXTEXT) {
		if (m->wk->cx->why == NULL) {
			m->wk->cx->why = "too long";
			m->wk->cx->why_at = m->at;
		}
		return;
	}
	if (n == 0)
		return;
	if (m->text == NULL || n > m->room - m->len) {
		m->text = xrecallocarray(m->text, m->room, 2 * m->room + n + 16,
		    1);
		m->room = 2 * m->room + n + 16;
	}
	memcpy(m->text + m->len, s, n);
	m->len += n;
}

static void
flush(struct making *m)
{
	struct sh_fields *f = m->f;

	if (!m->have)
		return;
	if (++m->wk->nwords > SH_MAXWORDS && m->wk->cx->why == NULL) {
		m->wk->cx->why = "too many words";
		m->wk->cx->why_at = m->at;
	}
	if (m->bracket && (m->flags & SH_OPAQUE))
		m->flags |= SH_GLOB;
	if ((m->flags & SH_OPAQUE) && !m->other)
		m->flags |= SH_NUMBER;
	if (m->as != SH_AS_WORDS)
		m->flags &= ~(SH_GLOB | SH_SPLIT | SH_BRACE);
	if (f->n == f->room) {
		f->w = xrecallocarray(f->w, f->room, 2 * f->room + 4,
		    sizeof(*f->w));
		f->room = 2 * f->room + 4;
	}
	f->w[f->n].text = xstrndup(m->text != NULL ? m->text : "", m->len);
	f->w[f->n++].flags = m->flags;
	m->len = 0;
	m->flags = 0;
	m->have = m->other = m->bracket = m->brace = 0;
}

/* What could be names of files, or something that other shells expand. */
static void
look_at(struct making *m, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		switch (s[i]) {
		case '*':
		case '?':
			m->flags |= SH_GLOB;
			break;
		case '[':
			m->bracket = 1;
			break;
		case ']':
			if (m->bracket)
				m->flags |= SH_GLOB;
			break;
		case '{':
			m->brace = 1;
			break;
		case '.':
		case ',':
			/* {a,b}, {1..9} */
			if (m->brace == 1 && (s[i] == ',' ||
			    (i != 0 && s[i - 1] == '.')))
				m->brace = 2;
			break;
		case '}':
			if (m->brace == 2)
				m->flags |= SH_BRACE;
			break;
		}
}

/* many: it may be several words, though it is quoted */
static void
hole(struct making *m, int quoted, int number, int many)
{
	static const char c = SH_HOLE;

	put(m, &c, 1);
	m->have = 1;
	m->flags |= SH_OPAQUE;
	if (!number)
		m->other = 1;
	if (many || (!quoted && (!number || m->wk->ifs)))
		m->flags |= SH_SPLIT;
}

static int
is_blank(char c)
{
	return (c == ' ' || c == '\t' || c == '\n');
}

/* A value that is not quoted. */
static void
split(struct making *m, const char *s)
{
	size_t n;

	for (; *s != '\0'; s += n) {
		if (is_blank(*s)) {
			flush(m);
			n = strspn(s, " \t\n");
			continue;
		}
		n = strcspn(s, " \t\n");
		put(m, s, n);
		look_at(m, s, n);
		m->have = 1;
	}
}

/* Of what is not put in: the commands that stand in it, and is there "$@"? */
static int
within(struct making *m, const struct sh_piece *p)
{
	int many = 0;

	for (; p != NULL; p = p->next) {
		if (p->kind == SHP_VAR && p->var == SH_VAR_MANY)
			many = 1;
		if (p->kind == SHP_SUBST)
			sh_walk_subst(m->wk, p->list, m->cmdflags);
		many |= within(m, p->inner);
	}
	return (many);
}

static const char *
value(const struct sh_walk *wk, int var)
{
	if (var < 0 || wk->off)
		return (NULL);
	return (wk->val[var]);
}

static void
variable(struct making *m, const struct sh_piece *p)
{
	const char *v = p->op == 0 ? value(m->wk, p->var) : NULL;
	int many = within(m, p->inner) || p->var == SH_VAR_MANY;

	if (v == NULL || (!p->quoted && m->as == SH_AS_WORDS &&
	    (m->wk->ifs || strchr(v, '\\') != NULL))) {
		hole(m, p->quoted && p->var != SH_VAR_JOB, p->op == 0 &&
		    (p->var == SH_VAR_NUMBER || p->var == SH_VAR_JOB), many);
		if (p->var == SH_VAR_JOB && !p->quoted)
			m->flags |= SH_SPLIT;
		if (p->var != SH_VAR_PATH && (p->var != SH_VAR_HOME ||
		    m->wk->home))
			m->f->strange = 1;
	} else if (p->quoted || m->as != SH_AS_WORDS) {
		put(m, v, strlen(v));
		m->have = 1;
	} else
		split(m, v);
}

static void
expand(struct making *m, const struct sh_piece *p)
{
	for (; p != NULL; p = p->next) {
		if (p->quoted) {
			m->have = 1;
			m->flags |= SH_QUOTED;
		}
		switch (p->kind) {
		case SHP_TEXT:
			put(m, p->text, p->len);
			if (p->len != 0)
				m->have = 1;
			if (!p->quoted)
				look_at(m, p->text, p->len);
			break;
		case SHP_VAR:
			variable(m, p);
			break;
		case SHP_SUBST:
			sh_walk_subst(m->wk, p->list, m->cmdflags);
			hole(m, p->quoted, 0, 0);
			m->f->strange = 1;
			break;
		case SHP_ARITH:
			(void)within(m, p->inner);
			hole(m, p->quoted, 1, 0);
			break;
		}
	}
}

/* Is a ~ at i of this piece one that is expanded? */
static int
is_tilde(const struct sh_piece *p, size_t i, int colon)
{
	if (i >= p->len || p->text[i] != '~')
		return (0);
	for (; i < p->len; i++)
		if (p->text[i] == '/' || (colon && p->text[i] == ':'))
			return (1);
	return (p->next == NULL);
}

static int
has_tilde(const struct sh_raw *w, enum sh_as as)
{
	const struct sh_piece *p = w->p.first;
	size_t i;

	if (as == SH_AS_BODY || p == NULL || p->kind != SHP_TEXT || p->quoted)
		return (0);
	if (as != SH_AS_ASSIGN && is_tilde(p, 0, 0))
		return (1);
	if (as == SH_AS_TARGET || (as == SH_AS_WORDS && !sh_is_assignment(w)))
		return (0);
	for (; p != NULL; p = p->next) {
		if (p->kind != SHP_TEXT || p->quoted)
			continue;
		for (i = 0; i + 1 < p->len; i++)
			if ((p->text[i] == '=' || p->text[i] == ':') &&
			    is_tilde(p, i + 1, 1))
				return (1);
	}
	return (0);
}

void
sh_fields(struct sh_walk *wk, struct sh_fields *f, const struct sh_raw *w,
    enum sh_as as, unsigned flags)
{
	size_t first = f->n, i;
	struct making m;

	memset(&m, 0, sizeof(m));
	m.wk = wk;
	m.f = f;
	m.as = as;
	m.cmdflags = flags;
	m.at = w->at;
	if (has_tilde(w, as)) {
		m.flags |= SH_TILDE;
		f->strange |= wk->home;
	}
	if (as != SH_AS_WORDS)
		m.have = 1;
	expand(&m, w->p.first);
	flush(&m);
	freezero(m.text, m.room);
	for (i = first; i < f->n; i++)
		if (f->w[i].flags & SH_BRACE)
			sh_foreign_at(wk->cx, "braces that other shells "
			    "expand", w->at);
}

void
sh_free_words(struct sh_word *w, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		freezero(w[i].text, strlen(w[i].text));
	free(w);
}
