/* SPDX-License-Identifier: ISC */
/* Terms of audit search; see logmatch.h. */
#include "config.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "client/execline.h"
#include "client/logmatch.h"
#include "client/recwalk.h"
#include "client/when.h"
#include "common/defs.h"
#include "common/plan.h"
#include "common/text.h"
#include "common/varname.h"
#include "common/words.h"
#include "common/xmalloc.h"

/* What a key means: members, of which a list has texts and others one value. */
#define PATHS	6
enum match_kind { KEY_TEXT, KEY_ACCOUNT, KEY_ASKED, KEY_PROGRAM, KEY_KIND,
    KEY_SINCE, KEY_UNTIL, KEY_EV, KEY_VERDICT, KEY_OUTCOME, KEY_RUN,
    KEY_DIGEST, KEY_SECRET };
static const struct match_key {
	const char	*name;
	enum match_kind	 kind;
	const char	*paths[PATHS];
} keys[] = {
	{ "kind", KEY_KIND, { NULL } },
	{ "ev", KEY_EV, { "ev", NULL } },
	{ "run", KEY_RUN, { "run", NULL } },
	{ "channel", KEY_TEXT, { "why.channel", "by.channel", "channel",
	    NULL } },
	{ "skill", KEY_TEXT, { "skill", NULL } },
	{ "account", KEY_ASKED, { NULL } },
	{ "approver", KEY_ACCOUNT, { "by.uid", "why.approver", NULL } },
	{ "rule", KEY_TEXT, { "why.rule", "rule", NULL } },
	{ "verdict", KEY_VERDICT, { "why.verdict", "verdict", NULL } },
	{ "outcome", KEY_OUTCOME, { "outcome", NULL } },
	{ "secret", KEY_SECRET, { "secrets", "given", NULL } },
	{ "program", KEY_PROGRAM, { "exe.path", "script.path", "path", "argv",
	    NULL } },
	{ "digest", KEY_DIGEST, { "exe.digest", "script.digest", "digest",
	    "plan", "in_digest", NULL } },
	{ "conn", KEY_TEXT, { "why.conn", "by.conn", "conn", NULL } },
	{ "login", KEY_ACCOUNT, { "why.login_uid", "by.login_uid",
	    "login_uid", NULL } },
	{ "session", KEY_TEXT, { "why.claims.session", NULL } },
	{ "model", KEY_TEXT, { "why.claims.model", NULL } },
	{ "client", KEY_TEXT, { "why.claims.client", NULL } },
	{ "since", KEY_SINCE, { NULL } },
	{ "until", KEY_UNTIL, { NULL } },
};

/* What every kind of record calls its forms; some do alike. */
#define EV_OF_KIND(name, word, forms)	forms
#define EV_WORD(ev, members)		ev,
static const char *const evs[] = {
	RECORD_KINDS_TABLE(EV_OF_KIND, EV_WORD, EV_WORD, EV_WORD)
};

/* Where to say why it is no term. */
struct why_not {
	char		*err;
	size_t		 len;
};

struct match_term {
	const struct match_key *key;		/* NULL: a word of the text */
	int		 not;
	char		*value;
	uint64_t	 time_us;
	uid_t		 uid;
};

struct logmatch {
	struct match_term	*terms;
	size_t		 n;
};

/* Sets err; -1. */
static int __attribute__((__format__ (printf, 2, 3)))
bad(struct why_not *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(w->err, w->len, fmt, ap);
	va_end(ap);
	return (-1);
}

static int
read_time(struct match_term *t, uint64_t now, struct why_not *w)
{
	uint64_t s;

	if (t->not)
		return (bad(w, "%s!=: a time has no other side; since=T and "
		    "until=T are", t->key->name));
	if (when_parse(t->value, now, &s) == -1)
		return (bad(w, "%s=%.64s: not a time, " WHEN_FORMS,
		    t->key->name, t->value));
	t->time_us = s * 1000000;
	return (0);
}

static int
read_account(struct match_term *t, logmatch_uid uid_of, struct why_not *w)
{
	if (uid_of(t->value, &t->uid) == -1)
		return (bad(w, "%s=%.64s: no such account", t->key->name,
		    t->value));
	return (0);
}

/* The words that a member of that meaning has, one after the other; or NULL. */
static const char *
known_word(enum match_kind kind, size_t i)
{
	switch (kind) {
	case KEY_KIND:
		return (record_kind_name((unsigned)i + 1));
	case KEY_EV:
		return (i < NELEM(evs) ? evs[i] : NULL);
	case KEY_VERDICT:
		return (i <= VERDICT_DENY ? verdict_words[i] : NULL);
	case KEY_OUTCOME:
		return (i + OUTCOME_EXITED < OUTCOME_MAX ?
		    outcome_name((unsigned)i + OUTCOME_EXITED) : NULL);
	default:
		return (NULL);
	}
}

/* A pattern that none of the words is, is a mistake. */
static int
read_known(const struct match_term *t, struct why_not *w)
{
	const char *word;
	size_t i, n;

	for (i = 0; (word = known_word(t->key->kind, i)) != NULL; i++)
		if (fnmatch(t->value, word, 0) == 0)
			return (0);
	(void)bad(w, "%s=%.64s: there is none; there are", t->key->name,
	    t->value);
	for (i = 0; (word = known_word(t->key->kind, i)) != NULL; i++) {
		n = strlen(w->err);
		(void)snprintf(w->err + n, w->len - n, "%s %s",
		    i == 0 ? "" : ",", word);
	}
	return (-1);
}

static int
read_chars(const struct match_term *t, const char *chars, const char *is,
    struct why_not *w)
{
	if (t->value[strspn(t->value, chars)] == '\0')
		return (0);
	return (bad(w, "%s=%.64s: %s", t->key->name, t->value, is));
}

/* NAME or NAME@VERSION, of which each may be a pattern. */
static int
read_secret(const struct match_term *t, struct why_not *w)
{
	static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789_*?[]-!";
	const size_t n = strspn(t->value, chars);
	const char *version = t->value + n;

	if (n != 0 && (*version == '\0' || (*version == '@' &&
	    version[1] != '\0' &&
	    version[1 + strspn(version + 1, "0123456789*?[]-!")] == '\0')))
		return (0);
	return (bad(w, "%s=%.64s: not a secret, which is NAME, or NAME@7 in "
	    "one of its versions", t->key->name, t->value));
}

static int
read_value(struct match_term *t, uint64_t now, logmatch_uid uid_of,
    struct why_not *w)
{
	if (*t->value == '\0')
		return (bad(w, "%s=: nothing to look for",
		    t->key != NULL ? t->key->name : "text"));
	if (t->key == NULL)
		return (0);
	switch (t->key->kind) {
	case KEY_SINCE:
	case KEY_UNTIL:
		return (read_time(t, now, w));
	case KEY_ACCOUNT:
	case KEY_ASKED:
		return (read_account(t, uid_of, w));
	case KEY_KIND:
	case KEY_EV:
	case KEY_VERDICT:
	case KEY_OUTCOME:
		return (read_known(t, w));
	case KEY_RUN:
		return (read_chars(t, "0123456789abcdefghijklmnopqrstuvwxyz"
		    "*?[]-!", "not the id of a run, as r7qk2m9x4c1ab", w));
	case KEY_SECRET:
		return (read_secret(t, w));
	case KEY_DIGEST:
		return (read_chars(t, "0123456789abcdef*?[]-!",
		    "not a digest, which is of lower-case hexadecimal digits",
		    w));
	default:
		return (0);
	}
}

static const struct match_key *
find_key(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < NELEM(keys); i++)
		if (strlen(keys[i].name) == len &&
		    memcmp(keys[i].name, name, len) == 0)
			return (&keys[i]);
	return (NULL);
}

static int
no_key(const char *s, size_t len, struct why_not *w)
{
	const char *near = NULL;
	size_t i, d, least = 3;
	char name[33];

	(void)snprintf(name, sizeof(name), "%.*s", (int)(len > 32 ? 32 : len),
	    s);
	for (i = 0; i < NELEM(keys); i++)
		if ((d = text_distance(name, keys[i].name)) < least) {
			least = d;
			near = keys[i].name;
		}
	if (near != NULL)
		return (bad(w, "%s: nothing that records are searched by; "
		    "did you mean %s?", name, near));
	return (bad(w, "%s: nothing that records are searched by; a text with "
	    "= in it is text=%.64s", name, s));
}

/* 0, or -1 and why it is no term. */
static int
read_term(struct match_term *t, const char *s, uint64_t now,
    logmatch_uid uid_of, struct why_not *w)
{
	const char *eq = strchr(s, '=');
	size_t len;

	if (eq == s)
		return (bad(w, "%.64s: no key is before the =; a text that "
		    "begins with it is text=%.64s", s, s));
	if (eq == NULL) {
		t->value = xstrdup(s);
		return (read_value(t, now, uid_of, w));
	}
	t->not = eq[-1] == '!';
	len = (size_t)(eq - s) - (size_t)t->not;
	t->value = xstrdup(eq + 1);
	if ((len != 4 || memcmp(s, "text", len) != 0) &&
	    (t->key = find_key(s, len)) == NULL)
		return (no_key(s, len, w));
	return (read_value(t, now, uid_of, w));
}

void
logmatch_span(const struct logmatch *m, uint64_t *since_us,
    uint64_t *until_us)
{
	const struct match_term *t;

	*since_us = *until_us = 0;
	for (t = m->terms; t < m->terms + m->n; t++) {
		if (t->key == NULL)
			continue;
		if (t->key->kind == KEY_SINCE && t->time_us > *since_us)
			*since_us = t->time_us;
		if (t->key->kind == KEY_UNTIL && (*until_us == 0 ||
		    t->time_us < *until_us))
			*until_us = t->time_us;
	}
}

static int
read_all(struct logmatch *m, char *const *terms, size_t n, uint64_t now,
    logmatch_uid uid_of, struct why_not *w)
{
	uint64_t since, until;

	while (m->n < n) {
		m->n++;
		if (read_term(&m->terms[m->n - 1], terms[m->n - 1], now,
		    uid_of, w) == -1)
			return (-1);
	}
	logmatch_span(m, &since, &until);
	if (until != 0 && since >= until)
		return (bad(w, "since is not before until: no record can "
		    "be"));
	return (0);
}

struct logmatch *
logmatch_new(char *const *terms, size_t n, uint64_t now, logmatch_uid uid_of,
    char *err, size_t errlen)
{
	struct logmatch *m = xcalloc(1, sizeof(*m));
	struct why_not w = { err, errlen };

	m->terms = xcalloc(n + 1, sizeof(*m->terms));
	if (read_all(m, terms, n, now, uid_of, &w) == 0)
		return (m);
	logmatch_free(m);
	return (NULL);
}

void
logmatch_free(struct logmatch *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		free(m->terms[i].value);
	free(m->terms);
	free(m);
}

static int
fits(const struct match_term *t, const char *text)
{
	const char *slash;

	if (fnmatch(t->value, text, 0) == 0)
		return (1);
	/* a program by its own name */
	return (t->key->kind == KEY_PROGRAM &&
	    (slash = strrchr(text, '/')) != NULL &&
	    fnmatch(t->value, slash + 1, 0) == 0);
}

static int
any_word(const struct match_term *t, const struct record_view *v,
    const char *path)
{
	struct strv words = { NULL, 0 };
	size_t i, n;
	int r = 0;

	execline_words(v, path, &words);
	/* of a command its first one alone is a program */
	n = t->key->kind == KEY_PROGRAM && words.n > 1 ? 1 : words.n;
	for (i = 0; i < n && !r; i++)
		r = fits(t, words.v[i]);
	strv_free(&words);
	return (r);
}

/* A record about one secret has its name, and in what version it leaves it. */
static int
is_of_secret(const struct match_term *t, const struct record_view *v)
{
	struct strv names = { NULL, 0 };
	char text[VARNAME_VERSIONED + 1];
	uint64_t version;
	int r = 0;

	if (v->kind != RECORD_SECRET)
		return (0);
	execline_words(v, "name", &names);
	if (names.n == 1) {
		r = fits(t, names.v[0]);
		if (record_member_u64(v->json, v->jsonlen, "secret_version",
		    &version) == 0) {
			varname_versioned(text, names.v[0], version);
			r |= fits(t, text);
		}
	}
	strv_free(&names);
	return (r);
}

static int
any_member(const struct match_term *t, const struct record_view *v)
{
	uint64_t uid;
	size_t i;

	for (i = 0; t->key->paths[i] != NULL; i++)
		if (t->key->kind == KEY_ACCOUNT) {
			if (record_member_u64(v->json, v->jsonlen,
			    t->key->paths[i], &uid) == 0 && uid == t->uid)
				return (1);
		} else if (any_word(t, v, t->key->paths[i]))
			return (1);
	return (t->key->kind == KEY_SECRET && is_of_secret(t, v));
}

/* Who did it; one of several strangers that a record stands for, too. */
static int
is_by(const struct match_term *t, const struct record_view *v)
{
	struct strv uids = { NULL, 0 };
	uint64_t uid;
	char text[16];
	int r;

	r = record_who(v, &uid) == 0 && uid == t->uid;
	(void)snprintf(text, sizeof(text), "%u", t->uid);
	execline_words(v, "why.uids", &uids);
	r |= strv_has(&uids, text);
	strv_free(&uids);
	return (r);
}

static int
has_text(const struct record_view *v, const char *word)
{
	const size_t len = strlen(word);
	size_t i;

	for (i = 0; i + len <= v->jsonlen; i++)
		if (strncasecmp(v->json + i, word, len) == 0)
			return (1);
	return (0);
}

static int
is_true(const struct match_term *t, const struct record_view *v)
{
	if (t->key == NULL)
		return (has_text(v, t->value));
	switch (t->key->kind) {
	case KEY_KIND:
		return (fits(t, record_kind_name(v->kind)));
	case KEY_ASKED:
		return (is_by(t, v));
	case KEY_SINCE:
		return (v->time_us >= t->time_us);
	case KEY_UNTIL:
		return (v->time_us < t->time_us);
	default:
		return (any_member(t, v));
	}
}

int
logmatch_is(const struct logmatch *m, const struct record_view *v)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (is_true(&m->terms[i], v) == m->terms[i].not)
			return (0);
	return (1);
}
