/* SPDX-License-Identifier: ISC */
/*
 * decide CONF SKILL ROUNDS LINE...: how long a decision of that skill takes,
 * in microseconds, by the code that judges requests and what runs execute; a
 * line for each: median of the request, median of what is executed, LINE.
 * Nothing is looked up, no file is read.
 */
#include "config.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/pattern_priv.h"
#include "supervisor/conf/judge.h"
#include "tests/times.h"

#define TOP	"/srv/project"	/* the request's working directory */
#define MAXROUNDS	1000000UL

static void
plan_of(struct plan *p, const char *line)
{
	const char *why;
	int special, op;

	memset(p, 0, sizeof(*p));
	why = pattern_split(line, &p->argv, 0, &special, &op);
	if (why != NULL || p->argv.n == 0)
		errx(1, "%s: %s", line, why != NULL ? why : "no words");
	xasprintf(&p->exe.path, "/usr/bin/%s", pattern_base(p->argv.v[0]));
	p->cwd = xstrdup(TOP);
}

/* The median of so many decisions. */
static double
decide(const struct rules *rules, const struct plan *plan,
    enum judge_how how, double *us, size_t rounds)
{
	struct circumstances at = { .how = how, .execs = 1,
	    .execs_default = VERDICT_ALLOW, .top = TOP };
	struct strv names = { plan->argv.v, 1 }, same = { NULL, 0 };
	struct decision d;
	double since;
	size_t i;

	for (i = 0; i < rounds; i++) {
		since = now_us();
		policy_begin(&d);
		policy_decide(&d, rules, plan, &names, &same, &at);
		policy_end(&d);
		us[i] = now_us() - since;
	}
	qsort(us, rounds, sizeof(*us), by_time);
	return (us[rounds / 2]);
}

int
main(int argc, char **argv)
{
	const struct conf_skill *sk;
	struct rules rules;
	struct plan plan;
	struct conf *c;
	double *us;
	size_t rounds;
	int i;

	if (argc < 5 || (rounds = strtoul(argv[3], NULL, 10)) == 0 ||
	    rounds > MAXROUNDS)
		errx(2, "usage: decide CONF SKILL ROUNDS LINE...");
	if ((c = conf_load(argv[1], stderr, NULL)) == NULL)
		return (1);
	if ((sk = conf_skill(c, argv[2])) == NULL)
		errx(1, "no skill %s", argv[2]);
	conf_rules(&rules, c, sk);
	us = xcalloc(rounds, sizeof(*us));
	for (i = 4; i < argc; i++) {
		plan_of(&plan, argv[i]);
		printf("%.2f\t", decide(&rules, &plan, JUDGE_REQUEST, us,
		    rounds));
		printf("%.2f\t%s\n", decide(&rules, &plan, JUDGE_NESTED, us,
		    rounds), argv[i]);
		strv_free(&plan.argv);
		free(plan.exe.path);
		free(plan.cwd);
	}
	free(us);
	conf_free(c);
	return (0);
}
