/* SPDX-License-Identifier: ISC */
/*
 * The beginning of the log is removed while stored output is read: who reads it
 * gets all of it.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <string.h>

#include "common/outfile.h"
#include "common/payload.h"
#include "tests/unit/auditor_util.h"

#define SMALL	8192U		/* a segment */
#define RUN	1000U
#define RUNS	60U
#define NEVER	(UINT64_C(1) << 52)	/* all is older than that */
#define LENGTH	(512U * 1024)	/* of a file: more than a pipe takes */

static char path[512];

static int
setup(void **state)
{
	*state = aud_tmpdir();
	return (0);
}

static int
teardown(void **state)
{
	(void)unlink(path);
	*strrchr(path, '/') = '\0';
	(void)rmdir(path);
	return (aud_teardown(state));
}

/* Closed segments, and what is stored of the first run. */
static void
begin(struct aud *a, const char *dir)
{
	char name[OUTFILE_NAME];
	uint64_t i;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/" OUTFILE_DIR, dir);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(aud_up(a, dir, SMALL), MSG_READY);
	for (i = RUN; i < RUN + RUNS; i++) {
		aud_intent(a, i, "x");
		assert_int_equal(aud_recv(a), MSG_A_TICKET);
		aud_close(a, i);
		assert_int_equal(aud_recv(a), MSG_A_DONE);
	}
	outfile_name(name, 2, RUN);
	(void)snprintf(path, sizeof(path), "%s/" OUTFILE_DIR "/%s", dir,
	    name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_int_equal(ftruncate(fd, LENGTH), 0);
	(void)close(fd);
}

static void
prune(struct aud *a)
{
	struct msg_reason v;
	struct buf b;
	size_t by, n = 0;

	buf_init(&b, 4096);
	buf_put_u64(&b, NEVER);
	buf_put_u64(&b, 0);
	buf_put_u8(&b, 0);
	field_str(&b, "reason", "it is old");
	by = field_obj(&b, "by");
	field_u64(&b, "uid", 1000);
	field_end(&b, by);
	aud_send(a, MSG_A_PRUNE, 700, &b);
	while (aud_recv(a) == MSG_A_PRUNING)
		n++;
	assert_int_equal(a->m.type, MSG_A_PRUNED);
	assert_int_equal(payload_get(&a->m, &msg_reason_shape, &v), 0);
	assert_int_equal(v.code, CBE_OK);
	shape_free(&msg_reason_shape, &v);
	assert_true(n > 2);
}

static void
test_output(void **state)
{
	struct msg_queried v;
	struct aud a;
	size_t len;
	int fd;

	begin(&a, *state);
	fd = aud_query(&a, 900, QUERY_OUTPUT, 2, RUN, UINT32_MAX);
	prune(&a);
	free(aud_slurp(fd, &len));
	assert_int_equal(len, LENGTH);
	assert_int_equal(aud_recv(&a), MSG_A_QUERIED);
	assert_int_equal(payload_get(&a.m, &msg_queried_shape, &v), 0);
	assert_int_equal(v.code, CBE_OK);
	shape_free(&msg_queried_shape, &v);
	assert_int_equal(aud_shutdown(&a), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_output, setup,
		    teardown),
	};

	if (sodium_init() == -1)
		return (1);
	return (cmocka_run_group_tests_name("auditor forget", tests, NULL,
	    NULL));
}
