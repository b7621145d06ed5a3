/* SPDX-License-Identifier: ISC */
/* allow, and the default where no pattern names a command. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/danger.h"
#include "common/policy/judge_priv.h"
#include "common/policy/pattern_priv.h"
#include "common/text.h"

/*
 * Is it a command of the request's own shell, which is judged as a whole once
 * more when it is run, with the words that it then has?
 */
static int
is_judged_again(const struct judge *j, const struct part *p)
{
	return (j->at->execs && j->at->how == JUDGE_REQUEST && p->in == 0 &&
	    (p->flags & PART_CODE) != 0 && j->parts.p[0].pass == PASS_CODE);
}

/*
 * The path of a program within a command.  One that is not absolute is taken
 * from the request's directory, wherever the command may have gone by then, if
 * it is judged again when it is executed: by then it is known.
 */
static const char *
path_within(const struct judge *j, const char *s, char path[PLAN_MAXPATH])
{
	const char *cwd = j->plan->cwd;

	if (s[0] == '/' || !j->at->execs || cwd == NULL || cwd[0] != '/' ||
	    part_has_hole(s))
		return (s);
	while (strncmp(s, "./", 2) == 0)
		s += 2;
	if (strstr(s, "..") != NULL ||
	    snprintf(path, PLAN_MAXPATH, "%s/%s", cwd, s) >= PLAN_MAXPATH)
		return (s);
	return (path);
}

/*
 * A script is its own program, whatever interprets it: a name without a
 * slash was found in PATH, a path must be the script's.  What is within
 * another command is known by its words alone.
 */
static int
allows(const struct judge *j, size_t i, const struct pattern *p)
{
	const struct part *part = &j->parts.p[i];
	struct strv own = { part->w, 1 }, none = { NULL, 0 };
	int plain = strchr(part->w[0], '/') == NULL;
	const char *path = NULL;
	const struct strv *names = plain ? &own : &none;
	char inside[PLAN_MAXPATH];

	if (i == 0 && judge_is_script(j))
		path = j->plan->script.path;
	else if (i == 0) {
		path = j->plan->exe.path;
		names = j->names;
	} else if (!plain)
		path = path_within(j, part->w[0], inside);
	return (pattern_covers_part(p, part, names, path, j->rules->wraps,
	    !is_judged_again(j, part)));
}

/*
 * Do variables make something else of it than its words say?  Those of builds
 * change only what it executes, which may be judged then.
 */
static int
is_steered(const struct judge *j, const struct part *p)
{
	return (p->set == SET_STEERING ||
	    (p->set == SET_BUILD && !j->at->execs));
}

static const struct pattern *
find_words(const struct judge *j, size_t i)
{
	const struct patterns *ps = j->rules->allow;
	size_t k;

	if (is_steered(j, &j->parts.p[i]))
		return (NULL);
	for (k = 0; k < ps->n; k++)
		if (allows(j, i, ps->p[k]))
			return (ps->p[k]);
	return (NULL);
}

/* git without the options that change nothing but texts; n 0: has none. */
static void
git_plainly(const struct part *p, struct part *rest)
{
	size_t i = 1, n = 1, k, sub = opts_git_sub(p->w, p->n);

	*rest = *p;
	rest->w = xcalloc(p->n + 1, sizeof(*rest->w));
	rest->w[0] = p->w[0];
	while (i < p->n) {
		k = i < sub ? danger_git_plain(p->w, p->n, i) : 0;
		i += k;
		if (k == 0)
			rest->w[n++] = p->w[i++];
	}
	rest->n = n == p->n ? 0 : n;
	rest->own = rest->n;
}

static const struct pattern *
find_allow(struct judge *j, size_t i)
{
	const struct pattern *hit = find_words(j, i);
	struct part whole = j->parts.p[i], rest;

	if (hit != NULL || strcmp(pattern_base(whole.w[0]), "git") != 0)
		return (hit);
	git_plainly(&whole, &rest);
	if (rest.n != 0) {
		j->parts.p[i] = rest;
		hit = find_words(j, i);
		j->parts.p[i] = whole;
	}
	free(rest.w);
	return (hit);
}

/* find without what it runs: is that allowed? */
static const struct pattern *
find_rest(const struct judge *j, size_t i)
{
	const struct patterns *ps = j->rules->allow;
	const struct part *p = &j->parts.p[i];
	const struct pattern *hit = NULL;
	struct strv names = { p->w, 1 };
	struct part rest = *p;
	size_t k, n = 0;

	rest.w = xcalloc(p->n + 1, sizeof(*rest.w));
	for (k = 0; k < p->n; k++) {
		if (strncmp(p->w[k], "-exec", 5) != 0 &&
		    strncmp(p->w[k], "-ok", 3) != 0) {
			rest.w[n++] = p->w[k];
			continue;
		}
		while (k < p->n && strcmp(p->w[k], ";") != 0 &&
		    !(strcmp(p->w[k], "+") == 0 &&
		    strcmp(p->w[k - 1], "{}") == 0))
			k++;
	}
	rest.n = n;
	for (k = 0; k < ps->n && hit == NULL; k++)
		if (pattern_covers_part(ps->p[k], &rest, i == 0 ? j->names :
		    &names, i == 0 ? j->plan->exe.path : NULL,
		    j->rules->wraps, !is_judged_again(j, p)))
			hit = ps->p[k];
	free(rest.w);
	return (hit);
}

static struct say
say_rule(enum verdict v, const char *list, int of_skill,
    const struct pattern *p, const char *reason)
{
	struct say s = { 1, v, 1, list, of_skill, p, reason };

	return (s);
}

static struct say
say_default(const struct judge *j, size_t i)
{
	struct say none = { .said = 0 };

	/* a pattern that names it has said what there is to say */
	if (j->r[i].named)
		return (none);
	if (j->at->how == JUDGE_NESTED)
		return (say_rule(j->at->execs_default, "execsDefault", 1, NULL,
		    "no pattern names this program"));
	return (say_rule(j->rules->dflt, "default", 1, NULL,
	    "no pattern names this command"));
}

/* What only runs others is as they are. */
#define ONLY_RUNS	"wrapper", "it only runs what follows"

static struct say judge_allow(struct judge *, size_t);

/* The strictest of those that it runs; else that it does no more, by rule. */
static struct say
judge_inner(struct judge *j, size_t i, const char *rule, const char *reason)
{
	struct say all = say_rule(VERDICT_ALLOW, rule, 0, NULL, reason), s;
	size_t k;
	int any = 0;

	for (k = i + 1; k < j->parts.n; k++) {
		if (j->parts.p[k].in != i || (j->parts.p[k].flags &
		    (PART_INTERP | PART_SCRIPT)) != 0)
			continue;
		s = judge_allow(j, k);
		if (!any && s.said)
			all = s;
		any |= s.said;
		say_stricter(&all, &s);
	}
	return (all);
}

/* A shell's own commands, and functions of the code. */
static int
is_built_in(const struct judge *j, const struct part *p)
{
	if ((p->flags & PART_CODE) == 0)
		return (0);
	return (shell_has(p->w[0]) || ((p->flags & PART_FUNCTION) != 0 &&
	    is_judged_again(j, p)));
}

/* Of the system, so nothing that a run could have put there. */
static int
is_system(const char *path)
{
	return (strncmp(path, "/usr/", 5) == 0 ||
	    strncmp(path, "/bin/", 5) == 0 || strncmp(path, "/sbin/", 6) == 0);
}

/*
 * A file is what it is, whatever argv[0] says; and a copy of a wrapper,
 * wherever it was put, is named or not allowed.
 */
static int
is_itself(const struct judge *j)
{
	static const unsigned kind[] = { [PASS_PURE] = WRAP_PURE,
	    [PASS_FIND] = WRAP_FIND, [PASS_CODE] = WRAP_SHELL };
	const char *path = j->plan->exe.path;
	const struct wrap *w;

	if (path == NULL || (strchr(path, '/') != NULL && !is_system(path)))
		return (0);
	w = wrap_find(j->rules->wraps, pattern_base(path));
	return (w != NULL && (w->flags & kind[j->parts.p[0].pass]) != 0);
}

/*
 * What of a shell's code cannot be told is judged when it is run only if that
 * shell is the request's own.
 */
static int
is_seen_through(const struct judge *j, size_t i)
{
	const struct part *p = &j->parts.p[i];

	if (is_steered(j, p) || p->pass == PASS_NONE ||
	    (i == 0 && !is_itself(j)))
		return (0);
	return (p->pass != PASS_CODE || !p->opaque || (i == 0 &&
	    j->at->how == JUDGE_REQUEST));
}

/*
 * What allow and the default say of part i.  What a pattern covers needs no
 * more; what only runs others is as they are.
 */
static struct say
judge_allow(struct judge *j, size_t i)
{
	const struct part *p = &j->parts.p[i];
	const struct pattern *hit = NULL;
	struct say s;

	j->r[i].judged = 1;
	if (is_built_in(j, p))
		s = judge_inner(j, i, "shell", "what a shell does itself");
	else if ((hit = find_allow(j, i)) != NULL)
		s = say_rule(VERDICT_ALLOW, "allow", 1, hit, "allowed");
	else if (is_seen_through(j, i) && !p->odd && p->pass != PASS_FIND)
		s = judge_inner(j, i, ONLY_RUNS);
	else if (is_seen_through(j, i) && p->pass == PASS_FIND &&
	    (hit = find_rest(j, i)) != NULL) {
		struct say rest = say_rule(VERDICT_ALLOW, "allow", 1, hit,
		    "allowed");

		s = judge_inner(j, i, ONLY_RUNS);
		say_stricter(&rest, &s);
		s = rest;
	} else if (is_judged_again(j, p) && part_has_hole(p->w[0]))
		s = say_rule(VERDICT_ALLOW, "shell", 0, NULL,
		    "judged when it is known what it is");
	else
		s = say_default(j, i);
	if (i == 0 && hit != NULL && !hit->prog_any)
		j->named = 1;
	say_stricter(&j->r[i].say, &s);
	return (s);
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
ask_all(struct judge *j, const char *rule, const char *reason)
{
	struct say s = say_rule(VERDICT_ASK, rule, 0, NULL, reason);

	say_stricter(&j->all, &s);
}

static void
by_names(struct judge *j)
{
	const struct part *p;
	size_t i;

	for (i = 0; i < j->parts.n; i++) {
		p = &j->parts.p[i];
		if (p->n == 0 || (i > 0 && part_has_hole(p->w[0])) ||
		    (p->flags & PART_SCRIPT) != 0 || !is_lookalike(p->w[0]))
			continue;
		ask_all(j, "name", "the program's name has characters that "
		    "can deceive");
	}
}

/* Does the code write a file of that name, or of one that is not known? */
static int
is_written(const struct judge *j, const char *path)
{
	const struct strv *v = &j->parts.written;
	size_t i;

	for (i = 0; i < v->n; i++)
		if (part_has_hole(v->v[i]) || strcmp(pattern_base(v->v[i]),
		    pattern_base(path)) == 0)
			return (1);
	return (0);
}

/*
 * What a command runs by a path was not looked at: it may be a link to what
 * is denied, or a copy, unless a pattern allows this path.
 */
static int
is_unseen(const struct judge *j, size_t i)
{
	const struct say *s = &j->r[i].say;
	const char *w = j->parts.p[i].w[0];

	if (i == 0 || (j->parts.p[i].flags & PART_INTERP) != 0 ||
	    part_has_hole(w) ||
	    (s->said && s->pattern != NULL && !s->pattern->prog_any))
		return (0);
	if ((j->parts.p[i].flags & PART_SCRIPT) != 0)
		return (is_written(j, w));
	return (strchr(w, '/') != NULL &&
	    (!is_system(w) || strstr(w, "/..") != NULL));
}

/*
 * No exec follows where the request's own program is a loader: a path that may
 * lead anywhere, or a name that is searched for, is then looked at by nobody.
 */
static void
by_loader(struct judge *j)
{
	const char *path = j->plan->exe.path;
	const struct wrap *w = path == NULL ? NULL :
	    wrap_find(j->rules->wraps, pattern_base(path));
	int copy = w == NULL || strcmp(w->name, "ld.so") != 0, unseen;
	const struct part *p;
	size_t i;

	if (j->at->how != JUDGE_REQUEST ||
	    (copy && !strv_has(&j->aliases, "ld.so")))
		return;
	unseen = copy || judge_is_script(j);
	for (i = 1; i < j->parts.n; i++) {
		p = &j->parts.p[i];
		unseen |= p->in == 0 && p->n > 0 && (is_unseen(j, i) ||
		    strchr(p->w[0], '/') == NULL);
	}
	if (unseen)
		ask_all(j, "loader", "a file that is loaded without being "
		    "looked at");
}

/* Code of another language in its words, or from its input. */
static int
is_code(const struct judge *j, size_t i)
{
	const struct part *p = &j->parts.p[i];
	const struct cmd *c = &j->r[i].vague;
	size_t k;

	if (p->vague == NULL || j->r[i].text == 1)
		return (0);
	if (j->r[i].text == 0)
		return (1);
	if ((p->vague->flags & WRAP_INTERP) != 0 && (p->n == 1 ||
	    strcmp(p->w[p->n - 1], "-") == 0))
		return (1);
	/* make -f -, in some spelling */
	for (k = 1; k < p->n && strstr(p->vague->name, "make") != NULL; k++)
		if (strcmp(p->w[k], "-") == 0 || strcmp(p->w[k], "-f-") == 0 ||
		    strncmp(p->w[k], "/dev/", 5) == 0)
			return (1);
	for (k = 0; k < c->nents; k++)
		if (strpbrk(c->ents[k], " \t\n'\"`$\\();|&") != NULL)
			return (1);
	return (0);
}

/* What may be what a rule names, though no word is like it. */
static void
by_unknown(struct judge *j)
{
	size_t i;

	if (j->at->execs || (!j->at->confirms && j->rules->deny->n +
	    j->rules->ask->n + j->rules->destructive->n == 0))
		return;
	for (i = 0; i < j->parts.n; i++) {
		if (j->parts.p[i].n == 0)
			continue;
		if (is_unseen(j, i))
			parts_opaque(&j->parts, i, "a file that is looked at "
			    "when it is run");
		if (is_code(j, i))
			parts_opaque(&j->parts, i, "code that can run "
			    "programs");
	}
}

void
rules_allow(struct judge *j)
{
	struct say s;

	if (j->rules->approval == APPROVAL_ALWAYS &&
	    j->at->how == JUDGE_REQUEST)
		ask_all(j, "tools.exec.approval: always",
		    "every command needs an approval");
	s = judge_allow(j, 0);
	say_stricter(&j->all, &s);
	if (j->at->how == JUDGE_NESTED)
		return;
	by_unknown(j);
	by_loader(j);
	if (j->parts.bad != NULL)
		ask_all(j, "shell", j->parts.bad);
	if (j->parts.opaque != NULL && !j->at->execs &&
	    (!j->named || j->at->confirms))
		ask_all(j, "shell", j->parts.opaque);
	by_names(j);
	if (j->plan->asked_env.n > 0)
		ask_all(j, "environment", "the caller sets variables");
}
