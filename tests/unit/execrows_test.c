/* SPDX-License-Identifier: ISC */
/*
 * The order of the rows of a run, against a reference: what was told once is
 * not told again, nothing is left out, and what was asked about comes when it
 * was answered, as it was answered.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "common/words.h"
#include "supervisor/run/execrows.h"

#define NOW	1000000

static struct ids ids;

static void
make_row(struct exec_row *row, uint32_t seq, unsigned verdict, int answered)
{
	memset(row, 0, sizeof(*row));
	row->seq = seq;
	row->parent = EXECS_UNKNOWN;
	row->how = EXEC_NESTED;
	row->verdict = (uint8_t)verdict;
	row->answered = (uint8_t)answered;
	row->path = xstrdup("/usr/bin/rm");
	row->script = xstrdup("");
	row->cwd = xstrdup("/");
	row->rule = xstrdup("");
	row->reason = xstrdup("");
}

static const char *
take(struct run_execs *x, uint32_t seq, unsigned verdict, int answered)
{
	struct exec_row row;
	struct exec_rows v = { &row, 1 };
	const char *why;

	make_row(&row, seq, verdict, answered);
	why = execrows_take(x, &v, NOW);
	shape_free(&exec_row_shape, &row);
	return (why);
}

static const char *
asked(struct run_execs *x, uint32_t seq, struct question **q)
{
	struct exec_ask ask;
	const char *why;

	memset(&ask, 0, sizeof(ask));
	make_row(&ask.row, seq, VERDICT_ASK, 0);
	why = execrows_asked(x, &ask, q);
	shape_free(&exec_ask_shape, &ask);
	return (why);
}

static void
init(struct run_execs *x)
{
	memset(x, 0, sizeof(*x));
	execrows_init(x);
}

/* As the auditor would. */
static void
durable(struct run_execs *x)
{
	while (x->nbatches != 0) {
		x->sent = 1;
		assert_int_equal(execrows_done(x), 1);
	}
}

static void
test_order(void **state)
{
	struct run_execs x;

	(void)state;
	init(&x);
	assert_null(take(&x, 1, VERDICT_ALLOW, 0));
	assert_null(take(&x, 2, VERDICT_DENY, 0));
	assert_string_equal(take(&x, 2, VERDICT_DENY, 0),
	    "X_EXECS out of order");
	assert_non_null(take(&x, 4, VERDICT_ALLOW, 0));
	assert_non_null(take(&x, 3, VERDICT_ASK, 0));
	assert_non_null(take(&x, 3, VERDICT_ALLOW, 1));
	assert_null(take(&x, 3, VERDICT_ALLOW, 0));
	assert_int_equal(x.heard, 3);
	execrows_free(&x, &ids);
}

/* Siblings go on; the answer comes in its own time, before or behind them. */
static void
test_asked(void **state)
{
	struct question *q, *p;
	struct run_execs x;

	(void)state;
	init(&x);
	/* the row before it is still on its way */
	assert_null(asked(&x, 2, &q));
	assert_non_null(asked(&x, 2, &p));
	assert_null(asked(&x, 3, &p));
	assert_null(take(&x, 1, VERDICT_ALLOW, 0));
	assert_null(take(&x, 4, VERDICT_ALLOW, 0));
	execrows_settle(&x, q, ASKED_ALLOWED, &ids);
	assert_null(take(&x, 2, VERDICT_ALLOW, 1));
	assert_non_null(take(&x, 2, VERDICT_ALLOW, 1));
	execrows_settle(&x, p, ASKED_REFUSED, &ids);
	assert_string_equal(take(&x, 3, VERDICT_ALLOW, 1),
	    "X_EXECS with an answer that nobody gave");
	assert_null(take(&x, 3, VERDICT_DENY, 1));
	assert_null(take(&x, 5, VERDICT_ALLOW, 0));
	assert_non_null(asked(&x, 5, &q));
	assert_string_equal(asked(&x, 5 + EXECS_ROWS + 1, &q),
	    "X_ASK out of order");
	assert_int_equal(x.nasked, 0);
	execrows_free(&x, &ids);
}

/* A process that was killed while it waited: its row may come or not. */
static void
test_gone(void **state)
{
	struct question *q;
	struct run_execs x;
	uint32_t i;

	(void)state;
	init(&x);
	for (i = 1; i <= 5 * EXECS_ASKED; i++) {
		assert_null(asked(&x, i, &q));
		execrows_settle(&x, q, ASKED_GONE, &ids);
		if (i % 2 == 0) {
			assert_null(take(&x, i, VERDICT_DENY, 0));
			durable(&x);
		}
		assert_true(x.nasked <= EXECS_ASKED);
	}
	assert_string_equal(take(&x, i - 2, VERDICT_ALLOW, 0),
	    "X_EXECS with an answer that nobody gave");
	assert_null(take(&x, i, VERDICT_ALLOW, 0));
	execrows_free(&x, &ids);
	/* open ones make way for nothing */
	init(&x);
	for (i = 1; i <= EXECS_ASKED; i++)
		assert_null(asked(&x, i, &q));
	assert_string_equal(asked(&x, i, &q), "X_ASK without end");
	execrows_free(&x, &ids);
}

/* More than may be open at one time; a refusal loses nothing. */
static void
test_flow(void **state)
{
	struct run_execs x;
	uint32_t i;

	(void)state;
	init(&x);
	for (i = 1; i <= EXECS_ROWS; i++)
		assert_null(take(&x, i, VERDICT_ALLOW, 0));
	assert_string_equal(take(&x, i, VERDICT_ALLOW, 0),
	    "X_EXECS faster than X_EXECED");
	execrows_free(&x, &ids);
	init(&x);
	assert_int_equal(execrows_done(&x), -1);
	assert_int_equal(execrows_refused(&x, 5), -1);
	assert_null(take(&x, 1, VERDICT_ALLOW, 0));
	assert_int_equal(execrows_done(&x), -1);
	x.sent = 1;
	assert_int_equal(execrows_refused(&x, 5), 0);
	assert_int_not_equal(x.nbatches, 0);
	assert_int_equal(x.again, 5 + EXECROWS_AGAIN_MS);
	assert_int_equal(x.durable, 0);
	durable(&x);
	assert_int_equal(x.durable, 1);
	assert_int_equal(x.bytes, 0);
	execrows_free(&x, &ids);
}

static const char *
take_file(struct run_execs *x, uint32_t seq, enum file_what what,
    const char *to)
{
	struct file_row row = { seq, (uint8_t)what, 7,
	    (char *)(uintptr_t)"/w/a", (char *)(uintptr_t)to };
	struct file_rows v = { &row, 1 };

	return (execrows_take_files(x, &v, NOW));
}

/* Names that it changes: in order, among the programs, and no flow. */
static void
test_files(void **state)
{
	struct run_execs x;
	uint32_t i;

	(void)state;
	init(&x);
	assert_null(take_file(&x, 1, FILE_MADE, ""));
	assert_null(take(&x, 1, VERDICT_ALLOW, 0));
	assert_null(take_file(&x, 2, FILE_RENAMED, "/w/b"));
	assert_string_equal(take_file(&x, 2, FILE_MADE, ""),
	    "X_FILES out of order");
	assert_string_equal(take_file(&x, 4, FILE_MADE, ""),
	    "X_FILES out of order");
	assert_string_equal(take_file(&x, 3, FILE_MADE, "/w/b"),
	    "X_FILES with a name that cannot be");
	assert_string_equal(take_file(&x, 3, FILE_LINKED, ""),
	    "X_FILES with a name that cannot be");
	for (i = 0; i < 3; i++) {
		assert_int_not_equal(x.nbatches, 0);
		x.sent = 1;
		assert_int_equal(execrows_done(&x), i == 1);
		assert_int_equal(x.durable, i >= 1);
	}
	assert_int_equal(x.nbatches, 0);
	assert_int_equal(x.bytes, 0);
	for (i = 3; i <= FILES_ROWS; i++)
		assert_null(take_file(&x, i, FILE_REMOVED, ""));
	assert_int_equal(x.files, FILES_ROWS);
	execrows_free(&x, &ids);
}

/* What may wait for the end, for how long, and that it goes once. */
static void
test_along(void **state)
{
	struct msg_batch batches[MSG_BATCHES_MAX];
	struct run_execs x;
	uint32_t i;

	(void)state;
	init(&x);
	assert_true(execrows_may_wait(&x, NOW));
	assert_int_equal(execrows_along(&x, batches), 0);
	assert_int_equal(execrows_refused(&x, NOW), -1);
	assert_null(take_file(&x, 1, FILE_MADE, ""));
	assert_null(take(&x, 1, VERDICT_ALLOW, 0));
	assert_true(execrows_may_wait(&x, NOW + EXECROWS_WAIT_MS - 1));
	assert_false(execrows_may_wait(&x, NOW + EXECROWS_WAIT_MS));
	assert_true(execrows_fit(&x));
	assert_int_equal(execrows_along(&x, batches), 2);
	assert_int_equal(batches[0].kind, BATCH_FILES);
	assert_int_equal(batches[1].kind, BATCH_EXECS);
	assert_int_equal(batches[0].len + batches[1].len, x.bytes);
	/* it is under way */
	assert_false(execrows_fit(&x));
	assert_int_equal(execrows_refused(&x, NOW), 0);
	assert_int_equal(x.nbatches, 2);
	/* not at once again, but as it was */
	assert_false(execrows_may_wait(&x, NOW));
	assert_int_equal(execrows_along(&x, batches), 2);
	execrows_free(&x, &ids);
	init(&x);
	for (i = 1; execrows_may_wait(&x, NOW); i++)
		assert_null(take(&x, i, VERDICT_ALLOW, 0));
	assert_int_equal(i - 1, MSG_BATCHES_MAX + 1);
	assert_false(execrows_fit(&x));
	execrows_free(&x, &ids);
}

/* Of programs a runner may not have so many that are not on disk. */
static void
test_wait_rows(void **state)
{
	struct exec_rows v;
	struct run_execs x;
	uint32_t i;

	(void)state;
	init(&x);
	v.n = EXECROWS_WAIT_ROWS;
	v.rows = xcalloc(v.n, sizeof(*v.rows));
	for (i = 0; i < v.n; i++)
		make_row(&v.rows[i], i + 1, VERDICT_ALLOW, 0);
	assert_null(execrows_take(&x, &v, NOW));
	assert_false(execrows_may_wait(&x, NOW));
	assert_true(execrows_fit(&x));
	shape_free(&exec_rows_shape, &v);
	execrows_free(&x, &ids);
}

#define ROUNDS	2000
#define MOST	24

/* Any order that the rules allow, and one thing that they do not. */
static void
test_random(void **state)
{
	enum { UNKNOWN, ASKED, ANSWERED, TOLD } was[MOST + 2];
	struct question *q[MOST + 2];
	struct run_execs x;
	uint32_t next, s;
	unsigned round, step, told;

	(void)state;
	srandom(1);
	for (round = 0; round < ROUNDS; round++) {
		init(&x);
		memset(was, 0, sizeof(was));
		next = 1;
		told = 0;
		for (step = 0; step < 200 && told < MOST; step++) {
			while (next <= MOST && was[next] != UNKNOWN)
				next++;
			s = 1 + (uint32_t)(random() % MOST);
			if (was[s] == UNKNOWN && random() % 2) {
				assert_null(asked(&x, s, &q[s]));
				was[s] = ASKED;
			} else if (was[s] == ASKED) {
				assert_non_null(asked(&x, s, &q[0]));
				execrows_settle(&x, q[s], ASKED_ALLOWED,
				    &ids);
				was[s] = ANSWERED;
			} else if (was[s] == ANSWERED && s < next) {
				assert_null(take(&x, s, VERDICT_ALLOW, 1));
				was[s] = TOLD;
				told++;
			} else if (was[s] == TOLD || (was[s] == ANSWERED &&
			    s > next)) {
				assert_non_null(take(&x, s, VERDICT_ALLOW,
				    1));
			} else if (next <= MOST) {
				assert_null(take(&x, next, VERDICT_ALLOW, 0));
				was[next] = TOLD;
				told++;
			}
		}
		execrows_free(&x, &ids);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_asked),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_flow),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_along),
		cmocka_unit_test(test_wait_rows),
		cmocka_unit_test(test_random),
	};

	return (cmocka_run_group_tests_name("execrows", tests, NULL, NULL));
}
