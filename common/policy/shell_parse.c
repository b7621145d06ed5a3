/* SPDX-License-Identifier: ISC */
/*
 * The grammar of a shell line.  It follows dash, which knows reserved words
 * by what was read in front of them, and refuses a little more: what only
 * this one shell takes.
 */
#include "config.h"

#include <string.h>

#include "common/policy/shell_priv.h"

/* What a list ends at. */
enum { LIST_LINE, LIST_SOME, LIST_ANY };

struct gathered {
	struct sh_seen	 seen;
	size_t		 ncmds;
};

static struct sh_node *list(struct sh_reader *, int);
static struct sh_node *command(struct sh_reader *);

static void
push(struct sh_reader *rd)
{
	rd->pushed = 1;
}

static void
unexpected(struct sh_reader *rd)
{
	sh_fail(rd, rd->tok == SHT_EOF ? "it ends too early" : shell_syntax);
}

static void
want(struct sh_reader *rd, enum sh_token t)
{
	if (sh_token(rd) != t)
		unexpected(rd);
}

static struct sh_node *
node(struct sh_reader *rd, enum sh_kind kind)
{
	struct sh_node *n = sh_alloc(rd->cx, sizeof(*n));

	n->kind = kind;
	n->var = SH_VAR_OTHER;
	n->at = rd->tokat;
	return (n);
}

static void
add_kid(struct sh_node *n, struct sh_node *kid)
{
	if (kid == NULL)
		return;
	if (n->lastkid != NULL)
		n->lastkid->next = kid;
	else
		n->kids = kid;
	n->lastkid = kid;
}

/* Words that are taken from here on are those of one node. */
static void
begin(struct sh_reader *rd, struct gathered *g)
{
	g->seen = rd->cx->seen;
	g->ncmds = rd->cx->ncmds;
	memset(&rd->cx->seen, 0, sizeof(rd->cx->seen));
}

static void
done(struct sh_reader *rd, const struct gathered *g, struct sh_node *n)
{
	struct sh_seen *seen = &rd->cx->seen;

	n->seen = *seen;
	n->ncmds = rd->cx->ncmds - g->ncmds;
	n->end = rd->tokend;
	seen->sets |= g->seen.sets;
	seen->uses |= g->seen.uses;
	seen->pre = g->seen.pre;
}

/* The word just read: it may have been so before its node began. */
static struct sh_raw *
take(struct sh_reader *rd)
{
	struct sh_seen *seen = &rd->cx->seen;

	seen->sets |= rd->word->seen.sets;
	seen->uses |= rd->word->seen.uses;
	seen->pre |= rd->word->seen.pre;
	return (rd->word);
}

static void
add_word(struct sh_raw ***last, struct sh_raw *w)
{
	**last = w;
	*last = &w->next;
}

/* The word that belongs to the operator just read. */
static struct sh_rawredir *
target(struct sh_reader *rd)
{
	struct sh_rawredir *r = rd->redir;

	rd->mark = r->op == SH_HERE;
	if (sh_token(rd) != SHT_WORD)
		unexpected(rd);
	rd->mark = 0;
	if (rd->cx->why != NULL)
		return (r);
	r->word = take(rd);
	if (r->op == SH_HERE) {
		if (rd->pending == NULL)
			rd->pending = r;
		else
			rd->lastpending->pending = r;
		rd->lastpending = r;
	}
	return (r);
}

static void
redirections(struct sh_reader *rd, struct sh_node *n)
{
	struct sh_rawredir **last = &n->redirs;
	size_t end = rd->tokend;

	rd->expect = SH_KEYWORD;
	while (sh_token(rd) == SHT_REDIR) {
		*last = target(rd);
		last = &(*last)->next;
		end = rd->tokend;
	}
	push(rd);
	rd->tokend = end;
}

static int
is_special_builtin(const char *s)
{
	static const char *const names[] = {
		"break", "continue", ".", "eval", "exec", "exit", "export",
		"readonly", "local", "return", "set", "shift", "times",
		"trap", ":", "unset"
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(s, names[i]) == 0)
			return (1);
	return (0);
}

/* name ( was read; what it sets is set whenever it is called. */
static struct sh_node *
function(struct sh_reader *rd, struct sh_node *n)
{
	struct gathered g;

	want(rd, SHT_RP);
	n->kind = SHN_FUNCTION;
	n->name = n->words->plain;
	n->words = NULL;
	if (n->name == NULL || !sh_is_name(n->name, strlen(n->name)) ||
	    is_special_builtin(n->name)) {
		sh_fail(rd, "bad name of a function");
		return (n);
	}
	begin(rd, &g);
	rd->expect = SH_NEWLINE | SH_KEYWORD;
	add_kid(n, command(rd));
	done(rd, &g, n);
	rd->cx->never |= n->seen.sets;
	n->var = sh_function(rd->cx, n->name, 1);
	rd->cx->seen.sets |= sh_bit(n->var);
	return (n);
}

static struct sh_node *
simple(struct sh_reader *rd)
{
	struct sh_raw **lasta, **lastw;
	struct sh_rawredir **lastr;
	struct sh_node *n;
	struct gathered g;

	begin(rd, &g);
	n = node(rd, SHN_CMD);
	lasta = &n->assign;
	lastw = &n->words;
	lastr = &n->redirs;
	if (++rd->cx->ncmds > SH_MAXCMDS)
		sh_fail(rd, "too many commands");
	for (;;) {
		switch (sh_token(rd)) {
		case SHT_WORD:
			if (n->words == NULL && sh_is_assignment(rd->word))
				add_word(&lasta, take(rd));
			else
				add_word(&lastw, take(rd));
			n->end = rd->tokend;
			continue;
		case SHT_REDIR:
			*lastr = target(rd);
			lastr = &(*lastr)->next;
			n->end = rd->tokend;
			continue;
		case SHT_LP:
			if (n->words != NULL && n->words->next == NULL &&
			    n->assign == NULL && n->redirs == NULL) {
				n = function(rd, n);
				done(rd, &g, n);
				return (n);
			}
			break;
		default:
			break;
		}
		break;
	}
	push(rd);
	sh_note_command(rd, n);
	rd->tokend = n->end;
	done(rd, &g, n);
	return (n);
}

static void
parse_if(struct sh_reader *rd, struct sh_node *n)
{
	do {
		add_kid(n, list(rd, LIST_SOME));
		want(rd, SHT_THEN);
		add_kid(n, list(rd, LIST_SOME));
	} while (sh_token(rd) == SHT_ELIF);
	if (rd->tok == SHT_ELSE)
		add_kid(n, list(rd, LIST_SOME));
	else
		push(rd);
	want(rd, SHT_FI);
}

static void
parse_for(struct sh_reader *rd, struct sh_node *n)
{
	struct sh_raw **last = &n->words;

	if (sh_token(rd) != SHT_WORD || rd->word->plain == NULL ||
	    !sh_is_name(rd->word->plain, strlen(rd->word->plain))) {
		sh_fail(rd, rd->tok == SHT_LP ? shell_syntax :
		    "bad variable of a loop");
		return;
	}
	n->var = sh_var(rd->cx, rd->word->plain, strlen(rd->word->plain));
	sh_note_odd(rd, sh_bit(n->var));
	n->name = rd->word->plain;
	rd->expect = SH_NEWLINE | SH_KEYWORD;
	if (sh_token(rd) == SHT_IN) {
		n->listed = 1;
		while (sh_token(rd) == SHT_WORD)
			add_word(&last, take(rd));
		if (rd->tok != SHT_NL && rd->tok != SHT_SEMI)
			unexpected(rd);
		/* dash would look for it behind the next newline */
		if (rd->tok == SHT_NL && rd->pending != NULL)
			sh_fail(rd, "here-document in front of a loop");
	} else if (rd->tok != SHT_SEMI)
		push(rd);
	rd->expect = SH_NEWLINE | SH_KEYWORD;
	want(rd, SHT_DO);
	add_kid(n, list(rd, LIST_SOME));
	want(rd, SHT_DONE);
}

/* a | b ) of a case; the first token was read */
static void
patterns(struct sh_reader *rd, struct sh_raw ***last)
{
	if (rd->tok == SHT_LP)
		(void)sh_token(rd);
	for (;;) {
		if (rd->tok < SHT_WORD) {
			unexpected(rd);
			return;
		}
		add_word(last, take(rd));
		if (sh_token(rd) != SHT_PIPE)
			break;
		(void)sh_token(rd);
	}
	if (rd->tok != SHT_RP)
		unexpected(rd);
}

static void
parse_case(struct sh_reader *rd, struct sh_node *n)
{
	struct sh_raw **last = &n->words;
	struct sh_node *part;

	if (sh_token(rd) != SHT_WORD) {
		unexpected(rd);
		return;
	}
	add_word(&last, take(rd));
	rd->expect = SH_NEWLINE | SH_KEYWORD;
	want(rd, SHT_IN);
	rd->expect = SH_NEWLINE | SH_KEYWORD;
	while (sh_token(rd) != SHT_ESAC && rd->cx->why == NULL) {
		patterns(rd, &last);
		part = list(rd, LIST_ANY);
		add_kid(n, part);
		rd->expect = SH_NEWLINE | SH_KEYWORD;
		if (sh_token(rd) == SHT_ESAC)
			break;
		if (rd->tok != SHT_ENDCASE)
			unexpected(rd);
		rd->expect = SH_NEWLINE | SH_KEYWORD;
	}
}

static void
compound(struct sh_reader *rd, struct sh_node *n)
{
	switch (n->kind) {
	case SHN_IF:
		parse_if(rd, n);
		break;
	case SHN_LOOP:
		add_kid(n, list(rd, LIST_SOME));
		want(rd, SHT_DO);
		add_kid(n, list(rd, LIST_SOME));
		want(rd, SHT_DONE);
		break;
	case SHN_FOR:
		parse_for(rd, n);
		break;
	case SHN_CASE:
		parse_case(rd, n);
		break;
	default:
		add_kid(n, list(rd, LIST_SOME));
		want(rd, n->kind == SHN_SUBSHELL ? SHT_RP : SHT_END);
	}
}

static struct sh_node *
command(struct sh_reader *rd)
{
	enum sh_kind kind;
	struct gathered g;
	struct sh_node *n;

	switch (sh_token(rd)) {
	case SHT_IF:
		kind = SHN_IF;
		break;
	case SHT_WHILE:
	case SHT_UNTIL:
		kind = SHN_LOOP;
		break;
	case SHT_FOR:
		kind = SHN_FOR;
		break;
	case SHT_CASE:
		kind = SHN_CASE;
		break;
	case SHT_LP:
		kind = SHN_SUBSHELL;
		break;
	case SHT_BEGIN:
		kind = SHN_GROUP;
		break;
	case SHT_WORD:
	case SHT_REDIR:
		push(rd);
		sh_deeper(rd);
		n = simple(rd);
		rd->cx->depth--;
		return (n);
	default:
		unexpected(rd);
		return (NULL);
	}
	begin(rd, &g);
	n = node(rd, kind);
	sh_deeper(rd);
	compound(rd, n);
	rd->cx->depth--;
	if (kind == SHN_SUBSHELL && n->kids->kids != NULL &&
	    n->kids->kids->kind == SHN_SUBSHELL &&
	    n->kids->kids->at == n->at + 1)
		sh_foreign(rd, "(( ))");
	redirections(rd, n);
	done(rd, &g, n);
	return (n);
}

static struct sh_node *
pipeline(struct sh_reader *rd)
{
	struct sh_node *n, *pipe;

	if (sh_token(rd) == SHT_NOT)
		rd->expect = SH_KEYWORD;
	else
		push(rd);
	n = command(rd);
	if (sh_token(rd) == SHT_PIPE && n != NULL) {
		pipe = node(rd, SHN_PIPE);
		pipe->at = n->at;
		add_kid(pipe, n);
		do {
			rd->expect = SH_NEWLINE | SH_KEYWORD;
			add_kid(pipe, command(rd));
		} while (sh_token(rd) == SHT_PIPE);
		n = pipe;
	}
	push(rd);
	return (n);
}

static struct sh_node *
andor(struct sh_reader *rd)
{
	struct sh_node *n = pipeline(rd), *kid, *all;
	enum sh_token t;

	if ((t = sh_token(rd)) != SHT_AND && t != SHT_OR) {
		push(rd);
		return (n);
	}
	all = node(rd, SHN_ANDOR);
	add_kid(all, n);
	do {
		rd->expect = SH_NEWLINE | SH_KEYWORD;
		if ((kid = pipeline(rd)) != NULL)
			kid->or = t == SHT_OR;
		add_kid(all, kid);
		t = sh_token(rd);
	} while (t == SHT_AND || t == SHT_OR);
	push(rd);
	return (all);
}

/* Does it end a list that may end there? */
static int
ends_list(enum sh_token t)
{
	switch (t) {
	case SHT_EOF:
	case SHT_RP:
	case SHT_ENDCASE:
	case SHT_DO:
	case SHT_DONE:
	case SHT_ELIF:
	case SHT_ELSE:
	case SHT_ESAC:
	case SHT_FI:
	case SHT_THEN:
	case SHT_END:
		return (1);
	default:
		return (0);
	}
}

static struct sh_node *
background(struct sh_reader *rd, struct sh_node *n)
{
	struct sh_node *back = node(rd, SHN_BACK);

	add_kid(back, n);
	return (back);
}

/*
 * Commands up to something that ends them: the end of the line, of which
 * nothing may be behind the last newline; or a token that is left to the
 * caller, in front of which there has to be some command or not.
 */
static struct sh_node *
list(struct sh_reader *rd, int kind)
{
	struct sh_node *seq = node(rd, SHN_SEQ), *n;
	enum sh_token t;

	while (rd->cx->why == NULL) {
		rd->expect = SH_NEWLINE | SH_KEYWORD;
		t = sh_token(rd);
		push(rd);
		if (t == SHT_EOF || (kind == LIST_ANY && ends_list(t)))
			break;
		if (kind == LIST_SOME)
			kind = LIST_ANY;
		n = andor(rd);
		t = sh_token(rd);
		if (t == SHT_AMP && n != NULL)
			n = background(rd, n);
		add_kid(seq, n);
		if (t == SHT_NL)
			push(rd);
		else if (t != SHT_SEMI && t != SHT_AMP) {
			if (kind == LIST_LINE && t != SHT_EOF)
				unexpected(rd);
			push(rd);
			break;
		}
	}
	return (seq);
}

struct sh_node *
sh_parse_inner(struct sh_reader *rd, int back)
{
	struct sh_node *n = list(rd, LIST_ANY);

	if (sh_token(rd) != (back ? SHT_EOF : SHT_RP))
		unexpected(rd);
	rd->pushed = 0;
	if (rd->pending != NULL)
		sh_fail(rd, "here-document without its end");
	return (n);
}

struct sh_node *
sh_parse_line(struct sh_reader *rd)
{
	struct sh_node *n = list(rd, LIST_LINE);

	if (rd->pending != NULL)
		sh_fail(rd, "here-document without its end");
	return (n);
}
