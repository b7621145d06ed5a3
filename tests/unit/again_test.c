/* SPDX-License-Identifier: ISC */
/*
 * Which commands may be let go again and again: what does no more than its
 * words tell, and never what runs anything at all.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include "common/defs.h"
#include "common/policy/again.h"
#include "common/policy/pattern_priv.h"
#include "tests/asked.h"

/* What exactly may go again, and what does more than its words say. */
static void
test_again(void **state)
{
	static const struct {
		const char	*line;
		int		 may;
	} rows[] = {
		{ "touch made", 1 },
		{ "make test", 1 },
		{ "git push origin main", 1 },
		{ "rm -rf build", 1 },
		{ "python3 tools/report.py", 1 },
		{ "python3 -c 'print(1)'", 1 },
		{ "sh -c 'cd src && make -j4 2>&1 | tail -20'", 1 },
		{ "sh build.sh", 1 },
		{ "env FOO=1 make", 1 },
		{ "timeout 60 make", 1 },
		{ "nice make", 1 },
		{ "sed -n 5p file", 1 },
		{ "awk '{ print $1 }' file", 1 },
		{ "cat -", 1 },
		{ "find . -name '*.o' -delete", 1 },
		/* a shell, an interpreter, that reads its commands */
		{ "sh", 0 },
		{ "bash -s", 0 },
		{ "bash -i", 0 },
		{ "sh -", 0 },
		{ "sh /dev/stdin", 0 },
		{ "sh -c 'cat | sh'", 0 },
		{ "sh -c 'eval \"$X\"'", 0 },
		{ "env sh", 0 },
		{ "env -S sh", 0 },
		{ "nice -n 5 bash", 0 },
		{ "timeout 60 python3", 0 },
		{ "busybox sh", 0 },
		{ "python3", 0 },
		{ "python3 -u", 0 },
		{ "python3 -", 0 },
		{ "python3 /dev/stdin", 0 },
		{ "python3 /proc/self/fd/0", 0 },
		{ "python3.11", 0 },
		{ "perl -", 0 },
		{ "node", 0 },
		{ "awk -f -", 0 },
		{ "awk -f /dev/fd/0 file", 0 },
		{ "sed -f - file", 0 },
		{ "make -f -", 0 },
		/* others whose input is commands, or words of some */
		{ "xargs rm", 0 },
		{ "sh -c 'xargs rm'", 0 },
		{ "parallel rm", 0 },
		{ "psql db", 0 },
		{ "sqlite3 db", 0 },
		{ "vim file", 0 },
		{ "gdb prog", 0 },
		{ "at now", 0 },
		{ "ssh host uptime", 0 },
		{ "docker exec web sh", 0 },
		{ "find . -exec sh {} ;", 0 },
		{ "find . -exec sh ;", 0 },
	};
	struct asked a;
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		asked_init(&a, rows[i].line);
		why = policy_again(NULL, &a.plan, &a.names, &a.same);
		if ((why == NULL) != rows[i].may)
			fail_msg("%s: %s", rows[i].line, why != NULL ? why :
			    "may go again");
		asked_free(&a);
	}
}

/* By another name of its file, it is the same. */
static void
test_again_names(void **state)
{
	struct asked a;

	(void)state;
	asked_init(&a, "./tool");
	assert_null(policy_again(NULL, &a.plan, &a.names, &a.same));
	strv_add(&a.same, "python3");
	assert_non_null(policy_again(NULL, &a.plan, &a.names, &a.same));
	asked_free(&a);
	asked_init(&a, "./tool");
	strv_add(&a.names, "bash");
	assert_non_null(policy_again(NULL, &a.plan, &a.names, &a.same));
	asked_free(&a);
	asked_init(&a, "tool");
	free(a.plan.exe.path);
	a.plan.exe.path = xstrdup("/usr/bin/dash");
	assert_non_null(policy_again(NULL, &a.plan, &a.names, &a.same));
	/* a script is its own program, and fixed */
	a.plan.script.path = xstrdup("/srv/w/tool");
	assert_null(policy_again(NULL, &a.plan, &a.names, &a.same));
	asked_free(&a);
}

static const char *
like(const char *pattern, struct asked *a)
{
	const char *why = NULL;
	struct pattern *p;

	if ((p = pattern_new(pattern, &why)) == NULL)
		return (why);
	why = again_like(p, NULL, &a->plan, &a->names, &a->same);
	pattern_free(p);
	return (why);
}

/* Where no pattern of the policy names the program, nobody has looked. */
static void
test_like_unnamed(void **state)
{
	struct asked a;

	(void)state;
	asked_init(&a, "touch made");
	strv_free(&a.names);
	memset(&a.names, 0, sizeof(a.names));
	assert_null(like("touch *", &a));
	assert_non_null(like("rm *", &a));
	asked_free(&a);
	asked_init(&a, "./touch made");
	strv_free(&a.names);
	memset(&a.names, 0, sizeof(a.names));
	assert_non_null(like("touch *", &a));
	asked_free(&a);
}

/* Patterns that may be approved, with a command that waits. */
static void
test_like(void **state)
{
	static const struct {
		const char	*pattern;
		const char	*line;
		int		 may;
	} rows[] = {
		{ "touch *", "touch made", 1 },
		{ "touch **", "touch a b", 1 },
		{ "git push origin *", "git push origin main", 1 },
		{ "rm -rf build/*", "rm -rf build/x", 1 },
		{ "/usr/bin/touch *", "touch made", 1 },
		{ "make *", "make test", 1 },
		{ "cp ../a *", "cp ../a b", 1 },
		/* it covers something else */
		{ "touch x*", "touch made", 0 },
		{ "git pull *", "git push origin main", 0 },
		{ "rm -rf build/*", "rm -rf build/../../x", 0 },
		{ "rm -rf *", "rm -rf ..", 0 },
		{ "tar xf a --directory=*", "tar xf a --directory=../..", 0 },
		/* no program, or any */
		{ "*", "touch made", 0 },
		{ "**", "touch made", 0 },
		{ "/usr/bin/*", "/usr/bin/touch", 0 },
		{ "t* made", "touch made", 0 },
		{ "", "touch made", 0 },
		/* what runs others */
		{ "sh -c *", "sh -c true", 0 },
		{ "bash **", "bash x.sh", 0 },
		{ "python3 tools/*", "python3 tools/x.py", 0 },
		{ "python3.11 **", "python3.11 tools/x.py", 0 },
		{ "env **", "env make", 0 },
		{ "timeout 60 **", "timeout 60 make", 0 },
		{ "xargs **", "xargs rm", 0 },
		{ "sudo **", "sudo make", 0 },
		{ "ssh **", "ssh host", 0 },
		{ "busybox **", "busybox ls", 0 },
		{ "awk **", "awk 1 x", 0 },
		{ "psql **", "psql db", 0 },
		{ "find . -exec **", "find . -exec rm {} ;", 0 },
		{ "find . -exec rm * ;", "find . -exec rm {} ;", 0 },
		{ "git -c * push", "git -c x=y push", 0 },
		{ "docker exec **", "docker exec web ls", 0 },
		{ "FOO=1 make", "make", 0 },
		{ "make | tail", "make", 0 },
	};
	struct asked a;
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		asked_init(&a, rows[i].line);
		why = like(rows[i].pattern, &a);
		if ((why == NULL) != rows[i].may)
			fail_msg("%s, %s: %s", rows[i].pattern, rows[i].line,
			    why != NULL ? why : "may be approved");
		asked_free(&a);
	}
	asked_init(&a, "./tool x");
	free(a.plan.exe.path);
	a.plan.exe.path = xstrdup("/srv/w/tool");
	assert_null(like("/srv/w/tool *", &a));
	strv_add(&a.same, "python3");
	assert_non_null(like("/srv/w/tool *", &a));
	asked_free(&a);
	asked_init(&a, "touch made");
	strv_add(&a.plan.asked_env, "FOO");
	assert_non_null(like("touch *", &a));
	asked_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_again_names),
		cmocka_unit_test(test_like_unnamed),
		cmocka_unit_test(test_like),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
