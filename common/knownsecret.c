/* SPDX-License-Identifier: ISC */
/*
 * Secrets of known shapes; see knownsecret.h.
 *
 * One walk from name to name: what begins at a name is decided there and then,
 * by what follows it, and the walk goes on behind what was decided.
 */
#include "config.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/defs.h"
#include "common/knownname.h"
#include "common/knownsecret.h"
#include "common/knownvalue.h"

#define PEM_BEGIN	"-----BEGIN "
#define PEM_KEY		"PRIVATE KEY-----"
#define PEM_LABEL	48		/* bytes of the first line, and more */
#define PEM_PIECE	16		/* shorter could be anything */
#define JWT_LEAST	30
#define BEARER_LEAST	6
#define HOOK_HOST	"hooks.slack.com"
#define HOOK_PATH	"/services/"
#define HOOK_LEAST	16
#define BEARER_SURE	20		/* without a digit */

struct hunt {
	const char	*t;
	size_t		 len;
	uint8_t		*hide;
	size_t		 n;		/* stretches found */
	const struct knownprogram *program;	/* whose options these are */
	int		 path;		/* the name stands behind a / */
	int		 open;		/* no " is closed any more */
	int		 open1;		/* no ' */
	struct knownquotes quotes;	/* as far as they were read */
};

static int
is_name(char c)
{
	return (isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.');
}

static int
is_blank(char c)
{
	return (c == ' ' || c == '\t');
}

static int
is_quote(char c)
{
	return (c == '"' || c == '\'');
}

/* Here a value ends that is in no quotes. */
static int
ends_value(const struct hunt *w, size_t i)
{
	const unsigned char c = (unsigned char)w->t[i];

	if (c <= ' ' || c == 0x7f || strchr("\"'`&;|<>(),}]", c) != NULL)
		return (1);
	return (c == '\\' && i + 1 < w->len &&
	    strchr("\"'nrt", w->t[i + 1]) != NULL);
}

static size_t
value_end(const struct hunt *w, size_t i)
{
	while (i < w->len && !ends_value(w, i))
		i++;
	return (i);
}

static size_t
name_end(const struct hunt *w, size_t i)
{
	while (i < w->len && is_name(w->t[i]))
		i++;
	return (i);
}

static size_t
skip_blanks(const struct hunt *w, size_t i)
{
	while (i < w->len && is_blank(w->t[i]))
		i++;
	return (i);
}

static void
found(struct hunt *w, size_t from, size_t to)
{
	memset(w->hide + from, 1, to - from);
	w->n++;
}

/* Where the quote ends that begins before i, or 0.  escaped: it is \". */
static size_t
quote_end(struct hunt *w, size_t i, char quote, int escaped)
{
	int *open = quote == '"' ? &w->open : &w->open1;

	for (; !*open && i < w->len; i++) {
		if (w->t[i] == quote && !escaped)
			return (i);
		if (w->t[i] != '\\' || i + 1 >= w->len)
			continue;
		if (escaped && w->t[i + 1] == quote)
			return (i);
		i++;
	}
	*open = 1;
	return (0);
}

static int
begins_pem(const struct hunt *w, size_t i)
{
	return (w->len - i >= sizeof(PEM_BEGIN) - 1 &&
	    memcmp(w->t + i, PEM_BEGIN, sizeof(PEM_BEGIN) - 1) == 0);
}

/* Of a value in no quotes, from here to there. */
static int
is_code(const struct hunt *w, size_t from, size_t to, int code)
{
	const char *p = w->t + from;

	if (code && knownvalue_message(p, to - from, w->len - to))
		return (1);
	return (knownvalue_place(p, to - from, w->path) || knownvalue_code(p,
	    to - from, to < w->len ? w->t[to] : '\0', code));
}

/*
 * Do the quotes at and end hold one value?  The first could be the end of what
 * stood before it, as in "token: "; ls; "x": then what follows is no value, and
 * to hide it would hide a command.
 */
static int
holds_one(struct hunt *w, size_t at, size_t end, int escaped)
{
	const char open = knownquotes_at(&w->quotes, w->t,
	    at - (size_t)escaped);

	if (end == 0 || (escaped ? open == 0 : open == w->t[at]))
		return (0);
	return (knownvalue_one(w->t + at + 1, end - at - 1));
}

/* The value behind the quote at; where to go on, or 0: it is none in quotes. */
static size_t
quoted(struct hunt *w, size_t at, int escaped)
{
	const char quote = w->t[at];
	const size_t end = quote_end(w, at + 1, quote, escaped);

	if (!holds_one(w, at, end, escaped))
		return (0);
	if (!knownvalue_refers(w->t + at + 1, end - at - 1, quote) &&
	    !knownvalue_expression(w->t, at, end))
		found(w, at + 1, end);
	return (end + 1 + (size_t)escaped);
}

/* The value at i, wherever it ends; where to go on. */
static size_t
value_at(struct hunt *w, size_t i, int spaced, int colon)
{
	const int escaped = i + 1 < w->len && w->t[i] == '\\' &&
	    is_quote(w->t[i + 1]);
	const size_t letters = escaped ? 0 :
	    knownvalue_prefix(w->t + i, w->len - i);
	size_t at = i + letters + (size_t)escaped, end;

	if (at < w->len && is_quote(w->t[at])) {
		if ((end = quoted(w, at, escaped)) != 0)
			return (end);
		if (letters == 0)
			i = at + 1;
		/* pem() finds what there is to hide */
		if (begins_pem(w, i))
			return (i);
	} else if (spaced && !colon)
		return (i);
	end = value_end(w, i);
	if (!is_code(w, i, end, spaced))
		found(w, i, end);
	return (end);
}

/* The word at i, which a secret is as a whole. */
static size_t
word_at(struct hunt *w, size_t i)
{
	if (i >= w->len || w->t[i] == '-' ||
	    knownvalue_list(w->t + i, value_end(w, i) - i))
		return (i);
	return (value_at(w, i, 0, 0));
}

/* USER:VALUE, at i. */
static size_t
user_at(struct hunt *w, size_t i)
{
	const char *colon;
	size_t end;

	if (i < w->len && is_quote(w->t[i]))
		i++;
	end = value_end(w, i);
	colon = memchr(w->t + i, ':', end - i);
	if (colon == NULL)
		return (i);
	i = (size_t)(colon + 1 - w->t);
	if (!knownvalue_refers(w->t + i, end - i, 0))
		found(w, i, end);
	return (end);
}

/* Behind a name that ends at i: = or :, with what may be around it.  Where the
 * value is, or 0. */
static size_t
separator(const struct hunt *w, size_t i, int *spaced, int *colon)
{
	size_t at = i;

	if (at + 1 < w->len && w->t[at] == '\\' && is_quote(w->t[at + 1]))
		at++;
	if (at < w->len && is_quote(w->t[at]))
		at++;
	if (at < w->len && w->t[at] == ']')
		at++;
	*spaced = at < w->len && is_blank(w->t[at]);
	at = skip_blanks(w, at);
	if (at >= w->len || (w->t[at] != '=' && w->t[at] != ':'))
		return (0);
	*colon = w->t[at] == ':';
	at++;
	if (at < w->len && *colon && (w->t[at] == ':' || w->t[at] == '/'))
		return (0);
	if (at < w->len && strchr("=>", w->t[at]) != NULL)
		at++;
	if (at < w->len && is_blank(w->t[at]))
		*spaced = 1;
	at = skip_blanks(w, at);
	return (at < w->len ? at : 0);
}

static size_t
named(struct hunt *w, size_t end)
{
	int spaced, colon;
	size_t at;

	if ((at = separator(w, end, &spaced, &colon)) == 0)
		return (end);
	return (value_at(w, at, spaced, colon));
}

static int
is_scheme(const char *p, size_t n)
{
	static const char *const schemes[] = { "basic", "bearer", "token",
	    "digest", "negotiate", "ntlm", "apikey" };
	size_t i;

	for (i = 0; i < NELEM(schemes); i++)
		if (strlen(schemes[i]) == n &&
		    strncasecmp(schemes[i], p, n) == 0)
			return (1);
	return (0);
}

/* Authorization: SCHEME VALUE; what is no scheme is the value. */
static size_t
header(struct hunt *w, size_t end)
{
	int spaced, colon;
	size_t at, to, from;

	if ((from = separator(w, end, &spaced, &colon)) == 0)
		return (end);
	for (at = from; at < w->len && (is_quote(w->t[at]) ||
	    w->t[at] == '\\'); at++)
		;
	to = value_end(w, at);
	/* behind Authorization=basic, in no quotes, there is a command */
	if ((colon || at != from) && is_scheme(w->t + at, to - at)) {
		at = skip_blanks(w, to);
		to = value_end(w, at);
	}
	if (!is_code(w, at, to, 1))
		found(w, at, to);
	return (to > end ? to : end);
}

/* Bearer VALUE, wherever it stands. */
static size_t
bearer(struct hunt *w, size_t end)
{
	const size_t at = skip_blanks(w, end), to = value_end(w, at);
	size_t i, digits = 0;

	for (i = at; i < to; i++)
		digits += isdigit((unsigned char)w->t[i]) != 0;
	if (at > end && !knownvalue_refers(w->t + at, to - at, 0) &&
	    (to - at >= BEARER_SURE || (to - at >= BEARER_LEAST && digits)))
		found(w, at, to);
	return (to);
}

/* Of one letter, of a program that is known.  0: no such option. */
static size_t
letter(struct hunt *w, size_t i, size_t end)
{
	const struct knownprogram *g = w->program;
	char c;

	if (g == NULL || end - i < 2 || (c = w->t[i + 1]) == '-')
		return (0);
	if (end - i > 2) {
		if (strchr(g->user, c) != NULL)
			return (user_at(w, i + 2));
		if (strchr(g->joined, c) == NULL)
			return (0);
		end = value_end(w, i);
		found(w, i + 2, end);
		return (end);
	}
	if (end >= w->len || !is_blank(w->t[end]))
		return (0);
	if (strchr(g->user, c) != NULL)
		return (user_at(w, skip_blanks(w, end)));
	if (strchr(g->apart, c) != NULL)
		return (word_at(w, skip_blanks(w, end)));
	return (0);
}

/* Does USER:VALUE follow this option? */
static int
takes_user(const struct knownprogram *g, const char *name, size_t n)
{
	if (g == NULL || g->user[0] == '\0')
		return (0);
	return ((n == 6 && memcmp(name, "--user", n) == 0) ||
	    (n == 12 && memcmp(name, "--proxy-user", n) == 0));
}

/* --NAME VALUE, -NAME VALUE: a name that tells. */
static int
tells_next(const char *name, size_t n)
{
	size_t dashes = 0;

	while (dashes < n && name[dashes] == '-')
		dashes++;
	return (dashes != 0 && n - dashes > 1 &&
	    knownname_tells(name + dashes, n - dashes));
}

static size_t
option(struct hunt *w, size_t i, size_t end)
{
	const size_t n = end - i;
	size_t to;

	if ((to = letter(w, i, end)) != 0)
		return (to);
	if (takes_user(w->program, w->t + i, n) && end < w->len)
		return (user_at(w, skip_blanks(w, end + 1)));
	if (!tells_next(w->t + i, n))
		return (end);
	if (end < w->len && is_blank(w->t[end]))
		return (word_at(w, skip_blanks(w, end)));
	return (named(w, end));
}

/* By its own shape. */
static int
is_token(const struct hunt *w, size_t i, size_t end)
{
	const struct knownprefix *k;
	const char *dot, *t = w->t + i;
	size_t n = end - i;

	if (n >= JWT_LEAST && memcmp(t, "eyJ", 3) == 0 &&
	    (dot = memchr(t, '.', n)) != NULL &&
	    memchr(dot + 1, '.', n - (size_t)(dot + 1 - t)) != NULL)
		return (1);
	if ((k = knownname_prefix(t, n)) == NULL)
		return (0);
	return (n - strlen(k->prefix) >= k->least);
}

/* A full stop behind it is the sentence's. */
static size_t
token_end(const struct hunt *w, size_t i, size_t end)
{
	while (end > i && w->t[end - 1] == '.')
		end--;
	return (end);
}

static void
look_program(struct hunt *w, size_t i, size_t end)
{
	const struct knownprogram *g;

	if (i > 0 && strchr(" \t\n;|&(/'\"`", w->t[i - 1]) == NULL)
		return;
	if (end < w->len && !is_blank(w->t[end]))
		return;
	if ((g = knownname_program(w->t + i, end - i)) != NULL)
		w->program = g;
}

/* https://hooks.slack.com/services/TEAM/APP/VALUE; 0: it is none. */
static size_t
webhook(struct hunt *w, size_t i, size_t end)
{
	const char *slash;
	size_t to;

	if (end - i != sizeof(HOOK_HOST) - 1 ||
	    w->len - end < sizeof(HOOK_PATH) ||
	    memcmp(w->t + i, HOOK_HOST, end - i) != 0 ||
	    memcmp(w->t + end, HOOK_PATH, sizeof(HOOK_PATH) - 1) != 0)
		return (0);
	to = value_end(w, end);
	slash = memrchr(w->t + end, '/', to - end);
	i = (size_t)(slash + 1 - w->t);
	if (to - i >= HOOK_LEAST)
		found(w, i, to);
	return (to);
}

static size_t
name_at(struct hunt *w, size_t i)
{
	const size_t end = name_end(w, i);
	const char *name = w->t + i;
	size_t to;

	w->path = i > 0 && name[-1] == '/';
	if (name[0] == '-')
		return (option(w, i, end));
	if (is_token(w, i, end)) {
		found(w, i, token_end(w, i, end));
		return (end);
	}
	if (end < w->len && w->t[end] == '/' && (to = webhook(w, i, end)) != 0)
		return (to);
	look_program(w, i, end);
	if (knownname_header(name, end - i))
		return (header(w, end));
	if (end - i == 6 && strncasecmp(name, "bearer", 6) == 0)
		return (bearer(w, end));
	if (knownname_tells(name, end - i))
		return (named(w, end));
	return (end);
}

/* Behind SCHEME://. */
static size_t
userinfo(struct hunt *w, size_t i)
{
	const char *at, *colon;
	size_t end = i;

	while (end < w->len && (unsigned char)w->t[end] > ' ' &&
	    strchr("/?#\"'`<>\\()|", w->t[end]) == NULL)
		end++;
	at = memrchr(w->t + i, '@', end - i);
	if (at == NULL)
		return (i);
	colon = memchr(w->t + i, ':', (size_t)(at - w->t) - i);
	if (colon == NULL || knownvalue_refers(colon + 1,
	    (size_t)(at - colon) - 1, 0))
		return (i);
	found(w, (size_t)(colon + 1 - w->t), (size_t)(at - w->t));
	return ((size_t)(at - w->t));
}

/* One line of a key, or what stands for one: its end. */
static size_t
pem_piece(const struct hunt *w, size_t i)
{
	while (i < w->len && (isalnum((unsigned char)w->t[i]) ||
	    w->t[i] == '+' || w->t[i] == '/' || w->t[i] == '='))
		i++;
	return (i);
}

/* Between the lines of one: blanks, or \n as two letters. */
static size_t
pem_between(const struct hunt *w, size_t i)
{
	for (; i < w->len; i++)
		if (w->t[i] == '\\' && i + 1 < w->len &&
		    strchr("nr", w->t[i + 1]) != NULL)
			i++;
		else if (!isspace((unsigned char)w->t[i]))
			break;
	return (i);
}

/* A private key's lines; only what is long enough to be one: it hides no other
 * word. */
static size_t
pem(struct hunt *w, size_t i)
{
	const char *key;
	size_t end;

	if (!begins_pem(w, i))
		return (0);
	key = memmem(w->t + i, w->len - i < PEM_LABEL ? w->len - i : PEM_LABEL,
	    PEM_KEY, sizeof(PEM_KEY) - 1);
	if (key == NULL)
		return (0);
	i = pem_between(w, (size_t)(key - w->t) + sizeof(PEM_KEY) - 1);
	for (; (end = pem_piece(w, i)) > i; i = pem_between(w, end)) {
		if (end - i < PEM_PIECE && w->t[end - 1] != '=')
			break;
		found(w, i, end);
	}
	return (i);
}

static size_t
hunt(struct hunt *w)
{
	size_t i = 0, to;

	while (i < w->len) {
		if (w->t[i] == '-' && (to = pem(w, i)) != 0)
			i = to;
		else if (is_name(w->t[i]))
			i = name_at(w, i);
		else if (w->len - i > 3 && memcmp(w->t + i, "://", 3) == 0)
			i = userinfo(w, i + 3);
		else {
			if (strchr(";|&\n(`", w->t[i]) != NULL)
				w->program = NULL;
			i++;
		}
	}
	return (w->n);
}

size_t
knownsecret_find(const char *text, size_t len, uint8_t *hide)
{
	return (knownsecret_word(NULL, NULL, text, len, hide));
}

/* The word that an option before it says to be one. */
static void
told(struct hunt *w, const char *before)
{
	const struct knownprogram *g = w->program;
	const size_t n = strlen(before);
	const char c = n == 2 && g != NULL ? before[1] : '\0';

	if (before[0] != '-' || w->len == 0 || w->t[0] == '-')
		return;
	if (takes_user(g, before, n) || (c != '\0' &&
	    strchr(g->user, c) != NULL))
		(void)user_at(w, 0);
	else if (((c != '\0' && strchr(g->apart, c) != NULL) ||
	    tells_next(before, n)) && !knownvalue_refers(w->t, w->len, 0) &&
	    !knownname_type(w->t, w->len) && !knownvalue_list(w->t, w->len))
		found(w, 0, w->len);
}

size_t
knownsecret_word(const char *program, const char *before, const char *text,
    size_t len, uint8_t *hide)
{
	struct hunt w;

	memset(&w, 0, sizeof(w));
	w.t = text;
	w.len = len;
	w.hide = hide;
	if (program != NULL)
		w.program = knownname_program(program, strlen(program));
	if (before != NULL)
		told(&w, before);
	return (w.n != 0 ? w.n : hunt(&w));
}
