/* SPDX-License-Identifier: ISC */
/*
 * What equal requests may go on by, in init: only what the runner has said
 * holds, only for so many as it has room for, and in a bounded table.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "executor/watch/hold_priv.h"

static uint8_t digest[EXECS_DIGEST];

/* The request of that number. */
static const uint8_t *
request(unsigned n)
{
	memset(digest, 0, sizeof(digest));
	memcpy(digest + EXECS_DIGEST - sizeof(n), &n, sizeof(n));
	return (digest);
}

/* It is asked about, and the word is that it holds. */
static uint16_t
keep(unsigned n)
{
	uint16_t place = kept_place(request(n));

	assert_true(place < HELD_PLACES);
	kept_word(place, 1);
	return (place);
}

/* Nothing is left to go on by. */
static void
spend(unsigned n)
{
	uint16_t place;

	while ((place = kept_use(request(n))) != HELD_NOWHERE)
		kept_used(place);
}

static void
test_word(void **state)
{
	uint16_t place;

	(void)state;
	kept_ahead(100);
	assert_int_equal(kept_use(request(1)), HELD_NOWHERE);
	assert_true((place = kept_place(request(1))) < HELD_PLACES);
	/* as long as there is no word */
	assert_int_equal(kept_use(request(1)), HELD_NOWHERE);
	assert_int_equal(kept_place(request(1)), HELD_NOWHERE);
	kept_word(place, 0);
	assert_int_equal(kept_use(request(1)), HELD_NOWHERE);
	/* asked anew */
	assert_true((place = kept_place(request(1))) < HELD_PLACES);
	kept_word(place, 1);
	assert_int_equal(kept_use(request(1)), place);
	assert_int_equal(kept_use(request(2)), HELD_NOWHERE);
	/* one that comes late, or twice, changes nothing */
	kept_word(place, 0);
	kept_word(HELD_NOWHERE, 1);
	assert_int_equal(kept_use(request(1)), place);
	kept_used(place);
	kept_used(place);
	spend(1);
}

static void
test_ahead(void **state)
{
	uint16_t place = keep(10);

	(void)state;
	assert_int_equal(kept_use(request(10)), HELD_NOWHERE);
	/* it is there: another place is not needed for it */
	assert_int_equal(kept_place(request(10)), HELD_NOWHERE);
	kept_ahead(2);
	assert_int_equal(kept_use(request(10)), place);
	assert_int_equal(kept_use(request(10)), place);
	assert_int_equal(kept_use(request(10)), HELD_NOWHERE);
	kept_used(place);
	kept_used(place);
	/* that they are over gives nothing back: the runner does */
	assert_int_equal(kept_use(request(10)), HELD_NOWHERE);
}

/* What was used longest ago goes, but not what somebody is on the way by. */
static void
test_full(void **state)
{
	uint16_t first, second, place;
	unsigned i;

	(void)state;
	for (i = 0; i < HELD_PLACES; i++)
		keep(1000 + i);
	kept_ahead(3);
	assert_true((first = kept_use(request(1000))) < HELD_PLACES);
	assert_true((second = kept_use(request(1001))) < HELD_PLACES);
	kept_used(second);
	/* the two that were used just now are the last to go */
	for (i = 0; i < HELD_PLACES - 2; i++)
		assert_int_not_equal(keep(2000 + i), second);
	assert_int_equal(kept_use(request(1002)), HELD_NOWHERE);
	assert_int_equal(keep(3000), second);
	/* and one of them not at all */
	for (i = 0; i < 2 * HELD_PLACES; i++)
		assert_int_not_equal(keep(4000 + i), first);
	assert_int_equal(kept_use(request(1000)), first);
	kept_used(first);
	kept_used(first);
	/* all wait for a word: there is no place for another one */
	for (i = 0; i < HELD_PLACES; i++)
		assert_true(kept_place(request(5000 + i)) < HELD_PLACES);
	assert_int_equal(kept_place(request(6000)), HELD_NOWHERE);
	for (place = 0; place < HELD_PLACES; place++)
		kept_word(place, 0);
	assert_true(kept_place(request(6000)) < HELD_PLACES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_word),
		cmocka_unit_test(test_ahead),
		cmocka_unit_test(test_full),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
