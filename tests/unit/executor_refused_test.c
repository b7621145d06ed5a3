/* SPDX-License-Identifier: ISC */
/*
 * One list of refused system calls: the ceiling, the filters of runs and the
 * battery agree with it, and so with each other, on every number.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <errno.h>
#include <string.h>

#include "common/bpf.h"
#include "common/plan.h"
#include "common/refused.h"
#include "common/rolefilter.h"
#include "executor/battery/probe.h"
#include "executor/box/box.h"
#include "executor/box/filter.h"
#include "tests/unit/bpf_run.h"

#define NUMBERS	512
#define OTHER	EXDEV		/* an answer of nobody */
#define VARIES	0xbeefU		/* depends on the arguments */

/* What runs may ask for with some arguments, and the ceiling's sockets. */
static const long some[] = { SYS_clone, SYS_unshare, SYS_ioctl,
    SYS_prlimit64, SYS_sched_setaffinity, SYS_sched_setattr,
    SYS_sched_setparam, SYS_sched_setscheduler, SYS_setpriority,
    SYS_personality, SYS_socket, SYS_socketpair };

static unsigned
by(long nr)
{
	size_t i;

	for (i = 0; i < refused_ncalls; i++)
		if (refused_calls[i].nr == nr)
			return (refused_calls[i].by);
	return (0);
}

static int
in_some(long nr)
{
	size_t i;

	for (i = 0; i < NELEM(some); i++)
		if (some[i] == nr)
			return (1);
	return (0);
}

/* The answer that does not depend on an argument, or VARIES. */
static uint32_t
answer_to(const struct bpf *b, unsigned nr)
{
	static const uint64_t vals[] = { 0, 1, 2, 16, UINT64_MAX };
	uint32_t first = ask(b, HERE, nr, 0, 0);
	unsigned arg;
	size_t i;

	for (arg = 0; arg < 6; arg++)
		for (i = 0; i < NELEM(vals); i++)
			if (ask(b, HERE, nr, arg, vals[i]) != first)
				return (VARIES);
	return (first);
}

/* Refused where the table says so, and nothing else for good. */
static void
check_filter(const struct bpf *b, unsigned who)
{
	uint32_t got;
	unsigned nr;

	for (nr = 0; nr < NUMBERS; nr++) {
		got = answer_to(b, nr);
		if ((by((long)nr) & who) != 0 && got != FAIL(EPERM))
			fail_msg("call %u is not refused: 0x%x", nr, got);
		if ((by((long)nr) & who) == 0 && got == FAIL(EPERM))
			fail_msg("call %u is refused, by no table", nr);
		if (got != ALLOW && got != FAIL(EPERM) &&
		    !in_some((long)nr) && nr != SYS_clone3)
			fail_msg("call %u: 0x%x", nr, got);
	}
}

static void
test_table(void **state)
{
	unsigned seen[REFUSED_GROUPS] = { 0 };
	const struct refused *c;
	size_t i, k;

	(void)state;
	for (i = 0; i < refused_ncalls; i++) {
		c = &refused_calls[i];
		assert_true(c->nr >= 0 && c->nr < NUMBERS);
		assert_true(c->tries >= 1 && c->tries <= REFUSED_TRIES);
		assert_true(c->group > REFUSED_NONE &&
		    c->group < REFUSED_GROUPS);
		/* what the ceiling refuses no run could have */
		assert_true((c->by & REFUSED_BY_RUNS) != 0);
		assert_false(in_some(c->nr));
		seen[c->group]++;
		for (k = 0; k < i; k++)
			assert_int_not_equal(c->nr, refused_calls[k].nr);
	}
	for (i = REFUSED_NONE + 1; i < REFUSED_GROUPS; i++)
#ifndef SYS_iopl
		if (i != REFUSED_X86)
#endif
			assert_int_not_equal(seen[i], 0);
}

static void
test_ceiling(void **state)
{
	static struct bpf b;

	(void)state;
	rolefilter_ceiling(&b);
	assert_false(b.bad);
	check_filter(&b, REFUSED_BY_CEILING);
}

static void
test_runs(void **state)
{
	static const struct {
		unsigned	network;
		int		scoped;
	} kinds[] = { { PLAN_NET_NONE, 1 }, { PLAN_NET_NONE, 0 },
	    { PLAN_NET_HOST, 1 }, { PLAN_NET_HOST, 0 } };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(kinds); i++) {
		assert_int_equal(filter_build(kinds[i].network,
		    kinds[i].scoped), 0);
		check_filter(filter_program(), REFUSED_BY_RUNS);
	}
}

/* A world in which all of them are refused, but for one with a hole. */
static int
enter_world(long hole)
{
	static struct bpf b;
	size_t i;

	bpf_start(&b);
	for (i = 0; i < refused_ncalls; i++)
		bpf_sys(&b, refused_calls[i].nr, FAIL(refused_calls[i].nr ==
		    hole ? OTHER : EPERM));
	bpf_ret(&b, ALLOW);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return (-1);
	return (bpf_load(&b));
}

/* Of layer seccomp, by the runs' filter: the attempts at such calls. */
static int
at_refused(const struct attempt *a)
{
	return (a->layer == PL_SECCOMP && a->answers == by_filter &&
	    strncmp(a->name, "clone", 5) != 0 &&
	    strncmp(a->name, "unshare", 7) != 0 &&
	    strncmp(a->name, "personality", 11) != 0);
}

/* How many attempts find the hole; 200 and more: something else. */
static int
find_hole(void *arg)
{
	const long *hole = arg;
	const struct attempt *a;
	struct trial t;
	int found = 0;
	size_t i;

	if (enter_world(*hole) == -1)
		return (200);
	for (i = 0; (a = probe_at(i)) != NULL; i++) {
		if (!at_refused(a))
			continue;
		memset(&t, 0, sizeof(t));
		t.a = a;
		t.verdict = PROBE_HELD;
		a->fn(&t);
		if (t.verdict == PROBE_OPEN && t.err == OTHER)
			found++;
		else if (t.verdict != PROBE_HELD)
			return (201);
	}
	return (found);
}

static void
test_battery(void **state)
{
	const struct refused *c;
	long none = -1;
	size_t i;
	int st;

	(void)state;
	st = in_child(find_hole, &none);
	assert_true(WIFEXITED(st));
	assert_int_equal(WEXITSTATUS(st), 0);
	for (i = 0; i < refused_ncalls; i++) {
		c = &refused_calls[i];
		st = in_child(find_hole, (void *)(uintptr_t)&c->nr);
		if (!WIFEXITED(st) || WEXITSTATUS(st) != 1)
			fail_msg("a hole at %s: status 0x%x", c->name, st);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_battery),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
