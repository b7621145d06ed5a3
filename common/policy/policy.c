/* SPDX-License-Identifier: ISC */
/*
 * The decision.  Every rule is asked, none ends the search early, and the
 * strictest answer wins; what is too large to be judged is denied.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "common/policy/pattern_priv.h"
#include "common/policy/policy.h"

#define JUDGE_MAXBYTES	(512U * 1024)	/* all arguments together */
#define FEW		48		/* aliases kept on the stack */

/* One command before the court. */
struct judge {
	const struct rules	*rules;
	const struct strv	*argv;
	const struct strv	*names;
	const struct strv	*same;
	const struct plan	*plan;
	struct decision		*d;
	struct cmd		 cmd;
	char			*text;	/* for the text net */
	int			 named;	/* some pattern of the skill matched */
};

/* Cuts at a whole character; nothing that steers a terminal gets through. */
static void __attribute__((__format__ (printf, 3, 0)))
put_text(char *dst, size_t size, const char *fmt, va_list ap)
{
	size_t n, i;

	(void)vsnprintf(dst, size, fmt, ap);
	n = text_whole(dst, strlen(dst));
	dst[n] = '\0';
	for (i = 0; i < n; i++)
		if ((unsigned char)dst[i] < 0x20 || dst[i] == 0x7f)
			dst[i] = '?';
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

/* The same, for those that make their rule only where it is needed. */
static int
verdict(struct judge *j, enum verdict v, const char *reason)
{
	return (is_strictest(j->d, v, reason));
}

#define RULE(j, ...)							\
	put_rule((j)->d->rule, sizeof((j)->d->rule), __VA_ARGS__)

/* The rule is a pattern of a list. */
static void
rule_pattern(struct judge *j, const char *list, const struct pattern *p)
{
	RULE(j, "%s: %s", list, pattern_text(p));
	put_rule(j->d->where, sizeof(j->d->where), "%s", pattern_where(p));
}

static void
by_patterns(struct judge *j, const struct patterns *ps, enum verdict v,
    const char *list, const char *reason)
{
	char name[128];
	size_t i;

	for (i = 0; i < ps->n; i++) {
		if (!cmd_finds(&j->cmd, ps->p[i]))
			continue;
		if (j->cmd.over)
			return;
		j->named = 1;
		if (verdict(j, v, reason)) {
			(void)snprintf(name, sizeof(name), "skills.%s.%s",
			    j->rules->skill, list);
			rule_pattern(j, name, ps->p[i]);
		}
		return;
	}
}

static void
by_approval_patterns(struct judge *j)
{
	const struct patterns *ps = j->rules->destructive;
	enum verdict v = j->rules->approval == APPROVAL_DENY ? VERDICT_DENY :
	    VERDICT_ASK;
	size_t i, len;

	if (ps->n == 0)
		return;
	j->text = text_join(j->argv);
	len = strlen(j->text);
	for (i = 0; i < ps->n; i++) {
		if (!cmd_finds(&j->cmd, ps->p[i]) &&
		    !text_finds(ps->p[i], j->text, len))
			continue;
		if (j->cmd.over)
			break;
		if (verdict(j, v, v == VERDICT_DENY ?
		    "a destructive command, and these are denied" :
		    "a destructive command"))
			rule_pattern(j, "tools.exec.approvalPatterns",
			    ps->p[i]);
		break;
	}
	freezero(j->text, len);
	j->text = NULL;
}

/*
 * Is the script what was asked for, rather than an argument of an
 * interpreter that was?
 */
static int
is_script(const struct plan *p)
{
	const char *base;
	size_t i;

	if (p->script.path == NULL || p->script.path[0] == '\0')
		return (0);
	base = pattern_base(p->script.path);
	for (i = 1; i < p->argv.n; i++)
		if (strcmp(pattern_base(p->argv.v[i]), base) == 0)
			return (0);
	return (1);
}

/*
 * A script is its own program, whatever interprets it: a name without a
 * slash was found in PATH, a path must be the script's.
 */
static int
allows(struct judge *j, const struct pattern *p)
{
	const struct plan *plan = j->plan;
	struct strv own = { j->argv->v, 1 }, none = { NULL, 0 };

	if (is_script(plan))
		return (pattern_covers(p, j->argv, strchr(j->argv->v[0], '/')
		    == NULL ? &own : &none, plan->script.path));
	return (pattern_covers(p, j->argv, j->names, plan->exe.path));
}

static void
by_allow(struct judge *j)
{
	const struct patterns *ps = j->rules->allow;
	const struct pattern *hit = NULL;
	char name[128];
	size_t i;

	for (i = 0; i < ps->n && hit == NULL; i++)
		if (allows(j, ps->p[i]))
			hit = ps->p[i];
	if (hit != NULL && verdict(j, VERDICT_ALLOW, "allowed")) {
		(void)snprintf(name, sizeof(name), "skills.%s.allow",
		    j->rules->skill);
		rule_pattern(j, name, hit);
	}
	if (hit != NULL && !hit->prog_any)
		return;
	/* from here on nothing named this program */
	if (hit != NULL)
		;
	else if (!j->named) {
		if (verdict(j, j->rules->dflt, "no pattern names this "
		    "command"))
			RULE(j, "skills.%s.default", j->rules->skill);
	}
	if (j->cmd.opaque &&
	    verdict(j, VERDICT_ASK, "what this shell code runs cannot be "
	    "told before it runs"))
		RULE(j, "shell");
}

static void
by_environment(struct judge *j)
{
	if (j->plan->asked_env.n == 0)
		return;
	if (verdict(j, VERDICT_ASK, "the caller sets variables"))
		RULE(j, "environment");
}

/*
 * Could it show as another program than it is?  In the name itself no letter
 * but ASCII is trusted, for many scripts have twins of a, e, o.
 */
static int
is_lookalike(const char *s)
{
	const char *base = pattern_base(s), *p, *end = s + strlen(s);
	uint32_t cp;
	size_t n;

	if (s[0] == '\0' || s[0] == ' ' || end[-1] == ' ' ||
	    base[0] == ' ' || base[0] == '-')
		return (1);
	for (p = s; p != end; p += n) {
		n = text_char(p, (size_t)(end - p), &cp);
		if (n == 0 || text_deceives(cp))
			return (1);
		if (p >= base && cp >= 0x80)
			return (1);
	}
	return (0);
}

static void
by_name(struct judge *j)
{
	if (is_lookalike(j->argv->v[0]) &&
	    verdict(j, VERDICT_ASK, "the program's name has characters that "
	    "can deceive"))
		RULE(j, "name");
}

static int
too_large(const struct strv *argv)
{
	size_t i, sum = 0;

	for (i = 0; i < argv->n && sum <= JUDGE_MAXBYTES; i++)
		sum += strlen(argv->v[i]);
	return (argv->n == 0 || argv->n > PLAN_MAXARGS || sum > JUDGE_MAXBYTES);
}

static void
deny_limits(struct judge *j)
{
	if (verdict(j, VERDICT_DENY, "too large to be judged"))
		RULE(j, "limits");
}

static void
by_rules(struct judge *j)
{
	by_patterns(j, j->rules->deny, VERDICT_DENY, "deny", "denied");
	by_approval_patterns(j);
	by_patterns(j, j->rules->ask, VERDICT_ASK, "ask", "needs an approval");
	if (j->rules->approval == APPROVAL_ALWAYS &&
	    verdict(j, VERDICT_ASK, "every command needs an approval"))
		RULE(j, "tools.exec.approval: always");
	by_allow(j);
	by_name(j);
	by_environment(j);
	if (j->cmd.over)
		deny_limits(j);
}

/* Every word that the program may be known by, without copies. */
static void
add_name(struct strv *to, const char *s)
{
	if (s == NULL || s[0] == '\0')
		return;
	to->v[to->n++] = (char *)(uintptr_t)s;
}

static void
add_file(struct strv *to, const char *s)
{
	if (s == NULL || s[0] == '\0')
		return;
	add_name(to, s);
	add_name(to, pattern_base(s));
}

static void
add_list(struct strv *to, const struct strv *from)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		add_name(to, from->v[i]);
}

/*
 * One file that is many programs, and is called as one of them: what else it
 * could be then says nothing.
 */
static int
is_applet(const struct judge *j)
{
	static const char *const multi[] = { "busybox", "busybox.static",
	    "toybox", "coreutils" };
	const char *exe, *name = pattern_base(j->argv->v[0]);
	size_t i;

	if (j->plan->exe.path == NULL || is_script(j->plan))
		return (0);
	exe = pattern_base(j->plan->exe.path);
	for (i = 0; i < sizeof(multi) / sizeof(multi[0]); i++)
		if (strcmp(exe, multi[i]) == 0)
			return (strcmp(exe, name) != 0);
	return (0);
}

static void
gather(const struct judge *j, struct strv *kinds, struct strv *aliases)
{
	int applet = is_applet(j);

	if (!applet) {
		add_list(kinds, j->names);
		add_list(kinds, j->same);
	}
	if (!applet && !is_script(j->plan))
		add_file(kinds, j->plan->exe.path);
	aliases->v = kinds->v + kinds->n;
	if (!applet) {
		add_list(aliases, j->names);
		add_list(aliases, j->same);
	}
	add_file(aliases, j->argv->v[0]);
	if (!applet)
		add_file(aliases, j->plan->exe.path);
	add_file(aliases, j->plan->script.path);
}

static void
judge(struct judge *j)
{
	char *few[FEW], **v = few;
	struct strv aliases = { NULL, 0 }, kinds = { NULL, 0 };
	size_t max = 2 * (j->names->n + j->same->n) + 8;

	if (max > FEW)
		v = xcalloc(max, sizeof(*v));
	kinds.v = v;
	gather(j, &kinds, &aliases);
	cmd_init(&j->cmd, j->argv, &aliases, &kinds,
	    j->plan->interp_arg);
	by_rules(j);
	cmd_free(&j->cmd);
	if (v != few)
		free(v);
}

void
policy_decide(struct decision *d, const struct rules *rules,
    const struct plan *plan, const struct strv *names,
    const struct strv *same, const struct circumstances *at)
{
	struct judge j = { .rules = rules, .argv = &plan->argv,
	    .names = names, .same = same, .plan = plan, .d = d };

	if (too_large(j.argv))
		deny_limits(&j);
	else
		judge(&j);
	(void)at;
}

int
policy_test(const struct rules *rules, const char *line, enum verdict *v)
{
	struct circumstances at = { .how = JUDGE_REQUEST };
	struct strv same = { NULL, 0 }, names;
	struct plan plan;
	struct decision d;
	int special, op, rc = -1;

	policy_begin(&d);
	memset(&plan, 0, sizeof(plan));
	if (pattern_split(line, &plan.argv, 0, &special, &op) != NULL ||
	    special || op || plan.argv.n == 0)
		goto done;
	names.v = plan.argv.v;
	names.n = 1;
	plan.exe.path = plan.argv.v[0];
	policy_decide(&d, rules, &plan, &names, &same, &at);
	*v = d.verdict;
	policy_end(&d);
	rc = 0;
done:
	strv_free(&plan.argv);
	return (rc);
}
