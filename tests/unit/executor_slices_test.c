/* SPDX-License-Identifier: ISC */
/* Digests in turns: the same ones, however many turns it takes. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "executor/resolver/slices.h"

/* A file of so many bytes that is nowhere. */
static int
file(uint64_t size)
{
	char name[] = "/tmp/slices.XXXXXX";
	int fd;

	assert_true((fd = mkstemp(name)) != -1);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	assert_int_equal(pwrite(fd, "begin", 5, 0), 5);
	return (fd);
}

/* How many turns it takes, and that it is right then. */
static unsigned
turns(int fd)
{
	struct ident id, want;
	struct trouble t;
	unsigned n = 1;

	slices_turn();
	while (slices_fill(fd, &id, &t) == -1) {
		assert_true(slices_more());
		assert_int_equal(t.err, CBE_AGAIN);
		slices_turn();
		n++;
	}
	assert_false(slices_more());
	assert_int_equal(ident_fill(fd, 1, &want, &t), 0);
	assert_memory_equal(id.digest, want.digest, PLAN_DIGEST);
	assert_true(ident_same(&id, &want));
	return (n);
}

static void
test_sizes(void **state)
{
	static const struct { uint64_t size; unsigned turns; } t[] = {
		{ 5, 1 }, { SLICE_BYTES - 1, 1 }, { SLICE_BYTES, 1 },
		{ SLICE_BYTES + 1, 2 }, { 3 * SLICE_BYTES, 3 },
		{ 3 * SLICE_BYTES + 4711, 4 },
	};
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < NELEM(t); i++) {
		fd = file(t[i].size);
		assert_int_equal(turns(fd), t[i].turns);
		/* it is known by then */
		assert_int_equal(turns(fd), 1);
		(void)close(fd);
	}
}

/* What is left of a turn is for all files of a request together. */
static void
test_together(void **state)
{
	int a = file(SLICE_BYTES - 10), b = file(100);
	struct ident id;
	struct trouble t;

	(void)state;
	slices_turn();
	assert_int_equal(slices_fill(a, &id, &t), 0);
	assert_int_equal(slices_fill(b, &id, &t), -1);
	assert_true(slices_more());
	slices_turn();
	assert_int_equal(slices_fill(a, &id, &t), 0);
	assert_int_equal(slices_fill(b, &id, &t), 0);
	assert_false(slices_more());
	(void)close(a);
	(void)close(b);
}

/* Another file by its numbers begins anew, whatever was read of the first. */
static void
test_changed(void **state)
{
	int fd = file(3 * SLICE_BYTES);
	struct ident id;
	struct trouble t;

	(void)state;
	slices_turn();
	assert_int_equal(slices_fill(fd, &id, &t), -1);
	(void)usleep(20000);
	assert_int_equal(pwrite(fd, "other", 5, 0), 5);
	assert_int_equal(turns(fd), 3);
	(void)usleep(20000);
	assert_int_equal(pwrite(fd, "third", 5, 0), 5);
	assert_int_equal(turns(fd), 3);
	(void)close(fd);
}

/* More files than there is memory for: each is right all the same. */
static void
test_crowd(void **state)
{
	enum { MANY = 600 };
	int fd[MANY], i, k;
	struct ident id;
	struct trouble t;

	(void)state;
	for (i = 0; i < MANY; i++)
		fd[i] = file(SLICE_BYTES + 4096);
	for (k = 0; k < 2; k++)
		for (i = 0; i < MANY; i++) {
			slices_turn();
			(void)slices_fill(fd[i], &id, &t);
		}
	for (i = 0; i < MANY; i++) {
		assert_true(turns(fd[i]) <= 2);
		(void)close(fd[i]);
	}
}

/* What changes all the time is not read anew without end. */
static void
test_restless(void **state)
{
	int fd = file(3 * SLICE_BYTES), i;
	struct ident id;
	struct trouble t;

	(void)state;
	for (i = 0; i < 1000; i++) {
		(void)usleep(10000);
		assert_int_equal(pwrite(fd, "other", 5, 0), 5);
		slices_turn();
		assert_int_equal(slices_fill(fd, &id, &t), -1);
		if (!slices_more())
			break;
	}
	assert_true(i < 20);
	assert_int_equal(t.err, CBE_CANTEXEC);
	/* once it is left alone it is read */
	assert_int_equal(turns(fd), 3);
	(void)close(fd);
}

enum { EACH = 66 };	/* a program, its script, and operands */

/* One turn of a request for all of these. */
static void
crowd_turn(const int fd[EACH])
{
	struct ident id;
	struct trouble t;
	int i;

	slices_turn();
	for (i = 0; i < EACH; i++)
		(void)slices_fill(fd[i], &id, &t);
	if (slices_more())
		return;
	for (i = 0; i < EACH; i++)	/* once more from the start */
		assert_int_equal(pwrite(fd[i], "again", 5, 0), 5);
}

/* Requests of others keep nobody from getting to an end. */
static void
test_others(void **state)
{
	enum { OTHERS = 4 };
	int crowd[OTHERS][EACH], fd = file(25 * SLICE_BYTES), i, k;
	struct ident id;
	struct trouble t;

	(void)state;
	for (k = 0; k < OTHERS; k++)
		for (i = 0; i < EACH; i++)
			crowd[k][i] = file(SLICE_BYTES / 2 - 4096);
	for (i = 0; i < 25; i++) {
		for (k = 0; k < OTHERS; k++)
			crowd_turn(crowd[k]);
		slices_turn();
		if (slices_fill(fd, &id, &t) == 0)
			break;
	}
	assert_int_equal(i, 24);
	for (k = 0; k < OTHERS; k++)
		for (i = 0; i < EACH; i++)
			(void)close(crowd[k][i]);
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_restless),
		cmocka_unit_test(test_others),
	};

	if (sodium_init() == -1)
		return (1);
	return (cmocka_run_group_tests_name("slices", tests, NULL, NULL));
}
