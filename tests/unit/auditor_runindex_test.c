/* SPDX-License-Identifier: ISC */
/*
 * Where runs begin: right where it is known, and never told when it is not,
 * however many runs there were meanwhile.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "auditor/runindex.h"
#include "common/buf.h"
#include "common/field.h"
#include "common/plan.h"

static struct runindex *x;
static uint64_t number;

static uint64_t
see(uint64_t run, const char *ev)
{
	char text[RUNID_TEXT];
	struct buf b;

	runid_text(text, run);
	buf_init(&b, 4096);
	field_str(&b, "ev", ev);
	field_str(&b, "run", text);
	runindex_see(x, b.data, b.len, ++number);
	buf_free(&b);
	return (number);
}

static int
setup(void **state)
{
	(void)state;
	x = xcalloc(1, sizeof(*x));
	number = 0;
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	free(x);
	return (0);
}

static void
test_first(void **state)
{
	uint64_t a, b, c, n;
	struct buf f;

	(void)state;
	a = see(1, "request");
	b = see(2, "intent");
	(void)see(1, "approve");
	(void)see(1, "intent");
	c = see(3, "refused");
	(void)see(2, "result");
	(void)see(4, "approve");
	assert_int_equal(runindex_find(x, 1, &n), 0);
	assert_int_equal(n, a);
	assert_int_equal(runindex_find(x, 2, &n), 0);
	assert_int_equal(n, b);
	assert_int_equal(runindex_find(x, 3, &n), 0);
	assert_int_equal(n, c);
	/* a late answer is not where its run has begun */
	assert_int_equal(runindex_find(x, 4, &n), -1);
	assert_int_equal(runindex_find(x, 0, &n), -1);
	/* nor is what a program of it asks, nor what is malformed */
	buf_init(&f, 4096);
	field_str(&f, "ev", "request");
	field_str(&f, "run", "r000000000005");
	n = field_obj(&f, "exec");
	field_end(&f, n);
	runindex_see(x, f.data, f.len, 9);
	runindex_see(x, f.data, f.len - 3, 9);
	runindex_see(x, "", 0, 9);
	buf_free(&f);
	assert_int_equal(runindex_find(x, 5, &n), -1);
}

/* What waits keeps its place; whatever is known is right. */
static void
test_many(void **state)
{
	const uint64_t runs = 4 * RUNINDEX_ROWS * RUNINDEX_WAYS;
	uint64_t asked, i, n, known = 0;

	(void)state;
	asked = see(7, "request");
	for (i = 1000; i < 1000 + runs; i++)
		(void)see(i, "intent");
	(void)see(7, "intent");
	assert_int_equal(runindex_find(x, 7, &n), 0);
	assert_int_equal(n, asked);
	for (i = 1000; i < 1000 + runs; i++)
		if (runindex_find(x, i, &n) == 0) {
			assert_int_equal(n, i - 1000 + 2);
			known++;
		}
	assert_in_range(known, RUNINDEX_ROWS * (RUNINDEX_WAYS - 1),
	    RUNINDEX_ROWS * RUNINDEX_WAYS);
	/* the newest are those that are */
	assert_int_equal(runindex_find(x, 999 + runs, &n), 0);
}

/* One that waits and found no place: its intent is not its beginning. */
static void
test_lost(void **state)
{
	uint64_t i, n;

	(void)state;
	for (i = 1; i <= RUNINDEX_WAYS + 1; i++)
		(void)see(1 + i * RUNINDEX_ROWS, "request");
	i = 1 + (RUNINDEX_WAYS + 1) * RUNINDEX_ROWS;
	assert_int_equal(runindex_find(x, i, &n), -1);
	(void)see(1 + RUNINDEX_ROWS, "intent");
	(void)see(i, "intent");
	assert_int_equal(runindex_find(x, i, &n), -1);
	/* one that asks now begins now, whatever was lost */
	(void)see(2, "request");
	assert_int_equal(runindex_find(x, 2, &n), 0);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_first), T(test_many), T(test_lost),
	};

	return (cmocka_run_group_tests_name("auditor runindex", tests, NULL,
	    NULL));
}
