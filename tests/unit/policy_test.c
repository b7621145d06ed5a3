/* SPDX-License-Identifier: ISC */
/*
 * The decision: the strictest verdict wins, and ordinary commands get through.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "common/xconf.h"
#include "supervisor/conf/judge.h"

static struct pattern *
pat(const char *text)
{
	const char *err = NULL;
	struct pattern *p = pattern_new(text, &err);

	if (p == NULL)
		fail_msg("%s: %s", text, err);
	return (p);
}

/* A configuration by hand: policy needs no file. */
struct fixture {
	struct conf		 conf;
	struct conf_skill	 skill;
	struct conf_channel	 ch;
	struct plan		 plan;
	struct strv		 names;
	struct strv		 same;
	struct strv		 interp;
	struct decision		 d;
};

static void
add_pattern(struct patterns *ps, const char *text)
{
	ps->p = xrecallocarray(ps->p, ps->n, ps->n + 1, sizeof(*ps->p));
	ps->p[ps->n++] = pat(text);
}

static void
drop_patterns(struct patterns *ps)
{
	size_t i;

	for (i = 0; i < ps->n; i++)
		pattern_free(ps->p[i]);
	free(ps->p);
	memset(ps, 0, sizeof(*ps));
}

static char dev[] = "dev", cli[] = "cli", empty[] = "";

static void
setup(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	f->skill.name = dev;
	f->skill.dflt = VERDICT_ASK;
	f->ch.name = cli;
	f->ch.access = ACCESS_EXECUTE;
	f->ch.all_skills = 1;
	f->conf.skills = &f->skill;
	f->conf.nskills = 1;
	f->plan.script.path = f->plan.interp_arg = empty;
	add_pattern(&f->skill.allow, "git **");
	add_pattern(&f->skill.allow, "tool *");
	add_pattern(&f->skill.ask, "git push");
	add_pattern(&f->skill.deny, "git push --force");
	add_pattern(&f->skill.deny, "curl");
	add_pattern(&f->conf.approval_patterns, "rm -rf");
	add_pattern(&f->conf.approval_patterns, "DROP TABLE");
	f->skill.destructive = f->conf.approval_patterns;
	f->skill.shell = 1;
	f->skill.execs = EXECS_OFF;
}

static void
teardown(struct fixture *f)
{
	drop_patterns(&f->skill.allow);
	drop_patterns(&f->skill.ask);
	drop_patterns(&f->skill.deny);
	drop_patterns(&f->conf.approval_patterns);
	policy_end(&f->d);
	strv_free(&f->plan.argv);
	strv_free(&f->plan.asked_env);
	strv_free(&f->names);
	strv_free(&f->same);
}

/* Decides on the words of the plan; exe NULL: found as /usr/bin/NAME. */
static enum verdict
decide_words(struct fixture *f, const char *exe)
{
	char path[512];

	strv_free(&f->names);
	(void)snprintf(path, sizeof(path), "/usr/bin/%s", f->plan.argv.v[0]);
	if (exe == NULL)
		strv_add(&f->names, f->plan.argv.v[0]);
	f->plan.exe.path = exe != NULL ? xstrdup(exe) : xstrdup(path);
	policy_end(&f->d);
	conf_decide(&f->d, &f->conf, &f->ch, &f->skill, &f->plan, &f->names,
	    &f->same, f->interp.n != 0 ? &f->interp : NULL);
	free(f->plan.exe.path);
	f->plan.exe.path = NULL;
	return (f->d.verdict);
}

/* On a line split at blanks. */
static enum verdict
decide(struct fixture *f, const char *line, const char *exe)
{
	char *copy = xstrdup(line), *p = copy, *w;

	strv_free(&f->plan.argv);
	while ((w = strsep(&p, " ")) != NULL)
		strv_add(&f->plan.argv, w);
	free(copy);
	return (decide_words(f, exe));
}

static void
test_strictest(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f);
	assert_int_equal(decide(&f, "git status", NULL), VERDICT_ALLOW);
	assert_string_equal(f.d.rule, "skills.dev.allow: git **");
	assert_int_equal(decide(&f, "git push", NULL), VERDICT_ASK);
	assert_string_equal(f.d.rule, "skills.dev.ask: git push");
	assert_int_equal(decide(&f, "git push -f", NULL), VERDICT_DENY);
	assert_string_equal(f.d.rule, "skills.dev.deny: git push --force");
	assert_int_equal(decide(&f, "ls", NULL), VERDICT_ASK);
	assert_string_equal(f.d.rule, "skills.dev.default");
	assert_int_equal(decide(&f, "rm -fr x", NULL), VERDICT_ASK);
	assert_string_equal(f.d.rule, "tools.exec.approvalPatterns: rm -rf");
	/* an allow does not outrun the approval patterns */
	assert_int_equal(decide(&f, "git log drop table", NULL), VERDICT_ASK);
	f.conf.approval = APPROVAL_DENY;
	assert_int_equal(decide(&f, "rm -fr x", NULL), VERDICT_DENY);
	f.conf.approval = APPROVAL_ALWAYS;
	assert_int_equal(decide(&f, "git status", NULL), VERDICT_ASK);
	assert_string_equal(f.d.rule, "tools.exec.approval: always");
	assert_int_equal(decide(&f, "curl x", NULL), VERDICT_DENY);
	f.conf.approval = APPROVAL_ASK;
	/* a default that denies is not softened by the second net */
	f.skill.dflt = VERDICT_DENY;
	assert_int_equal(decide(&f, "rm -rf x", NULL), VERDICT_DENY);
	assert_int_equal(decide(&f, "git push", NULL), VERDICT_ASK);
	teardown(&f);
}

static void
test_channel(void **state)
{
	struct fixture f;
	char why[] = "network \"host\" is not allowed";

	(void)state;
	setup(&f);
	f.ch.access = ACCESS_READ_ONLY;
	assert_int_equal(decide(&f, "git status", NULL), VERDICT_DENY);
	assert_string_equal(f.d.rule, "channels.cli.access");
	f.ch.access = ACCESS_EXECUTE;
	f.ch.all_skills = 0;
	assert_int_equal(decide(&f, "git status", NULL), VERDICT_DENY);
	assert_string_equal(f.d.rule, "channels.cli.skills");
	f.ch.all_skills = 1;
	f.skill.refuse = why;
	assert_int_equal(decide(&f, "git status", NULL), VERDICT_DENY);
	assert_string_equal(f.d.reason, why);
	teardown(&f);
}

/* A command that was found reads as what it is: no two of them alike. */
static void
test_command_text(void **state)
{
	static const struct {
		const char *words[4];
		const char *want;
	} rows[] = {
		{ { "ls", "a", "b", NULL }, "ls a b" },
		{ { "ls", "a b", "", NULL }, "ls \"a b\" \"\"" },
		{ { "ls", "a\"b", "c\\d", NULL },
		    "ls \"a\\\"b\" \"c\\\\d\"" },
		{ { "ls", "-l", "--x=/y/z.c", NULL }, "ls -l --x=/y/z.c" },
		{ { "ls", "a;b", NULL }, "ls \"a;b\"" },
	};
	struct fixture f;
	size_t i, k;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		setup(&f);
		for (k = 0; rows[i].words[k] != NULL; k++)
			strv_add(&f.plan.argv, rows[i].words[k]);
		(void)decide_words(&f, NULL);
		assert_int_not_equal(f.d.nfound, 0);
		assert_string_equal(f.d.found[0].command, rows[i].want);
		teardown(&f);
	}
}

static void
test_environment(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f);
	strv_add(&f.plan.asked_env, "FOO");
	assert_int_equal(decide(&f, "git status", NULL), VERDICT_ASK);
	assert_string_equal(f.d.rule, "environment");
	assert_int_equal(decide(&f, "curl x", NULL), VERDICT_DENY);
	teardown(&f);
}

static void
test_lookalikes(void **state)
{
	static const char *const names[] = { "git\xe2\x80\x8b", "g\xd1\x96t",
	    "\xe2\x80\xaegit", "git\x01", "git\x7f", "git\xff", "git\xc0\x80",
	    "\xef\xbd\x87it", "git\xc2\xa0", "/w\xe2\x80\xae/git" };
	struct strv v = { NULL, 0 };
	struct fixture f;
	size_t i;

	(void)state;
	setup(&f);
	f.skill.dflt = VERDICT_ALLOW;
	for (i = 0; i < NELEM(names); i++) {
		assert_int_equal(decide(&f, names[i], NULL), VERDICT_ASK);
		assert_string_equal(f.d.rule, "name");
	}
	assert_int_equal(decide(&f, "git", NULL), VERDICT_ALLOW);
	/* blanks at the ends, and an empty name */
	strv_free(&f.plan.argv);
	strv_add(&v, "git ");
	f.plan.argv = v;
	f.plan.exe.path = empty;
	policy_end(&f.d);
	conf_decide(&f.d, &f.conf, &f.ch, &f.skill, &f.plan, &f.names,
	    &f.same, NULL);
	assert_int_equal(f.d.verdict, VERDICT_ASK);
	f.plan.argv.v[0][0] = ' ';
	policy_end(&f.d);
	conf_decide(&f.d, &f.conf, &f.ch, &f.skill, &f.plan, &f.names,
	    &f.same, NULL);
	assert_int_equal(f.d.verdict, VERDICT_ASK);
	f.plan.argv.v[0][0] = '\0';
	policy_end(&f.d);
	conf_decide(&f.d, &f.conf, &f.ch, &f.skill, &f.plan, &f.names,
	    &f.same, NULL);
	assert_int_equal(f.d.verdict, VERDICT_ASK);
	teardown(&f);
}

/* A script is what its file is, not what interprets it. */
static void
test_scripts(void **state)
{
	char tool[] = "/usr/local/bin/tool", evil[] = "/work/evil";
	char fake[] = "/work/git", env[] = "-S rm -rf", curl[] = "/w/curl";
	char dash_i[] = "-i", dash_w[] = "-W";
	struct fixture f;

	(void)state;
	setup(&f);
	f.plan.script.path = tool;
	assert_int_equal(decide(&f, "tool x", "/usr/bin/python3"),
	    VERDICT_ALLOW);
	f.plan.script.path = evil;
	assert_int_equal(decide(&f, "./evil x", "/usr/bin/git"), VERDICT_ASK);
	/* a script that is called like what interprets it */
	f.plan.script.path = fake;
	strv_add(&f.same, "git");
	assert_int_equal(decide(&f, "./git status", "/usr/bin/git"),
	    VERDICT_ASK);
	strv_free(&f.same);
	/* denied names count for scripts */
	f.plan.script.path = curl;
	assert_int_equal(decide(&f, "./x y", "/bin/sh"), VERDICT_DENY);
	/* what the #! line adds is part of the command */
	f.plan.script.path = evil;
	f.plan.interp_arg = env;
	assert_int_equal(decide(&f, "./evil", "/usr/bin/env"), VERDICT_ASK);
	assert_string_equal(f.d.rule, "tools.exec.approvalPatterns: rm -rf");
	f.plan.interp_arg = empty;
	/* words of a script are not commands */
	f.skill.dflt = VERDICT_ALLOW;
	assert_int_equal(decide(&f, "./evil curl", "/bin/bash"),
	    VERDICT_ALLOW);
	/* nor are its options those of what interprets it */
	add_pattern(&f.skill.ask, "bash -i");
	assert_int_equal(decide(&f, "./evil -i", "/bin/bash"), VERDICT_ALLOW);
	f.plan.interp_arg = dash_i;
	assert_int_equal(decide(&f, "./evil x", "/bin/bash"), VERDICT_ASK);
	f.plan.interp_arg = empty;
	/* which may be called otherwise than its file */
	add_pattern(&f.skill.ask, "python3 -i");
	assert_int_equal(decide(&f, "./evil x", "/usr/bin/python3.11"),
	    VERDICT_ALLOW);
	strv_add(&f.interp, "python3");
	assert_int_equal(decide(&f, "./evil -i", "/usr/bin/python3.11"),
	    VERDICT_ALLOW);
	f.plan.interp_arg = dash_i;
	assert_int_equal(decide(&f, "./evil x", "/usr/bin/python3.11"),
	    VERDICT_ASK);
	/* the script is the word of this one, and its words are read then */
	f.plan.interp_arg = dash_w;
	assert_int_equal(decide(&f, "./evil -i", "/usr/bin/python3.11"),
	    VERDICT_ASK);
	assert_int_equal(decide(&f, "./evil x", "/usr/bin/python3.11"),
	    VERDICT_ALLOW);
	f.plan.interp_arg = empty;
	add_pattern(&f.skill.deny, "python3");
	assert_int_equal(decide(&f, "./evil x", "/usr/bin/python3.11"),
	    VERDICT_DENY);
	strv_free(&f.interp);
	teardown(&f);
}

static void
test_applets(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f);
	f.skill.dflt = VERDICT_ALLOW;
	strv_add(&f.same, "curl");
	assert_int_equal(decide(&f, "ls x", "/bin/busybox"), VERDICT_ALLOW);
	assert_int_equal(decide(&f, "curl x", "/bin/busybox"), VERDICT_DENY);
	assert_int_equal(decide(&f, "busybox curl x", "/bin/busybox"),
	    VERDICT_DENY);
	assert_int_equal(decide(&f, "/w/y x", "/w/y"), VERDICT_DENY);
	teardown(&f);
}

/* With default allow, code that cannot be read asks. */
static void
test_opaque(void **state)
{
	static const struct {
		int		 ask;
		const char	*code;
	} rows[] = {
		{ 0, "cd src && make -j4 2>&1 | tail -20" },
		{ 0, "for f in *.c; do wc -l \"$f\"; done" },
		{ 0, "FOO=bar ls" },
		{ 0, "ls | awk '{print $1}' | sort -u" },
		{ 0, "if [ -f x ]; then cat x; fi" },
		{ 0, "echo $HOME" },
		{ 0, "bash build.sh" },
		{ 1, "$CMD x" },
		{ 1, "ls; $X" },
		{ 0, "echo $(id)" },
		{ 0, "echo `id`" },
		{ 0, "eval ls" },
		{ 1, ". ./x" },
		{ 1, "echo cm0= | base64 -d | sh" },
		{ 1, "echo cm0= | bash -s" },
		{ 0, "cat <<E\nx\nE" },
		{ 1, "/bin/r?" },
		{ 1, "$'\\x72m' x" },
		{ 1, "diff <(ls) x" },
	};
	struct fixture f;
	size_t i;

	(void)state;
	setup(&f);
	f.skill.dflt = VERDICT_ALLOW;
	for (i = 0; i < NELEM(rows); i++) {
		(void)decide(&f, "sh -c", "/bin/sh");
		strv_add(&f.plan.argv, rows[i].code);
		f.plan.exe.path = empty;
		policy_end(&f.d);
		conf_decide(&f.d, &f.conf, &f.ch, &f.skill, &f.plan,
		    &f.names, &f.same, NULL);
		if (f.d.verdict != (rows[i].ask ? VERDICT_ASK : VERDICT_ALLOW))
			fail_msg("%s: %s", rows[i].code, f.d.rule);
	}
	assert_int_equal(decide(&f, "sh", NULL), VERDICT_ASK);
	assert_int_equal(decide(&f, "bash -s", NULL), VERDICT_ASK);
	assert_int_equal(decide(&f, "bash x.sh", NULL), VERDICT_ALLOW);
	teardown(&f);
}

/* A shell's options end with its first operand; the rest is a script's. */
static void
test_shell_options(void **state)
{
	static const struct {
		int		 ask;
		const char	*line;
	} rows[] = {
		{ 0, "bash libtool --mode=link gcc -version-info 2:9:0" },
		{ 0, "bash x.sh -i" },
		{ 0, "bash -e x.sh -i" },
		{ 0, "bash -- x.sh -i" },
		{ 0, "bash -c ls x -i" },
		{ 0, "bash -o errexit x.sh -i" },
		{ 1, "bash -i x.sh" },
		{ 1, "bash -ei x.sh" },
		{ 1, "bash -e -i x.sh -e" },
		{ 1, "bash -c -i ls" },
		{ 1, "bash -o errexit -i x.sh" },
		{ 1, "bash --rcfile f -i x.sh" },
		{ 1, "env bash -i x.sh" },
		{ 1, "bash -i" },
		{ 1, "bash -o" },
		{ 1, "bash x.sh y" },
		{ 1, "bash z.sh x.sh y" },
	};
	struct fixture f;
	size_t i;

	(void)state;
	setup(&f);
	f.skill.dflt = VERDICT_ALLOW;
	add_pattern(&f.skill.ask, "bash -i");
	add_pattern(&f.skill.ask, "bash x.sh y");
	for (i = 0; i < NELEM(rows); i++)
		if (decide(&f, rows[i].line, NULL) != (rows[i].ask ?
		    VERDICT_ASK : VERDICT_ALLOW))
			fail_msg("%s: %s", rows[i].line, f.d.rule);
	teardown(&f);
}

/* What an agent does all day must pass a policy that allows by default. */
static void
test_realistic(void **state)
{
	static const char *const lines[] = {
		"ls -la", "git status", "git log --oneline -20",
		"git diff HEAD~1 -- src/main.c", "git add -A",
		"git commit -m fix", "make -j4", "make check V=1",
		"cargo build --release", "npm ci", "npm run build",
		"go test ./...", "pytest -rf tests/", "python3 setup.py build",
		"grep -rn pattern src", "rg -n foo", "find . -name *.c",
		"sed -n 1,20p file", "tar czf x.tgz dir", "rm -f x.o",
		"rm -r build", "cp -a a b", "mkdir -p a/b", "cat README.md",
		"gcc -O2 -c x.c -o x.o", "cmake -S . -B build",
		"docker ps -a", "kubectl get pods -n prod", "timeout 60 make",
		"env FOO=bar make", "nice make", "xargs -n1 echo",
		"sort -u x", "wc -l x", "tail -f log", "du -sh .",
	};
	struct fixture f;
	size_t i;

	(void)state;
	setup(&f);
	f.skill.dflt = VERDICT_ALLOW;
	for (i = 0; i < NELEM(lines); i++)
		if (decide(&f, lines[i], NULL) != VERDICT_ALLOW)
			fail_msg("%s: %s", lines[i], f.d.rule);
	teardown(&f);
}

/* What is too large is denied, and quickly. */
static void
test_limits(void **state)
{
	struct fixture f;
	size_t i;

	(void)state;
	setup(&f);
	f.skill.dflt = VERDICT_ALLOW;
	(void)decide(&f, "env", NULL);
	for (i = 0; i < 5000; i++)
		strv_add(&f.plan.argv, "x");
	f.plan.exe.path = empty;
	policy_end(&f.d);
	conf_decide(&f.d, &f.conf, &f.ch, &f.skill, &f.plan, &f.names,
	    &f.same, NULL);
	assert_int_equal(f.d.verdict, VERDICT_DENY);
	assert_string_equal(f.d.rule, "limits");

	/* many words, many patterns: within the limits, and judged */
	(void)decide(&f, "strace", NULL);
	for (i = 0; i < 4000; i++)
		strv_add(&f.plan.argv, i % 2 ? "rm x; rm y" : "rm");
	strv_add(&f.plan.argv, "curl");
	f.plan.exe.path = empty;
	policy_end(&f.d);
	conf_decide(&f.d, &f.conf, &f.ch, &f.skill, &f.plan, &f.names,
	    &f.same, NULL);
	assert_int_equal(f.d.verdict, VERDICT_ASK);

	/* so much to compare that the rest is not worth the time */
	for (i = 0; i < 3000; i++)
		add_pattern(&f.skill.ask, "rm -q --zz one two three");
	(void)decide(&f, "strace", NULL);
	for (i = 0; i < 4000; i++)
		strv_add(&f.plan.argv, "rm rm rm;rm");
	f.plan.exe.path = empty;
	policy_end(&f.d);
	conf_decide(&f.d, &f.conf, &f.ch, &f.skill, &f.plan, &f.names,
	    &f.same, NULL);
	assert_int_equal(f.d.verdict, VERDICT_DENY);
	assert_string_equal(f.d.rule, "limits");
	teardown(&f);
}

static void
test_lines(void **state)
{
	static const struct {
		const char	*line;
		int		 want;	/* -1: cannot be read */
	} rows[] = {
		{ "git status", VERDICT_ALLOW },
		{ "git push 'a b'", VERDICT_ASK },
		{ "env curl x", VERDICT_DENY },
		{ "ls", VERDICT_ASK },
		{ "ls | cat", -1 },
		{ "ls 'x", -1 },
		{ "", -1 },
		{ "echo $HOME", -1 },
	};
	struct fixture f;
	struct rules rules;
	enum verdict v;
	size_t i;
	int rc;

	(void)state;
	setup(&f);
	for (i = 0; i < NELEM(rows); i++) {
		conf_rules(&rules, &f.conf, &f.skill);
		rc = policy_test(&rules, rows[i].line, 0, &v);
		if (rows[i].want == -1)
			assert_int_equal(rc, -1);
		else {
			assert_int_equal(rc, 0);
			assert_int_equal(v, rows[i].want);
		}
	}
	teardown(&f);
}

/* Long rules are cut at a character, and nothing is overrun. */
static void
test_cut(void **state)
{
	char text[1000] = "git ";
	struct fixture f;
	size_t i;

	(void)state;
	setup(&f);
	for (i = 4; i + 3 < 900; i += 3)
		memcpy(text + i, "\xe2\x82\xac", 4);
	add_pattern(&f.skill.deny, text);
	assert_int_equal(decide(&f, text, NULL), VERDICT_DENY);
	i = strlen(f.d.rule);
	assert_in_range(i, 250, 255);
	assert_memory_equal(f.d.rule + i - 3, "\xe2\x82\xac", 3);
	teardown(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strictest),
		cmocka_unit_test(test_channel),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_command_text),
		cmocka_unit_test(test_lookalikes),
		cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_applets),
		cmocka_unit_test(test_opaque),
		cmocka_unit_test(test_shell_options),
		cmocka_unit_test(test_realistic),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_cut),
	};

	return (cmocka_run_group_tests_name("policy", tests, NULL, NULL));
}
