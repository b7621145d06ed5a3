/* SPDX-License-Identifier: ISC */
/*
 * Nothing that is allowed executes a program that is denied.  Known spellings
 * of a canary are mutated; each line that gets "allow", with no exec judged
 * later, is run, and the canary must not have been.  What is refused for
 * certain is run as well: there it must have been, nearly always.
 *
 *	SEED=N		the lines of another time
 *	MUTATIONS=N	so many lines, in place of some seconds
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "common/policy/policy.h"
#include "tests/mutate.h"

#define NOBODY		65534
#define LINES		2500	/* MUTATIONS: as many others */

#define C	MUTATE_C

struct base {
	char	dir[64];
	char	ran[96];
	char	script[256];	/* the canary */
};

static void
add(struct strv *to, const char *a, const char *b, const char *c)
{
	const char *v[] = { a, b, c };
	size_t i;

	for (i = 0; i < 3 && v[i] != NULL; i++)
		strv_add(to, v[i]);
}

/* The line in a shell, in a wrapper perhaps. */
static void
make_argv(struct mutate *g, const char *line, struct strv *argv)
{
	static const char *const shells[] = { "sh", "sh", "sh", "bash",
	    "dash" };
	static const char *const opts[] = { "-c", "-c", "-c", "-ec", "-uc" };

	switch (mutate_below(g, 12)) {
	case 0:
		add(argv, "env", "A=1", NULL);
		break;
	case 1:
		add(argv, "timeout", "3", NULL);
		break;
	case 2:
		add(argv, "nice", "-n", "3");
		break;
	case 3:
		add(argv, "setsid", "-w", NULL);
		break;
	case 4:
		add(argv, "xargs", "-r0", NULL);
		break;
	default:
		break;
	}
	add(argv, shells[mutate_below(g, 5)], opts[mutate_below(g, 5)], line);
}

static enum verdict
judge(struct strv *argv, int *certain)
{
	const char *err = NULL;
	struct pattern *p = pattern_new(C, &err);
	struct patterns deny = { &p, 1 }, none = { NULL, 0 };
	struct rules r = { "s", &none, &none, &deny, VERDICT_ALLOW, &none,
	    APPROVAL_ASK, NULL, NULL, NULL };
	struct circumstances at = { .how = JUDGE_REQUEST };
	struct strv names = { NULL, 0 }, same = { NULL, 0 };
	struct plan plan;
	struct decision d;
	char exe[64];

	memset(&plan, 0, sizeof(plan));
	plan.argv = *argv;
	(void)snprintf(exe, sizeof(exe), "/usr/bin/%s",
	    strcmp(argv->v[0], "sh") == 0 ? "dash" : argv->v[0]);
	plan.exe.path = exe;
	strv_add(&names, argv->v[0]);
	policy_begin(&d);
	policy_decide(&d, &r, &plan, &names, &same, &at);
	*certain = d.verdict == VERDICT_DENY;
	policy_end(&d);
	strv_free(&names);
	pattern_free(p);
	return (d.verdict);
}

/* A new one: what a line left behind may be about to execute the old. */
static void
put_file(const char *dir, const char *name, const char *text, mode_t mode)
{
	char path[160], new[160];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	(void)snprintf(new, sizeof(new), "%s/new", dir);
	(void)unlink(new);
	assert_non_null(f = fopen(new, "wx"));
	(void)fputs(text, f);
	(void)fclose(f);
	assert_int_equal(chmod(new, mode), 0);
	if (geteuid() == 0)
		assert_int_equal(chown(new, NOBODY, NOBODY), 0);
	assert_int_equal(rename(new, path), 0);
}

static void
drop_file(const char *dir, const char *name)
{
	char path[160];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	(void)unlink(path);
}

static void
limit(int what, rlim_t n)
{
	struct rlimit r = { n, n };

	(void)setrlimit(what, &r);
}

static void
child(const struct base *b, char **argv)
{
	static char *env[4];
	char path[128], home[80], shell[] = "SHELL=/bin/sh";
	int fd = open("/dev/null", O_RDWR);

	(void)setsid();
	(void)dup2(fd, 0);
	(void)dup2(fd, 1);
	(void)dup2(fd, 2);
	if (chdir(b->dir) == -1 || (geteuid() == 0 && (setgroups(0, NULL) ==
	    -1 || setgid(NOBODY) == -1 || setuid(NOBODY) == -1)))
		_exit(125);
	limit(RLIMIT_CPU, 2);
	limit(RLIMIT_FSIZE, 1024 * 1024);
	limit(RLIMIT_CORE, 0);
	(void)snprintf(path, sizeof(path), "PATH=%s/bin:/usr/bin:/bin",
	    b->dir);
	(void)snprintf(home, sizeof(home), "HOME=%s", b->dir);
	env[0] = path;
	env[1] = home;
	env[2] = shell;
	(void)execvpe(argv[0], argv, env);
	_exit(127);
}

/* Whatever a line left behind: as its subreaper this is the parent of all. */
static void
kill_all(void)
{
	char path[64];
	FILE *f;
	int pid;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/children",
	    (int)getpid());
	while (waitpid(-1, NULL, WNOHANG) != -1) {
		assert_non_null(f = fopen(path, "r"));
		while (fscanf(f, "%d", &pid) == 1)
			(void)kill(pid, SIGKILL);
		(void)fclose(f);
	}
}

/* Was the canary executed by that command? */
static int
runs(const struct base *b, const struct strv *argv)
{
	struct timespec tick = { 0, 2000000 };
	pid_t pid;
	int i;

	put_file(b->dir, "bin/" C, b->script, 0755);
	put_file(b->dir, "x", "a\n", 0644);
	drop_file(b->dir, "y");
	drop_file(b->dir, "ls");
	drop_file(b->dir, "ran");
	if ((pid = fork()) == 0)
		child(b, argv->v);
	assert_int_not_equal(pid, -1);
	for (i = 0; i < 1500 && waitpid(pid, NULL, WNOHANG) == 0; i++)
		(void)nanosleep(&tick, NULL);
	kill_all();
	return (access(b->ran, F_OK) == 0);
}

static void
set_up(struct base *b)
{
	char bin[96];

	(void)snprintf(b->dir, sizeof(b->dir), "/tmp/cbj.XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	(void)snprintf(bin, sizeof(bin), "%s/bin", b->dir);
	(void)snprintf(b->ran, sizeof(b->ran), "%s/ran", b->dir);
	assert_int_equal(mkdir(bin, 0755), 0);
	if (geteuid() == 0)
		assert_int_equal(chown(b->dir, NOBODY, NOBODY), 0);
	(void)snprintf(b->script, sizeof(b->script), "#!/bin/sh\n: >%s\n",
	    b->ran);
}

static void
clean_up(const struct base *b)
{
	char *argv[] = { (char *)(uintptr_t)"rm", (char *)(uintptr_t)"-rf",
	    (char *)(uintptr_t)b->dir, NULL };
	pid_t pid = fork();

	if (pid == 0) {
		(void)execvp(argv[0], argv);
		_exit(127);
	}
	(void)waitpid(pid, NULL, 0);
}

/* Lines that were tried, and what they did. */
struct tally {
	size_t	lines;
	size_t	allowed;
	size_t	asked;
	size_t	denied;
	size_t	denied_ran;
};

static void
try(const struct base *b, const char *line, struct mutate *g, struct tally *t)
{
	struct strv argv = { NULL, 0 };
	enum verdict v;
	int certain;

	t->lines++;
	make_argv(g, line, &argv);
	v = judge(&argv, &certain);
	if (v == VERDICT_ALLOW) {
		t->allowed++;
		if (runs(b, &argv))
			fail_msg("allowed, and it ran: %s %s %s: %s",
			    argv.v[0], argv.v[argv.n - 3], argv.v[argv.n - 2],
			    line);
	} else if (v == VERDICT_DENY && t->denied < t->allowed) {
		t->denied++;
		t->denied_ran += runs(b, &argv) != 0;
	} else
		t->asked++;
	strv_free(&argv);
}

static void
test_canary(void **state)
{
	const char *seed = getenv("SEED"), *n = getenv("MUTATIONS");
	const size_t lines = n != NULL ? strtoul(n, NULL, 10) : LINES;
	struct mutate g = { seed != NULL ? strtoull(seed, NULL, 0) : 1 };
	uint64_t first = g.s;
	struct tally t = { 0, 0, 0, 0, 0 };
	struct base b;
	char *line;

	(void)state;
	print_message("SEED=%" PRIu64 "\n", first);
	set_up(&b);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	while (t.lines < lines) {
		line = mutate_line(&g);
		try(&b, line, &g, &t);
		free(line);
	}
	clean_up(&b);
	print_message("%zu lines: %zu allowed and run, %zu asked about; of %zu "
	    "refused lines %zu run the canary\n", t.lines, t.allowed,
	    t.asked, t.denied, t.denied_ran);
	/* the rest does not come to it: exit, syntax, what fails before */
	assert_true(t.denied_ran * 2 > t.denied);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_canary),
	};

	return (cmocka_run_group_tests_name("judging_run", tests, NULL, NULL));
}
