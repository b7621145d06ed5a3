/* SPDX-License-Identifier: ISC */
/* When a run's time is over, where programs of it were held for people. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "executor/runner/arbiter.h"
#include "executor/runner/runner_priv.h"

#define S	INT64_C(1000000)
#define HELD_S	10		/* what one program is held at most */

static int asked;

/* In place of the arbiter's. */
int
arbiter_asks(void)
{
	return (asked);
}

static struct job job;
static struct xskill skill;

/* It has begun at 0 and may run for a minute. */
static void
begin(struct runner *r)
{
	skill.held_s = HELD_S;
	job.skill = &skill;
	memset(r, 0, sizeof(*r));
	r->job = &job;
	r->phase = PH_RUN;
	r->deadline = 60 * S;
	asked = 0;
}

static void
step(struct runner *r, int64_t now, int asks)
{
	asked = asks;
	runclock_step(r, now);
}

static void
test_held(void **state)
{
	struct runner r;

	(void)state;
	begin(&r);
	step(&r, 5 * S, 0);
	assert_int_equal(runclock_at(&r), 60 * S);
	step(&r, 10 * S, 1);
	assert_int_equal(r.deadline, 60 * S);
	/* nobody has to look again before all may have been used up */
	assert_int_equal(runclock_at(&r), (60 + 4 * HELD_S) * S);
	step(&r, 15 * S, 1);
	assert_int_equal(r.deadline, 65 * S);
	assert_int_equal(runclock_at(&r), (60 + 4 * HELD_S) * S);
	step(&r, 17 * S, 0);
	assert_int_equal(r.deadline, 67 * S);
	assert_int_equal(runclock_at(&r), 67 * S);
	step(&r, 30 * S, 0);
	assert_int_equal(r.deadline, 67 * S);
}

/* Whatever is held, and however often: it ends. */
static void
test_bound(void **state)
{
	struct runner r;
	int64_t now;

	(void)state;
	begin(&r);
	for (now = 0; now < 1000 * S; now += S / 2)
		step(&r, now, now / S % 3 != 0);
	assert_int_equal(r.deadline, (60 + 4 * HELD_S) * S);
	assert_int_equal(r.still_at, 0);
	assert_int_equal(runclock_at(&r), r.deadline);
	/* one step that is longer than all of it */
	begin(&r);
	step(&r, S, 1);
	step(&r, 1000 * S, 1);
	assert_int_equal(r.deadline, (60 + 4 * HELD_S) * S);
	assert_int_equal(r.still_at, 0);
}

/* Its end and what follows have times of their own. */
static void
test_end(void **state)
{
	struct runner r;

	(void)state;
	begin(&r);
	step(&r, 10 * S, 1);
	r.kill_at = 12 * S;
	assert_int_equal(runclock_at(&r), 12 * S);
	r.kill_at = INT64_MAX;
	assert_int_equal(runclock_at(&r), INT64_MAX);
	r.phase = PH_OVER;
	r.deadline = 99 * S;
	step(&r, 50 * S, 1);
	assert_int_equal(r.deadline, 99 * S);
	assert_int_equal(runclock_at(&r), 99 * S);
	r.phase = PH_WAIT;
	r.kill_at = r.deadline = r.still_at = 0;
	assert_int_equal(runclock_at(&r), INT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_end),
	};

	return (cmocka_run_group_tests_name("runclock", tests, NULL, NULL));
}
