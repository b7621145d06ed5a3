/* SPDX-License-Identifier: ISC */
/* The table of roles: nothing of one is another's, and who ends last. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "supervisor/roles.h"

static void
test_rows(void **state)
{
	const struct proc_row *a, *b;

	(void)state;
	for (a = proc_rows; a < proc_rows + NPROCS; a++) {
		assert_non_null(a->prog);
		assert_non_null(a->account);
		assert_string_not_equal(a->account, SUPERVISOR_ACCOUNT);
		assert_string_not_equal(role_name(a->role), "unknown");
		for (b = proc_rows; b < a; b++) {
			assert_int_not_equal(a->role, b->role);
			assert_string_not_equal(a->prog, b->prog);
			assert_string_not_equal(a->account, b->account);
		}
	}
}

/* And nothing of them is the notifier's. */
static void
test_notifier(void **state)
{
	const struct proc_row *a;

	(void)state;
	assert_string_equal(role_name(notifier_row.role), "notifier");
	assert_string_not_equal(notifier_row.account, SUPERVISOR_ACCOUNT);
	/* it signals all that it sees */
	assert_int_equal(notifier_row.pidns, 1);
	for (a = proc_rows; a < proc_rows + NPROCS; a++) {
		assert_int_not_equal(a->role, notifier_row.role);
		assert_string_not_equal(a->prog, notifier_row.prog);
		assert_string_not_equal(a->account, notifier_row.account);
	}
}

/* Nobody's end goes unrecorded: the auditor is told after all others. */
static void
test_stop(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NPROCS; i++) {
		assert_true(proc_rows[i].stop > STOP_NO);
		assert_true(proc_rows[i].stop < STOP_DONE);
		assert_int_equal(proc_rows[i].stop == STOP_AUDITOR,
		    i == PROC_AUDIT);
	}
}

static void
test_init(void **state)
{
	struct proc procs[NPROCS];
	size_t i;

	(void)state;
	memset(procs, 0xff, sizeof(procs));
	procs_init(procs);
	for (i = 0; i < NPROCS; i++) {
		assert_ptr_equal(procs[i].row, &proc_rows[i]);
		assert_int_equal(procs[i].role, proc_rows[i].role);
		assert_int_equal(procs[i].state, PROC_NONE);
		assert_int_equal(procs[i].log.fd, -1);
		assert_null(procs[i].ipc);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_notifier),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_init),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
