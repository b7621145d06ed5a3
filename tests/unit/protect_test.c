/* SPDX-License-Identifier: ISC */
/* common/protect.c: which names in grants are protected. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "common/plan.h"
#include "common/protect.h"

static const char *const places[] = { "/tmp", "/proc", NULL };
static struct strv names, grants;
static struct protect pr;

static void
check(const char *path, enum protect_is want)
{
	enum protect_is is = protect_check(&pr, path, NULL, NULL);

	if (is != want)
		fail_msg("%s: is %d and not %d", path, (int)is, (int)want);
}

static int
set_up(void **state)
{
	static const char *const n[] = { ".ssh", ".git/hooks", ".git/config",
	    ".git/modules/**/config", ".git/worktrees/*/commondir",
	    "a/b/c/d", ".git/modules/**/remotes" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(n) / sizeof(n[0]); i++)
		strv_add(&names, n[i]);
	strv_add(&grants, "/srv/w");
	strv_add(&grants, "/tmp/granted");
	strv_add(&grants, "/home/u/.ssh");
	strv_add(&grants, "/home/r/.git");
	return (protect_init(&pr, &names, &grants, places));
}

static int
tear_down(void **state)
{
	(void)state;
	protect_done(&pr);
	strv_free(&names);
	strv_free(&grants);
	return (0);
}

static void
test_kept(void **state)
{
	(void)state;
	check("/srv/w/.ssh", PROTECT_KEPT);
	check("/srv/w/.ssh/id", PROTECT_KEPT);
	check("/srv/w/x/y/z/.ssh/deep/er", PROTECT_KEPT);
	check("/srv/w/.git/hooks", PROTECT_KEPT);
	check("/srv/w/.git/hooks/post-commit", PROTECT_KEPT);
	check("/srv/w/p/.git/config", PROTECT_KEPT);
	check("/srv/w/.GIT/Config", PROTECT_KEPT);
	check("/srv/w/A/b/C/d", PROTECT_KEPT);
	check("/srv/w/.git/modules/m/config", PROTECT_KEPT);
	check("/srv/w/.git/modules/m/modules/n/config", PROTECT_KEPT);
	check("/srv/w/.git/modules/m/n/remotes/o", PROTECT_KEPT);
	check("/srv/w/.git/modules/m/refs/remotes/o", PROTECT_WITHIN);
	check("/srv/w/.git/modules/refs/remotes/o", PROTECT_WITHIN);
	check("/srv/w/.git/worktrees/t/commondir", PROTECT_KEPT);
	check("/srv/w/a/b/c/d", PROTECT_KEPT);
	check("/srv/w/a/a/b/c/d/e", PROTECT_KEPT);
	check("/tmp/granted/.ssh", PROTECT_KEPT);
	/* where it is not known, it counts */
	check("/elsewhere/.ssh", PROTECT_KEPT);
}

static void
test_by(void **state)
{
	(void)state;
	check("/srv/w/.git/config", PROTECT_KEPT);
	assert_int_equal(protect_by(&pr), 2);
	check("/srv/w/.ssh/x", PROTECT_KEPT);
	assert_int_equal(protect_by(&pr), 0);
	check("/srv/w/a/b", PROTECT_WITHIN);
	assert_int_equal(protect_by(&pr), 5);
	check("/srv/w/x", PROTECT_FREE);
	assert_int_equal(protect_by(&pr), pr.n);
	check("/tmp/.ssh", PROTECT_FREE);
	assert_int_equal(protect_by(&pr), pr.n);
}

static void
test_begins(void **state)
{
	(void)state;
	check("/srv/w/.git", PROTECT_BEGINS);
	check("/srv/w/x/.GIT", PROTECT_BEGINS);
	check("/srv/w/.git/modules", PROTECT_WITHIN);
	check("/srv/w/.git/modules/m", PROTECT_WITHIN);
	check("/srv/w/.git/modules/m/HEAD", PROTECT_WITHIN);
	check("/srv/w/.git/worktrees/t", PROTECT_WITHIN);
	check("/srv/w/x/a/b/c", PROTECT_WITHIN);
}

static void
test_not_kept(void **state)
{
	(void)state;
	check("/srv/w", PROTECT_FREE);
	check("/srv/w/x", PROTECT_FREE);
	check("/srv/w/.sshx", PROTECT_FREE);
	check("/srv/w/x.ssh", PROTECT_FREE);
	/* as long as a name, modulo 32, and with its letter */
	check("/srv/w/.sshaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", PROTECT_FREE);
	check("/srv/w/hooks", PROTECT_FREE);
	check("/srv/w/.git/HEAD", PROTECT_FREE);
	check("/srv/w/.git/config.lock", PROTECT_FREE);
	check("/srv/w/.git/worktrees/t/HEAD", PROTECT_FREE);
	check("/srv/w/.git/worktrees/t/u/commondir", PROTECT_FREE);
	check("/tmp/.ssh", PROTECT_FREE);
	check("/tmp/c/.git/config", PROTECT_FREE);
	check("/proc/self/.ssh", PROTECT_FREE);
	check("/", PROTECT_FREE);
}

/* The names of git's can be left out, and others keep what they keep. */
static void
test_others(void **state)
{
	static const struct { const char *path; enum protect_is is; } of[] = {
		{ "/srv/w/.git", PROTECT_FREE },
		{ "/srv/w/.git/config", PROTECT_FREE },
		{ "/srv/w/.git/hooks/x", PROTECT_FREE },
		{ "/srv/w/.git/modules/m/config", PROTECT_FREE },
		{ "/srv/w/.ssh/.git/config", PROTECT_KEPT },
		{ "/srv/w/.git/hooks/.ssh", PROTECT_KEPT },
		{ "/srv/w/a/b", PROTECT_WITHIN },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		check("/srv/w/.git/config", PROTECT_KEPT);
		if (protect_check_others(&pr, of[i].path) != of[i].is)
			fail_msg("%s", of[i].path);
		/* what the other look has found stays */
		assert_int_equal(protect_by(&pr), 2);
	}
}

/* Names of the watch's own, anywhere in a grant. */
static void
test_own(void **state)
{
	(void)state;
	check("/srv/w/" PROTECT_OWN "1", PROTECT_KEPT);
	check("/srv/w/.git/" PROTECT_OWN "1/x", PROTECT_KEPT);
	check("/srv/w/x" PROTECT_OWN "1", PROTECT_FREE);
	check("/tmp/" PROTECT_OWN "1", PROTECT_FREE);
	assert_int_equal(protect_by(&pr), pr.n);
}

/* What was granted itself was granted on purpose, and only that. */
static void
test_grants(void **state)
{
	(void)state;
	check("/home/u/.ssh", PROTECT_FREE);
	check("/home/u/.ssh/known_hosts", PROTECT_FREE);
	check("/home/u/.ssh/x/.ssh", PROTECT_KEPT);
	check("/home/r/.git/HEAD", PROTECT_FREE);
	check("/home/r/.git/config", PROTECT_KEPT);
	check("/srv/wider/x", PROTECT_FREE);
}

static int
see(void *arg, const struct protect_name *nm, size_t from)
{
	strv_add(arg, nm->part[from]);
	return (0);
}

static void
test_missing_parts(void **state)
{
	struct strv seen = { NULL, 0 };

	(void)state;
	(void)protect_check(&pr, "/srv/w/.git", see, &seen);
	assert_true(strv_has(&seen, "hooks") && strv_has(&seen, "config") &&
	    strv_has(&seen, "modules") && strv_has(&seen, "worktrees"));
	assert_int_equal(seen.n, 5);
	strv_free(&seen);
	(void)protect_check(&pr, "/srv/w/a/b", see, &seen);
	assert_int_equal(seen.n, 1);
	assert_string_equal(seen.v[0], "c");
	strv_free(&seen);
}

static void
test_wrong(void **state)
{
	static const char *const bad[] = { "", "/", "/x", "x/", "x//y", ".",
	    "..", "x/..", "../x", "x/./y", "a/b/c/d/e", "*", "**", "*/x",
	    "x/*", "x/**" };
	static const char *const good[] = { "x", ".ssh", "a/b/c/d", "x/*/y",
	    "x/**/y", "...", ".x/..y", "a b" };
	char big[PLAN_MAXNAME + 1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (protect_wrong(bad[i]) == NULL)
			fail_msg("\"%s\" is taken", bad[i]);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (protect_wrong(good[i]) != NULL)
			fail_msg("\"%s\": %s", good[i],
			    protect_wrong(good[i]));
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_non_null(protect_wrong(big));
}

/* Deeper than anything that exists: as if it were protected. */
static void
test_deep(void **state)
{
	static char path[3 * 5000];
	size_t i;

	(void)state;
	for (i = 0; i < 4990; i++)
		memcpy(path + 2 * i, "/x", 3);
	check(path, PROTECT_KEPT);
}

/* What leads from a grant of write to another one, and nothing else. */
static void
test_held(void **state)
{
	static const char *const held[] = { "/w/a", "/w/a/b", "/w/x",
	    "/w/x/y", "/w/x/y/z" };
	static const char *const others[] = { "/", "/w", "/w/a/b/c", "/w/a/",
	    "/w/ab", "/w/b", "/w/x/y/z/r", "/v", "/v/s", "/r" };
	struct strv read = { NULL, 0 }, write = { NULL, 0 };
	struct protect own;
	size_t i;

	(void)state;
	strv_add(&write, "/w");
	strv_add(&write, "/w/x/y");
	strv_add(&write, "/v/s");
	strv_add(&read, "/w/a/b/c");
	strv_add(&read, "/w/x/y/z/r");
	strv_add(&read, "/v/s");
	strv_add(&read, "/v");
	strv_add(&read, "/r");
	memset(&own, 0, sizeof(pr));
	protect_hold(&own, &read, &write);
	for (i = 0; i < sizeof(held) / sizeof(held[0]); i++)
		if (!protect_held(&own, held[i]))
			fail_msg("%s is not held", held[i]);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (protect_held(&own, others[i]))
			fail_msg("%s is held", others[i]);
	protect_done(&own);
	strv_free(&read);
	strv_free(&write);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_begins),
		cmocka_unit_test(test_by),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_not_kept),
		cmocka_unit_test(test_grants),
		cmocka_unit_test(test_missing_parts),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_held),
	};

	return (cmocka_run_group_tests(tests, set_up, tear_down));
}
