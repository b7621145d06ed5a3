/* SPDX-License-Identifier: ISC */
/*
 * Command patterns: every spelling of what they name, the ways around them
 * that public reports tell of, and what they must leave alone.
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

static void
base_alias(struct strv *sv, const char *argv0)
{
	const char *s = strrchr(argv0, '/');

	memset(sv, 0, sizeof(*sv));
	strv_add(sv, s != NULL ? s + 1 : argv0);
}

static const struct {
	const char	*pattern;
	int		 found;
	const char	*argv[MAXW];
} finds[] = {
	/* spellings of options */
	{ "rm -rf", 1, { "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "rm", "-fr", "/x" } },
	{ "rm -rf", 1, { "rm", "-r", "-f", "/x" } },
	{ "rm -rf", 1, { "rm", "-f", "/x", "-r" } },
	{ "rm -rf", 1, { "rm", "/x", "-Rf" } },
	{ "rm -rf", 1, { "/bin/rm", "-Rf", "/x" } },
	{ "rm -rf", 1, { "rm", "-vrIf", "/x" } },
	{ "rm -rf", 1, { "rm", "--recursive", "--force", "/x" } },
	{ "rm -rf", 1, { "rm", "--recurs", "--forc", "/x" } },
	{ "rm -rf", 1, { "rm", "--r", "--f", "/x" } },
	{ "rm -rf", 1, { "rm", "-r", "--force", "/x" } },
	{ "rm -rf", 1, { "rm", "-rf", "--", "/x" } },
	{ "rm -rf", 1, { "rm", "-r", "--", "-f" } },
	{ "rm -rf", 0, { "rm", "-r", "/x" } },
	{ "rm -rf", 0, { "rm", "-f", "/x" } },
	{ "rm -rf", 0, { "rm", "rf" } },
	{ "rm -rf", 0, { "ls", "-rf" } },
	{ "rm -rf", 0, { "rmdir", "-rf" } },
	{ "rm -rf", 0, { "rm", "--verbose", "-f" } },
	{ "rm --recursive --force", 1, { "rm", "-rf", "x" } },
	{ "rm --recursive", 1, { "rm", "-R", "x" } },
	{ "rm --recursive", 1, { "rm", "--RECURSIVE", "x" } },
	{ "rm", 1, { "rm" } },
	{ "rm **", 1, { "rm", "x" } },
	{ "rm **", 1, { "rm" } },
	{ "kubectl delete", 1, { "kubectl", "-n", "prod", "delete", "po" } },
	{ "kubectl delete", 1, { "kubectl", "delete" } },
	{ "kubectl delete", 0, { "kubectl", "get", "po" } },
	{ "kubectl delete -n prod", 1, { "kubectl", "delete", "-nprod" } },
	{ "kubectl delete -n prod", 1,
	    { "kubectl", "delete", "--namespace=prod" } },
	{ "kubectl delete -n prod", 1,
	    { "kubectl", "--namesp", "prod", "delete" } },
	{ "kubectl delete --namespace=prod", 1,
	    { "kubectl", "delete", "-n", "prod" } },
	{ "kubectl delete --namespace=prod", 1,
	    { "kubectl", "delete", "-nprod" } },
	{ "kubectl delete --namespace=prod", 0,
	    { "kubectl", "delete", "-n", "test" } },
	{ "kubectl delete --force", 0, { "kubectl", "delete", "-f", "x" } },
	{ "git push --force", 1, { "git", "push", "--force" } },
	{ "git push --force", 1, { "git", "push", "-f", "origin" } },
	{ "git push --force", 1, { "git", "-C", "/w", "push", "-uf", "o" } },
	{ "git push --force", 1, { "git", "push", "origin", "+main" } },
	{ "git push --force", 1, { "git", "--no-pager", "push", "--fo" } },
	{ "git push --force", 0, { "git", "push", "origin", "main" } },
	{ "git push --force", 0, { "git", "push", "--follow-tags" } },
	{ "git push --force", 1,
	    { "git", "-c", "alias.p=push --force", "p", "origin" } },
	{ "git branch -D", 1, { "git", "branch", "-D", "x" } },
	{ "git branch -D", 1, { "git", "branch", "-df", "x" } },
	{ "git branch -D", 1, { "git", "branch", "--delete", "--force" } },
	{ "git branch -D", 0, { "git", "branch", "-d", "x" } },
	{ "git branch --delete --force", 1, { "git", "branch", "-D", "x" } },
	{ "git reset --hard", 1, { "git", "reset", "--har", "HEAD~1" } },
	{ "find ** -delete", 1, { "find", ".", "-name", "x", "-delete" } },
	{ "find -delete", 0, { "find", ".", "-type", "d", "-newer", "x" } },
	{ "terraform -auto-approve", 1,
	    { "terraform", "apply", "-auto-approve" } },
	{ "terraform -auto-approve", 1,
	    { "terraform", "apply", "--auto-approve" } },
	{ "tar -x", 1, { "tar", "xf", "a.tar" } },
	{ "tar -x", 1, { "tar", "--extract", "-f", "a.tar" } },
	{ "tar -x", 1, { "tar", "--get", "-f", "a.tar" } },
	{ "kill -9", 1, { "kill", "-9", "1" } },
	{ "chmod 777", 1, { "chmod", "-R", "777", "/w" } },
	{ "chmod -R 777", 1, { "chmod", "--recursive", "777", "/w" } },
	{ "curl -o *", 1, { "curl", "--output", "x", "http://h" } },
	/* operands: case, values, paths */
	{ "psql DROP", 1, { "psql", "-c", "drop" } },
	{ "cat /etc/shadow", 1, { "cat", "/etc/./shadow" } },
	{ "cat /etc/shadow", 1, { "cat", "//etc//shadow" } },
	{ "cat /etc/shadow", 1, { "cat", "/etc/x/../shadow" } },
	{ "cat /etc/shadow", 0, { "cat", "/etc/shadow.bak" } },
	{ "rm -rf /", 1, { "rm", "-rf", "//" } },
	{ "rm -rf /", 1, { "rm", "-rf", "/tmp/.." } },
	{ "rm -rf /", 0, { "rm", "-rf", "/tmp" } },
	{ "dd of=/dev/*", 1, { "dd", "if=x", "of=/dev/sda" } },
	{ "dd of=/dev/*", 0, { "dd", "if=/dev/zero", "of=x" } },
	{ "mkfs*", 1, { "mkfs.ext4", "/dev/sda" } },
	{ "mkfs*", 1, { "/sbin/mkfs.ext4", "/dev/sda" } },
	{ "* --no-preserve-root", 1, { "rm", "--no-preserve-root", "/" } },
	{ "/usr/bin/curl", 1, { "/usr/bin/curl", "x" } },
	{ "/usr/bin/curl", 1, { "env", "curl", "x" } },
	/* behind wrappers */
	{ "rm -rf", 1, { "env", "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "env", "-i", "A=b", "rm", "-r", "-f", "/x" } },
	{ "rm -rf", 1, { "env", "-S", "rm -rf /x" } },
	{ "rm -rf", 1, { "env", "-Srm -rf /x" } },
	{ "rm -rf", 1, { "env", "-vSrm -r", "-f", "x" } },
	{ "rm -rf", 1, { "env", "--split-string=rm -rf /x" } },
	{ "rm -rf", 1, { "env", "-S", "rm x; -rf" } },
	{ "rm -rf", 1, { "env", "-u", "bash", "-S", "rm a; -rf b" } },
	{ "rm -rf", 1, { "nice", "-n", "5", "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "nohup", "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "timeout", "5", "/bin/rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "time", "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "sudo", "-u", "x", "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "doas", "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "su", "-c", "rm -rf /x", "u" } },
	{ "rm -rf", 1, { "busybox", "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "toybox", "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "flock", "/tmp/l", "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "flock", "/tmp/l", "-c", "rm -rf /x" } },
	{ "rm -rf", 1, { "setsid", "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "stdbuf", "-oL", "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "ionice", "-c3", "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "chroot", "/r", "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "unshare", "-r", "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "watch", "rm -rf /x" } },
	{ "rm -rf", 1, { "strace", "-f", "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "script", "-c", "rm -rf /x", "/dev/null" } },
	{ "rm -rf", 1, { "ssh", "h", "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "ssh", "h", "cd /; rm -rf x" } },
	{ "rm -rf", 1, { "parallel", "rm -rf {}", ":::", "a" } },
	{ "rm -rf", 1, { "xargs", "rm", "-rf" } },
	{ "rm -rf", 1, { "xargs", "rm" } },
	{ "rm -rf", 1, { "xargs", "-0", "-n1", "rm", "-r" } },
	{ "git push --force", 0, { "xargs", "git", "add" } },
	{ "git push --force", 1, { "xargs", "git", "push" } },
	{ "rm -rf", 1, { "find", ".", "-exec", "rm", "-rf", "{}", ";" } },
	{ "rm -rf", 1, { "find", ".", "-execdir", "rm", "-r", "-f", "{}",
	    "+" } },
	{ "rm -rf", 1, { "find", ".", "-ok", "rm", "-rf", "{}", ";" } },
	{ "rm -rf", 0, { "find", ".", "-name", "rm", "-type", "f" } },
	{ "rm -rf", 1, { "/lib64/ld-linux-x86-64.so.2", "/bin/rm", "-rf" } },
	{ "rm -rf", 1, { "env", "nice", "timeout", "1", "rm", "-fr", "x" } },
	{ "rm -rf", 1, { "docker", "exec", "c", "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "kubectl", "exec", "p", "--", "rm", "-rf", "/x" } },
	{ "rm -rf", 1, { "git", "-c", "alias.x=!rm -rf x", "x" } },
	{ "rm -rf", 1, { "git", "rebase", "-x", "rm -rf x", "main" } },
	{ "rm -rf", 1, { "git", "submodule", "foreach", "rm -rf x" } },
	{ "rm -rf", 1, { "tar", "cf", "a", "--to-command=rm -rf x" } },
	{ "rm -rf", 1, { "tar", "cf", "a", "--checkpoint=1",
	    "--checkpoint-action=exec=rm -rf x" } },
	{ "rm -rf", 1, { "tar", "cf", "a", "--to-com", "rm -rf x" } },
	{ "rm", 1, { "sort", "--compress-program=rm", "x" } },
	{ "rm", 1, { "rg", "--pre", "rm", "x" } },
	{ "rm -rf", 1, { "man", "-P", "rm -rf x", "ls" } },
	{ "rm -rf", 1, { "rsync", "-e", "rm -rf x", "a", "b:" } },
	{ "rm -rf", 1, { "awk", "BEGIN { \"rm -rf x\" | getline }" } },
	{ "rm -rf", 1, { "sed", "1e rm -rf x", "f" } },
	{ "rm -rf", 1, { "vim", "-c", ":!rm -rf x" } },
	/* shell code */
	{ "rm -rf", 1, { "sh", "-c", "rm -rf /x" } },
	{ "rm -rf", 1, { "bash", "-lc", "rm -rf /x" } },
	{ "rm -rf", 1, { "bash", "--norc", "-ec", "ls; rm -r -f /x" } },
	{ "rm -rf", 1, { "zsh", "-c", "ls\nrm -rf /x" } },
	{ "rm -rf", 1, { "sh", "-c", "ls\rrm -rf /x" } },
	{ "rm -rf", 1, { "sh", "-c", "true&rm -rf /x" } },
	{ "rm -rf", 1, { "sh", "-c", "true|rm -rf /x" } },
	{ "rm -rf", 1, { "sh", "-c", "r''m -rf /x" } },
	{ "rm -rf", 1, { "sh", "-c", "r\\m -r\"f\" /x" } },
	{ "rm -rf", 1, { "sh", "-c", "'rm' '-rf' /x" } },
	{ "rm -rf", 1, { "sh", "-c", "rm$IFS-rf${IFS}/x" } },
	{ "rm -rf", 1, { "sh", "-c", "rm -r\\\nf /x" } },
	{ "rm -rf", 1, { "sh", "-c", "rm ';' -rf" } },
	{ "rm -rf", 1, { "sh", "-c", "rm \\; -rf" } },
	{ "rm -rf", 1, { "sh", "-c", "rm a >& log -rf" } },
	{ "rm -rf", 1, { "sh", "-c", "rm a &> log -rf" } },
	{ "rm -rf", 1, { "sh", "-c", "rm a >| log -rf" } },
	{ "rm -rf", 1, { "sh", "-c", "rm $(true; true) -rf" } },
	{ "rm -rf", 1, { "sh", "-c", "rm `true; true` -rf" } },
	{ "rm -rf", 1, { "sh", "-c", "rm a # '\nrm 'a;b' -rf" } },
	{ "rm -rf", 1, { "bash", "-c", "rm $'a\\';' -rf" } },
	{ "rm -rf", 1, { "bash", "-c", "{rm,-rf,/x}" } },
	{ "rm -rf", 1, { "bash", "-c", "(cd /; rm -rf x)" } },
	{ "rm -rf", 1, { "bash", "-c", "rm \"$@\"", "x", "-rf" } },
	{ "rm -rf", 1, { "bash", "-c", "if true; then rm -rf x; fi" } },
	{ "rm -rf", 1, { "sh", "-c", "sh -c 'sh -c \"rm -rf x\"'" } },
	{ "rm -rf", 1, { "sh", "-c", "eval 'rm -rf x'" } },
	{ "rm -rf", 1, { "sh", "-c", "export A=1; rm -rf x" } },
	{ "rm -rf", 1, { "sh", "-c", "rm x; rm -rf y" } },
	{ "rm -rf", 0, { "sh", "-c", "rm a.o; ls -rf" } },
	{ "rm -rf", 0, { "sh", "-c", "rm a.o && grep -rf pats ." } },
	{ "rm -rf", 0, { "sh", "-c", "cd src && make -j4 2>&1 | tail -20" } },
	{ "rm -rf", 1, { "python3", "-c",
	    "import os; os.spawn('rm -rf x')" } },
	{ "rm -rf", 1, { "python3.11", "-c",
	    "import subprocess as s; s.run([\"rm\",\"-rf\",\"x\"])" } },
	{ "rm -rf", 1, { "perl", "-e", "exec('rm','-rf','x')" } },
	{ "rm -rf", 1, { "perl", "-we", "system qw{rm -rf x}" } },
	{ "rm -rf", 1, { "node", "-e", "x.execSync(`rm -rf x`)" } },
	{ "rm -rf", 1, { "sh", "-c",
	    "python3 -c \"import os; os.spawn('rm -rf x')\"" } },
	/* no wrappers */
	{ "rm -rf", 0, { "echo", "rm", "-rf" } },
	{ "curl", 0, { "git", "commit", "-m", "use curl here" } },
	{ "curl", 0, { "grep", "-r", "curl", "." } },
	{ "curl", 0, { "apt-cache", "show", "curl" } },
	{ "rm -rf", 0, { "python3", "manage.py", "rm", "-rf" } },
};

static void
test_finds(void **state)
{
	struct strv argv, aliases;
	struct pattern *p;
	size_t i, bad = 0;

	(void)state;
	for (i = 0; i < NELEM(finds); i++) {
		p = pat(finds[i].pattern);
		words(&argv, finds[i].argv);
		base_alias(&aliases, argv.v[0]);
		if (pattern_finds(p, &argv, &aliases) != finds[i].found) {
			print_error("row %zu: \"%s\" in %s ... %s: want %d\n",
			    i, finds[i].pattern, argv.v[0],
			    argv.v[argv.n - 1], finds[i].found);
			bad++;
		}
		strv_free(&argv);
		strv_free(&aliases);
		pattern_free(p);
	}
	assert_int_equal(bad, 0);
}

static const struct {
	const char	*pattern;
	int		 covers;
	const char	*argv[MAXW];
} covers[] = {
	{ "git status", 1, { "git", "status" } },
	{ "git status", 0, { "git", "status", "-s" } },
	{ "git status", 0, { "git" } },
	{ "git status", 0, { "git", "STATUS" } },
	{ "git status", 0, { "git", "-c", "x=!y", "status" } },
	{ "git log **", 1, { "git", "log" } },
	{ "git log **", 1, { "git", "log", "--oneline", "-5" } },
	{ "git log **", 0, { "git", "push" } },
	{ "git", 0, { "git", "push" } },
	{ "git *", 1, { "git", "push" } },
	{ "git *", 0, { "git", "push", "x" } },
	{ "git *", 0, { "git" } },
	{ "ls *.c", 1, { "ls", "a.c" } },
	{ "ls *.c", 0, { "ls", "a.h" } },
	{ "ls ** -l", 1, { "ls", "a", "b", "-l" } },
	{ "ls ** -l", 0, { "ls", "a", "b" } },
	{ "make ** all", 1, { "make", "all" } },
	{ "echo 'a b'", 1, { "echo", "a b" } },
	{ "echo 'a b'", 0, { "echo", "a", "b" } },
	{ "echo '*'", 1, { "echo", "*" } },
	{ "echo '*'", 0, { "echo", "x" } },
	{ "/usr/bin/git status", 1, { "/usr/bin/git", "status" } },
	{ "/usr/bin/git status", 0, { "/tmp/git", "status" } },
	{ "**", 1, { "ls", "-l" } },
	{ "** -l", 1, { "ls", "-l" } },
	{ "*", 1, { "ls" } },
	{ "* -l", 0, { "ls", "-a" } },
	/* a wrapper must be named */
	{ "**", 0, { "env", "ls" } },
	{ "**", 0, { "bash", "-c", "ls" } },
	{ "**", 0, { "python3", "-c", "x" } },
	{ "**", 1, { "python3", "x.py" } },
	{ "**", 0, { "find", ".", "-exec", "ls", ";" } },
	{ "**", 1, { "find", ".", "-name", "x" } },
	{ "ls **", 0, { "env", "ls" } },
	{ "env ls", 1, { "env", "ls" } },
	{ "bash -c *", 1, { "bash", "-c", "ls" } },
};

static void
test_covers(void **state)
{
	struct strv argv, names;
	struct pattern *p;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(covers); i++) {
		p = pat(covers[i].pattern);
		words(&argv, covers[i].argv);
		memset(&names, 0, sizeof(names));
		strv_add(&names, argv.v[0]);
		if (pattern_covers(p, &argv, &names, argv.v[0]) !=
		    covers[i].covers)
			fail_msg("row %zu: \"%s\": want %d", i,
			    covers[i].pattern, covers[i].covers);
		strv_free(&argv);
		strv_free(&names);
		pattern_free(p);
	}
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
test_copies(void **state)
{
	static const char *const copy[] = { "/work/x", "-rf", "y", NULL };
	struct strv argv, same = { NULL, 0 }, none = { NULL, 0 };
	struct pattern *p = pat("rm -rf");

	(void)state;
	words(&argv, copy);
	strv_add(&same, "rm");
	assert_true(pattern_finds(p, &argv, &same));
	assert_false(pattern_finds(p, &argv, &none));
	strv_free(&argv);
	strv_free(&same);
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
	    "ls ***", "-rf", "ls\n-l", "''", "ls \\", "/", "/usr/bin/",
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
		cmocka_unit_test(test_finds),
		cmocka_unit_test(test_covers),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_bad_patterns),
	};

	return (cmocka_run_group_tests_name("pattern", tests, NULL, NULL));
}
