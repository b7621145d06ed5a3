/* SPDX-License-Identifier: ISC */
/*
 * Tables of command lines and what they get, tests/judging/; README there
 * says how they are written.  One reader for every program that uses them.
 */
#ifndef TESTS_JUDGING_H
#define TESTS_JUDGING_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/policy.h"
#include "common/policy/wrap.h"

/* The rules that are in force at a line. */
struct table_rules {
	struct patterns		 allow, ask, deny, destructive;
	struct strv		 write;
	struct wraps		 wraps;
	struct rules		 r;
	struct circumstances	 at;
	char			*cwd;
	char			*top;
};

/* One line: a command, how it is found, and its verdicts. */
struct table_line {
	struct plan	 plan;
	struct strv	 names;
	struct strv	 same;
	enum verdict	 want[2];	/* execs not judged, judged */
};

static inline void
table_add(struct patterns *ps, const char *text, const char *where)
{
	const char *err = NULL;
	struct pattern *p = pattern_new(text, &err);

	if (p == NULL) {
		(void)fprintf(stderr, "%s: %s: %s\n", where, text, err);
		abort();
	}
	pattern_written(p, where);
	ps->p = xrecallocarray(ps->p, ps->n, ps->n + 1, sizeof(*ps->p));
	ps->p[ps->n++] = p;
}

static inline void
table_drop(struct patterns *ps)
{
	size_t i;

	for (i = 0; i < ps->n; i++)
		pattern_free(ps->p[i]);
	free(ps->p);
	memset(ps, 0, sizeof(*ps));
}

static inline void
table_reset(struct table_rules *t)
{
	table_drop(&t->allow);
	table_drop(&t->ask);
	table_drop(&t->deny);
	table_drop(&t->destructive);
	strv_free(&t->write);
	wraps_free(&t->wraps);
	free(t->cwd);
	free(t->top);
	memset(t, 0, sizeof(*t));
	t->cwd = xstrdup("/srv/work");
	t->top = xstrdup("/srv/work");
	t->r.skill = "dev";
	t->r.allow = &t->allow;
	t->r.ask = &t->ask;
	t->r.deny = &t->deny;
	t->r.destructive = &t->destructive;
	t->r.write = &t->write;
	t->r.wraps = &t->wraps;
	t->r.dflt = VERDICT_ASK;
	t->at.execs_default = VERDICT_ALLOW;
	strv_add(&t->write, "/srv/work");
}

static inline int
table_verdict(const char *s, size_t n)
{
	int i;

	for (i = 0; i < 3; i++)
		if (strlen(verdict_words[i]) == n &&
		    strncmp(verdict_words[i], s, n) == 0)
			return (i);
	return (-1);
}

static inline void
table_wrapper(struct table_rules *t, const char *text)
{
	size_t n = strcspn(text, " ");

	strv_addn(&t->wraps.names, text, n);
	strv_add(&t->wraps.grammars, text + n + (text[n] == ' '));
	wraps_set(&t->wraps);
}

/* "+ KEY VALUE"; -1 if there is no such key. */
static inline int
table_set(struct table_rules *t, char *s, const char *where)
{
	static const char *const hows[] = { "request", "direct", "nested" };
	char *v = s + strcspn(s, " ");
	int i;

	if (*v != '\0')
		*v++ = '\0';
	if (strcmp(s, "deny") == 0)
		table_add(&t->deny, v, where);
	else if (strcmp(s, "ask") == 0)
		table_add(&t->ask, v, where);
	else if (strcmp(s, "allow") == 0)
		table_add(&t->allow, v, where);
	else if (strcmp(s, "destructive") == 0)
		table_add(&t->destructive, v, where);
	else if (strcmp(s, "write") == 0)
		strv_add(&t->write, v);
	else if (strcmp(s, "wrapper") == 0)
		table_wrapper(t, v);
	else if (strcmp(s, "default") == 0)
		t->r.dflt = (enum verdict)table_verdict(v, strlen(v));
	else if (strcmp(s, "execsDefault") == 0)
		t->at.execs_default = (enum verdict)table_verdict(v,
		    strlen(v));
	else if (strcmp(s, "approval") == 0)
		t->r.approval = strcmp(v, "deny") == 0 ? APPROVAL_DENY :
		    strcmp(v, "always") == 0 ? APPROVAL_ALWAYS : APPROVAL_ASK;
	else if (strcmp(s, "cwd") == 0 || strcmp(s, "top") == 0) {
		free(s[0] == 'c' ? t->cwd : t->top);
		*(s[0] == 'c' ? &t->cwd : &t->top) = xstrdup(v);
	} else if (strcmp(s, "how") == 0) {
		for (i = 0; i < 3; i++)
			if (strcmp(v, hows[i]) == 0)
				t->at.how = (enum judge_how)i;
	} else if (strcmp(s, "linked") == 0)
		t->at.linked = strcmp(v, "yes") == 0;
	else
		return (-1);
	return (0);
}

static inline int
table_hex(const char *p)
{
	return (isxdigit((unsigned char)p[0]) && isxdigit((unsigned char)p[1]));
}

/* $'...': \n, \t, \r, \e, \xHH, \\, \' */
static inline const char *
table_escape(const char *p, char *out)
{
	static const char from[] = "ntre", to[] = "\n\t\r\033";
	char hex[3] = { 0 };
	const char *q;

	if (*p == 'x' && table_hex(p + 1)) {
		memcpy(hex, p + 1, 2);
		*out = (char)strtol(hex, NULL, 16);
		return (p + 3);
	}
	q = strchr(from, *p);
	*out = q != NULL ? to[q - from] : *p;
	return (p + 1);
}

/* Words with '...', "..." (only \" and \\ in it), $'...' and \X. */
static inline int
table_split(const char *p, struct strv *out)
{
	char *buf = xmalloc(strlen(p) + 1), q = '\0';
	size_t n = 0;
	int open = 0;

	for (; *p != '\0'; ) {
		if (q == '\0' && *p == ' ') {
			if (open)
				strv_addn(out, buf, n);
			n = 0;
			open = 0;
			p++;
		} else if (q == '\0' && *p == '$' && p[1] == '\'') {
			q = '$';
			open = 1;
			p += 2;
		} else if (q == '\0' && (*p == '\'' || *p == '"')) {
			q = *p++;
			open = 1;
		} else if (q != '\0' && *p == (q == '$' ? '\'' : q)) {
			q = '\0';
			p++;
		} else if (*p == '\\' && p[1] != '\0' && q == '$') {
			p = table_escape(p + 1, &buf[n++]);
		} else if (*p == '\\' && p[1] != '\0' && (q == '\0' ||
		    (q == '"' && (p[1] == '"' || p[1] == '\\')))) {
			buf[n++] = p[1];
			p += 2;
			open = 1;
		} else {
			buf[n++] = *p++;
			open = 1;
		}
	}
	if (open)
		strv_addn(out, buf, n);
	free(buf);
	return (q == '\0' && out->n > 0 ? 0 : -1);
}

static inline void
line_free(struct table_line *l)
{
	strv_free(&l->plan.argv);
	strv_free(&l->plan.asked_env);
	strv_free(&l->names);
	strv_free(&l->same);
	free(l->plan.exe.path);
	free(l->plan.script.path);
	free(l->plan.interp_arg);
	free(l->plan.cwd);
	memset(l, 0, sizeof(*l));
}

/* exe=PATH script=PATH interp=ARG same=WORD name=WORD env=NAME in front */
static inline int
line_option(struct table_line *l, const char *s)
{
	const char *v = strchr(s, '=');

	if (s[0] != '@' || v == NULL)
		return (0);
	v++;
	if (strncmp(s, "@exe=", 5) == 0)
		l->plan.exe.path = xstrdup(v);
	else if (strncmp(s, "@script=", 8) == 0)
		l->plan.script.path = xstrdup(v);
	else if (strncmp(s, "@interp=", 8) == 0)
		l->plan.interp_arg = xstrdup(v);
	else if (strncmp(s, "@same=", 6) == 0)
		strv_add(&l->same, v);
	else if (strncmp(s, "@name=", 6) == 0)
		strv_add(&l->names, v);
	else if (strncmp(s, "@env=", 5) == 0)
		strv_add(&l->plan.asked_env, v);
	else
		return (0);
	return (1);
}

/* What the executor would have found, where nothing else is said. */
static inline void
line_resolve(struct table_line *l, const struct table_rules *t)
{
	const char *s = l->plan.argv.v[0];
	char *path = NULL;

	if (strchr(s, '/') == NULL) {
		strv_add(&l->names, s);
		(void)xasprintf(&path, "/usr/bin/%s", s);
	} else
		path = xstrdup(s);
	if (l->plan.exe.path == NULL)
		l->plan.exe.path = path;
	else
		free(path);
	if (l->plan.script.path == NULL)
		l->plan.script.path = xstrdup("");
	if (l->plan.interp_arg == NULL)
		l->plan.interp_arg = xstrdup("");
	l->plan.cwd = xstrdup(t->cwd);
}

/*
 * "VERDICT COMMAND", "VERDICT|VERDICT COMMAND" or "VERDICT sh: LINE"; -1 if it
 * is none.
 */
static inline int
line_read(struct table_line *l, const struct table_rules *t, const char *s)
{
	size_t n = strcspn(s, " "), bar = strcspn(s, "| ");
	struct strv words = { NULL, 0 };
	int a, b, rc = 0;
	size_t i = 0;

	memset(l, 0, sizeof(*l));
	a = table_verdict(s, bar);
	b = bar < n ? table_verdict(s + bar + 1, n - bar - 1) : a;
	if (a == -1 || b == -1)
		return (-1);
	l->want[0] = (enum verdict)a;
	l->want[1] = (enum verdict)b;
	s += n + strspn(s + n, " ");
	if (strncmp(s, "sh: ", 4) == 0) {
		strv_add(&l->plan.argv, "/bin/sh");
		strv_add(&l->plan.argv, "-c");
		strv_add(&l->plan.argv, s + 4);
		l->plan.exe.path = xstrdup("/usr/bin/dash");
	} else if ((rc = table_split(s, &words)) == 0) {
		while (i < words.n && line_option(l, words.v[i]))
			i++;
		for (; i < words.n; i++)
			strv_add(&l->plan.argv, words.v[i]);
	}
	strv_free(&words);
	if (rc == -1 || l->plan.argv.n == 0) {
		line_free(l);
		return (-1);
	}
	line_resolve(l, t);
	return (0);
}

static inline void
line_decide(struct decision *d, const struct table_line *l,
    const struct table_rules *t, int execs)
{
	struct circumstances at = t->at;

	at.execs = execs;
	at.top = t->top;
	policy_begin(d);
	policy_decide(d, &t->r, &l->plan, &l->names, &l->same, &at);
}

#endif
