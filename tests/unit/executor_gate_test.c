/* SPDX-License-Identifier: ISC */
/* The gate of a skill's runs: what passes, once, in whatever process. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/wait.h>

#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "executor/runner/gate.h"

#define RUN	UINT64_C(0x0123456789abcde)

static const uint8_t all[TICKET_KEY] = "0123456789abcdefghijklmnopqrstu";
static const uint8_t plan[32] = "digest digest digest digest dige";

static void
seal(uint8_t out[TICKET_SIZE], const char *skill, uint64_t record)
{
	uint8_t key[TICKET_KEY];
	struct ticket t;

	memset(&t, 0, sizeof(t));
	t.kind = TICKET_EXEC;
	t.run = RUN;
	t.record = record;
	t.expires_ms = ticket_now() + 60000;
	memcpy(t.digest, plan, sizeof(t.digest));
	ticket_skill_key(key, all, skill);
	ticket_make(out, &t, key);
}

/* Made anew, as the spawner of skill "one" makes it. */
static void
make(void)
{
	uint8_t key[TICKET_KEY];

	gate_shut();
	ticket_skill_key(key, all, "one");
	assert_int_equal(gate_make(key), 0);
}

static void
passes(uint64_t record)
{
	uint8_t in[TICKET_SIZE];
	const char *why;

	seal(in, "one", record);
	assert_int_equal(gate_pass(in, RUN, plan, &why), 0);
}

static void
stays(const uint8_t *in, uint64_t run, const uint8_t *digest,
    const char *reason)
{
	const char *why = NULL;

	assert_int_equal(gate_pass(in, run, digest, &why), -1);
	assert_string_equal(why, reason);
}

static void
used(uint64_t record)
{
	uint8_t in[TICKET_SIZE];

	seal(in, "one", record);
	stays(in, RUN, plan, "ticket used before");
}

static void
test_binding(void **state)
{
	uint8_t in[TICKET_SIZE], other[32];

	(void)state;
	make();
	seal(in, "two", 5);
	stays(in, RUN, plan, "ticket with a wrong mac");
	seal(in, "one", 5);
	stays(in, RUN + 1, plan, "ticket for another run");
	memcpy(other, plan, sizeof(other));
	other[31] ^= 1;
	stays(in, RUN, other, "ticket for something else");
	memset(in, 0, sizeof(in));
	stays(in, RUN, plan, "ticket with a wrong mac");
	/* what was refused was not used up */
	passes(5);
	used(5);
}

static void
test_order(void **state)
{
	(void)state;
	make();
	used(0);		/* there is no such record */
	passes(7);
	passes(6);
	passes(GATE_RECORDS + 6);
	used(7);
	used(6);
	used(GATE_RECORDS + 6);
	/* one so much older than what was used */
	passes(9 * UINT64_C(1000000) * GATE_RECORDS + 40);
	used(40);
	passes(41);
	passes(UINT64_MAX);
	used(UINT64_MAX);
}

/* Of runners that try it at the same time, one. */
static void
test_once(void **state)
{
	uint8_t in[TICKET_SIZE];
	const char *why;
	uint64_t record;
	int i, status, won;

	(void)state;
	make();
	for (record = 1; record < 60; record++) {
		seal(in, "one", record);
		for (i = 0; i < 4; i++)
			if (fork() == 0) {
				if (gate_own() == -1)
					_exit(2);
				_exit(gate_pass(in, RUN, plan, &why) == 0);
			}
		for (i = won = 0; i < 4; i++) {
			assert_int_not_equal(wait(&status), -1);
			assert_true(WIFEXITED(status) &&
			    WEXITSTATUS(status) <= 1);
			won += WEXITSTATUS(status);
		}
		assert_int_equal(won, 1);
		used(record);
	}
}

/* What a runner forks finds nothing where the key is. */
static void
test_own(void **state)
{
	uint8_t in[TICKET_SIZE];
	const char *why;
	int status;

	(void)state;
	make();
	assert_int_equal(gate_own(), 0);
	seal(in, "one", 3);
	if (fork() == 0) {
		(void)signal(SIGSEGV, SIG_DFL);
		_exit(gate_pass(in, RUN, plan, &why) == 0 ? 0 : 3);
	}
	assert_int_not_equal(wait(&status), -1);
	/* the sanitizers make an exit of it, but not one of those */
	assert_true(WIFSIGNALED(status) ||
	    (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 3));
	passes(3);
	gate_shut();
	seal(in, "one", 4);
	stays(in, RUN, plan, "ticket after another one");
}

static void
seal_rules(uint8_t out[TICKET_SIZE], const char *skill, uint8_t kind,
    uint64_t record, int64_t life_ms)
{
	uint8_t key[TICKET_KEY];
	struct ticket t;

	memset(&t, 0, sizeof(t));
	t.kind = kind;
	t.record = record;
	t.expires_ms = ticket_now() + (uint64_t)life_ms;
	memcpy(t.digest, plan, sizeof(t.digest));
	ticket_skill_key(key, all, skill);
	ticket_make(out, &t, key);
}

static int
rules_pass(const char *skill, uint8_t kind, uint64_t record, int64_t life_ms,
    const uint8_t *digest)
{
	uint8_t in[TICKET_SIZE];
	const char *why;

	seal_rules(in, skill, kind, record, life_ms);
	return (gate_rules(in, digest, &why) == 0);
}

/* Rules: of this skill, these very bytes, each record once and in order. */
static void
test_rules(void **state)
{
	uint8_t other[32];

	(void)state;
	memcpy(other, plan, sizeof(other));
	other[31] ^= 1;
	gate_shut();
	assert_false(rules_pass("one", TICKET_RULES, 10, 60000, plan));
	make();
	assert_false(rules_pass("two", TICKET_RULES, 10, 60000, plan));
	assert_false(rules_pass("one", TICKET_EXEC, 10, 60000, plan));
	assert_false(rules_pass("one", TICKET_RULES, 10, 60000, other));
	assert_false(rules_pass("one", TICKET_RULES, 10, -1000, plan));
	assert_true(rules_pass("one", TICKET_RULES, 10, 60000, plan));
	assert_false(rules_pass("one", TICKET_RULES, 10, 60000, plan));
	assert_false(rules_pass("one", TICKET_RULES, 9, 60000, plan));
	assert_true(rules_pass("one", TICKET_RULES, 11, 60000, plan));
	/* and what is for rules lets no run go */
	passes(3);
}

static int
setup(void **state)
{
	(void)state;
	return (sodium_init() == -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_binding),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_own),
	};

	return (cmocka_run_group_tests_name("gate", tests, setup, NULL));
}
