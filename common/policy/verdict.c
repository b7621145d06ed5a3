/* SPDX-License-Identifier: ISC */
/* Verdicts: the strictest holds, and is told in words that harm nobody. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/judge_priv.h"
#include "common/text.h"

#define FOUND_MAXTEXT	512	/* bytes of a command in a finding */

/* Cuts at a whole character; nothing that steers a terminal gets through. */
static void
clean(char *dst)
{
	size_t i, n = text_whole(dst, strlen(dst));

	dst[n] = '\0';
	for (i = 0; i < n; i++)
		if ((unsigned char)dst[i] < 0x20 || dst[i] == 0x7f)
			dst[i] = '?';
}

static void __attribute__((__format__ (printf, 3, 0)))
put_text(char *dst, size_t size, const char *fmt, va_list ap)
{
	(void)vsnprintf(dst, size, fmt, ap);
	clean(dst);
}

static void __attribute__((__format__ (printf, 3, 4)))
put_rule(char *dst, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_text(dst, size, fmt, ap);
	va_end(ap);
}

void
policy_begin(struct decision *d)
{
	memset(d, 0, sizeof(*d));
	d->verdict = VERDICT_DENY;
}

void
policy_end(struct decision *d)
{
	size_t i;

	for (i = 0; i < d->nfound; i++) {
		freezero(d->found[i].command, strlen(d->found[i].command));
		free(d->found[i].rule);
		free(d->found[i].where);
		free(d->found[i].reason);
	}
	free(d->found);
	d->found = NULL;
	d->nfound = 0;
}

static int
is_strictest(struct decision *d, enum verdict v, const char *reason)
{
	if (d->said && v <= d->verdict)
		return (0);
	d->said = 1;
	d->verdict = v;
	put_rule(d->reason, sizeof(d->reason), "%s", reason);
	d->where[0] = '\0';
	d->by = NULL;
	return (1);
}

void
policy_say(struct decision *d, enum verdict v, const char *reason,
    const char *rule, ...)
{
	va_list ap;

	if (!is_strictest(d, v, reason))
		return;
	va_start(ap, rule);
	put_text(d->rule, sizeof(d->rule), rule, ap);
	va_end(ap);
}

void
say_stricter(struct say *to, const struct say *s)
{
	if (s->said && (!to->said || s->verdict > to->verdict))
		*to = *s;
}

int
judge_is_script(const struct judge *j)
{
	return (j->plan->script.path != NULL &&
	    j->plan->script.path[0] != '\0');
}

int
judge_is_exec(const struct judge *j)
{
	return (j->at->execs && j->at->how != JUDGE_REQUEST);
}

static void
rule_text(const struct judge *j, const struct say *s, char *dst, size_t size)
{
	const char *skill = j->rules->skill;

	if (s->pattern != NULL && s->pattern->set != NULL)
		put_rule(dst, size, "%s: %s", s->pattern->set,
		    pattern_text(s->pattern));
	else if (s->of_skill && s->pattern != NULL)
		put_rule(dst, size, "skills.%s.%s: %s", skill, s->list,
		    pattern_text(s->pattern));
	else if (s->of_skill)
		put_rule(dst, size, "skills.%s.%s", skill, s->list);
	else if (s->pattern != NULL)
		put_rule(dst, size, "%s: %s", s->list,
		    pattern_text(s->pattern));
	else
		put_rule(dst, size, "%s", s->list);
}

static const char *
where_text(const struct say *s)
{
	return (s->pattern != NULL ? pattern_where(s->pattern) : "");
}

/* Can it stand in a command without quotes? */
static int
is_bare(const char *w)
{
	static const char bare[] = PART_ANY_HOLE "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";

	return (*w != '\0' && w[strspn(w, bare)] == '\0');
}

/* In double quotes where it needs some; where it ends, at end or before. */
static char *
put_word(char *o, const char *end, const char *w)
{
	const int quoted = !is_bare(w);

	if (quoted)
		*o++ = '"';
	for (; *w != '\0' && o < end; w++)
		if (part_is_hole(*w)) {
			memcpy(o, "...", 3);
			o += 3;
		} else {
			if (*w == '"' || *w == '\\')
				*o++ = '\\';
			*o++ = *w;
		}
	if (quoted && *w == '\0')
		*o++ = '"';
	return (o);
}

/* Words as a person reads them; what is not known is "...". */
static char *
command_text(const struct part *p)
{
	char buf[FOUND_MAXTEXT], *o = buf, *end = buf + sizeof(buf) - 8;
	size_t i;

	for (i = 0; i < p->n && o < end; i++) {
		if (i > 0)
			*o++ = ' ';
		o = put_word(o, end, p->w[i]);
	}
	*o = '\0';
	clean(buf);
	if (o >= end)
		(void)snprintf(buf + strlen(buf), 4, "...");
	return (xstrdup(buf));
}

static void
put_finding(const struct judge *j, struct finding *f, size_t i)
{
	const struct say *s = &j->r[i].say;
	char rule[sizeof(j->d->rule)] = "";

	f->verdict = s->said ? s->verdict : VERDICT_ALLOW;
	f->certain = s->said ? s->certain : 1;
	f->command = command_text(&j->parts.p[i]);
	if (s->said)
		rule_text(j, s, rule, sizeof(rule));
	f->rule = xstrdup(rule);
	f->where = xstrdup(s->said ? where_text(s) : "");
	f->reason = xstrdup(s->said ? s->reason :
	    "nothing speaks against it where it is run");
}

static void
put_findings(struct judge *j)
{
	size_t i, n = 0;

	if (j->r == NULL)
		return;
	j->d->found = xcalloc(j->parts.n < POLICY_MAXFOUND ? j->parts.n :
	    POLICY_MAXFOUND, sizeof(*j->d->found));
	for (i = 0; i < j->parts.n && n < POLICY_MAXFOUND; i++) {
		if ((j->parts.p[i].flags & PART_INTERP) != 0 &&
		    !j->r[i].say.said)
			continue;
		put_finding(j, &j->d->found[n++], i);
	}
	j->d->nfound = n;
}

int
judge_has_words(const struct part *p, const struct strv *words)
{
	size_t i;

	if (p->n != words->n)
		return (0);
	for (i = 0; i < p->n; i++)
		if (part_has_hole(p->w[i]) ||
		    strcmp(p->w[i], words->v[i]) != 0)
			return (0);
	return (1);
}

int
judge_has_asked(const struct judge *j, const struct strv *words,
    const char *rule)
{
	char text[sizeof(j->d->rule)];
	const struct say *s;
	size_t i;

	for (i = 0; i < j->parts.n; i++) {
		s = &j->r[i].say;
		if (!s->said || !s->certain || s->verdict != VERDICT_ASK ||
		    !judge_has_words(&j->parts.p[i], words))
			continue;
		rule_text(j, s, text, sizeof(text));
		if (strcmp(text, rule) == 0)
			return (1);
	}
	return (0);
}

void
judge_tell(struct judge *j)
{
	struct decision *d = j->d;
	const char *opaque;

	if (j->all.said && is_strictest(d, j->all.verdict, j->all.reason)) {
		rule_text(j, &j->all, d->rule, sizeof(d->rule));
		put_rule(d->where, sizeof(d->where), "%s",
		    where_text(&j->all));
		d->by = j->all.pattern;
	}
	opaque = j->parts.bad != NULL ? j->parts.bad : j->parts.opaque;
	if (opaque != NULL)
		put_rule(d->opaque, sizeof(d->opaque), "%s", opaque);
	put_findings(j);
}
