/* SPDX-License-Identifier: ISC */
/* Terms of audit search; see logmatch.h. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "client/execline.h"
#include "client/logmatch.h"
#include "client/user.h"
#include "common/defs.h"

/* What a key means: members, of which a list has texts and others one value. */
#define PATHS	6
enum match_kind { KEY_TEXT, KEY_ACCOUNT, KEY_PROGRAM, KEY_KIND, KEY_SINCE,
    KEY_UNTIL };
static const struct match_key {
	const char	*name;
	enum match_kind	 kind;
	const char	*paths[PATHS];
} keys[] = {
	{ "kind", KEY_KIND, { NULL } },
	{ "ev", KEY_TEXT, { "ev", NULL } },
	{ "run", KEY_TEXT, { "run", NULL } },
	{ "channel", KEY_TEXT, { "why.channel", "by.channel", "channel",
	    NULL } },
	{ "skill", KEY_TEXT, { "skill", NULL } },
	{ "account", KEY_ACCOUNT, { "why.uid", NULL } },
	{ "approver", KEY_ACCOUNT, { "by.uid", "why.approver", NULL } },
	{ "rule", KEY_TEXT, { "why.rule", "rule", NULL } },
	{ "verdict", KEY_TEXT, { "why.verdict", "verdict", NULL } },
	{ "outcome", KEY_TEXT, { "outcome", NULL } },
	{ "secret", KEY_TEXT, { "secrets", NULL } },
	{ "program", KEY_PROGRAM, { "exe.path", "script.path", "path", "argv",
	    NULL } },
	{ "digest", KEY_TEXT, { "exe.digest", "script.digest", "digest",
	    "plan", NULL } },
	{ "since", KEY_SINCE, { NULL } },
	{ "until", KEY_UNTIL, { NULL } },
};

struct match_term {
	const struct match_key *key;		/* NULL: a word of the text */
	int		 not;
	char		*value;
	uint64_t	 time_us;
	uid_t		 uid;
	int		 known;		/* uid is that account's */
};

struct logmatch {
	struct match_term	*terms;
	size_t		 n;
};

/* 90, 15m, 2h, 7d: so long ago.  0 or -1. */
static int
ago(const char *s, uint64_t now, uint64_t *t)
{
	static const char units[] = "smhd";
	static const unsigned seconds[] = { 1, 60, 3600, 86400 };
	unsigned long long n;
	const char *unit;
	char *end;

	errno = 0;
	n = strtoull(s, &end, 10);
	if (!isdigit((unsigned char)*s) || errno != 0 || n > 1000000000 ||
	    end[0] == '\0' || end[1] != '\0' ||
	    (unit = strchr(units, end[0])) == NULL)
		return (-1);
	n *= seconds[unit - units];
	*t = n < now ? now - n : 0;
	return (0);
}

/* A local date, perhaps with a time.  0 or -1. */
static int
date(const char *s, uint64_t *t)
{
	static const char *const forms[] = { "%Y-%m-%d", "%Y-%m-%dT%H:%M",
	    "%Y-%m-%dT%H:%M:%S" };
	const char *end;
	struct tm tm;
	time_t at;
	size_t i;

	for (i = 0; i < NELEM(forms); i++) {
		memset(&tm, 0, sizeof(tm));
		tm.tm_isdst = -1;
		end = strptime(s, forms[i], &tm);
		if (end != NULL && *end == '\0' && (at = mktime(&tm)) >= 0) {
			*t = (uint64_t)at;
			return (0);
		}
	}
	return (-1);
}

static int
read_time(struct match_term *t, uint64_t now, char *err, size_t errlen)
{
	uint64_t s;

	if (ago(t->value, now, &s) == -1 && date(t->value, &s) == -1) {
		(void)snprintf(err, errlen, "%s=%.64s: not a time, as 90m, 2h, "
		    "7d, 2026-03-01 or 2026-03-01T12:00", t->key->name,
		    t->value);
		return (-1);
	}
	t->time_us = s * 1000000;
	return (0);
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

/* 0, or -1 and why it is no term. */
static int
read_term(struct match_term *t, const char *s, uint64_t now, char *err,
    size_t errlen)
{
	const char *eq = strchr(s, '=');
	size_t len;

	if (eq == NULL || eq == s) {
		t->value = xstrdup(s);
		return (0);
	}
	t->not = eq[-1] == '!';
	len = (size_t)(eq - s) - (size_t)t->not;
	t->value = xstrdup(eq + 1);
	if (len == 4 && memcmp(s, "text", len) == 0)
		return (0);
	if ((t->key = find_key(s, len)) == NULL) {
		(void)snprintf(err, errlen, "%.*s: nothing that records are "
		    "searched by; a text with = in it is text=%.64s",
		    (int)(len > 64 ? 64 : len), s, s);
		return (-1);
	}
	if (t->key->kind == KEY_SINCE || t->key->kind == KEY_UNTIL)
		return (read_time(t, now, err, errlen));
	if (t->key->kind == KEY_ACCOUNT)
		t->known = user_uid(USER_FILE, t->value, &t->uid) == 0;
	if (t->key->kind == KEY_ACCOUNT && !t->known) {
		(void)snprintf(err, errlen, "%s=%.64s: no such account",
		    t->key->name, t->value);
		return (-1);
	}
	return (0);
}

struct logmatch *
logmatch_new(char *const *terms, size_t n, uint64_t now, char *err,
    size_t errlen)
{
	struct logmatch *m = xcalloc(1, sizeof(*m));

	m->terms = xcalloc(n + 1, sizeof(*m->terms));
	for (; m->n < n; m->n++)
		if (read_term(&m->terms[m->n], terms[m->n], now, err,
		    errlen) == -1) {
			m->n++;
			logmatch_free(m);
			return (NULL);
		}
	return (m);
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
	/* a record about a secret has its name */
	return (strcmp(t->key->name, "secret") == 0 &&
	    v->kind == RECORD_SECRET && any_word(t, v, "name"));
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
