/* SPDX-License-Identifier: ISC */
/* Fingerprints on their way to a runner: as many as there can be, no more. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/fingerprint.h"
#include "common/msg.h"
#include "executor/printfile.h"

static const uint8_t print_key[MSG_PRINT_KEY] = { 7 };

/* The n-th of them. */
static size_t
value_of(char *to, size_t size, size_t n)
{
	return ((size_t)snprintf(to, size, "Zk3mQ9xv7Rt2-%05zu", n));
}

static void
fill(struct msg_prints *v, size_t n)
{
	char value[64];
	size_t i, len;

	memset(v, 0, sizeof(*v));
	for (i = 0; i < n; i++) {
		len = value_of(value, sizeof(value), i);
		fingerprint_add(v, print_key, (const uint8_t *)value, len);
	}
	assert_int_equal(v->n, n);
}

static void
finds(const struct fingerprints *f, size_t n)
{
	uint8_t hide[64] = { 0 };
	char value[64];
	size_t i, len;

	len = value_of(value, sizeof(value), n);
	assert_int_equal(fingerprints_find(f, value, len, hide), 1);
	for (i = 0; i < len; i++)
		assert_int_equal(hide[i], 1);
}

static void
test_printfile_sizes(void **state)
{
	static const size_t sizes[] = { 1, 2, 3567, 3568, MSG_PRINTS_MAX - 1,
	    MSG_PRINTS_MAX };
	struct fingerprints *f;
	struct msg_prints v;
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < NELEM(sizes); i++) {
		fill(&v, sizes[i]);
		fd = printfile_new(&v, print_key);
		assert_int_not_equal(fd, -1);
		shape_free(&msg_prints_shape, &v);
		f = printfile_read(fd);
		assert_non_null(f);
		finds(f, 0);
		finds(f, sizes[i] - 1);
		fingerprints_free(f);
		assert_int_equal(close(fd), 0);
	}
}

/* What a runner could not read is not made. */
static void
test_printfile_too_many(void **state)
{
	struct msg_prints v;

	(void)state;
	fill(&v, MSG_PRINTS_MAX);
	v.p = xrecallocarray(v.p, v.n, v.n + 1, sizeof(*v.p));
	v.p[v.n] = v.p[0];
	v.n++;
	errno = 0;
	assert_int_equal(printfile_new(&v, print_key), -1);
	assert_int_equal(errno, EMSGSIZE);
	shape_free(&msg_prints_shape, &v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_printfile_sizes),
		cmocka_unit_test(test_printfile_too_many),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
