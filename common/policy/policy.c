/* SPDX-License-Identifier: ISC */
/*
 * The decision.  Every rule is asked, none ends the search early, and the
 * strictest answer wins; what is too large to be judged is denied.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/policy/again.h"
#include "common/policy/danger.h"
#include "common/policy/judge_priv.h"

#define JUDGE_MAXBYTES	(512U * 1024)	/* all arguments together */
#define ALIASES_FEW		48		/* aliases kept on the stack */

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
	policy_say(j->d, VERDICT_DENY, "too large to be judged", "limits");
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
	const char *exe, *name = pattern_base(j->plan->argv.v[0]);
	size_t i;

	if (j->plan->exe.path == NULL || judge_is_script(j))
		return (0);
	exe = pattern_base(j->plan->exe.path);
	for (i = 0; i < sizeof(multi) / sizeof(multi[0]); i++)
		if (strcmp(exe, multi[i]) == 0)
			return (strcmp(exe, name) != 0);
	return (0);
}

/*
 * kinds: what says how it runs others; a script is none of these, whatever it
 * is called.  aliases: what patterns may call it.
 */
static void
gather(struct judge *j, const struct strv *same, struct strv *kinds)
{
	int applet = is_applet(j), script = judge_is_script(j);
	struct strv *to = &j->aliases;

	if (!script)
		add_file(kinds, j->plan->argv.v[0]);
	if (!applet && !script) {
		add_list(kinds, j->names);
		add_list(kinds, same);
		add_file(kinds, j->plan->exe.path);
	}
	to->v = kinds->v + kinds->n;
	if (!applet) {
		add_list(to, j->names);
		add_list(to, same);
	}
	add_file(to, j->plan->argv.v[0]);
	/* what interprets a script is a part of its own */
	if (!applet && !script)
		add_file(to, j->plan->exe.path);
	add_file(to, j->plan->script.path);
}

/* What the kernel executes where a script was asked for. */
static void
interpreter(const struct judge *j, struct strv *to)
{
	const struct plan *p = j->plan;
	size_t i;

	if (!judge_is_script(j) || p->exe.path == NULL)
		return;
	to->v = xcalloc(p->argv.n + 3, sizeof(*to->v));
	add_name(to, p->exe.path);
	add_name(to, p->interp_arg);
	add_name(to, p->script.path);
	for (i = 1; i < p->argv.n; i++)
		to->v[to->n++] = p->argv.v[i];
}

/* Those of which nothing certain is known are looked at word by word. */
static void
look_at_words(struct judge *j)
{
	const struct part *p;
	size_t i;

	j->r = xcalloc(j->parts.n, sizeof(*j->r));
	for (i = 0; i < j->parts.n; i++) {
		p = &j->parts.p[i];
		if (p->vague == NULL)
			continue;
		j->r[i].text = danger_text(p->vague->name, p->w, p->n);
		/* words of SQL are still looked for */
		if (j->r[i].text == 1 && (p->vague->flags & WRAP_TEXT) != 0)
			continue;
		cmd_init(&j->r[i].vague, p->vague, p->w, p->n);
	}
}

static void
judge_end(struct judge *j)
{
	size_t i;

	for (i = 0; i < j->parts.n; i++)
		cmd_free(&j->r[i].vague);
	free(j->r);
	freezero(j->text, j->textlen);
	parts_free(&j->parts);
}

static void
judge(struct judge *j, const struct strv *same)
{
	char *few[ALIASES_FEW], **v = few;
	struct strv kinds = { NULL, 0 }, interp = { NULL, 0 };
	size_t max = 2 * (j->names->n + same->n) + 10;

	if (max > ALIASES_FEW)
		v = xcalloc(max, sizeof(*v));
	kinds.v = v;
	gather(j, same, &kinds);
	interpreter(j, &interp);
	parts_take(&j->parts, j->rules->wraps, &j->plan->argv, &kinds,
	    &interp);
	look_at_words(j);
	rules_find(j);
	rules_allow(j);
	if (j->work.over)
		deny_limits(j);
	judge_tell(j);
	if (j->sought != NULL)
		j->was_asked = judge_has_asked(j, j->sought, j->sought_rule);
	judge_end(j);
	free(interp.v);
	if (v != few)
		free(v);
}

void
policy_decide(struct decision *d, const struct rules *rules,
    const struct plan *plan, const struct strv *names,
    const struct strv *same, const struct circumstances *at)
{
	struct judge j = { .rules = rules, .at = at, .plan = plan,
	    .names = names, .d = d, .work = { WORK_LIMIT, 0 } };

	if (too_large(&plan->argv))
		deny_limits(&j);
	else
		judge(&j, same);
	if (rules->secret != NULL && at->how == JUDGE_REQUEST)
		policy_say(d, VERDICT_ASK, "a secret that it gets is released "
		    "only after an approval", "skills.%s.secrets.%s.approval",
		    rules->skill, rules->secret);
}

int
policy_was_asked(const struct rules *rules, const struct plan *request,
    const struct circumstances *at, const struct strv *argv,
    const char *rule)
{
	struct strv none = { NULL, 0 };
	struct decision d;
	struct judge j = { .rules = rules, .at = at, .plan = request,
	    .names = &none, .d = &d, .work = { WORK_LIMIT, 0 },
	    .sought = argv, .sought_rule = rule };

	if (too_large(&request->argv))
		return (0);
	policy_begin(&d);
	judge(&j, &none);
	policy_end(&d);
	return (j.was_asked);
}

/* Is it run by what its words say, and by nothing else? */
static int
is_plain_part(const struct parts *ps, size_t i)
{
	for (; i != 0; i = ps->p[i].in)
		if (ps->p[ps->p[i].in].blind)
			return (0);
	return (1);
}

int
policy_shows(const struct wraps *more, const struct strv *argv,
    const struct strv *words)
{
	struct strv interp = { NULL, 0 }, kinds;
	char *names[2];
	struct parts ps;
	size_t i;
	int shows = 0;

	if (too_large(argv))
		return (0);
	memset(&ps, 0, sizeof(ps));
	kinds.v = names;
	kinds.n = 0;
	add_file(&kinds, argv->v[0]);
	parts_take(&ps, more, argv, &kinds, &interp);
	for (i = 1; i < ps.n && ps.bad == NULL && !shows; i++)
		shows = judge_has_words(&ps.p[i], words) &&
		    is_plain_part(&ps, i);
	parts_free(&ps);
	return (shows);
}

const char *
policy_again(const struct wraps *more, const struct plan *plan,
    const struct strv *names, const struct strv *same)
{
	struct strv kinds = { NULL, 0 }, interp = { NULL, 0 };
	struct judge j = { .plan = plan, .names = names };
	const char *why;

	if (too_large(&plan->argv))
		return ("it is too large to be judged");
	kinds.v = xcalloc(2 * (names->n + same->n) + 10, sizeof(*kinds.v));
	gather(&j, same, &kinds);
	interpreter(&j, &interp);
	parts_take(&j.parts, more, &plan->argv, &kinds, &interp);
	why = again_parts(more, &j.parts, &kinds);
	parts_free(&j.parts);
	free(interp.v);
	free(kinds.v);
	return (why);
}

static int
is_shell(const char *name)
{
	const struct wrap *w;

	if (name == NULL)
		return (0);
	w = wrap_find(NULL, pattern_base(name));
	return (w != NULL && (w->flags & WRAP_SHELL) != 0);
}

int
policy_shell(const struct strv *argv, const char *exe)
{
	return (argv->n != 0 && (is_shell(argv->v[0]) || is_shell(exe)));
}

int
policy_shell_line(const struct strv *argv, const char *exe)
{
	const char *s;
	size_t i;

	if (!policy_shell(argv, exe))
		return (0);
	for (i = 1; i < argv->n; i++) {
		s = argv->v[i];
		if ((s[0] != '-' && s[0] != '+') || strcmp(s, "-") == 0 ||
		    strcmp(s, "--") == 0)
			return (0);
		/* +c is no other to most of them */
		if (s[1] != '-' && strchr(s, 'c') != NULL)
			return (1);
		/* -o NAME, -eo NAME, -O NAME, --rcfile FILE */
		if (s[strlen(s) - 1] == 'o' || s[strlen(s) - 1] == 'O' ||
		    strcmp(s, "--rcfile") == 0 ||
		    strcmp(s, "--init-file") == 0)
			i++;
	}
	return (0);
}

void
policy_try(struct decision *d, const struct rules *rules,
    const struct strv *argv, int execs)
{
	struct circumstances at = { .how = JUDGE_REQUEST, .execs = execs };
	struct strv same = { NULL, 0 }, names = { argv->v, argv->n > 0 };
	struct plan plan;

	policy_begin(d);
	memset(&plan, 0, sizeof(plan));
	plan.argv = *argv;
	if (argv->n > 0)
		plan.exe.path = argv->v[0];
	policy_decide(d, rules, &plan, &names, &same, &at);
}

int
policy_words(const char *line, struct strv *argv)
{
	int special, op;

	if (pattern_split(line, argv, 0, &special, &op) == NULL &&
	    !special && !op && argv->n > 0)
		return (0);
	strv_free(argv);
	return (-1);
}

int
policy_test(const struct rules *rules, const char *line, int execs,
    enum verdict *v)
{
	struct strv argv = { NULL, 0 };
	struct decision d;

	if (policy_words(line, &argv) == -1)
		return (-1);
	policy_try(&d, rules, &argv, execs);
	*v = d.verdict;
	policy_end(&d);
	strv_free(&argv);
	return (0);
}
