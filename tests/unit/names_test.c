/* SPDX-License-Identifier: ISC */
/* Run ids as people see them, and the small tables of names and codes. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "common/cberr.h"
#include "common/plan.h"
#include "common/role.h"

static void
test_runid(void **state)
{
	char text[RUNID_TEXT];
	uint64_t id, got;
	unsigned i;

	(void)state;
	runid_text(text, 1);
	assert_string_equal(text, "r000000000001");
	runid_text(text, RUNID_MASK);
	assert_string_equal(text, "rzzzzzzzzzzzz");
	for (i = 0; i < 60; i++) {
		id = UINT64_C(1) << i;
		runid_text(text, id);
		assert_int_equal(strlen(text), RUNID_TEXT - 1);
		assert_int_equal(runid_parse(text, &got), 0);
		assert_true(got == id);
		id = (UINT64_C(0x9e3779b97f4a7c15) * (i + 1)) & RUNID_MASK;
		runid_text(text, id);
		assert_int_equal(runid_parse(text, &got), 0);
		assert_true(got == id);
	}
}

static void
test_runid_refused(void **state)
{
	static const char *const bad[] = {
		"", "r", "0", "r000000000000", "r00000000001",
		"r0000000000001", "x000000000001", "R000000000001",
		"r00000000000i", "r00000000000l", "r00000000000o",
		"r00000000000u", "r00000000000A", "r00000000000 ",
		" r00000000001", "r00000000000\n", "r-00000000001",
		"r00000000000\xff", "000000000001r",
	};
	uint64_t id;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(bad); i++) {
		id = 77;
		if (runid_parse(bad[i], &id) != -1)
			fail_msg("\"%s\" passed", bad[i]);
		assert_int_equal(id, 77);
	}
}

/* The exit codes are contracts. */
static void
test_codes(void **state)
{
	static const struct { enum cberr e; int status; } t[] = {
		{ CBE_OK, 0 }, { CBE_USAGE, 64 }, { CBE_UNAVAIL, 69 },
		{ CBE_AGAIN, 75 }, { CBE_REFUSED, 77 }, { CBE_INTERNAL, 125 },
		{ CBE_CANTEXEC, 126 }, { CBE_NOTFOUND, 127 },
		{ CBE_NOENT, 1 }, { CBE_IO, 74 },
	};
	size_t i;

	(void)state;
	assert_int_equal(NELEM(t), CBE_MAX);
	for (i = 0; i < NELEM(t); i++) {
		assert_int_equal(cberr_exit(t[i].e), t[i].status);
		assert_true(strlen(cberr_text(t[i].e)) > 0);
	}
	assert_int_equal(cberr_exit(CBE_MAX), 125);
	assert_int_equal(cberr_exit((enum cberr)65535), 125);
	assert_string_equal(cberr_text((enum cberr)65535), "unknown error");
}

/* No two ways in which the daemon ends share a code. */
static void
test_roles(void **state)
{
	static const enum role r[] = {
		ROLE_SUPERVISOR, ROLE_EXECUTOR, ROLE_AUDITOR, ROLE_VAULT,
		ROLE_NOTIFIER,
		ROLE_FORWARDER,
	};
	static const int own[] = {
		0, EXIT_USAGE, EXIT_SYSTEM, EXIT_IO, EXIT_NOPERM, EXIT_CONFIG,
		EXIT_HOST,
	};
	int seen[256] = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(own); i++)
		seen[own[i]]++;
	for (i = 1; i < NELEM(r); i++) {
		seen[EXIT_ROLE_DIED(r[i])]++;
		seen[EXIT_ROLE_PROTO(r[i])]++;
	}
	for (i = 0; i < NELEM(seen); i++)
		assert_true(seen[i] <= 1);
	assert_string_equal(role_name(ROLE_SUPERVISOR), "supervisor");
	assert_string_equal(role_name(ROLE_EXECUTOR), "executor");
	assert_string_equal(role_name(ROLE_AUDITOR), "auditor");
	assert_string_equal(role_name(ROLE_VAULT), "vault");
	assert_string_equal(role_name(ROLE_CLIENT), "client");
	assert_string_equal(role_name(ROLE_NOTIFIER), "notifier");
	assert_string_equal(role_name(ROLE_FORWARDER), "forwarder");
	assert_string_equal(role_name((enum role)77), "unknown");
}

static void
test_outcomes(void **state)
{
	static const char *const want[OUTCOME_MAX] = {
		"unknown", "exited", "signaled", "timeout", "limited",
		"killed", "error", "denied", "lost",
	};
	unsigned i;

	(void)state;
	for (i = 0; i < OUTCOME_MAX; i++)
		assert_string_equal(outcome_name(i), want[i]);
	assert_string_equal(outcome_name(OUTCOME_MAX), "unknown");
	assert_string_equal(outcome_name(UINT32_MAX), "unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runid),
		cmocka_unit_test(test_runid_refused),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_outcomes),
	};

	return (cmocka_run_group_tests_name("names", tests, NULL, NULL));
}
