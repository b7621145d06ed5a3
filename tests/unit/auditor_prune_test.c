/* SPDX-License-Identifier: ISC */
/*
 * The beginning of a log is removed: the rest goes on, is known by the key of
 * its first seal, and says what is gone; nothing goes without that.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/prune_util.h"

#define DAY_S	86400

static void
test_prune(void **state)
{
	char name[LOG_NAMEMAX];
	struct verify_by by, cp;
	uint64_t first;
	struct aud a;
	size_t n;

	make(*state);
	first_seal(*state, &by);
	cp = by;
	by.size = 0;
	check(*state, &by, "OK ", VERIFY_OK);
	n = closed(*state, &first, name);
	assert_true(n > 4 && first == 1);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	/* nothing is so old, and a dry run changes nothing */
	assert_int_equal(prune(&a, 1, 0, CBE_OK), 0);
	assert_int_equal(prune(&a, NEVER, 1, CBE_OK), n);
	assert_int_equal(closed(*state, &first, name), n);
	check_stream(&a, &by, "OK ");
	assert_int_equal(prune(&a, NEVER, 0, CBE_OK), n);
	assert_int_equal(closed(*state, &first, name), 0);
	check_stream(&a, &by, "PRUNED first=1 last=");
	runs(&a, 1000);
	runs(&a, 2000);
	check_stream(&a, &cp, "PRUNED first=1 last=");
	n = closed(*state, &first, name);
	assert_true(n > 2 && first > 1);
	assert_int_equal(prune(&a, NEVER, 0, CBE_OK), n);
	runs(&a, 3000);
	assert_int_equal(aud_shutdown(&a), 0);
	check(*state, &by, "PRUNED first=1 last=", VERIFY_MISSING);
	check(*state, &cp, "PRUNED first=1 last=", VERIFY_MISSING);
	check(*state, NULL, "PRUNED first=1 last=", VERIFY_MISSING);
	by.key[0] ^= 1;
	check(*state, &by, "WRONGKEY ", VERIFY_KEY);
	cp.root[0] ^= 1;
	check(*state, &cp, "FORK ", VERIFY_ROLLBACK);
	by.key[0] ^= 1;
	/* what is known is believed, and without it all is read */
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	assert_int_equal(aud_shutdown(&a), 0);
	forget(*state);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	assert_int_equal(aud_shutdown(&a), 0);
	check(*state, &by, "PRUNED first=1 last=", VERIFY_MISSING);
}

/* Every bit of what stands in front, and any of it missing. */
static void
test_tampered(void **state)
{
	static const char *const names[] = { LOG_PRUNED, LOG_SEALS };
	struct verify_report r;
	struct verify_by by;
	char *s, *was;
	size_t i, k, len;
	struct aud a;

	make_pruned(*state, &by);
	for (k = 0; k < 2; k++) {
		was = aud_file(*state, names[k], &len);
		assert_non_null(was);
		s = xmalloc(len);
		for (i = 0; i < len; i++) {
			memcpy(s, was, len);
			s[i] ^= (char)(1 << i % 8);
			aud_write(*state, names[k], s, len);
			verify_dir(*state, NULL, &r);
			/* a last line without its end is none */
			if (r.status != (i == len - 1 ? VERIFY_TRUNCATED :
			    VERIFY_TAMPERED))
				fail_msg("%s, byte %zu: %s", names[k], i,
				    r.line);
		}
		aud_write(*state, names[k], was, len / 2);
		verify_dir(*state, NULL, &r);
		assert_true(r.status == VERIFY_TRUNCATED ||
		    r.status == VERIFY_TAMPERED);
		gone(*state, names[k]);
		verify_dir(*state, NULL, &r);
		assert_true(r.status == VERIFY_MISSING ||
		    r.status == VERIFY_IO);
		assert_false(verify_whole(&r));
		assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
		(void)aud_status(&a);
		aud_write(*state, names[k], was, len);
		free(s);
		free(was);
	}
	check(*state, &by, "PRUNED ", VERIFY_MISSING);
}

/* What is missing behind what is removed, and without any record. */
static void
test_missing(void **state)
{
	char name[LOG_NAMEMAX];
	struct verify_by by;
	uint64_t first;
	struct aud a;

	make_pruned(*state, &by);
	assert_true(closed(*state, &first, name) > 1);
	gone(*state, name);
	check(*state, &by, "MISSING ", VERIFY_MISSING);
	forget(*state);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_FAILED);
	assert_int_equal(aud_status(&a), EXIT_CONFIG);
}

/* One that was changed stays, and what is behind it. */
static void
test_changed(void **state)
{
	char name[LOG_NAMEMAX], *s;
	uint64_t first;
	struct aud a;
	size_t n, len;

	make(*state);
	n = closed(*state, &first, name);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	s = aud_file(*state, name, &len);
	assert_non_null(s);
	s[len / 2] ^= 1;
	gone(*state, name);
	aud_write(*state, name, s, len);
	assert_int_equal(prune(&a, NEVER, 0, CBE_IO), 0);
	assert_int_equal(closed(*state, &first, name), n);
	s[len / 2] ^= 1;
	gone(*state, name);
	aud_write(*state, name, s, len);
	assert_int_equal(prune(&a, NEVER, 0, CBE_OK), n);
	assert_int_equal(aud_shutdown(&a), 0);
	free(s);
}

/* Up to a record, whatever has been closed behind it since. */
static void
test_last(void **state)
{
	char name[LOG_NAMEMAX];
	uint64_t first, second;
	struct aud a;
	size_t n;

	make(*state);
	n = closed(*state, &first, name);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	last_wanted = 1;
	assert_int_equal(prune(&a, NEVER, 0, CBE_OK), 0);
	last_wanted = 0;
	ask(&a, NEVER, 1, "");
	assert_int_equal(aud_recv(&a), MSG_A_PRUNING);
	last_wanted = field_get_u64(a.m.data, a.m.len, "last", 0);
	assert_true(last_wanted > 1);
	while (aud_recv(&a) == MSG_A_PRUNING)
		;
	last_wanted--;
	assert_int_equal(prune(&a, NEVER, 0, CBE_OK), 0);
	last_wanted++;
	assert_int_equal(prune(&a, NEVER, 0, CBE_OK), 1);
	assert_int_equal(closed(*state, &second, name), n - 1);
	assert_int_equal(second, last_wanted + 1);
	last_wanted = 0;
	assert_int_equal(aud_shutdown(&a), 0);
}

/* A run that is not over keeps its beginning. */
static void
test_open(void **state)
{
	char name[LOG_NAMEMAX];
	uint64_t first;
	struct aud a;
	size_t n;

	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	runs(&a, 1);
	n = closed(*state, &first, name);
	assert_true(n > 0);
	aud_intent(&a, 500, "x");
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	runs(&a, 1000);
	assert_int_equal(prune(&a, NEVER, 0, CBE_AGAIN), n);
	aud_close(&a, 500);
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	assert_true(prune(&a, NEVER, 0, CBE_OK) > 0);
	assert_int_equal(aud_shutdown(&a), 0);
}

/* Until the first segment that is there is another one. */
static void
wait_first(const char *dir, uint64_t was)
{
	char name[LOG_NAMEMAX];
	uint64_t first;
	size_t i;

	for (i = 0; i < 60000; i++) {
		(void)closed(dir, &first, name);
		if (first != was)
			return;
		(void)poll(NULL, 0, 1);
	}
	fail_msg("nothing is removed");
}

/* What is older than logging.keepDays goes by itself. */
static void
test_days(void **state)
{
	char name[LOG_NAMEMAX], *s;
	uint64_t first;
	struct aud a;
	size_t len;
	int i;

	for (i = -9; i < 0; i += 3) {
		ahead_s = i * DAY_S;
		assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
		runs(&a, 1000 + (uint64_t)(i + 9) * RUNS);
		assert_int_equal(aud_shutdown(&a), 0);
	}
	assert_true(closed(*state, &first, name) > 5 && first == 1);
	ahead_s = 0;
	keep_days = 5;
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	wait_first(*state, 1);
	/* that it is over is what a question without an effect waits for */
	do {
		(void)poll(NULL, 0, 1);
		ask(&a, 1, 1, "is it over");
		assert_int_equal(aud_recv(&a), MSG_A_PRUNED);
	} while (a.m.data[1] != CBE_OK);
	assert_int_equal(aud_shutdown(&a), 0);
	check(*state, NULL, "PRUNED first=1 ", VERIFY_MISSING);
	/* the last session's are younger */
	assert_true(closed(*state, &first, name) > 1);
	s = aud_file(*state, LOG_PRUNED, &len);
	assert_non_null(s);
	assert_non_null(strstr(s, "\"reason\":\"logging.keepDays 5\""));
	free(s);
}

/* A clock that has jumped deletes nothing, until somebody has looked at it. */
static void
test_jump(void **state)
{
	char name[LOG_NAMEMAX];
	uint64_t first;
	struct aud a;
	size_t n;
	int i;

	make(*state);
	keep_days = 30;
	ahead_s = 3650 * DAY_S;
	/* nor does it in the sessions after that, whatever they have read */
	for (i = 0; i < 3; i++) {
		assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
		runs(&a, 1000 * (uint64_t)(i + 1));
		assert_int_equal(aud_shutdown(&a), 0);
		n = closed(*state, &first, name);
		assert_int_equal(first, 1);
		if (i == 1)
			forget(*state);
	}
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	/* to look is not to say that it is right */
	assert_int_equal(prune(&a, NEVER, 1, CBE_OK), n);
	runs(&a, 5000);
	(void)closed(*state, &first, name);
	assert_int_equal(first, 1);
	assert_int_equal(prune(&a, 1, 0, CBE_OK), 0);
	runs(&a, 6000);
	wait_first(*state, 1);
	assert_int_equal(aud_shutdown(&a), 0);
	verify_whole_dir(*state);
}

/* Back, too: nothing is of the future because of that, and nothing goes. */
static void
test_back(void **state)
{
	char name[LOG_NAMEMAX];
	uint64_t first;
	struct aud a;

	make(*state);
	keep_days = 30;
	ahead_s = -365 * DAY_S;
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	runs(&a, 1000);
	assert_int_equal(aud_shutdown(&a), 0);
	ahead_s = 0;
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	runs(&a, 2000);
	assert_int_equal(aud_shutdown(&a), 0);
	(void)closed(*state, &first, name);
	assert_int_equal(first, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_prune, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_tampered, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_missing, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_changed, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_last, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_open, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_days, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_jump, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_back, setup,
		    aud_teardown),
	};

	if (sodium_init() == -1)
		return (1);
	return (cmocka_run_group_tests_name("auditor prune", tests, NULL,
	    NULL));
}
