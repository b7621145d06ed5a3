/* SPDX-License-Identifier: ISC */
/*
 * What is told of a sound configuration before anybody starts with it: what
 * its patterns do to each other, and what they do not say.
 */
#include "config.h"

#include "common/buf.h"
#include "common/policy/policy.h"
#include "supervisor/conf/review.h"
#include "tests/unit/conf_util.h"

#define HEAD	"{ \"channels\": { \"c\": { \"users\": [\"bob\"], "	\
		"\"skills\": [\"s\"] } },\n"				\
		"\"approvals\": { \"approvers\": [\"alice\"] },\n"	\
		"\"skills\": { \"s\": { \"execsDefault\": \"ask\",\n"
#define TAIL	"\n} } }"

struct heard {
	FILE	*f;
	size_t	 errors;
	size_t	 notes;
};

static void
hear(void *arg, const struct conf_said *s)
{
	struct heard *h = arg;

	h->errors += !s->note;
	h->notes += s->note != 0;
	fprintf(h->f, "%u %s %s\n", s->line, s->key, s->text);
}

/* What is told of it, to be freed. */
static char *
told(const char *text, struct heard *h)
{
	struct conf_ear ear = { .hear = hear, .arg = h };
	struct conf *c;
	char *all;
	size_t n;

	memset(h, 0, sizeof(*h));
	h->f = open_memstream(&all, &n);
	assert_non_null(h->f);
	c = conf_draft_text("f", text, strlen(text), &ear, review_policy);
	(void)fclose(h->f);
	assert_int_equal(c == NULL, h->errors != 0);
	conf_free(c);
	return (all);
}

/* Of these keys of a skill that, and nothing else. */
static void
says(const char *keys, const char *want)
{
	struct heard h;
	char *text, *got;

	xasprintf(&text, "%s%s%s", HEAD, keys, TAIL);
	got = told(text, &h);
	if (strcmp(got, want) != 0)
		fail_msg("%s\nwant: %s\ngot:  %s", keys, want, got);
	free(got);
	free(text);
}

static void
test_silent(void **state)
{
	(void)state;
	says("\"allow\": [\"ls **\", \"cat *\", \"make\", \"[ **\"],\n"
	    "\"ask\": [\"rm -r\", \"git push\"], \"deny\": [\"sudo\"],\n"
	    "\"approvalPatterns\": [\"DROP TABLE\", \"rsync --delete\"]", "");
	/* a star may be what the pattern needs it to be */
	says("\"allow\": [\"xxd -l * *\", \"timeout 5 make **\"]", "");
	/* wider ones behind narrower ones */
	says("\"allow\": [\"ls\", \"ls *\", \"ls **\"]", "");
	says("\"deny\": [\"git push --force\", \"git push\"]", "");
}

static void
test_stricter(void **state)
{
	(void)state;
	says("\"allow\": [\"ls **\", \"curl --version\"],\n"
	    "\"ask\": [\"curl\"]",
	    "4 skills.s.allow[1] \"curl --version\" allows nothing: "
	    "skills.s.ask: curl (f:5)\n");
	says("\"ask\": [\"git push --force\"],\n\"deny\": [\"git push\"]",
	    "4 skills.s.ask[0] \"git push --force\" never asks: "
	    "skills.s.deny: git push (f:5)\n");
	says("\"approvalPatterns\": [\"rm -rf\"],\n\"deny\": [\"rm\"]",
	    "4 skills.s.approvalPatterns[0] \"rm -rf\" never asks: "
	    "skills.s.deny: rm (f:5)\n");
	/* only some of its commands are asked about */
	says("\"allow\": [\"git **\"], \"ask\": [\"git push\"]",
	    "4 skills.s.allow[0] \"git **\" does not cover what runs a "
	    "program, loads code or writes a file: -c --config-env "
	    "--exec-path --upload-pack --receive-pack\n"
	    "4 skills.s.allow[0] \"git **\" does not cover what is no "
	    "command of git's own\n");
}

static void
test_nothing_new(void **state)
{
	(void)state;
	says("\"allow\": [\"ls **\",\n\"ls -l **\",\n\"ls **\"]",
	    "4 skills.s.allow[0] \"ls **\" stands there more than once\n"
	    "5 skills.s.allow[1] \"ls -l **\" adds nothing to "
	    "skills.s.allow: ls ** (f:4)\n");
	says("\"deny\": [\"sudo\",\n\"sudo id\"]",
	    "5 skills.s.deny[1] \"sudo id\" adds nothing to skills.s.deny: "
	    "sudo (f:4)\n");
	/* a star does not stand for what runs a program: that one does add */
	says("\"allow\": [\"sort **\",\n\"sort -o * **\"]",
	    "4 skills.s.allow[0] \"sort **\" does not cover what runs a "
	    "program, loads code or writes a file: -o --output "
	    "--compress-program\n"
	    "5 skills.s.allow[1] \"sort -o * **\" does not cover what runs a "
	    "program, loads code or writes a file: --output "
	    "--compress-program\n");
}

static void
test_bare(void **state)
{
	(void)state;
	says("\"allow\": [\"sh\"]", "4 skills.s.allow[0] \"sh\" allows "
	    "whatever its input tells a shell to run\n");
	says("\"allow\": [\"bash **\"]", "4 skills.s.allow[0] \"bash **\" "
	    "allows whatever a shell can run\n"
	    "4 skills.s.allow[0] \"bash **\" does not cover what runs a "
	    "program, loads code or writes a file: -c --rcfile --init-file\n");
	says("\"allow\": [\"python3\"]", "4 skills.s.allow[0] \"python3\" "
	    "allows whatever code its input is\n");
	says("\"allow\": [\"timeout **\"]", "4 skills.s.allow[0] "
	    "\"timeout **\" allows every program behind it; where the "
	    "program is allowed, it need not be\n");
	says("\"allow\": [\"**\"]", "4 skills.s.allow[0] \"**\" allows every "
	    "program, and interpreters with files of code; but none that runs "
	    "what its words name\n");
}

/* What any star allows, as the note has it. */
static void
test_any(void **state)
{
	static const struct {
		const char	*line;
		enum verdict	 verdict;
	} t[] = {
		{ "frobnicate -x", VERDICT_ALLOW },
		{ "python3 a.py", VERDICT_ALLOW },
		{ "python3 -c id", VERDICT_ASK },
		{ "sh a.sh", VERDICT_ASK },
		{ "sudo id", VERDICT_ASK },
		{ "busybox sh a.sh", VERDICT_ASK },
	};
	struct strv argv = { NULL, 0 };
	struct patterns all = { NULL, 0 }, none = { NULL, 0 };
	struct rules r = { .skill = "s", .allow = &all, .ask = &none,
	    .deny = &none, .dflt = VERDICT_ASK, .destructive = &none };
	const char *err = NULL;
	struct pattern *p = pattern_new("**", &err);
	struct decision d;
	size_t i;

	(void)state;
	assert_non_null(p);
	all.p = &p;
	all.n = 1;
	for (i = 0; i < NELEM(t); i++) {
		assert_int_equal(policy_words(t[i].line, &argv), 0);
		policy_try(&d, &r, &argv, 1);
		policy_end(&d);
		strv_free(&argv);
		if (d.verdict != t[i].verdict)
			fail_msg("%s: %s", t[i].line,
			    verdict_words[d.verdict]);
		assert_ptr_equal(d.by, d.verdict == VERDICT_ALLOW ? p : NULL);
	}
	pattern_free(p);
}

static void
test_skills(void **state)
{
	struct heard h;
	char *got;

	(void)state;
	says("\"execs\": \"off\", \"deny\": [\"x\"]",
	    "4 skills.s.execs with \"off\" a program is found only where a "
	    "request tells of it: what a script or a build starts in turn no "
	    "pattern of ask or deny holds back\n");
	got = told("{ \"channels\": { \"c\": { \"users\": [\"bob\"], "
	    "\"skills\": [] } }, \"skills\": { \"s\": { \"default\": "
	    "\"allow\" } } }", &h);
	assert_string_equal(got, "1 skills.s no channel has this skill: "
	    "nobody may ask for it\n");
	free(got);
}

/* Errors are told as ever, and then nothing is reviewed. */
static void
test_errors(void **state)
{
	(void)state;
	says("\"allow\": [\"sh\", \"a | b\"]",
	    "4 skills.s.allow[1] bad pattern \"a | b\": a pattern is one "
	    "command; put shell operators in quotes if they are meant as "
	    "words\n");
	says("\"deny\": [\"sudo\"], \"tests\": { \"allow\": [\"sudo id\"] }",
	    "4 skills.s.tests.allow[0] \"sudo id\" must get allow, but gets "
	    "deny\n");
}

/* Notes that have no place any more are counted, and are no errors. */
static void
test_many(void **state)
{
	struct heard h;
	struct buf b;
	char *text, *got;
	size_t i, k;

	(void)state;
	buf_init(&b, 1024 * 1024);
	buf_printf(&b, "{ \"channels\": { \"c\": { \"users\": [\"bob\"], "
	    "\"skills\": [] } }, \"skills\": {");
	for (k = 0; k < 14; k++) {
		buf_printf(&b, "\"s%zu\": { \"default\": \"allow\", "
		    "\"allow\": [", k);
		for (i = 0; i < 1000; i++)
			buf_printf(&b, "\"sh **\",");
		buf_printf(&b, "] },");
	}
	buf_printf(&b, "} }");
	text = xstrndup((const char *)b.data, b.len);
	buf_free(&b);
	got = told(text, &h);
	assert_int_equal(h.errors, 0);
	assert_int_equal(h.notes, 10001);
	assert_non_null(strstr(got, " more notes are not listed\n"));
	free(got);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_stricter),
		cmocka_unit_test(test_nothing_new),
		cmocka_unit_test(test_bare),
		cmocka_unit_test(test_any),
		cmocka_unit_test(test_skills),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_many),
	};

	conf_ops = &fake;
	return (cmocka_run_group_tests_name("conf_review", tests, NULL,
	    NULL));
}
