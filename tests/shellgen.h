/* SPDX-License-Identifier: ISC */
/*
 * Shell lines by chance, from a grammar and a seed.  They start programs of
 * four names only, set variables to words that would do harm if they were
 * taken for something else, and now and then have a byte too many or too few.
 */
#ifndef TESTS_SHELLGEN_H
#define TESTS_SHELLGEN_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SG_MAXDOCS	4
#define SG_MAXDEPTH	4

struct shellgen {
	uint64_t	 state;
	FILE		*f;
	int		 depth;
	int		 inner;		/* in $( ) or ` `: no documents */
	int		 back;		/* in ` `: no other ones */
	int		 docs[SG_MAXDOCS];
	int		 ndocs;
};

#define SG_PICK(g, ...) sg_pick((g), (const char *const[]){ __VA_ARGS__ }, \
    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void sg_list(struct shellgen *);
static void sg_word(struct shellgen *);

static unsigned
sg_number(struct shellgen *g, unsigned n)
{
	uint64_t z = (g->state += 0x9e3779b97f4a7c15U);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return ((unsigned)((z ^ (z >> 31)) % n));
}

static void
sg_text(struct shellgen *g, const char *s)
{
	(void)fputs(s, g->f);
}

static void
sg_pick(struct shellgen *g, const char *const *v, size_t n)
{
	sg_text(g, v[sg_number(g, (unsigned)n)]);
}

static void
sg_var(struct shellgen *g)
{
	SG_PICK(g, "x", "x", "x", "y", "y", "z", "PATH2", "IFS");
}

static void
sg_newline(struct shellgen *g)
{
	int i;

	sg_text(g, "\n");
	if (g->inner)
		return;
	for (i = 0; i < g->ndocs; i++) {
		SG_PICK(g, "a $x\n", "$(ca in doc)\n", "\\$x `cb q`\n",
		    "it's \"${y:-a b}\"\n", "", "\tt\n", "a \\\nb\n",
		    "${z:=cc}\n", "\n");
		if (g->docs[i] & 2)
			SG_PICK(g, "\t", "\t\t", "");
		(void)fprintf(g->f, "E%d\n", i);
	}
	g->ndocs = 0;
}

/* What stands between two commands. */
static void
sg_sep(struct shellgen *g)
{
	if (sg_number(g, 3) == 0)
		sg_newline(g);
	else
		SG_PICK(g, "; ", ";", "; ", " ; ", "& ");
}

/* Another line within this one; less of it the deeper it stands. */
static void
sg_inner(struct shellgen *g, const char *open, const char *close)
{
	sg_text(g, open);
	g->inner++;
	sg_list(g);
	g->inner--;
	sg_text(g, close);
}

static void
sg_brace(struct shellgen *g)
{
	sg_text(g, "${");
	sg_var(g);
	SG_PICK(g, "-", ":-", "+", ":+", "%", "%%", "#", "##", ":=", "=");
	SG_PICK(g, "a", "\"a b\"", "'q'", "$y", "\"$y\"", "a b", "*", "\\}",
	    "$(ca brace)", "");
	sg_text(g, "}");
}

static void
sg_dollar(struct shellgen *g)
{
	unsigned n = sg_number(g, g->depth >= SG_MAXDEPTH ? 8 : 11);

	if (n < 4) {
		sg_text(g, "$");
		sg_var(g);
	} else if (n == 4)
		sg_brace(g);
	else if (n == 5)
		SG_PICK(g, "$((1+2))", "$((x=3))", "$(( (2) * $((1)) ))",
		    "${#x}", "$#", "$?", "$((y))");
	else if (n == 6)
		SG_PICK(g, "$@", "$*", "$1", "${1}", "$-", "$");
	else if (n == 7) {
		sg_text(g, "${");
		sg_var(g);
		sg_text(g, "}");
	} else if (n == 8 && !g->back) {
		g->back = 1;
		sg_inner(g, "`", "`");
		g->back = 0;
	} else
		sg_inner(g, "$(", ")");
}

static void
sg_quoted(struct shellgen *g)
{
	unsigned n = 1 + sg_number(g, 3);

	sg_text(g, "\"");
	while (n-- > 0)
		if (sg_number(g, 2) == 0)
			sg_dollar(g);
		else
			SG_PICK(g, "a", " ", "'", "\\\"", "\\$", "\\a", "*",
			    "\\\\", "~", "#", ";ca", "\n", "\\\n", "}", "{");
	sg_text(g, "\"");
}

static void
sg_part(struct shellgen *g)
{
	switch (sg_number(g, 8)) {
	case 0:
	case 1:
		sg_dollar(g);
		break;
	case 2:
		sg_quoted(g);
		break;
	case 3:
		SG_PICK(g, "'a b'", "'$x'", "''", "'\\'", "'\"'", "'*'");
		break;
	case 4:
		SG_PICK(g, "\\ ", "\\;", "\\$", "\\\n", "\\a", "\\\\", "\\'");
		break;
	default:
		SG_PICK(g, "a", "b1", "-rf", "x=1", "f*", "f?", "[ab]", "~",
		    "~/q", "a#b", "\304\201",
		    "\304\210\304\202", "{a,b}", "=", "%", "if", "!", "}", "do",
		    "1", "2", "a=~", "ca", "cb");
	}
}

static void
sg_word(struct shellgen *g)
{
	unsigned n = 1 + sg_number(g, 2);

	g->depth++;
	while (n-- > 0)
		sg_part(g);
	g->depth--;
}

static void
sg_assign(struct shellgen *g)
{
	sg_var(g);
	sg_text(g, "=");
	if (sg_number(g, 3) == 0)
		sg_word(g);
	else
		SG_PICK(g, "ca", "cb", "'ca 1'", "\"cb  -f \"", "''", "", "f*",
		    "$x", "\"$y\"", "'a\\b'", "' ca'", "~", "eval", "a:~/b",
		    "\"$x $y\"", "cc", "1");
}

static void
sg_redir(struct shellgen *g)
{
	if (!g->inner && g->ndocs < SG_MAXDOCS && sg_number(g, 3) == 0) {
		g->docs[g->ndocs] = (int)sg_number(g, 4);
		(void)fprintf(g->f, g->docs[g->ndocs] & 1 ? "%s'E%d'" :
		    "%sE%d", g->docs[g->ndocs] & 2 ? "<<-" : "<<", g->ndocs);
		g->ndocs++;
		return;
	}
	SG_PICK(g, ">o", "2>&1", "<fa", ">>o", ">|o", "2>o", "<>o", ">o$x",
	    "<nofile", "1>&2", "<&0", "3<fb");
}

static void
sg_program(struct shellgen *g)
{
	SG_PICK(g, "ca", "cb", "cc", "cd1", "ca", "cb", "\\ca", "c'b'",
	    "\"cc\"", "ca", "cb", "cc", "cf", "cf", "command ca", "exec cb",
	    "\\cf");
	if (sg_number(g, 24) == 0)
		SG_PICK(g, "$x", "\"$y\"", "$z", " $x", "${x:-ca}", "?");
}

static void
sg_simple(struct shellgen *g)
{
	unsigned n;

	for (n = sg_number(g, 4); n == 0; n = sg_number(g, 4)) {
		sg_assign(g);
		sg_text(g, " ");
	}
	if (sg_number(g, 16) == 0) {
		/* what it is set to may well be known here */
		SG_PICK(g, "x", "y");
		SG_PICK(g, "=ca; ", "=cb && ", "='ca -f' ; ", "=''; ",
		    "=cc\n");
		SG_PICK(g, "$x", "\"$y\"", "$y", "$x ca", "$x$y");
	} else
		sg_program(g);
	for (n = sg_number(g, 4); n > 0; n--) {
		SG_PICK(g, " ", " ", "  ", "\t", " \\\n");
		if (sg_number(g, 8) == 0)
			sg_redir(g);
		else
			sg_word(g);
	}
	if (sg_number(g, 6) == 0) {
		sg_text(g, " ");
		sg_redir(g);
	}
}

static void
sg_builtin(struct shellgen *g)
{
	switch (sg_number(g, 12)) {
	case 0:
		SG_PICK(g, "eval 'ca ev'", "eval \"$x\"", "eval x=cb",
		    "eval 'cf() { ca 9; }'");
		break;
	case 1:
		SG_PICK(g, "unset x", "unset -f ca",
		    "unset -f cf", "read x <fa", "read y",
		    "export y", "readonly z", "getopts a x", "shift", "read z");
		break;
	case 2:
		SG_PICK(g, "set -- ca b", "set -- a", "set -f", "set -u",
		    "IFS=a", "set -e");
		break;
	case 3:
		sg_text(g, "export ");
		sg_assign(g);
		break;
	case 4:
		SG_PICK(g, "trap 'ca trap' EXIT", "true", ":", "false",
		    "[ -n $x ]", ": ${x:=cb}", ": ${y:=ca}", "test $x");
		break;
	case 5:
		SG_PICK(g, "break", "continue", "return", "exit", "wait");
		break;
	case 6:
		SG_PICK(g, "alias", "command eval x=cc",
		    "command read x <fb", "command -v ca", "exec <fa",
		    "local y", "echo $x", "printf %s $x");
		break;
	default:
		sg_assign(g);
	}
}

static void
sg_for(struct shellgen *g)
{
	sg_text(g, "for ");
	SG_PICK(g, "x", "y", "z", "i");
	if (sg_number(g, 8) == 0)
		SG_PICK(g, "; do ", "\ndo ", " do ");
	else {
		sg_text(g, " in ");
		SG_PICK(g, "ca cb", "ca", "a 'b c' d", "$x", "f*", "1 2 3",
		    "\"$@\"", "-a ''", "$x cb", "~ ca");
		SG_PICK(g, "; do ", "; do ", ";\ndo ", "; do\n");
	}
	sg_list(g);
	SG_PICK(g, "; done", "\ndone");
}

static void
sg_case(struct shellgen *g)
{
	sg_text(g, "case ");
	sg_word(g);
	SG_PICK(g, " in ", " in\n");
	SG_PICK(g, "a) ", "(a|*) ", "f*) ", "\"$x\") ", "*) ", "if) ",
	    "$(ca pat)) ");
	sg_list(g);
	SG_PICK(g, ";; ", ";;\n");
	SG_PICK(g, "*) ca other;; ", "", "", "z) ;; ", "z) cb ");
	sg_text(g, "esac");
}

static void
sg_compound(struct shellgen *g)
{
	switch (sg_number(g, 7)) {
	case 0:
		sg_inner(g, "(", ")");
		return;
	case 1:
		sg_text(g, "{ ");
		sg_list(g);
		SG_PICK(g, "; }", "\n}");
		break;
	case 2:
		sg_text(g, "if ");
		sg_list(g);
		SG_PICK(g, "; then ", "\nthen ");
		sg_list(g);
		SG_PICK(g, "; fi", "; else ca 7; fi", "\nelif cb 8; then cc "
		    "9; fi");
		break;
	case 3:
		SG_PICK(g, "while ", "until ");
		sg_list(g);
		sg_text(g, "; do ");
		sg_list(g);
		SG_PICK(g, "; done", "; break; done");
		break;
	case 4:
		sg_for(g);
		break;
	case 5:
		sg_case(g);
		break;
	default:
		SG_PICK(g, "cf() { ", "cf () { ", "ca() { ");
		sg_list(g);
		sg_text(g, "; }");
	}
	if (sg_number(g, 6) == 0) {
		sg_text(g, " ");
		sg_redir(g);
	}
}

static void
sg_pipeline(struct shellgen *g)
{
	unsigned n, i;

	if (sg_number(g, 16) == 0)
		sg_text(g, "! ");
	n = sg_number(g, 4) == 0 ? 2 + sg_number(g, 2) : 1;
	for (i = 0; i < n; i++) {
		if (i != 0)
			SG_PICK(g, " | ", "|", " |\\\n");
		if (g->depth < SG_MAXDEPTH && sg_number(g, 5) == 0)
			sg_compound(g);
		else if (sg_number(g, 4) == 0)
			sg_builtin(g);
		else
			sg_simple(g);
	}
}

static void
sg_list(struct shellgen *g)
{
	unsigned n = 1 + sg_number(g, g->depth == 0 ? 4 : 2), i;

	g->depth++;
	for (i = 0; i < n; i++) {
		if (i != 0) {
			if (sg_number(g, 4) == 0)
				SG_PICK(g, " && ", "||", "&&", " || ");
			else
				sg_sep(g);
		}
		sg_pipeline(g);
	}
	g->depth--;
}

/* One byte more, less or another. */
static void
sg_mutate(struct shellgen *g, char *s, size_t *len)
{
	static const char bytes[] = "\"'`$\\(){};&|<>#\n !=~*a2-}";
	size_t at = sg_number(g, (unsigned)*len);
	char c = bytes[sg_number(g, sizeof(bytes) - 1)];

	switch (sg_number(g, 3)) {
	case 0:
		memmove(s + at, s + at + 1, *len - at);
		(*len)--;
		break;
	case 1:
		s[at] = c;
		break;
	default:
		memmove(s + at + 1, s + at, *len - at + 1);
		s[at] = c;
		(*len)++;
	}
}

/* Quotes in quotes, of all kinds, and bytes that could be the end of them. */
static void
sg_nest(struct shellgen *g)
{
	static const char *const pairs[][2] = {
		{ "\"", "\"" }, { "\"", "\"" }, { "$(ca ", ")" },
		{ "\"$(ca ", ")\"" }, { "`ca ", "`" }, { "\"`ca ", "`\"" },
		{ "${x:-", "}" }, { "\"${x:-", "}\"" }, { "${PATH#", "}" },
		{ "\"${PATH%", "}\"" }, { "'", "'" }, { "$((", "))" },
		{ "\\`cb ", "\\`" }, { "\\\"", "\\\"" }, { "${y+", "}" }
	};
	unsigned n = 1 + sg_number(g, 4), i;

	g->depth++;
	while (n-- > 0) {
		i = sg_number(g, 2 * sizeof(pairs) / sizeof(pairs[0]));
		if (g->depth < 5 && i < sizeof(pairs) / sizeof(pairs[0])) {
			sg_text(g, pairs[i][0]);
			sg_nest(g);
			sg_text(g, pairs[i][1]);
		} else
			SG_PICK(g, "a", "b c", " ", "\\\"", "\\`", "\\$", "\\}",
			    "\\\\", "\\a", "\\\n", "'", "}", "*", "$x", "~",
			    "#", " #", "1", ";cb d", "\\'", "$", "{", "\\)",
			    "\\ ");
	}
	g->depth--;
}

static void
sg_nested(struct shellgen *g)
{
	int doc = sg_number(g, 3) == 0;

	if (doc)
		SG_PICK(g, "cat <<E; ca ", "ca <<E\n", "cb <<-E\n\t",
		    "ca <<'E'\n");
	else
		SG_PICK(g, "ca ", "x=a; ca ", "x='a b' y=; ca ");
	sg_nest(g);
	if (doc)
		SG_PICK(g, "\nE\n", "\nE\ncb last");
	else
		SG_PICK(g, "", "\n", " | cb", "\ncb last");
}

/* A line for the seed; to be freed. */
static inline char *
sg_line(uint64_t seed, size_t *len)
{
	struct shellgen g = { .state = seed };
	char *s = NULL;

	if ((g.f = open_memstream(&s, len)) == NULL)
		abort();
	if (sg_number(&g, 3) == 0)
		sg_nested(&g);
	else
		sg_list(&g);
	if (g.ndocs != 0)
		sg_newline(&g);
	(void)fputc('\0', g.f);		/* room for one more */
	(void)fclose(g.f);
	(*len)--;
	if (sg_number(&g, 4) == 0)
		sg_mutate(&g, s, len);
	return (s);
}

#endif
