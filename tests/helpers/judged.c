/* SPDX-License-Identifier: ISC */
/*
 * judged CONF SKILL abuses|everyday FILE [PROGRAM...]: what a configuration
 * says of each line of such a file (tests/judging), judged by the code that
 * judges requests; a line for each, or for each with each PROGRAM in the place
 * of "@":
 *
 *	everyday: VERDICT  WANTED  RULE  LINE
 *	abuses:   VERDICT  NESTED  DIRECT  KIND  PROGRAM  RULE  LINE
 *
 * between tabs.  VERDICT is what a request of LINE gets; NESTED what the
 * program gets that the line would have run, when it is run, DIRECT what it
 * would get as a request of its own; "-" where it runs none.
 */
#include "config.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/pattern_priv.h"
#include "supervisor/conf/judge.h"

#define TOP	"/srv/project"	/* the request's working directory */
#define EX_DATA	65

static struct rules rules;

/* The shell line with its newlines. */
static char *
shell_line(const char *s)
{
	char *out = xmalloc(strlen(s) + 1), *o = out;

	for (; *s != '\0'; s++)
		if (s[0] == '\\' && s[1] == 'n') {
			*o++ = '\n';
			s++;
		} else
			*o++ = *s;
	*o = '\0';
	return (out);
}

/* NULL, or what is wrong with the line. */
static const char *
words_of(const char *line, struct strv *argv)
{
	int special, op;
	char *code;

	if (strncmp(line, "$ ", 2) != 0)
		return (pattern_split(line, argv, 0, &special, &op));
	strv_add(argv, "/bin/sh");
	strv_add(argv, "-c");
	code = shell_line(line + 2);
	strv_add(argv, code);
	free(code);
	return (NULL);
}

/* Where a program of that name is, in the view of a run. */
static char *
path_of(const char *name)
{
	char *path;

	if (strcmp(name, "/bin/sh") == 0)
		return (xstrdup("/usr/bin/dash"));
	if (name[0] == '/')
		return (xstrdup(name));
	if (strncmp(name, "./", 2) == 0)
		name += 2;
	else if (strchr(name, '/') == NULL) {
		xasprintf(&path, "/usr/bin/%s", name);
		return (path);
	}
	xasprintf(&path, TOP "/%s", name);
	return (path);
}

static enum verdict
verdict_of(const char *line, enum judge_how how, char *rule, size_t size)
{
	struct circumstances at = { .how = how, .execs = 1,
	    .execs_default = VERDICT_ALLOW, .top = TOP };
	struct strv names = { NULL, 0 }, same = { NULL, 0 };
	struct decision d;
	struct plan plan;
	const char *why;

	memset(&plan, 0, sizeof(plan));
	if ((why = words_of(line, &plan.argv)) != NULL || plan.argv.n == 0)
		errx(EX_DATA, "%s: %s", line, why != NULL ? why : "no words");
	strv_add(&names, pattern_base(plan.argv.v[0]));
	plan.exe.path = path_of(plan.argv.v[0]);
	plan.cwd = xstrdup(TOP);
	policy_begin(&d);
	policy_decide(&d, &rules, &plan, &names, &same, &at);
	if (rule != NULL)
		(void)snprintf(rule, size, "%s", d.rule);
	policy_end(&d);
	free(plan.exe.path);
	free(plan.cwd);
	strv_free(&plan.argv);
	strv_free(&names);
	return (d.verdict);
}

/* The text with every "@" made into that program; to be freed. */
static char *
with_program(const char *text, const char *program)
{
	char *out = xstrdup(""), *more;
	size_t n;

	for (;;) {
		n = strcspn(text, "@");
		xasprintf(&more, "%s%.*s%s", out, (int)n, text,
		    text[n] == '@' ? program : "");
		free(out);
		out = more;
		if (text[n] == '\0')
			return (out);
		text += n + 1;
	}
}

static void
put_abuse(const char *kind, const char *line, const char *program,
    const char *nested, const char *direct)
{
	char rule[256];
	enum verdict v;

	v = verdict_of(line, JUDGE_REQUEST, rule, sizeof(rule));
	printf("%s\t%s\t%s\t%s\t%s\t%s\t%s\n", verdict_words[v], nested,
	    direct, kind, program, rule, line);
}

/* With that program in the line, and in what it executes. */
static void
runs_program(const char *kind, const char *text, const char *does,
    const char *program)
{
	char *line = with_program(text, program);
	char *what = with_program(does, program);

	put_abuse(kind, line, program,
	    verdict_words[verdict_of(what, JUDGE_NESTED, NULL, 0)],
	    verdict_words[verdict_of(what, JUDGE_REQUEST, NULL, 0)]);
	free(line);
	free(what);
}

static void
abuse(char *text, char **programs)
{
	char *kind = strsep(&text, "\t"), *line = strsep(&text, "\t");
	char *does = strsep(&text, "\t");

	if (line == NULL || does == NULL || text != NULL)
		errx(EX_DATA, "%s: not three fields", kind);
	if (strcmp(kind, "run") != 0 && strcmp(kind, "load") != 0)
		put_abuse(kind, line, "-", "-", "-");
	else
		for (; *programs != NULL; programs++)
			runs_program(kind, line, does, *programs);
}

static void
everyday(char *text)
{
	char rule[256], *want = strsep(&text, "\t");
	enum verdict v;

	if (text == NULL || strchr(text, '\t') != NULL)
		errx(EX_DATA, "%s: not two fields", want);
	v = verdict_of(text, JUDGE_REQUEST, rule, sizeof(rule));
	printf("%s\t%s\t%s\t%s\n", verdict_words[v], want, rule, text);
}

int
main(int argc, char **argv)
{
	const struct conf_skill *sk;
	struct conf *c;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	FILE *f;

	if (argc < 5 || (strcmp(argv[3], "abuses") != 0 &&
	    strcmp(argv[3], "everyday") != 0))
		errx(2, "usage: judged CONF SKILL abuses|everyday FILE "
		    "[PROGRAM...]");
	if ((c = conf_load(argv[1], stderr, NULL)) == NULL)
		return (1);
	if ((sk = conf_skill(c, argv[2])) == NULL)
		errx(1, "no skill %s", argv[2]);
	conf_rules(&rules, c, sk);
	if ((f = fopen(argv[4], "r")) == NULL)
		err(1, "%s", argv[4]);
	while ((n = getline(&line, &cap, f)) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		if (strcmp(argv[3], "abuses") == 0)
			abuse(line, argv + 5);
		else
			everyday(line);
	}
	free(line);
	(void)fclose(f);
	conf_free(c);
	return (0);
}
