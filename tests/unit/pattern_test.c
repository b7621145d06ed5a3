/* SPDX-License-Identifier: ISC */
/*
 * Command patterns: what is one, which file a name means, and the text net.
 * What they find and cover is in tests/judging.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "common/policy/policy.h"

#define MAXW	24

/* argv from a list of words ended by NULL, without copies. */
static void
words(struct strv *sv, const char *const *v)
{
	memset(sv, 0, sizeof(*sv));
	while (*v != NULL)
		strv_add(sv, *v++);
}

static struct pattern *
pat(const char *text)
{
	const char *err = NULL;
	struct pattern *p = pattern_new(text, &err);

	if (p == NULL)
		fail_msg("%s: %s", text, err);
	return (p);
}

/* The name counts for the file it resolves to, not for what it looks like. */
static void
test_identity(void **state)
{
	static const char *const git[] = { "git", "status", NULL };
	static const char *const fake[] = { "/work/git", "status", NULL };
	static const char *const ls[] = { "ls", "status", NULL };
	struct strv argv, names = { NULL, 0 }, none = { NULL, 0 };
	struct pattern *p = pat("git status");

	(void)state;
	strv_add(&names, "git");
	words(&argv, git);
	assert_true(pattern_covers(p, &argv, &names, "/usr/bin/git"));
	assert_false(pattern_covers(p, &argv, &none, "/usr/bin/git"));
	strv_free(&argv);
	words(&argv, fake);
	assert_false(pattern_covers(p, &argv, &none, "/work/git"));
	strv_free(&argv);
	/* busybox: same file, other program */
	words(&argv, ls);
	assert_false(pattern_covers(p, &argv, &names, "/bin/busybox"));
	strv_free(&argv);
	strv_free(&names);
	pattern_free(p);
}

static void
test_text(void **state)
{
	static const struct {
		const char	*pattern;
		int		 found;
		const char	*argv[MAXW];
	} rows[] = {
		{ "DROP TABLE", 1, { "psql", "-c", "drop  table x" } },
		{ "DROP TABLE", 1, { "psql", "-c", "Drop\n\tTable x" } },
		{ "DROP TABLE", 1, { "psql", "-c", "drop", "table" } },
		{ "DROP TABLE", 0, { "psql", "-c", "select 1" } },
		{ "rm -rf", 1, { "echo", "rm", "-rf" } },
		{ "curl * | sh", 1, { "bash", "-c", "curl -s h | sh" } },
		{ "curl * | sh", 0, { "bash", "-c", "curl -s h" } },
		{ "a ** b", 1, { "a", "b" } },
		{ "a ** b", 0, { "b", "a" } },
		{ "**", 1, { "x" } },
		/* no word is cut, but beside a star */
		{ "rm -rf", 0, { "echo", "confirm -rf" } },
		{ "rm -rf", 0, { "echo", "rm -rfoo" } },
		{ "rm -rf", 1, { "echo", "(rm -rf)" } },
		{ "rm -rf", 1, { "echo", "confirm -rf; rm -rf" } },
		{ "DROP TABLE", 0, { "echo", "backdrop tables" } },
		{ "mkfs*", 1, { "echo", "mkfs.ext4" } },
		{ "*rm", 1, { "echo", "confirm" } },
	};
	struct pattern *p;
	struct strv argv;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		p = pat(rows[i].pattern);
		words(&argv, rows[i].argv);
		if (pattern_in_text(p, &argv) != rows[i].found)
			fail_msg("row %zu: %s", i, rows[i].pattern);
		strv_free(&argv);
		pattern_free(p);
	}
}

static void
test_bad_patterns(void **state)
{
	static const char *const bad[] = { "", "   ", "'", "ls \"x", "a** b",
	    "ls ***", "-rf", "<ls", "ls <**",
	    "ls ** <x", "ls\n-l", "''", "ls \\", "/", "/usr/bin/",
	    "x\x7f" };
	const char *err;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(bad); i++) {
		err = NULL;
		assert_null(pattern_new(bad[i], &err));
		assert_non_null(err);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_bad_patterns),
	};

	return (cmocka_run_group_tests_name("pattern", tests, NULL, NULL));
}
