/* SPDX-License-Identifier: ISC */
/* The command table, and what is refused before anybody is asked. */
#include "config.h"

#include "tests/unit/unit.h"

#include <fcntl.h>
#include <getopt.h>
#include <string.h>

#include "client/cli.h"
#include "client/command.h"
#include "client/request.h"
#include "common/plan.h"
#include "common/role.h"

/* Names are sane and unique, options too, and everything is described. */
static void
test_table(void **state)
{
	const struct command *c, *d;
	const struct cli_opt *o, *p;
	size_t i, k;

	(void)state;
	for (i = 0; (c = command_at(i)) != NULL; i++) {
		assert_non_null(c->run);
		assert_true(strlen(c->what) > 0);
		for (k = 0; k < i; k++) {
			d = command_at(k);
			assert_string_not_equal(c->name, d->name);
		}
		for (o = c->opts; o->name != NULL; o++)
			for (p = c->opts; p != o; p++) {
				assert_int_not_equal(o->ch, p->ch);
				assert_string_not_equal(o->name, p->name);
			}
	}
	assert_true(i > 10);
}

static char **
words_of(const char *line, int *argc)
{
	static char text[256], *argv[16];
	char *p, *rest = text;

	(void)snprintf(text, sizeof(text), "%s", line);
	*argc = 0;
	while ((p = strsep(&rest, " ")) != NULL)
		argv[(*argc)++] = p;
	argv[*argc] = NULL;
	return (argv);
}

static int
run_line(void *arg)
{
	struct cli cli = { .channel = "cli", .dir = "/nonexistent" };
	const struct command *c;
	char **argv;
	int argc, fd;

	fd = open("/dev/null", O_RDWR);
	(void)dup2(fd, STDIN_FILENO);
	(void)dup2(fd, STDOUT_FILENO);
	(void)dup2(fd, STDERR_FILENO);
	argv = words_of(arg, &argc);
	c = command_find(&argc, &argv);
	optind = 0;
	return (c->run(&cli, c, argc, argv));
}

static void
expect(const char *line, int want)
{
	char copy[256];
	int status;

	(void)snprintf(copy, sizeof(copy), "%s", line);
	status = in_child(run_line, copy);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) != want)
		fail_msg("%s: exit %d, not %d", line, WEXITSTATUS(status),
		    want);
}

static void
test_usage(void **state)
{
	static const char *const lines[] = {
		"sttus", "run", "run --", "run -x true", "run -e A true",
		"run -e 1A=b true", "run -e =b true",
		"run -e A=1 -e A=2 true", "run --timeout 0 true",
		"run --timeout 1y true", "run --timeout -1 true",
		"run --timeout 169h true", "run --timeout 1mm true",
		"stop now", "stop -u no-such-account", "stop -s",
		"stop -u 1 -c cli", "stop -s a -s b", "resume -u 4294967295",
		"resume -u 1x", "run --no-wait=1 true", "run -c cli true",
		"status now",
		"kill", "kill 7", "kill r0", "kill r000000000000",
		"kill r0000000000011", "kill -s",
		"kill --all r000000000001", "kill -s web r000000000001",
		"wait r000000000001 r000000000001", "approve", "deny",
		"secrets", "secrets set", "secrets set NAME VALUE",
		"secrets rm", "audit", "audit tail -n x", "audit tail -n -1",
		"audit search", "audit search colour=red",
		"audit search since=noon", "audit search account=nobody17",
		"audit show", "audit verify a b", "audit recover x",
		"audit recover --accept-loss", "policy", "policy why",
		"policy check a b", "policy diff", "policy diff a b",
		"policy list x",
		"approve -y --for 721h r000000000001",
		"approve -y --for 0 r000000000001",
		"approve -y --count 1 r000000000001",
		"approve -y --count x r000000000001",
		"approve -y --like '' r000000000001",
		"approve --for 1h r000000000001", "standing x", "revoke",
		"revoke r000000000001", "revoke s00000000000",
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(lines); i++)
		expect(lines[i], EXIT_USAGE);
}

/* What later versions have is refused by name, not taken for something. */
static void
test_later(void **state)
{
	static const char *const lines[] = {
		"gateway start",
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(lines); i++)
		expect(lines[i], EXIT_USAGE);
}

/* Good ones get as far as the missing daemon; --help needs none. */
static void
test_no_daemon(void **state)
{
	static const char *const lines[] = {
		"run true", "run -- true --json", "status", "ps --json",
		"kill r000000000001", "approvals --watch",
		"approve -y r000000000001", "deny r000000000001 -r why",
		"secrets list", "secrets rm A", "secrets set A",
		"audit tail -f -n 5", "audit show r000000000001",
		"policy why -s x -- ls",
		"policy list", "policy list -u 1",
	};
	const struct command *c;
	char line[128];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(lines); i++)
		expect(lines[i], EXIT_NODAEMON);
	for (i = 0; (c = command_at(i)) != NULL; i++) {
		(void)snprintf(line, sizeof(line), "%s --help", c->name);
		expect(line, 0);
	}
}

static void
test_seconds(void **state)
{
	(void)state;
	assert_int_equal(request_seconds("1"), 1);
	assert_int_equal(request_seconds("90s"), 90);
	assert_int_equal(request_seconds("15m"), 900);
	assert_int_equal(request_seconds("2h"), 7200);
	assert_int_equal(request_seconds("168h"), 604800);
	assert_int_equal(request_seconds("604800"), 604800);
}

/* What is asked arrives as it was asked. */
static void
test_request(void **state)
{
	static char *argv[] = { (char *)(uintptr_t)"ls",
	    (char *)(uintptr_t)"\377 x", NULL };
	struct runreq req, got;
	struct buf b;

	(void)state;
	assert_int_equal(setenv("LC_ALL", "C", 1), 0);
	assert_int_equal(setenv("HOME", "/x", 1), 0);
	request_init(&req);
	request_env(&req, "A=b=c");
	request_cwd(&req, "/w");
	request_finish(&req, 2, argv);
	request_put(&b, &runreq_shape, &req);
	assert_int_equal(runreq_get(b.data, b.len, &got), 0);
	assert_int_equal(got.flags, 0);
	assert_int_equal(got.argv.n, 2);
	assert_string_equal(got.argv.v[1], "\377 x");
	assert_string_equal(got.cwd, "/w");
	assert_string_equal(got.env.v[0], "A=b=c");
	assert_true(strv_has(&got.locale, "LC_ALL=C"));
	assert_false(strv_has(&got.locale, "HOME=/x"));
	runreq_free(&req);
	runreq_free(&got);
	buf_free(&b);

	request_init(&req);
	assert_int_equal(chdir("/"), 0);
	request_finish(&req, 1, argv);
	assert_int_equal(req.flags, RUNREQ_CWD_IMPLICIT);
	assert_string_equal(req.cwd, "/");
	runreq_free(&req);
	request_init(&req);
	request_cwd(&req, "usr/bin");
	assert_string_equal(req.cwd, "/usr/bin");
	runreq_free(&req);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_later),
		cmocka_unit_test(test_no_daemon),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_request),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
