/* SPDX-License-Identifier: ISC */
/* Memory for keys is in no core file, wherever in a page it begins. */
#include "config.h"

#include <sys/mman.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/memlock.h"

/* Is that flag of proc_pid_smaps(5) set where p is? */
static int
has(const void *p, const char *flag)
{
	char line[1024];
	unsigned long from, to;
	int here = 0, is = -1;
	FILE *f;

	f = fopen("/proc/self/smaps", "r");
	assert_non_null(f);
	while (is == -1 && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			here = (uintptr_t)p >= from && (uintptr_t)p < to;
		else if (here && strncmp(line, "VmFlags:", 8) == 0)
			is = strstr(line, flag) != NULL;
	}
	(void)fclose(f);
	return (is);
}

static void
test_undumped(void **state)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *p;

	(void)state;
	p = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(p, MAP_FAILED);
	assert_int_equal(has(p, " dd"), 0);
	assert_int_equal(has(p, " lo"), 0);
	/* some of two pages */
	assert_int_equal(memlock(p + 2 * page - 8, 16), 0);
	assert_int_equal(has(p, " dd"), 0);
	assert_int_equal(has(p + page, " dd"), 1);
#ifndef __SANITIZE_ADDRESS__	/* there mlock(2) does nothing */
	assert_int_equal(has(p + page, " lo"), 1);
#endif
	assert_int_equal(has(p + 2 * page, " dd"), 1);
	assert_int_equal(has(p + 3 * page, " dd"), 0);
	assert_int_equal(memlock_flags(p, 1, MLOCK_ONFAULT), 0);
	assert_int_equal(has(p, " dd"), 1);
	assert_null(memlock_missing());
	assert_int_equal(munmap(p, 4 * page), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_undumped),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
