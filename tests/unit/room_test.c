/* SPDX-License-Identifier: ISC */
/* What little room is, on file systems of any size. */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "common/defs.h"
#include "common/room.h"
#include "tests/unit/unit.h"

#define MIB	(UINT64_C(1) << 20)
#define GIB	(UINT64_C(1) << 30)

static struct room_left
of_size(uint64_t size, uint64_t left)
{
	struct room_left r;

	memset(&r, 0, sizeof(r));
	r.size = size;
	r.free = left;
	return (r);
}

/* The rule's bounds, and what lies between them. */
static void
test_marks(void **state)
{
	static const struct {
		uint64_t	 size;
		uint64_t	 least;
		uint64_t	 mark;
	} t[] = {
		/* of a small one a third */
		{ 3 * MIB, ROOM_LOG_LOW, MIB },
		{ 48 * MIB, ROOM_LOG_LOW, 16 * MIB },
		/* what the log wants */
		{ 96 * MIB, ROOM_LOG_LOW, 32 * MIB },
		{ GIB, ROOM_LOG_LOW, 32 * MIB },
		/* two of a hundred, all of it and no more */
		{ 100 * GIB, ROOM_LOG_LOW, 2 * GIB },
		{ 50 * GIB, ROOM_LOG_LOW, GIB },
		{ 10000 * GIB, ROOM_LOG_LOW, 2 * GIB },
		{ UINT64_MAX, ROOM_LOG_LOW, 2 * GIB },
		/* nothing is wanted of the vault's */
		{ 100 * MIB, 0, 2 * MIB },
		{ 10000 * GIB, 0, 2 * GIB },
		/* it does not tell */
		{ 0, ROOM_LOG_LOW, 32 * MIB }, { 0, 0, 0 },
	};
	struct room_left r;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(t); i++) {
		r = of_size(t[i].size, 0);
		assert_int_equal(room_mark(&r, t[i].least), t[i].mark);
		r.free = t[i].mark;
		assert_false(room_low(&r, t[i].least));
		if (t[i].mark == 0)
			continue;
		r.free--;
		assert_true(room_low(&r, t[i].least));
		assert_false(room_ample(&r, t[i].least));
	}
}

/* Whatever its size, what is empty is ample, and what is full is little. */
static void
test_every_size(void **state)
{
	static const uint64_t least[] = { 0, ROOM_LOG_LOW };
	struct room_left r;
	uint64_t size;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(least); i++)
		for (size = 4096; size < UINT64_MAX / 3; size += size / 2) {
			r = of_size(size, size);
			assert_true(room_ample(&r, least[i]));
			assert_false(room_low(&r, least[i]));
			r.free = 2 * room_mark(&r, least[i]) - 1;
			assert_false(room_ample(&r, least[i]));
			r.free = 0;
			assert_true(room_low(&r, least[i]));
		}
}

/* Files are counted where there is a number of them. */
static void
test_files(void **state)
{
	char text[ROOM_TEXT];
	struct room_left r;

	(void)state;
	r = of_size(GIB, GIB);
	assert_true(room_ample(&r, 0));
	r.all_files = 1000;
	r.files = 19;
	assert_true(room_low(&r, 0));
	room_text(&r, text);
	assert_string_equal(text, "1.0G of 1.0G free (100%), and 19 of 1000 "
	    "files");
	r.files = 20;
	assert_false(room_low(&r, 0));
	assert_false(room_ample(&r, 0));
	r.files = 40;
	assert_true(room_ample(&r, 0));
	/* hundredths of very many are many */
	r.all_files = UINT64_MAX;
	r.files = ROOM_LOW_FILES;
	assert_false(room_low(&r, 0));
	r.files--;
	assert_true(room_low(&r, 0));
	room_text(&r, text);
	assert_non_null(strstr(text, "and 65535 of"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_every_size),
		cmocka_unit_test(test_files),
	};

	return (cmocka_run_group_tests_name("room", tests, NULL, NULL));
}
