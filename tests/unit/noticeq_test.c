/* SPDX-License-Identifier: ISC */
/* Whose notice is next, on a clock of the test's own. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "supervisor/run/noticeq.h"

#define GREEDY	1000
#define OTHER	2000
#define NOW	100000

static int
wait_for(void **state)
{
	*state = noticeq_new();
	return (*state == NULL ? -1 : 0);
}

static int
done(void **state)
{
	free(*state);
	return (0);
}

static void
add(struct noticeq *q, uint64_t id, size_t n, uid_t uid)
{
	for (; n > 0; n--)
		noticeq_add(q, id++, uid);
}

/* Tells the next one at that moment: whose it was, or 0. */
static uid_t
tell(struct noticeq *q, int64_t now, uint64_t *id)
{
	struct notice_wait w;

	if (!noticeq_take(q, now, &w))
		return (0);
	noticeq_told(q, now, w.uid);
	*id = w.id;
	return (w.uid);
}

static void
test_order(void **state)
{
	struct noticeq *q = *state;
	uint64_t id, i;

	assert_int_equal(tell(q, NOW, &id), 0);
	add(q, 1, 3, GREEDY);
	for (i = 1; i <= 3; i++) {
		assert_int_equal(tell(q, NOW, &id), GREEDY);
		assert_int_equal(id, i);
	}
	assert_int_equal(tell(q, NOW, &id), 0);
}

/* Who was told of least goes first, and a share is a share. */
static void
test_turns(void **state)
{
	struct noticeq *q = *state;
	uint64_t id;
	int i;

	add(q, 1, 20, GREEDY);
	for (i = 0; i < NOTICE_SHARE; i++)
		assert_int_equal(tell(q, NOW, &id), GREEDY);
	assert_int_equal(tell(q, NOW, &id), 0);
	add(q, 100, 2, OTHER);
	assert_int_equal(tell(q, NOW + 1, &id), OTHER);
	assert_int_equal(id, 100);
	assert_int_equal(tell(q, NOW + 1, &id), OTHER);
	assert_int_equal(tell(q, NOW + 2, &id), 0);
	assert_int_equal(tell(q, NOW + NOTICE_WINDOW_MS - 1, &id), 0);
	assert_int_equal(tell(q, NOW + NOTICE_WINDOW_MS, &id), GREEDY);
	add(q, 200, 1, OTHER + 1);
	assert_int_equal(tell(q, NOW + NOTICE_WINDOW_MS, &id), OTHER + 1);
}

/* All together have no more than there are. */
static void
test_burst(void **state)
{
	struct noticeq *q = *state;
	uint64_t id;
	uid_t uid;
	int i;

	for (uid = 1; uid <= NOTICE_BURST + 2; uid++)
		add(q, uid, 1, uid);
	for (i = 1; i <= NOTICE_BURST; i++)
		assert_int_equal(tell(q, NOW + i, &id), i);
	assert_int_equal(tell(q, NOW + NOTICE_WINDOW_MS, &id), 0);
	assert_int_equal(tell(q, NOW + NOTICE_WINDOW_MS + 1, &id),
	    NOTICE_BURST + 1);
	assert_int_equal(tell(q, NOW + NOTICE_WINDOW_MS + 1, &id), 0);
}

/* A full queue has room for who has less in it than another. */
static void
test_full(void **state)
{
	struct noticeq *q = *state;
	uint64_t id;
	size_t i;

	add(q, 1, NOTICE_QUEUE, GREEDY);
	assert_int_equal(q->missed, 0);
	add(q, 50, 1, GREEDY);
	assert_int_equal(q->missed, 1);
	assert_int_equal(q->n, NOTICE_QUEUE);
	assert_int_equal(q->waits[NOTICE_QUEUE - 1].id, NOTICE_QUEUE);
	add(q, 100, NOTICE_QUEUE, OTHER);
	assert_int_equal(q->n, NOTICE_QUEUE);
	assert_int_equal(q->missed, NOTICE_QUEUE + 1);
	for (i = 0; i < NOTICE_QUEUE / 2; i++) {
		assert_int_equal(q->waits[i].uid, GREEDY);
		assert_int_equal(q->waits[i].id, i + 1);
		assert_int_equal(q->waits[NOTICE_QUEUE / 2 + i].uid, OTHER);
		assert_int_equal(q->waits[NOTICE_QUEUE / 2 + i].id, 100 + i);
	}
	assert_int_equal(tell(q, NOW, &id), GREEDY);
	assert_int_equal(tell(q, NOW, &id), OTHER);
	assert_int_equal(tell(q, NOW, &id), GREEDY);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, wait_for, done)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_order),
		TEST(test_turns),
		TEST(test_burst),
		TEST(test_full),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
