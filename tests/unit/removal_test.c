/* SPDX-License-Identifier: ISC */
/*
 * What removes files below the request's directory alone, by a grammar that is
 * certain, does not ask when something else started it; what could remove
 * anything else does.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "common/policy/policy.h"
#include "common/xmalloc.h"

#define TOP	"/srv/p"

static const char *const asked[] = { "rm -r", "cmake -E rm -r",
    "cmake -E remove_directory", "tar --remove-files", "git clean -f",
    "find -delete", "rsync --delete", "shred" };
#define NASKED	(sizeof(asked) / sizeof(asked[0]))

static struct pattern *patterns[NASKED];
static char *grant[] = { (char *)(uintptr_t)TOP };

/* Split at blanks: for strv_free. */
static void
words(struct strv *v, const char *line)
{
	char *copy = xstrdup(line), *p, *save = NULL;

	memset(v, 0, sizeof(*v));
	for (p = strtok_r(copy, " ", &save); p != NULL;
	    p = strtok_r(NULL, " ", &save))
		strv_add(v, p);
	free(copy);
}

static enum verdict
verdict_of(const char *line, const char *cwd, enum judge_how how, int linked)
{
	struct patterns all = { .p = patterns, .n = NASKED };
	struct patterns empty = { .p = NULL };
	struct strv none = { NULL, 0 }, write = { grant, 1 };
	struct circumstances at = { .how = how, .execs = 1,
	    .execs_default = VERDICT_ALLOW, .top = TOP, .linked = linked };
	struct rules u;
	struct plan plan;
	struct decision d;
	char *path;

	memset(&u, 0, sizeof(u));
	u.skill = "test";
	u.allow = u.ask = u.deny = &empty;
	u.destructive = &all;
	u.dflt = VERDICT_ALLOW;
	u.approval = APPROVAL_ASK;
	u.write = &write;
	memset(&plan, 0, sizeof(plan));
	words(&plan.argv, line);
	xasprintf(&path, "/usr/bin/%s", plan.argv.v[0]);
	plan.exe.path = path;
	plan.cwd = (char *)(uintptr_t)cwd;
	policy_begin(&d);
	policy_decide(&d, &u, &plan, &none, &none, &at);
	policy_end(&d);
	strv_free(&plan.argv);
	free(path);
	return (d.verdict);
}

static void
nested(const char *line, const char *cwd, enum verdict want)
{
	if (verdict_of(line, cwd, JUDGE_NESTED, 0) != want)
		fail_msg("%s in %s: not %s", line, cwd, want == VERDICT_ALLOW ?
		    "allowed" : "asked");
	/* by a link it could be anywhere */
	if (verdict_of(line, cwd, JUDGE_NESTED, 1) != VERDICT_ASK &&
	    strstr(line, "/tmp/") == NULL)
		fail_msg("%s in %s: allowed by a link", line, cwd);
	/* what a request removes, or its own shell, is asked about */
	if (strstr(line, "/tmp/") == NULL && verdict_of(line, cwd,
	    JUDGE_DIRECT, 0) != VERDICT_ASK)
		fail_msg("%s in %s: not asked where it is direct", line, cwd);
}

static void
test_below(void **state)
{
	static const char *const lines[] = { "rm -rf build",
	    "rm -rf ./build a/b", "busybox rm -rf build",
	    "cmake -E rm -rf build", "cmake -E rm -r -f -- build x",
	    "cmake -E remove_directory build", "cmake -E rm -rf /tmp/x",
	    "tar --remove-files -cf a.tar src", "tar cf a.tar --remove-fil x",
	    "find build -name x -delete", "busybox find build -delete",
	    "git clean -fdx", "git clean -f -d -- src", "git clean -fdq",
	    "rsync -a --delete src/ dst/" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		nested(lines[i], TOP "/sub", VERDICT_ALLOW);
	nested("git clean -fdx", TOP, VERDICT_ALLOW);
}

static void
test_elsewhere(void **state)
{
	static const char *const lines[] = { "rm -rf ../..", "rm -rf .",
	    "busybox rm -rf ../..", "busybox rm -rf /srv",
	    "cmake -E rm -rf ../..", "cmake -E rm -rf /srv/other",
	    "cmake -E remove_directory ..", "cmake -E rm -rf /srv/p",
	    "tar --remove-files -cf a.tar ../../x",
	    "tar --remove-files -C / -cf a.tar x",
	    "tar cCf / a.tar --remove-files x",
	    "tar --remove-files --directory=/ -cf a.tar x",
	    "tar --remove-files -T list -cf a.tar",
	    "tar --remove-files --files-from=list -cf a.tar",
	    "find .. -delete", "find -delete", "busybox find / -delete",
	    "git clean -fdx ..", "git clean -fdx -- ../..",
	    "git clean -fdx :/", "git -C /srv/other clean -fdx",
	    "git clean -f --pathspec-from-file=x",
	    "rsync -a --delete src/ ../../", "rsync -a --delete src/ host:/x",
	    "rsync -a --delete /etc/ /srv/other/" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		nested(lines[i], TOP "/sub", VERDICT_ASK);
	nested("git clean -fdx", "/srv/other", VERDICT_ASK);
	nested("git clean -fdx", "/srv/pp", VERDICT_ASK);
	nested("git clean -fdx", "/srv", VERDICT_ASK);
}

static int
removes(const char *path, const char *line)
{
	struct strv v;
	int r;

	words(&v, line);
	r = policy_removes(path, &v);
	strv_free(&v);
	return (r);
}

/* Where links are looked for. */
static void
test_looked_at(void **state)
{
	(void)state;
	assert_true(removes("/usr/bin/rm", "rm x"));
	assert_true(removes("/usr/bin/busybox", "busybox rm x"));
	assert_true(removes("/usr/bin/busybox", "rm x"));
	assert_true(removes("/usr/bin/cmake", "cmake -E rm x"));
	assert_true(removes("/usr/bin/git", "git clean -f x"));
	assert_true(removes("/usr/bin/tar", "tar --remove-files -cf a x"));
	assert_true(removes("/usr/bin/rsync", "rsync --delete a b"));
	assert_false(removes("/usr/bin/busybox", "busybox"));
	assert_false(removes("/usr/bin/busybox", "busybox ls x"));
	assert_false(removes("/usr/bin/cmake", "cmake --build x"));
	assert_false(removes("/usr/bin/git", "git status"));
	assert_false(removes("/usr/bin/tar", "tar xf a"));
	assert_false(removes("/usr/bin/rsync", "rsync a b"));
	assert_false(removes("/usr/bin/true", "true"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_below),
		cmocka_unit_test(test_elsewhere),
		cmocka_unit_test(test_looked_at),
	};
	const char *why;
	size_t i;

	for (i = 0; i < NASKED; i++)
		if ((patterns[i] = pattern_new(asked[i], &why)) == NULL)
			return (1);
	return (cmocka_run_group_tests_name("removal", tests, NULL, NULL));
}
