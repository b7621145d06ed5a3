/* SPDX-License-Identifier: ISC */
/* The configuration: what loads, what it comes to, and what is printed. */
#include "config.h"

#include "tests/unit/conf_util.h"

#include <sys/stat.h>

#include <fcntl.h>

#include "common/msg.h"
#include "supervisor/conf/judge.h"

#define FRAG_TOOLS	"\"tools\": { \"exec\": { \"approval\": \"ask\", " \
    "\"approvalPatterns\": [\"rm -rf\", \"DROP TABLE\", " \
    "\"kubectl delete\", \"git push --force\"] } }"
#define FRAG_LOG	"\"logging\": { \"redact\": [\"password=.*\", " \
    "\"token=.*\", \"apikey=.*\", \"Bearer .*\"] }"
#define FRAG_RATE	"\"rateLimit\": { \"maxExecutionsPerMinute\": 10, " \
    "\"maxAPICallsPerHour\": 1000 }"

static void
test_fragments(void **state)
{
	struct conf *c;

	(void)state;
	c = good("{ " FRAG_TOOLS ",\n" FRAG_LOG ",\n" FRAG_RATE " }\n");
	assert_int_equal(c->approval, APPROVAL_ASK);
	assert_int_equal(c->approval_patterns.n, 4);
	assert_string_equal(pattern_text(c->approval_patterns.p[1]),
	    "DROP TABLE");
	assert_int_equal(c->redact.n, 4);
	assert_int_equal(c->rate.per_minute, 10);
	assert_int_equal(c->rate.api_per_hour, 1000);
	assert_int_equal(c->rate.concurrent, CONF_UNSET);
	assert_true(strv_has(&c->skills[0].programs, "kubectl"));
	conf_free(c);
	conf_free(good("{ " FRAG_TOOLS " }"));
	conf_free(good("{ " FRAG_LOG " }"));
	conf_free(good("{ " FRAG_RATE " }"));
}

static void
test_defaults(void **state)
{
	struct conf_skill *sk;
	struct conf *c;
	gid_t admin = 50, other = 51;

	(void)state;
	c = good("{}");
	assert_int_equal(c->nskills, 1);
	sk = &c->skills[0];
	assert_string_equal(sk->name, "default");
	assert_int_equal(sk->dflt, VERDICT_ASK);
	assert_int_equal(sk->shell, 1);
	assert_int_equal(sk->network, PLAN_NET_NONE);
	assert_int_equal(sk->uid, 900);
	assert_string_equal(sk->account, "clawbot");
	assert_int_equal(sk->limits.timeout_s, 60);
	assert_int_equal(sk->limits.output_mb, 16);
	assert_true(strv_has(&sk->protect, ".git/hooks") &&
	    strv_has(&sk->protect, ".ssh"));
	assert_int_equal(sk->limits.tmp_mb, 512);
	assert_int_equal(sk->limits.shm_mb, 64);
	assert_int_equal(sk->limits.cpu_percent, 0);
	assert_int_equal(sk->limits.io_class, LIMITS_IO_NORMAL);
	assert_int_equal(sk->limits.excess, LIMITS_EXCESS_PIPE);
	assert_int_equal(c->cgroup, CGROUP_AUTO);
	assert_null(sk->refuse);
	assert_int_equal(c->nchannels, 1);
	assert_string_equal(c->channels[0].name, "cli");
	assert_int_equal(c->channels[0].access, ACCESS_EXECUTE);
	assert_true(conf_channel_has_skill(&c->channels[0], "default"));
	assert_ptr_equal(conf_default_skill(c, &c->channels[0]), sk);
	assert_true(who_has(&c->channels[0].users, 1000, &admin, 1));
	assert_false(who_has(&c->channels[0].users, 1000, &other, 1));
	assert_false(who_has(&c->channels[0].users, 0, NULL, 0));
	assert_int_equal(c->approval_timeout_s, 1800);
	assert_int_equal(c->max_pending, 32);
	assert_int_equal(c->detached_keep_s, 3600);
	assert_int_equal(c->detached_runs, 64);
	assert_int_equal(c->detached_mb, 1024);
	assert_int_equal(c->detached_output_mb, 16);
	assert_int_equal(c->brk_failures, 5);
	assert_int_equal(c->brk_window_s, 60);
	assert_int_equal(c->brk_cooldown_s, 300);
	assert_int_equal(c->segment_mb, 64);
	assert_int_equal(c->output, KEEP_DIGEST);
	assert_int_equal(c->excerpt_kb, 16);
	assert_int_equal(c->output_mb, 8);
	assert_int_equal(c->output_total_mb, 1024);
	assert_int_equal(c->cipher, CIPHER_AES256);
	assert_string_equal(c->socket_dir, CB_RUNDIR);
	assert_int_equal(c->redact.n, 0);
	assert_int_equal(c->redact_known, 1);
	assert_null(c->keyfile);
	conf_free(c);
}

static const char full[] =
    "# a whole one\n"
    "{\n"
    "  // channels and skills\n"
    "  \"tools\": {\"exec\": {\"approval\": \"always\",},},\n"
    "  \"skills\": {\n"
    "    \"dev\": {\n"
    "      \"allow\": [\"git status\", \"make **\", \"/opt/t/bin *\",],\n"
    "      \"ask\": [\"git push\"],\n"
    "      \"deny\": [\"curl\", \"git push --force\"],\n"
    "      \"default\": \"deny\", /* nothing else */\n"
    "      \"shell\": false,\n"
    "      \"read\": [\"/srv/data\"], \"write\": [\"/srv/ws\"],\n"
    "      \"protect\": [\".x/*/y\", \".z\"],\n"
    "      \"network\": \"none\",\n"
    "      \"secrets\": {\"Z_KEY\": \"env\", \"A_KEY\": \"file\"},\n"
    "      \"env\": {\"LANG\": \"C.UTF-8\", \"GIT_AUTHOR_NAME\": \"x\"},\n"
    "      \"runAs\": \"bob\",\n"
    "      \"limits\": {\"timeoutSeconds\": 10, \"cpuSeconds\": 5,\n"
    "        \"memoryMB\": 100, \"processes\": 10, \"openFiles\": 64,\n"
    "        \"fileMB\": 1, \"outputMB\": 0, \"tmpMB\": 64,\n"
    "        \"cpuPercent\": 150, \"ioWeight\": 50, \"nice\": 5,\n"
    "        \"ioClass\": \"idle\", \"outputExcess\": \"discard\"},\n"
    "      \"tests\": {\"ask\": [\"make all\", \"git push\"],\n"
    "        \"deny\": [\"curl x\", \"ls\", \"git push -f\"]},\n"
    "    },\n"
    "    \"web\": {\"network\": \"host\", \"default\": \"allow\",\n"
    "      \"protect\": []},\n"
    "    \"me\": {\"runAs\": \"caller\", \"default\": \"allow\"},\n"
    "  },\n"
    "  \"channels\": {\n"
    "    \"cli\": {\"users\": [\"alice\", \"group:clawbot-admin\"],\n"
    "      \"skills\": [\"dev\", \"web\"],\n"
    "      \"limits\": {\"timeoutSeconds\": 5, \"memoryMB\": null,\n"
    "        \"tmpMB\": 100, \"cpuPercent\": 0, \"ioWeight\": 10,\n"
    "        \"nice\": 9},\n"
    "      \"rateLimit\": {\"maxExecutionsPerMinute\": 0}},\n"
    "    \"ro\": {\"users\": [\"bob\"], \"access\": \"read-only\",\n"
    "      \"skills\": \"*\"},\n"
    "    \"off\": {\"users\": [\"bob\"], \"access\": \"none\"}\n"
    "  },\n"
    "  \"approvals\": {\"approvers\": [\"bob\"], \"timeoutSeconds\": 60,\n"
    "    \"maxPending\": 4},\n"
    "  \"circuitBreaker\": {\"failures\": 2, \"windowSeconds\": 10,\n"
    "    \"cooldownSeconds\": 20},\n"
    "  \"logging\": {\"directory\": \"/srv/log\", \"redact\": [],\n"
    "    \"segmentMB\": 1, \"output\": \"digest\"},\n"
    "  \"socketDirectory\": \"/srv/run\",\n"
    "  \"vault\": {\"directory\": \"/srv/vault\",\n"
    "    \"unlock\": [\"keyfile:/srv/key\", \"keyfile:/srv/key2\"],\n"
    "    \"cipher\": \"xchacha20-poly1305\"},\n"
    "  \"sandbox\": {\"acceptMissing\": [\"memlock\"],\n"
    "    \"cgroup\": \"off\"},\n"
    "  \"detached\": {\"keepSeconds\": 7, \"maxRuns\": 0,\n"
    "    \"maxMB\": 9, \"outputMB\": 3},\n"
    "}\n";

/* The default, with a name more and one less. */
static void
test_protect_changes(void **state)
{
	const struct conf_skill *sk, *plain;
	struct conf *c;

	(void)state;
	c = good("{\"skills\": {\"a\": {\"protect\": [\"-.vscode\", "
	    "\"+Makefile\", \"-.git/config\"]}, \"b\": {}}}");
	assert_non_null(sk = conf_skill(c, "a"));
	assert_non_null(plain = conf_skill(c, "b"));
	assert_int_equal(sk->protect.n, plain->protect.n - 1);
	assert_false(strv_has(&sk->protect, ".vscode"));
	assert_false(strv_has(&sk->protect, ".git/config"));
	assert_true(strv_has(&sk->protect, "Makefile"));
	assert_true(strv_has(&sk->protect, ".git/hooks"));
	assert_true(strv_has(&plain->protect, ".vscode"));
	conf_free(c);
}

static void
test_full(void **state)
{
	const struct conf_skill *sk;
	struct limits l;
	struct conf *c;

	(void)state;
	c = good(full);
	sk = &c->skills[0];
	assert_int_equal(sk->protect.n, 2);
	assert_string_equal(sk->protect.v[0], ".x/*/y");
	assert_int_equal(c->skills[1].protect.n, 0);
	assert_int_equal(c->approval, APPROVAL_ALWAYS);
	assert_non_null(sk = conf_skill(c, "dev"));
	assert_int_equal(sk->dflt, VERDICT_DENY);
	assert_int_equal(sk->shell, 0);
	assert_string_equal(sk->secrets.v[0], "A_KEY");
	assert_int_equal(sk->secret_how[0], PLAN_SECRET_FILE);
	assert_int_equal(sk->secret_how[1], PLAN_SECRET_ENV);
	assert_string_equal(sk->env.v[1], "LANG=C.UTF-8");
	assert_int_equal(sk->uid, 1001);
	assert_int_equal(sk->programs.n, 4);
	assert_string_equal(sk->programs.v[0], "/opt/t/bin");
	assert_string_equal(conf_skill(c, "web")->refuse,
	    "network \"host\" needs sandbox.hostNetwork, which is false");
	assert_null(conf_skill(c, "me")->refuse);
	assert_int_equal(conf_skill(c, "me")->run_as_caller, 1);
	assert_null(conf_skill(c, "none"));
	assert_null(conf_default_skill(c, &c->channels[0]));
	assert_int_equal(c->channels[0].rate.per_minute, 0);
	assert_int_equal(c->channels[0].rate.concurrent, CONF_UNSET);
	assert_int_equal(c->channels[1].access, ACCESS_READ_ONLY);
	assert_int_equal(c->channels[2].access, ACCESS_NONE);
	assert_int_equal(c->redact.n, 0);
	assert_string_equal(c->keyfile, "/srv/key");
	assert_int_equal(c->cipher, CIPHER_XCHACHA);
	assert_int_equal(c->accept_missing, 1U << ACCEPT_MEMLOCK);
	assert_int_equal(c->cgroup, CGROUP_OFF);
	assert_int_equal(c->detached_keep_s, 7);
	assert_int_equal(c->detached_runs, 0);
	assert_int_equal(c->detached_mb, 9);
	assert_int_equal(c->detached_output_mb, 3);

	conf_limits(&l, sk, &c->channels[0], 0);
	assert_int_equal(l.timeout_s, 5);
	assert_int_equal(l.memory_mb, 100);
	assert_int_equal(l.output_mb, 0);
	assert_int_equal(l.tmp_mb, 64);
	assert_int_equal(l.cpu_percent, 150);
	assert_int_equal(l.io_weight, 10);
	assert_int_equal(l.nice, 9);
	assert_int_equal(l.io_class, LIMITS_IO_IDLE);
	assert_int_equal(l.excess, LIMITS_EXCESS_DISCARD);
	conf_limits(&l, sk, &c->channels[0], 3);
	assert_int_equal(l.timeout_s, 3);
	conf_limits(&l, sk, &c->channels[1], 100);
	assert_int_equal(l.timeout_s, 10);
	assert_int_equal(l.nice, 5);
	conf_free(c);
}

static char *
printed(const struct conf *c)
{
	char *out;
	size_t n;
	FILE *f = open_memstream(&out, &n);

	assert_non_null(f);
	conf_print(c, f);
	(void)fclose(f);
	return (out);
}

static void
round_trip(const char *text)
{
	struct conf *a = good(text), *b;
	char *first = printed(a), *second;

	b = good(first);
	second = printed(b);
	assert_string_equal(first, second);
	conf_free(a);
	conf_free(b);
	free(first);
	free(second);
}

static void
test_print(void **state)
{
	(void)state;
	round_trip("{}");
	round_trip(full);
	round_trip("{ " FRAG_TOOLS "," FRAG_LOG "," FRAG_RATE " }");
	round_trip("{\"skills\": {\"a\": {\"allow\": [\"x \\\"q\\\" \\u00e9\"],"
	    "\"env\": {\"A\": \"\\\"\\n\\t\"}}}}");
}

/* Nothing in a table can be taken for another row, or is out of its range. */
static void
check_table(const struct key_table *t)
{
	const struct key *a, *b;
	size_t i, j, n;

	for (i = 0; i < t->n; i++) {
		a = &t->k[i];
		n = strlen(a->path);
		assert_true(n > 0 && a->path[0] != '.' &&
		    a->path[n - 1] != '.' && strstr(a->path, "..") == NULL);
		assert_non_null(a->kind->get);
		assert_non_null(a->kind->show);
		if (a->kind == &kind_UINT || a->kind == &kind_LIMIT)
			assert_true(a->min <= a->dflt && a->dflt <= a->max);
		for (j = 0; j < t->n; j++) {
			b = &t->k[j];
			if (i != j && strncmp(a->path, b->path, n) == 0)
				assert_true(b->path[n] != '\0' &&
				    b->path[n] != '.');
		}
		if (a->kind->each != NULL)
			check_table(a->kind->each);
	}
}

static void
test_rows(void **state)
{
	(void)state;
	check_table(&conf_table);
}

static void
test_policy_tests(void **state)
{
	(void)state;
	bad("{\"skills\": {\"a\": {\"allow\": [\"git **\"], \"tests\": {\n"
	    "\"allow\": [\"git status\", \"ls\"],\n"
	    "\"deny\": [\"git log\", \"ls | cat\"]}}}}",
	    "f:1:29: skills.a.allow[0]: note: \"git **\" does not cover what "
	    "runs a program, loads code or writes a file: -c --config-env "
	    "--exec-path --upload-pack --receive-pack\n"
	    "f:1:29: skills.a.allow[0]: note: \"git **\" does not cover what "
	    "is no command of git's own\n"
	    "f:2:25: skills.a.tests.allow[1]: \"ls\" must get allow, but gets "
	    "ask\n"
	    "f:3:10: skills.a.tests.deny[0]: \"git log\" must get deny, but "
	    "gets allow\n"
	    "f:3:21: skills.a.tests.deny[1]: cannot read \"ls | cat\" as one "
	    "command\n");
}

/* A word is an object that says no more; -T has the whole of each. */
static void
test_secrets(void **state)
{
	const struct conf_skill *sk;
	struct conf *c;
	char *errs;

	(void)state;
	c = load("{\"skills\": {\"a\": {\"allow\": [\"ls\"], \"secrets\": {"
	    "\"C\": \"file\", \"B\": {\"approval\": true, "
	    "\"maxReleasesPerMinute\": 30, \"minVersion\": 4}, "
	    "\"A\": {\"as\": \"file\"}}}}, \"rateLimit\": "
	    "{\"maxExecutionsPerMinute\": 20}}", &errs);
	assert_non_null(c);
	assert_non_null(strstr(errs, "skills.a.secrets.B: note: every run of "
	    "this skill gets the secret, and so needs an approval"));
	assert_non_null(strstr(errs, "skills.a.secrets.B: note: there are "
	    "never 30 releases a minute"));
	free(errs);
	sk = &c->skills[0];
	assert_int_equal(sk->secrets.n, 3);
	assert_string_equal(sk->releases[0].name, "A");
	assert_int_equal(sk->secret_how[0], PLAN_SECRET_FILE);
	assert_int_equal(sk->releases[0].per_minute, CONF_UNSET);
	assert_int_equal(sk->releases[0].min_version, 1);
	assert_string_equal(sk->secrets.v[1], "B");
	assert_int_equal(sk->secret_how[1], PLAN_SECRET_ENV);
	assert_true(sk->releases[1].approval);
	assert_int_equal(sk->releases[1].per_minute, 30);
	assert_int_equal(sk->releases[1].min_version, 4);
	assert_int_equal(sk->secret_how[2], PLAN_SECRET_FILE);
	assert_false(sk->releases[2].approval);
	conf_free(c);
	/* the policy's own tests know of it */
	c = load("{\"skills\": {\"a\": {\"allow\": [\"ls\"], \"secrets\": "
	    "{\"B\": {\"approval\": true}}, \"tests\": {\"allow\": "
	    "[\"ls\"]}}}}", &errs);
	assert_null(c);
	assert_non_null(strstr(errs, "\"ls\" must get allow, but gets ask"));
	free(errs);
}

static void
test_notes(void **state)
{
	struct conf *c;
	char *errs;

	(void)state;
	c = load("{\"skills\": {\"net\": {\"network\": \"host\"}}}",
	    &errs);
	assert_non_null(c);
	assert_non_null(strstr(errs, "skills.net.network: note: runs of this "
	    "skill are refused: network \"host\" needs sandbox.hostNetwork"));
	free(errs);
	conf_free(c);
	c = load("{\"skills\": {\"a\": {\"allow\": [\"ls **\", \"find **\", "
	    "\"bash **\", \"python3 x.py\", \"python3 **\", \"nice **\", "
	    "\"run-it **\"]}}, "
	    "\"tools\": {\"exec\": {\"wrappers\": {\"run-it\": \"CMD\"}}}}",
	    &errs);
	assert_non_null(c);
	assert_int_equal(c->wrappers.names.n, 1);
	assert_null(strstr(errs, "\"ls"));
	assert_null(strstr(errs, "x.py"));
	assert_non_null(strstr(errs, "skills.a.allow[1]: note: \"find **\" "
	    "does not cover what runs a program, loads code or writes a file: "
	    "-exec -execdir"));
	assert_non_null(strstr(errs, "allow[2]: note: \"bash **\" allows "
	    "whatever a shell can run"));
	assert_non_null(strstr(errs, "allow[4]: note: \"python3 **\" allows "
	    "whatever its code does"));
	assert_non_null(strstr(errs, "allow[5]: note: \"nice **\" allows "
	    "every program behind it; where"));
	assert_non_null(strstr(errs, "allow[6]: note: \"run-it **\" allows "
	    "every program behind it"));
	free(errs);
	conf_free(c);
	c = load("{\"vault\": {\"unlock\": [\"passphrase\"]}}", &errs);
	assert_non_null(c);
	assert_null(c->keyfile);
	assert_non_null(strstr(errs, "the vault is locked until"));
	free(errs);
	conf_free(c);
}

/* Every truncation of a good one is refused, and nothing breaks. */
static void
test_truncated(void **state)
{
	char *text = xstrdup(full), *errs;
	struct conf *c;
	size_t i, n = strlen(full);

	(void)state;
	for (i = n - 2; i > 0; i--) {
		text[i] = '\0';
		c = load(text, &errs);
		assert_null(c);
		assert_int_equal(strncmp(errs, "f:", 2), 0);
		free(errs);
	}
	free(text);
}

static struct conf *
load_file(const char *path, char **errs)
{
	struct conf *c;
	size_t n;
	FILE *f;

	f = open_memstream(errs, &n);
	assert_non_null(f);
	c = conf_load(path, f, NULL);
	(void)fclose(f);
	return (c);
}

static void
refused(const char *path, const char *why)
{
	struct conf *c;
	char *errs;

	c = load_file(path, &errs);
	if (c != NULL || strstr(errs, why) == NULL)
		fail_msg("want: %s\ngot:  %s", why, errs);
	free(errs);
}

static void
test_file(void **state)
{
	char dir[] = "/tmp/conf_test.XXXXXX", path[64], link_path[64];
	struct conf *c;
	char *errs;
	int fd;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/conf", dir);
	(void)snprintf(link_path, sizeof(link_path), "%s/link", dir);
	refused(path, "No such file");
	fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, "{}\n", 3), 3);
	c = load_file(path, &errs);
	assert_non_null(c);
	assert_int_equal(c->textlen, 3);
	assert_string_equal(c->text, "{}\n");
	conf_free(c);
	free(errs);
	assert_int_equal(symlink(path, link_path), 0);
	refused(link_path, "is a symbolic link");
	refused(dir, "is not a regular file");
	assert_int_equal(fchmod(fd, 0620), 0);
	refused(path, "is writable by group or others");
	assert_int_equal(fchmod(fd, 0602), 0);
	refused(path, "is writable by group or others");
	assert_int_equal(fchmod(fd, 0600), 0);
	assert_int_equal(fchown(fd, 1, 0), 0);
	refused(path, "is not owned by root");
	assert_int_equal(fchown(fd, 0, 0), 0);
	assert_int_equal(ftruncate(fd, CONF_MAXFILE + 1), 0);
	refused(path, "is larger than 1 MiB");
	(void)close(fd);
	(void)unlink(link_path);
	(void)unlink(path);
	(void)rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_protect_changes),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_policy_tests),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_file),
	};

	conf_ops = &fake;
	return (cmocka_run_group_tests_name("conf", tests, NULL, NULL));
}
