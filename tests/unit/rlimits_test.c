/* SPDX-License-Identifier: ISC */
/* Limits of a command: what is set, and whether a run has met one. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/resource.h>

#include <string.h>

#include "executor/box/box.h"

struct want {
	uint32_t	mb;
	int		grouped;
	rlim_t		data;	/* 0: as it was */
};

static int
run_set(void *arg)
{
	const struct want *w = arg;
	struct rlimit data, as, now;
	struct limits l;

	memset(&l, 0, sizeof(l));
	l.memory_mb = w->mb;
	l.file_mb = 3;
	if (getrlimit(RLIMIT_DATA, &data) == -1 ||
	    getrlimit(RLIMIT_AS, &as) == -1)
		return (10);
	if (rlimits_set(&l, 0, w->grouped) == -1)
		return (11);
	if (getrlimit(RLIMIT_DATA, &now) == -1 ||
	    now.rlim_cur != (w->data == 0 ? data.rlim_cur : w->data) ||
	    now.rlim_max != (w->data == 0 ? data.rlim_max : w->data))
		return (12);
	if (getrlimit(RLIMIT_AS, &now) == -1 || now.rlim_cur != as.rlim_cur)
		return (13);
	/* the others do not depend on it */
	if (getrlimit(RLIMIT_FSIZE, &now) == -1 || now.rlim_max != 3 * MB)
		return (14);
	return (0);
}

/* Memory is the group's affair or the process's, not both. */
static void
test_set(void **state)
{
	struct want t[] = {
		{ 64, 0, 64 * MB }, { 64, 1, 0 }, { 0, 0, 0 }, { 0, 1, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(t); i++)
		assert_int_equal(in_child(run_set, &t[i]), 0);
}

static void
test_met(void **state)
{
	static const struct {
		uint32_t	mb;
		int		grouped;
		uint64_t	max, oom, oom_kill, maxrss_kb;
		int		signaled;
		int		met;
	} t[] = {
		/* no limit */
		{ 0, 1, 9, 9, 9, 1U << 30, 1, 0 },
		{ 0, 0, 0, 0, 0, 1U << 30, 1, 0 },
		/* a group knows, and how much it was does not matter */
		{ 64, 1, 0, 0, 0, 65536, 0, 0 },
		{ 64, 1, 0, 0, 0, 65536, 1, 0 },
		{ 64, 1, 1, 0, 0, 0, 0, 0 },
		{ 64, 1, 1, 0, 0, 0, 1, 1 },
		{ 64, 1, 1, 1, 0, 0, 0, 1 },
		{ 64, 1, 1, 0, 1, 0, 0, 1 },
		/* one that does not hold memory is not asked */
		{ 64, 0, 1, 1, 1, 0, 1, 0 },
		/* nine tenths of the largest process */
		{ 100, 0, 0, 0, 0, 92159, 0, 0 },
		{ 100, 0, 0, 0, 0, 92160, 0, 1 },
		{ 100, 0, 0, 0, 0, 92160, 1, 1 },
		{ 100, 0, 0, 0, 0, 1U << 30, 0, 1 },
		/* the largest that there can be */
		{ 16777216, 0, 0, 0, 0, 1U << 30, 0, 0 },
		{ 16777216, 0, 0, 0, 0, UINT64_C(17179869184), 0, 1 },
	};
	struct cgroup_stat st;
	struct limits l;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(t); i++) {
		memset(&l, 0, sizeof(l));
		memset(&st, 0, sizeof(st));
		l.memory_mb = t[i].mb;
		st.memory_max = t[i].max;
		st.oom = t[i].oom;
		st.oom_kill = t[i].oom_kill;
		assert_int_equal(rlimits_memory_met(&l, t[i].grouped ? &st :
		    NULL, t[i].maxrss_kb, t[i].signaled), t[i].met);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_met),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
