/* SPDX-License-Identifier: ISC */
/* Command patterns: reading them. */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/plan.h"
#include "common/policy/pattern_priv.h"
#include "common/policy/policy.h"

const char *
pattern_base(const char *s)
{
	const char *p = strrchr(s, '/');

	return (p != NULL ? p + 1 : s);
}

static int
same_char(char a, char b, int fold)
{
	if (a == b)
		return (1);
	return (fold && tolower((unsigned char)a) == tolower((unsigned char)b));
}

/* Greedy with one way back to the last star: never exponential. */
int
pattern_glob(const char *pat, const char *s, int fold)
{
	const char *star = NULL, *back = NULL;

	while (*s != '\0') {
		if (*pat == GLOB_CHAR) {
			star = ++pat;
			back = s;
		} else if (same_char(*pat, *s, fold)) {
			pat++;
			s++;
		} else if (star != NULL) {
			pat = star;
			s = ++back;
		} else
			return (0);
	}
	while (*pat == GLOB_CHAR)
		pat++;
	return (*pat == '\0');
}

/* One word being built by pattern_split. */
struct word {
	char	*buf;
	size_t	 len;
	int	 open;		/* there is one, even if it is empty */
	int	 quoted;
};

static void
word_put(struct word *w, char c)
{
	w->buf[w->len++] = c;
	w->open = 1;
}

static void
word_end(struct word *w, struct strv *out, int *op)
{
	if (w->open) {
		w->buf[w->len] = '\0';
		if (!w->quoted && w->len > 0 &&
		    strspn(w->buf, "|&;<>(){}!") == w->len)
			*op = 1;
		strv_addn(out, w->buf, w->len);
	}
	w->len = 0;
	w->open = w->quoted = 0;
}

/* From an opening quote to behind the closing one; NULL if there is none. */
static const char *
quoted(const char *p, struct word *w)
{
	char q = *p++;

	w->open = w->quoted = 1;
	while (*p != q) {
		if (*p == '\0')
			return (NULL);
		if (q == '"' && *p == '\\' && p[1] != '\0' &&
		    strchr("\"\\$`", p[1]) != NULL)
			p++;
		word_put(w, *p++);
	}
	return (p + 1);
}

/* Does a word follow, so that "<" is no operator? */
static int
is_place(const char *p)
{
	return (*p != '\0' && strchr(" \t|&;<>()", *p) == NULL);
}

const char *
pattern_split(const char *s, struct strv *out, int glob, int *special, int *op)
{
	struct word w = { xmalloc(strlen(s) + 1), 0, 0, 0 };
	const char *p, *why = NULL;

	*special = *op = 0;
	for (p = s; *p != '\0' && why == NULL; ) {
		if ((unsigned char)*p < 0x20 && *p != '\t') {
			why = "control character";
		} else if (*p == ' ' || *p == '\t') {
			word_end(&w, out, op);
			p++;
		} else if (*p == '\'' || *p == '"') {
			if (*p == '"' && strcspn(p + 1, "$`") <
			    strcspn(p + 1, "\""))
				*special = 1;
			if ((p = quoted(p, &w)) == NULL) {
				why = "quote is not closed";
				break;
			}
		} else if (*p == '\\') {
			if (p[1] == '\0')
				why = "ends in a backslash";
			else
				word_put(&w, p[1]);
			w.quoted = 1;
			p += why == NULL ? 2 : 1;
		} else {
			if (strchr("|&;<>()$`", *p) != NULL)
				*special = 1;
			word_put(&w, glob && *p == '*' ? GLOB_CHAR :
			    glob && *p == '<' && !w.open && is_place(p + 1) ?
			    PLACE_CHAR : *p);
			p++;
		}
	}
	word_end(&w, out, op);
	free(w.buf);
	return (why);
}

static int
is_assignment(const char *s)
{
	const char *eq = strchr(s, '=');
	const char *p;

	if (eq == NULL || eq == s || isdigit((unsigned char)s[0]))
		return (0);
	for (p = s; p < eq; p++)
		if (!isalnum((unsigned char)*p) && *p != '_')
			return (0);
	return (1);
}

/* -rf and the like: few letters, none twice, of a program that bundles */
static int
is_bundle(const char *base, const char *s)
{
	size_t i, n = strlen(s);

	if (n < 2 || n > 6 || opts_single_dash(base))
		return (0);
	for (i = 1; i < n; i++)
		if (!isalnum((unsigned char)s[i]) ||
		    strchr(s + i + 1, s[i]) != NULL)
			return (0);
	return (!isdigit((unsigned char)s[n - 1]) || n == 2);
}

static void
set_option(struct pword *w, size_t dashes)
{
	char *eq;

	w->name = xstrdup(w->s + dashes);
	if ((eq = strchr(w->name, '=')) != NULL) {
		*eq = '\0';
		w->value = eq + 1;
	}
}

static const char *
set_word(struct pattern *p, struct pword *w, const char *s, int first)
{
	const char *g;

	if (s[0] == PLACE_CHAR) {
		if (first || s[1] == GLOB_CHAR)
			return ("\"<\" must stand before a word behind the "
			    "program");
		w->placed = 1;
		s++;
	}
	g = strstr(s, GLOB_STR GLOB_STR);
	w->s = xstrdup(s);
	if (g != NULL && strlen(s) != 2)
		return ("\"**\" stands for whole words and must stand alone");
	if (g != NULL)
		w->kind = W_ANY;
	else if (first || s[0] != '-' || s[1] == '\0' || strcmp(s, "--") == 0)
		w->kind = W_WORD;
	else if (s[1] == '-') {
		w->kind = W_LONG;
		set_option(w, 2);
	} else if (is_bundle(p->base, s))
		w->kind = W_SHORT;
	else {
		w->kind = W_SINGLE;
		set_option(w, 1);
	}
	return (NULL);
}

/* Lower case, one blank between words; "**" is one GLOB_CHAR. */
static char *
net_text(const struct pattern *p)
{
	char *low, *o;
	const char *s;
	size_t i, n = 1;

	for (i = 0; i < p->n; i++)
		n += strlen(p->w[i].s) + 1;
	low = o = xmalloc(n);
	for (i = 0; i < p->n; i++) {
		if (i > 0)
			*o++ = ' ';
		for (s = p->w[i].s; *s != '\0'; s++)
			*o++ = (char)tolower((unsigned char)*s);
	}
	*o = '\0';
	return (low);
}

/* DROP TABLE is what no program is called. */
static int
has_capital(const char *s)
{
	for (; *s != '\0'; s++)
		if (isupper((unsigned char)*s))
			return (1);
	return (0);
}

static const char *
set_words(struct pattern *p, const struct strv *words)
{
	const char *why;
	int many = 0;
	size_t i;

	if (words->n == 0)
		return ("is empty");
	if (words->n > PATTERN_MAXWORDS)
		return ("has too many words");
	if (words->v[0][0] == '\0')
		return ("its program is an empty word");
	if (words->v[0][0] == '-')
		return ("begins with an option, not with a program");
	p->w = xcalloc(words->n, sizeof(*p->w));
	p->base = pattern_base(words->v[0]);
	for (i = 0; i < words->n; i++) {
		p->n = i + 1;
		why = set_word(p, &p->w[i], words->v[i], i == 0);
		if (why != NULL)
			return (why);
		many |= p->w[i].kind == W_ANY;
		if (many && p->w[i].placed)
			return ("behind \"**\" no word has a place");
	}
	p->prog = p->w[0].s;
	p->base = pattern_base(p->prog);
	p->prog_any = p->w[0].kind == W_ANY || strcmp(p->prog, GLOB_STR) == 0;
	p->prog_glob = strchr(p->prog, GLOB_CHAR) != NULL;
	p->assigns = is_assignment(p->prog);
	p->is_text = p->shell_word || p->assigns || has_capital(p->prog);
	if (p->base[0] == '\0')
		return ("its program ends in \"/\"");
	return (NULL);
}

struct pattern *
pattern_new(const char *text, const char **err)
{
	struct pattern *p = xcalloc(1, sizeof(*p));
	struct strv words = { NULL, 0 };
	int special;

	p->text = xstrdup(text);
	if (strlen(text) > PATTERN_MAXTEXT)
		*err = "is too long";
	else if (strchr(text, 0x7f) != NULL)
		*err = "control character";
	else
		*err = pattern_split(text, &words, 1, &special, &p->shell_word);
	if (*err == NULL)
		*err = set_words(p, &words);
	strv_free(&words);
	if (*err != NULL) {
		pattern_free(p);
		return (NULL);
	}
	p->low = net_text(p);
	return (p);
}

void
pattern_free(struct pattern *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < p->n; i++) {
		free(p->w[i].s);
		free(p->w[i].name);
	}
	free(p->w);
	free(p->low);
	free(p->where);
	free(p->set);
	free(p->text);
	free(p);
}

const char *
pattern_text(const struct pattern *p)
{
	return (p->text);
}

const char *
pattern_program(const struct pattern *p)
{
	return (p->prog_any || p->prog_glob ? NULL : p->prog);
}

void
pattern_written(struct pattern *p, const char *where)
{
	free(p->where);
	p->where = xstrdup(where);
}

void
pattern_belongs(struct pattern *p, const char *set)
{
	free(p->set);
	p->set = xstrdup(set);
}

const char *
pattern_set(const struct pattern *p)
{
	return (p->set != NULL ? p->set : "");
}

const char *
pattern_where(const struct pattern *p)
{
	return (p->where != NULL ? p->where : "");
}

/* An absolute path in normal form; NULL if it does not fit. */
static const char *
normal_path(const char *s, char *buf, size_t size)
{
	size_t len = 0, n;

	while (*s != '\0') {
		s += strspn(s, "/");
		n = strcspn(s, "/");
		if (n == 0 || (n == 1 && s[0] == '.')) {
			s += n;
			continue;
		}
		if (n == 2 && s[0] == '.' && s[1] == '.') {
			while (len > 0 && buf[--len] != '/')
				;
			s += n;
			continue;
		}
		if (len + n + 2 > size)
			return (NULL);
		buf[len++] = '/';
		memcpy(buf + len, s, n);
		len += n;
		s += n;
	}
	if (len == 0)
		buf[len++] = '/';
	buf[len] = '\0';
	return (buf);
}

int
pattern_operand(const char *pat, const char *s)
{
	char buf[PLAN_MAXPATH];
	const char *n;

	if (pattern_glob(pat, s, 1))
		return (1);
	if (pat[0] != '/' || s[0] != '/')
		return (0);
	n = normal_path(s, buf, sizeof(buf));
	return (n != NULL && pattern_glob(pat, n, 1));
}
