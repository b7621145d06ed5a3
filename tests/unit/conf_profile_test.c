/* SPDX-License-Identifier: ISC */
/* skills.NAME.profile: what is added to a skill, and whose file it may be. */
#include "config.h"

#include "tests/unit/conf_util.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include "supervisor/conf/judge.h"

#define SKILL(more)	"{ \"skills\": { \"default\": {\n" \
    "\"profile\": \"p\", " more " } } }"

static char dir[] = "/tmp/conf_profile.XXXXXX";

static const char profile[] =
    "// a profile\n"
    "{ \"allow\": [\"ls **\", \"cat **\"],\n"
    "  \"ask\": [\"rm\"],\n"
    "  \"deny\": [\"sudo\"],\n"
    "  \"tests\": { \"allow\": [\"ls -l\"], \"ask\": [\"rm a\", \"make\"],\n"
    "    \"deny\": [\"sudo id\"] } }\n";

static void
put(const char *name, const char *text, mode_t mode)
{
	char path[128];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	(void)unlink(path);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	(void)fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

static void
gone(const char *name)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(unlink(path), 0);
}

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return (-1);
	return (setenv("CLAWBOT_PROFILES", dir, 1));
}

static int
teardown(void **state)
{
	(void)state;
	return (rmdir(dir));
}

static char *
printed(const struct conf *c)
{
	char *out = NULL;
	size_t n;
	FILE *f = open_memstream(&out, &n);

	assert_non_null(f);
	conf_print(c, f);
	(void)fclose(f);
	return (out);
}

/* What a request of these words gets, and by which rule. */
static void
wants(const struct conf *c, const char *line, enum verdict want,
    const char *rule)
{
	struct strv names, same = { NULL, 0 };
	struct decision d;
	struct plan plan;
	char buf[64], *word, *rest = buf;

	memset(&plan, 0, sizeof(plan));
	(void)snprintf(buf, sizeof(buf), "%s", line);
	while ((word = strsep(&rest, " ")) != NULL)
		strv_add(&plan.argv, word);
	names.v = plan.argv.v;
	names.n = 1;
	plan.exe.path = plan.argv.v[0];
	conf_decide(&d, c, &c->channels[0], &c->skills[0], &plan, &names,
	    &same, NULL);
	assert_int_equal(d.verdict, want);
	assert_string_equal(d.rule, rule);
	policy_end(&d);
	strv_free(&plan.argv);
}

static void
test_added(void **state)
{
	struct conf *c;

	(void)state;
	put("p.conf", profile, 0644);
	c = good(SKILL("\"allow\": [\"make\", \"rm **\"], "
	    "\"ask\": [\"cat secret\"], \"deny\": [\"ls /\"]"));
	assert_string_equal(c->skills[0].profile, "p");
	assert_int_equal(c->skills[0].allow.n, 4);
	wants(c, "make", VERDICT_ALLOW, "skills.default.allow: make");
	wants(c, "ls -l", VERDICT_ALLOW, "profile p: ls **");
	/* the strictest wins, whoever says it */
	wants(c, "ls /", VERDICT_DENY, "skills.default.deny: ls /");
	wants(c, "cat secret", VERDICT_ASK, "skills.default.ask: cat secret");
	wants(c, "rm a", VERDICT_ASK, "profile p: rm");
	wants(c, "sudo id", VERDICT_DENY, "profile p: sudo");
	wants(c, "other", VERDICT_ASK, "skills.default.default");
	/* its programs are looked up as the skill's own */
	assert_true(strv_has(&c->skills[0].programs, "sudo"));
	conf_free(c);
	/* the skill's own tests are about both */
	conf_free(good(SKILL("\"deny\": [\"ls /\"], \"tests\": { "
	    "\"allow\": [\"ls -l\"], \"deny\": [\"sudo a\", \"ls /\"] }")));
	bad(SKILL("\"tests\": { \"ask\": [\"ls -l\"] }"),
	    "f:2:36: skills.default.tests.ask[0]: \"ls -l\" must get ask, "
	    "but gets allow\n");
	/* where the pattern is written */
	c = good(SKILL(""));
	assert_int_equal(strncmp(pattern_where(c->skills[0].deny.p[0]), dir,
	    strlen(dir)), 0);
	assert_non_null(strstr(pattern_where(c->skills[0].deny.p[0]),
	    "/p.conf:4"));
	conf_free(c);
	c = good("{ \"skills\": { \"default\": { \"profile\": \"none\" } } }");
	assert_null(c->skills[0].profile);
	assert_int_equal(c->skills[0].allow.n, 0);
	conf_free(c);
	gone("p.conf");
}

/* Destructive for this skill: of all, of its own, and of its profile. */
static void
test_destructive(void **state)
{
	struct conf *c;

	(void)state;
	put("p.conf", "{ \"allow\": [\"rm **\"], "
	    "\"approvalPatterns\": [\"rm -r\"], "
	    "\"tests\": { \"ask\": [\"rm -rf a\"] } }", 0644);
	c = good("{ \"tools\": { \"exec\": { \"approvalPatterns\": "
	    "[\"shred\"] } }, \"skills\": { \"default\": { "
	    "\"profile\": \"p\", \"default\": \"allow\", "
	    "\"approvalPatterns\": [\"wipe\"] }, \"other\": {} } }");
	assert_int_equal(c->skills[0].destructive.n, 3);
	assert_int_equal(c->skills[1].destructive.n, 1);
	wants(c, "shred a", VERDICT_ASK, "tools.exec.approvalPatterns: shred");
	wants(c, "wipe a", VERDICT_ASK,
	    "skills.default.approvalPatterns: wipe");
	wants(c, "rm -rf a", VERDICT_ASK, "profile p: rm -r");
	wants(c, "rm a", VERDICT_ALLOW, "profile p: rm **");
	assert_true(strv_has(&c->skills[0].programs, "wipe"));
	assert_false(strv_has(&c->skills[1].programs, "wipe"));
	conf_free(c);
	gone("p.conf");
	/* as the destructive of all, they need somebody to approve */
	bad_with("{ \"skills\": { \"default\": { \"default\": \"allow\", "
	    "\"approvalPatterns\": [\"wipe\"] } }, \"approvals\": { "
	    "\"approvers\": [] } }",
	    "nobody could approve what skills.default.approvalPatterns");
}

static void
test_printed(void **state)
{
	char *one, *two;
	struct conf *c;

	(void)state;
	put("p.conf", profile, 0600);
	c = good(SKILL("\"allow\": [\"cat **\", \"make\"]"));
	assert_int_equal(c->skills[0].allow.n, 3);
	one = printed(c);
	conf_free(c);
	assert_non_null(strstr(one, "\"profile\": \"p\""));
	assert_non_null(strstr(one, "\"sudo\""));
	c = good(one);
	two = printed(c);
	assert_string_equal(one, two);
	wants(c, "cat a", VERDICT_ALLOW, "profile p: cat **");
	conf_free(c);
	free(one);
	free(two);
	gone("p.conf");
}

/* Two skills with it, and it is in the policy's text once. */
static void
test_text(void **state)
{
	struct conf *c;
	char *at;

	(void)state;
	put("p.conf", profile, 0644);
	c = good("{ \"skills\": { \"a\": { \"profile\": \"p\" }, "
	    "\"b\": { \"profile\": \"p\" } } }");
	at = strstr(c->text, "// a profile");
	assert_non_null(at);
	assert_null(strstr(at + 1, "// a profile"));
	assert_int_equal(c->textlen, strlen(c->text));
	conf_free(c);
	gone("p.conf");
}

/* What a profile says of a skill that does not say it itself. */
static void
test_given(void **state)
{
	char *one, *two;
	struct conf *c;

	(void)state;
	put("p.conf", "{ \"skill\": { \"default\": \"allow\", "
	    "\"home\": true, \"network\": \"loopback\", "
	    "\"runAs\": \"caller\", \"protect\": [\"x\"], "
	    "\"env\": { \"A\": \"1\", \"B\": \"2\" }, "
	    "\"limits\": { \"processes\": 9, \"tmpMB\": 7 } } }", 0644);
	c = good("{ \"skills\": { \"default\": { \"profile\": \"p\", "
	    "\"network\": \"none\", \"env\": { \"B\": \"3\", "
	    "\"C\": \"4\" }, \"limits\": { \"tmpMB\": 5 } }, "
	    "\"other\": {}, \"again\": { \"profile\": \"p\" } } }");
	wants(c, "make", VERDICT_ALLOW, "skills.default.default");
	assert_int_equal(c->skills[0].home, 1);
	assert_int_equal(c->skills[0].run_as_caller, 1);
	assert_int_equal(c->skills[0].network, PLAN_NET_NONE);
	assert_int_equal(c->skills[0].protect.n, 1);
	assert_int_equal(c->skills[0].limits.processes, 9);
	assert_int_equal(c->skills[0].limits.tmp_mb, 5);
	assert_int_equal(c->skills[0].env.n, 3);
	assert_true(strv_has(&c->skills[0].env, "A=1"));
	assert_true(strv_has(&c->skills[0].env, "B=3"));
	assert_true(strv_has(&c->skills[0].env, "C=4"));
	/* nothing of it is another skill's */
	assert_int_equal(c->skills[1].dflt, VERDICT_ASK);
	assert_int_equal(c->skills[1].home, 0);
	assert_int_equal(c->skills[1].env.n, 0);
	assert_int_equal(c->skills[2].env.n, 2);
	assert_int_equal(c->skills[2].network, PLAN_NET_LOOPBACK);
	one = printed(c);
	conf_free(c);
	c = good(one);
	two = printed(c);
	assert_string_equal(one, two);
	conf_free(c);
	free(one);
	free(two);
	gone("p.conf");
}

static void
bad_profile(const char *text, const char *part)
{
	char *want;

	put("p.conf", text, 0644);
	xasprintf(&want, "%s/p.conf:%s", dir, part);
	bad_with(SKILL(""), want);
	free(want);
	bad_with(SKILL(""), "f:2:12: skills.default.profile: profile \"p\": ");
}

static void
test_broken(void **state)
{
	(void)state;
	bad_profile("{", "1:2: expected a key");
	bad_profile("{\n \"alow\": [] }", "2:2: unknown key \"alow\", did you "
	    "mean \"allow\"?");
	bad_profile("{ \"default\": \"allow\" }", "1:3: unknown key");
	bad_profile("{ \"skill\": { \"write\": [\"/srv\"] } }",
	    "1:23: skill.write: is for each skill to say");
	bad_profile("{ \"skill\": { \"hom\": true } }",
	    "1:21: skill.hom: is no key of a skill");
	bad_profile("{ \"skill\": { \"limits\": { \"tmpMB\": -1 } } }",
	    "1:35: skill.limits.tmpMB: ");
	bad_profile("{ \"skill\": [] }", "1:12: skill: must be");
	bad_profile("{ \"skill\": { \"env\": { \"PATH\": \"/\" } } }",
	    "1:31: skill.env.PATH: bad name of a variable");
	bad_profile("{ \"allow\": [\"ls 'x\"] }",
	    "1:13: allow[0]: bad pattern");
	bad_profile("{ \"allow\": [\"ls **\"],\n"
	    "\"tests\": { \"ask\": [\"ls\"] } }", "2:20: tests.ask[0]: "
	    "\"ls\" must get ask, but gets allow");
	gone("p.conf");
}

/* It is told once, where several skills have it. */
static void
test_once(void **state)
{
	char *errs, *at;

	(void)state;
	put("p.conf", "{ \"alow\": [] }", 0644);
	assert_null(load("{ \"skills\": { \"a\": { \"profile\": \"p\" }, "
	    "\"b\": { \"profile\": \"p\" } } }", &errs));
	at = strstr(errs, "alow");
	assert_non_null(at);
	assert_null(strstr(at + 1, "alow"));
	assert_non_null(strstr(errs, "skills.a.profile: "));
	assert_non_null(strstr(errs, "skills.b.profile: "));
	free(errs);
	gone("p.conf");
}

static void
test_unknown(void **state)
{
	char path[128], link_path[128];

	(void)state;
	bad_with(SKILL(""), "f:2:12: skills.default.profile: unknown profile "
	    "\"p\", there are none (in ");
	put("b.conf", "{}", 0644);
	put("a.conf", "{}", 0644);
	put("c.conf~", "{}", 0644);
	put(".conf", "{}", 0644);
	bad_with(SKILL(""), "unknown profile \"p\", there are a, b and none");
	bad_with("{ \"skills\": { \"default\": { \"profile\": \"../a\" } } }",
	    "unknown profile \"../a\"");
	bad_with("{ \"skills\": { \"default\": { \"profile\": 1 } } }",
	    "must be a string");
	if (geteuid() == 0) {
		put("p.conf", profile, 0664);
		bad_with(SKILL(""), "is writable by group or others");
		put("p.conf", profile, 0644);
		(void)snprintf(path, sizeof(path), "%s/p.conf", dir);
		assert_int_equal(chown(path, 1, 1), 0);
		bad_with(SKILL(""), "is not owned by root");
		(void)snprintf(link_path, sizeof(link_path), "%s/a.conf", dir);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(symlink(link_path, path), 0);
		bad_with(SKILL(""), "is a symbolic link");
		gone("p.conf");
	}
	gone("a.conf");
	gone("b.conf");
	gone("c.conf~");
	gone(".conf");
}

static void
test_many(void **state)
{
	char *text = NULL, *conf;
	size_t n, i;
	FILE *f;

	(void)state;
	put("p.conf", profile, 0644);
	f = open_memstream(&text, &n);
	assert_non_null(f);
	for (i = 0; i < CONF_MAXPATTERNS - 1; i++)
		fprintf(f, "\"x%zu\", ", i);
	(void)fclose(f);
	xasprintf(&conf, "{ \"skills\": { \"default\": { \"profile\": \"p\", "
	    "\"allow\": [%s] } } }", text);
	bad_with(conf, "more than 1024 patterns, with those of the profile");
	free(conf);
	free(text);
	gone("p.conf");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_added),
		cmocka_unit_test(test_destructive),
		cmocka_unit_test(test_printed),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_many),
	};

	conf_ops = &fake;
	return (cmocka_run_group_tests_name("conf profile", tests, setup,
	    teardown));
}
