/* SPDX-License-Identifier: ISC */
/*
 * Words of a shell line: quotes, backslashes, expansions.  Quotes within
 * ${x-...} within quotes are the corner where shells go different ways; dash's
 * is the one that is followed here.
 */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "common/policy/shell_priv.h"
#include "common/text.h"

static int
is_first(int c)
{
	return (c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
}

static int
is_digit(int c)
{
	return (c >= '0' && c <= '9');
}

static int
is_special(int c)
{
	return (c > 0 && strchr("#?$!-*@", c) != NULL);
}

static struct sh_piece *
piece(struct sh_reader *rd, struct sh_pieces *p, enum sh_part kind, int quoted)
{
	struct sh_piece *new = sh_alloc(rd->cx, sizeof(*new));

	new->kind = kind;
	new->quoted = quoted;
	new->text = rd->out;
	new->var = SH_VAR_OTHER;
	if (p->last != NULL)
		p->last->next = new;
	else
		p->first = new;
	p->last = new;
	return (new);
}

void
sh_add(struct sh_reader *rd, struct sh_pieces *p, int c, int quoted)
{
	struct sh_piece *l = p->last;

	if (l == NULL || l->kind != SHP_TEXT || l->quoted != quoted ||
	    l->text + l->len != rd->out)
		l = piece(rd, p, SHP_TEXT, quoted);
	*rd->out++ = (char)c;
	l->len++;
}

/* What is not quoted has to be what it looks like. */
static void
check_plain(struct sh_reader *rd, int c)
{
	uint32_t cp;

	if (c < 0x80) {
		if (c < ' ' && c != '\t' && c != '\n')
			sh_fail(rd, "control character");
		else if (c == 0x7f)
			sh_fail(rd, "control character");
		return;
	}
	if ((c & 0xc0) == 0xc0 && text_char(rd->text + rd->pos - 1,
	    rd->len - rd->pos + 1, &cp) != 0 && text_deceives(cp))
		sh_fail(rd, "character that can deceive, not quoted");
}

static void
add_plain(struct sh_reader *rd, struct sh_pieces *p, int c)
{
	check_plain(rd, c);
	sh_add(rd, p, c, 0);
}

/* Documents with tabs in front of lines: not in what is executed in them. */
static void
behind_newline(struct sh_reader *rd)
{
	if (rd->strip)
		while (rd->pos < rd->len && rd->text[rd->pos] == '\t')
			rd->pos++;
}

/* Behind a backslash outside of quotes. */
static void
scan_escape(struct sh_reader *rd, struct sh_pieces *p)
{
	int c = sh_get_raw(rd);

	if (c == -1)
		c = '\\';
	else
		check_plain(rd, c);
	sh_add(rd, p, c, 1);
}

/* Within quotes; special: which of them a backslash is taken off. */
static void
scan_quoted_escape(struct sh_reader *rd, struct sh_pieces *p,
    const char *special)
{
	int c = sh_get_raw(rd);

	if (c == -1 || strchr(special, c) == NULL)
		sh_add(rd, p, '\\', 1);
	if (c != -1)
		sh_add(rd, p, c, 1);
}

static void
scan_single(struct sh_reader *rd, struct sh_pieces *p)
{
	int c;

	(void)piece(rd, p, SHP_TEXT, 1);
	while ((c = sh_get_raw(rd)) != '\'') {
		if (c == -1) {
			sh_fail(rd, "quote without its end");
			return;
		}
		sh_add(rd, p, c, 1);
	}
}

/* braces: within ${...} that is not quoted */
static void
scan_double(struct sh_reader *rd, struct sh_pieces *p, int braces)
{
	int c;

	(void)piece(rd, p, SHP_TEXT, 1);
	while ((c = sh_get(rd)) != '"') {
		if (c == -1) {
			sh_fail(rd, "quote without its end");
			return;
		}
		if (c == '\\')
			scan_quoted_escape(rd, p, braces ? "$`\"\\}" :
			    "$`\"\\");
		else if (c == '$' && !rd->mark)
			sh_scan_dollar(rd, p, 1);
		else if (c == '`' && !rd->mark)
			sh_scan_back(rd, p, 1);
		else
			sh_add(rd, p, c, 1);
		if (c == '\n')
			behind_newline(rd);
	}
}

/* The word in ${x-word}, outside of quotes, with its brace. */
static void
scan_inner(struct sh_reader *rd, struct sh_pieces *p)
{
	int c;

	while ((c = sh_get(rd)) != '}') {
		switch (c) {
		case -1:
			sh_fail(rd, "${ without its end");
			return;
		case '\\':
			scan_escape(rd, p);
			break;
		case '\'':
			scan_single(rd, p);
			break;
		case '"':
			scan_double(rd, p, 1);
			break;
		case '$':
			sh_scan_dollar(rd, p, 0);
			break;
		case '`':
			sh_scan_back(rd, p, 0);
			break;
		case '\n':
			sh_add(rd, p, c, 0);
			behind_newline(rd);
			break;
		default:
			add_plain(rd, p, c);
		}
	}
}

/* The same within quotes, where more quotes only guard braces. */
static void
scan_inner_quoted(struct sh_reader *rd, struct sh_pieces *p)
{
	int c, guarded = 0;

	while ((c = sh_get(rd)) != '}' || guarded) {
		switch (c) {
		case -1:
			sh_fail(rd, "${ without its end");
			return;
		case '"':
		case '\'':
			sh_foreign(rd, "quotes in braces in quotes");
			if (c == '"')
				guarded = !guarded;
			else
				sh_add(rd, p, c, 1);
			break;
		case '\\':
			scan_quoted_escape(rd, p, "$`\"\\}");
			break;
		case '$':
			sh_scan_dollar(rd, p, 1);
			break;
		case '`':
			sh_scan_back(rd, p, 1);
			break;
		default:
			sh_add(rd, p, c, 1);
			if (c == '\n')
				behind_newline(rd);
		}
	}
}

/* Names the variable that begins with c; what follows it. */
static int
scan_name(struct sh_reader *rd, struct sh_piece *v, int c, int braces)
{
	char *name = rd->out;
	size_t n = 0;

	if (is_first(c)) {
		do {
			name[n++] = (char)c;
			c = sh_get(rd);
		} while (is_first(c) || is_digit(c));
		v->var = sh_var(rd->cx, name, n);
		rd->out += n;
		rd->cx->seen.uses |= sh_bit(v->var);
		return (c);
	}
	if (is_digit(c)) {
		do
			c = sh_get(rd);
		while (braces && is_digit(c));
		return (c);
	}
	v->var = c == '@' || c == '*' ? SH_VAR_MANY : c == '!' ? SH_VAR_JOB :
	    c == '-' ? SH_VAR_OTHER : SH_VAR_NUMBER;
	return (sh_get(rd));
}

/* ${#x}, ${#} and ${#-x}: behind ${#; what follows the name, or -1 */
static int
scan_length(struct sh_reader *rd, struct sh_piece *v, int *length)
{
	int c = sh_get(rd), after;

	*length = 1;
	if (is_first(c) || is_digit(c)) {
		c = scan_name(rd, v, c, 1);
		v->var = SH_VAR_NUMBER;
		return (c);
	}
	after = sh_get(rd);
	v->var = SH_VAR_NUMBER;
	if (c != '}' && after == '}' && is_special(c))
		return (after);
	sh_unget(rd, after);
	*length = 0;
	return (c);
}

/*
 * The operator, of which c was read.  Where dash has none, it takes one byte
 * for it, and fails when it gets there.
 */
static int
scan_op(struct sh_reader *rd, int c, int length)
{
	int op = c, more;

	if (length || c == -1 || strchr("\"'\\$`(", c) != NULL) {
		sh_fail(rd, "bad substitution");
		return (0);
	}
	if (c == ':')
		op = sh_get(rd);
	if (op > 0 && strchr("-+?=", op) != NULL)
		return (op);
	if (c == '%' || c == '#') {
		if ((more = sh_get(rd)) != c)
			sh_unget(rd, more);
		return (c);
	}
	if (op == '}' || op == -1 || strchr("\"'\\$`(", op) != NULL)
		sh_fail(rd, "bad substitution");
	sh_foreign(rd, "a substitution that dash does not have");
	return (':');
}

static void
scan_braces(struct sh_reader *rd, struct sh_pieces *p, int quoted)
{
	struct sh_piece *v = piece(rd, p, SHP_VAR, quoted);
	struct sh_pieces inner = { NULL, NULL };
	int c = sh_get(rd), length = 0, var;

	if (c == '#')
		c = scan_length(rd, v, &length);
	else if (is_first(c) || is_digit(c) || is_special(c))
		c = scan_name(rd, v, c, 1);
	else {
		sh_fail(rd, "bad substitution");
		return;
	}
	if (c == '}')
		return;
	var = v->var;
	v->op = scan_op(rd, c, length);
	if (v->op == '=') {
		rd->cx->seen.pre |= sh_bit(var);
		sh_note_odd(rd, sh_bit(var));
	}
	sh_deeper(rd);
	if (quoted && v->op != '%' && v->op != '#')
		scan_inner_quoted(rd, &inner);
	else
		scan_inner(rd, &inner);
	rd->cx->depth--;
	v->inner = inner.first;
}

static void
scan_arith(struct sh_reader *rd, struct sh_pieces *p, int quoted)
{
	struct sh_piece *a = piece(rd, p, SHP_ARITH, quoted);
	struct sh_pieces inner = { NULL, NULL };
	int c, level = 0;

	sh_deeper(rd);
	while ((c = sh_get(rd)) != ')' || level > 0) {
		level += c == '(' ? 1 : c == ')' ? -1 : 0;
		if (c == -1) {
			sh_fail(rd, "$(( without its end");
			break;
		}
		if (c == '"' || c == '\'')
			sh_foreign(rd, "quotes in arithmetic");
		if (c == '\\')
			scan_quoted_escape(rd, &inner, "$`\"\\");
		else if (c == '$')
			sh_scan_dollar(rd, &inner, 1);
		else if (c == '`')
			sh_scan_back(rd, &inner, 1);
		else
			sh_add(rd, &inner, c, 1);
		if (c == '\n')
			behind_newline(rd);
	}
	if (c == ')' && sh_get(rd) != ')')
		sh_fail(rd, "$(( without its end");
	rd->cx->depth--;
	a->inner = inner.first;
	sh_note_arith(rd, a->inner);
}

static void
scan_subst(struct sh_reader *rd, struct sh_pieces *p, int quoted)
{
	struct sh_piece *s = piece(rd, p, SHP_SUBST, quoted);
	struct sh_reader save = *rd;
	size_t start = rd->pos;

	sh_deeper(rd);
	rd->pushed = 0;
	rd->pending = NULL;
	rd->strip = 0;
	s->list = sh_parse_inner(rd, 0);
	if ((save.strip || save.pending != NULL) && rd->pos > start &&
	    memchr(rd->text + start, '\n', rd->pos - start) != NULL)
		sh_foreign(rd, "a here-document around several lines");
	save.pos = rd->pos;
	save.out = rd->out;
	*rd = save;
	rd->cx->depth--;
}

void
sh_scan_dollar(struct sh_reader *rd, struct sh_pieces *p, int quoted)
{
	int c = sh_get(rd), more;

	if (c == '(') {
		if ((more = sh_get(rd)) == '(') {
			scan_arith(rd, p, quoted);
			return;
		}
		sh_unget(rd, more);
		scan_subst(rd, p, quoted);
	} else if (c == '{')
		scan_braces(rd, p, quoted);
	else if (is_first(c) || is_digit(c) || is_special(c))
		sh_unget(rd, scan_name(rd, piece(rd, p, SHP_VAR, quoted), c,
		    0));
	else {
		sh_unget(rd, c);
		if (!quoted && (c == '\'' || c == '"'))
			sh_foreign(rd, "$ in front of quotes");
		sh_add(rd, p, '$', quoted);
	}
}

/* What stands in ` `, with one layer of backslashes less. */
static size_t
unescape(struct sh_reader *rd, char *to, int quoted)
{
	size_t n = 0;
	int c;

	while ((c = sh_get(rd)) != '`') {
		if (c == '\\') {
			c = sh_get_raw(rd);
			if (c == -1 || strchr(quoted ? "\\`$\"" : "\\`$", c) ==
			    NULL)
				to[n++] = '\\';
		}
		if (c == -1) {
			sh_fail(rd, "` without its end");
			break;
		}
		to[n++] = (char)c;
	}
	return (n);
}

void
sh_scan_back(struct sh_reader *rd, struct sh_pieces *p, int quoted)
{
	struct sh_piece *s = piece(rd, p, SHP_SUBST, quoted);
	const char *end = NULL;
	struct sh_reader inner;
	size_t at = sh_where(rd), i, n;
	char *to;

	/* up to the first ` without a backslash; at least so much room */
	for (i = rd->pos; i < rd->len && end == NULL; i++) {
		if (rd->text[i] == '\\')
			i++;
		else if (rd->text[i] == '`')
			end = rd->text + i;
	}
	if (end == NULL) {
		sh_fail(rd, "` without its end");
		return;
	}
	sh_deeper(rd);
	to = sh_alloc(rd->cx, (size_t)(end - rd->text) - rd->pos + 1);
	n = unescape(rd, to, quoted);
	sh_reader(&inner, rd->cx, to, n);
	inner.base = at;
	inner.fixed = 1;
	if ((rd->strip || rd->pending != NULL) && memchr(to, '\n', n) != NULL)
		sh_foreign(rd, "a here-document around several lines");
	s->list = sh_parse_inner(&inner, 1);
	rd->cx->depth--;
}

void
sh_scan_word(struct sh_reader *rd, struct sh_raw *w)
{
	struct sh_pieces *p = &w->p;
	int c;

	for (;;) {
		c = sh_get(rd);
		if (c == -1 || strchr(" \t\n<>();&|", c) != NULL) {
			sh_unget(rd, c);
			break;
		}
		if (c == '\\' || c == '\'' || c == '"')
			w->quoted = 1;
		if (c == '\\')
			scan_escape(rd, p);
		else if (c == '\'')
			scan_single(rd, p);
		else if (c == '"')
			scan_double(rd, p, 0);
		else if (c == '$' && !rd->mark)
			sh_scan_dollar(rd, p, 0);
		else if (c == '`' && !rd->mark)
			sh_scan_back(rd, p, 0);
		else
			add_plain(rd, p, c);
	}
	if (p->first != NULL && p->first == p->last && !w->quoted &&
	    p->first->kind == SHP_TEXT) {
		*rd->out++ = '\0';
		w->plain = p->first->text;
	}
}
