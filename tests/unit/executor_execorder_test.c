/* SPDX-License-Identifier: ISC */
/*
 * The order of rows in the executor against that of the supervisor: what one
 * passes on is no breach to the other, and what would be is not passed on.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "common/words.h"
#include "executor/execorder.h"
#include "supervisor/run/execrows.h"

#define NOW	1000000
#define PLAYS	20000
#define MOVES	60
#define NEAR	6		/* numbers around the next one */

static struct ids ids;
static struct execorder o;
static struct run_execs x;
static struct exec_answer late[MOVES];	/* answers on their way down */
static size_t nlate;
static uint64_t seed = 1;

static unsigned
any(unsigned n)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return ((unsigned)(seed >> 33) % n);
}

static void
fill(struct exec_row *row, uint32_t seq, unsigned verdict, unsigned answered)
{
	memset(row, 0, sizeof(*row));
	row->seq = seq;
	row->parent = any(8) == 0 ? seq + any(2) : EXECS_UNKNOWN;
	row->how = EXEC_NESTED;
	row->verdict = (uint8_t)verdict;
	row->answered = (uint8_t)answered;
	row->path = xstrdup("/usr/bin/rm");
	row->script = xstrdup("");
	row->cwd = xstrdup("/");
	row->rule = xstrdup("");
	row->reason = xstrdup("");
}

/* Passed on, and taken: 1; neither: 0; in_sync: they must agree. */
static int
agree(int passed, const char *why, int in_sync)
{
	if (passed) {
		if (why != NULL)
			fail_msg("passed on: %s", why);
	} else if (in_sync && why == NULL)
		fail_msg("not passed on, and nothing is wrong");
	return (passed);
}

static int
move_row(uint32_t seq, int in_sync)
{
	struct exec_row row;
	struct exec_rows v = { &row, 1 };
	const char *why = NULL;
	int passed;

	fill(&row, seq, any(3), any(4) == 0);
	passed = execorder_rows(&o, &v) == 0 && execorder_up(&o, 1, 100) == 0;
	if (passed || in_sync)
		why = execrows_take(&x, &v, NOW);
	shape_free(&exec_row_shape, &row);
	return (agree(passed, why, in_sync));
}

static int
move_ask(uint32_t seq, int in_sync)
{
	struct question *q = NULL;
	struct exec_ask ask;
	const char *why = NULL;
	int passed;

	memset(&ask, 0, sizeof(ask));
	fill(&ask.row, seq, VERDICT_ASK, 0);
	passed = execorder_ask(&o, &ask) == 0;
	if (passed || in_sync)
		why = execrows_asked(&x, &ask, &q);
	shape_free(&exec_ask_shape, &ask);
	if (q != NULL) {	/* question_ask() */
		q->id = ids_new(&ids);
		x.nopen++;
		q->state = ASKED_OPEN;
	}
	return (agree(passed, why, in_sync));
}

static int
move_asked(uint32_t seq, int in_sync)
{
	struct question *q = execrows_by_seq(&x, seq);
	const char *why = q == NULL || q->state == ASKED_GONE ? "gone" : NULL;
	int passed = execorder_asked(&o, seq) == 0;

	if (passed && why == NULL)
		execrows_settle(&x, q, ASKED_GONE, &ids);
	return (agree(passed, why, in_sync));
}

/* Somebody decides; the executor hears it now or later. */
static void
move_answer(uint32_t seq, int in_sync)
{
	struct question *q = execrows_by_seq(&x, seq);
	struct exec_answer v;

	if (q == NULL || q->state != ASKED_OPEN)
		return;
	memset(&v, 0, sizeof(v));
	v.seq = seq;
	v.allowed = any(2) == 0;
	execrows_settle(&x, q, v.allowed ? ASKED_ALLOWED : ASKED_REFUSED,
	    &ids);
	if (in_sync)
		execorder_answer(&o, &v);
	else
		late[nlate++] = v;
}

static void
play(int in_sync)
{
	uint32_t seq;
	size_t i;
	int on = 1;

	memset(&x, 0, sizeof(x));
	execrows_init(&x);
	nlate = 0;
	for (i = 0; on && i < MOVES; i++) {
		seq = x.next + any(NEAR);
		seq = seq > 2 ? seq - 2 : 1;
		switch (any(5)) {
		case 0:
			on = move_ask(seq, in_sync);
			break;
		case 1:
			on = move_asked(seq, in_sync);
			break;
		case 2:
			move_answer(seq, in_sync);
			break;
		case 3:
			if (nlate != 0)
				execorder_answer(&o, &late[--nlate]);
			break;
		default:
			on = move_row(any(2) == 0 ? x.next + 1 : seq, in_sync);
		}
	}
	execrows_free(&x, &ids);
	execorder_free(&o);
}

static void
test_agree(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < PLAYS; i++)
		play(1);
}

/* Answers that are still on their way make it stricter, never less so. */
static void
test_late(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < PLAYS; i++)
		play(0);
}

static void
test_many(void **state)
{
	struct exec_done done = { .durable = 10 };
	size_t i;

	(void)state;
	memset(&o, 0, sizeof(o));
	for (i = 0; i < EXECS_ROWS; i++)
		assert_int_equal(execorder_up(&o, 1, 1000), 0);
	assert_int_equal(execorder_up(&o, 1, 1000), -1);
	execorder_done(&o, &done);
	assert_int_equal(o.bytes, (EXECS_ROWS - 10) * 1000);
	assert_int_equal(execorder_up(&o, 11, 1000), -1);
	assert_int_equal(execorder_up(&o, 10, 1000), 0);
	/* more than there are, or fewer than before */
	done.durable = UINT32_MAX - 1;
	execorder_done(&o, &done);
	assert_int_equal(o.bytes, 0);
	assert_int_equal(o.durable, o.told);
	assert_int_equal(execorder_up(&o, 1, EXECS_BYTES), 0);
	assert_int_equal(execorder_up(&o, 1, 1), -1);
	assert_int_equal(execorder_files(&o, 1), -1);
	execorder_free(&o);
	assert_int_equal(execorder_files(&o, EXECS_BYTES), 0);
	assert_int_equal(execorder_files(&o, 1), -1);
	execorder_free(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agree),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_many),
	};

	return (cmocka_run_group_tests_name("executor execorder", tests, NULL,
	    NULL));
}
