/* SPDX-License-Identifier: ISC */
/* Limits of a command: what is set. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/resource.h>

#include <string.h>

#include "executor/jail.h"

#define MB	((rlim_t)1024 * 1024)

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
	if (limits_set(&l, 0, w->grouped) == -1)
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
