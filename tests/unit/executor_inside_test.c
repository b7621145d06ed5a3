/* SPDX-License-Identifier: ISC */
/*
 * The messages inside the executor: the table, each codec there and back,
 * and cut, longer, or with any bit turned.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "common/plan.h"
#include "executor/inside.h"
#include "tests/inside.h"

struct sample {
	uint8_t		m[INSIDE_ROOM];
	struct buf	b;
};

static void
put(struct sample *s, enum inside letter)
{
	static const struct profile p = { 64999, 64998, 512, 64, 2048, 1 };
	static const struct ended e = { 1, 0x0300, UINT64_C(1) << 40, 2, 4096,
	    7, 5, 12, { 1, 2, 3 }, { { 3, 6 }, { 300, 1 } }, 99 };
	static const struct held_exec h = { .key = 9, .pid = 12,
	    .image = IMAGE_UNKNOWN, .place = 200,
	    .has = HELD_SCRIPT | HELD_MEMORY };
	static const struct repeated again = { HELD_PLACES - 1, FATE_GONE, 7,
	    IMAGE_UNKNOWN, 3 };
	static const struct layers l = { 7, 1, 1, 0x3f };
	static const struct trouble t = { CBE_CANTEXEC, "no such program" };
	struct runresult v;
	size_t i;

	inside_begin(&s->b, s->m, sizeof(s->m), letter);
	switch (letter) {
	case INSIDE_CONF:
		conf_put(&s->b, &l, 12);
		break;
	case INSIDE_BUILD:
		build_put(&s->b, &p);
		break;
	case INSIDE_PLAN:
		plan_run_put(&s->b, UINT64_C(0x0123456789abcdef));
		break;
	case INSIDE_GO:
		for (i = 0; i < TICKET_SIZE; i++)
			buf_put_u8(&s->b, (uint8_t)i);
		break;
	case INSIDE_KILL:
		kill_put(&s->b, OUTCOME_KILLED, 1);
		break;
	case INSIDE_WINSIZE:
		winsize_put(&s->b, 24, 80);
		break;
	case INSIDE_RESULT:
		memset(&v, 0, sizeof(v));
		v.limit = v.reason = v.logged = (char *)(uintptr_t)"";
		buf_put_u8(&s->b, 1);
		runresult_put(&s->b, &v);
		break;
	case INSIDE_ENDED:
		ended_put(&s->b, &e);
		break;
	case INSIDE_HELD:
		held_put(&s->b, &h);
		break;
	case INSIDE_SETTLED:
		settled_put(&s->b, UINT64_C(1) << 63, SETTLED_SHOW);
		break;
	case INSIDE_SHOWN:
		shown_put(&s->b, 77);
		break;
	case INSIDE_FATE:
		fate_put(&s->b, 78, FATE_OTHER, IMAGE_UNKNOWN);
		break;
	case INSIDE_AHEAD:
		ahead_put(&s->b, 256);
		break;
	case INSIDE_REPEATED:
		repeated_put(&s->b, &again);
		break;
	case INSIDE_UNPLANNED:
		unplanned_put(&s->b, &t);
		break;
	case INSIDE_TROUBLE:
		trouble_put(&s->b, &t);
		break;
	default:
		break;
	}
	assert_false(s->b.bad);
}

static const enum inside fixed[] = { INSIDE_BUILD, INSIDE_GO, INSIDE_KILL,
    INSIDE_WINSIZE, INSIDE_SETTLED, INSIDE_SHOWN, INSIDE_FATE,
    INSIDE_AHEAD, INSIDE_REPEATED, INSIDE_ENDED, INSIDE_UNPLANNED,
    INSIDE_TROUBLE };

/* A letter means one thing; the sizes are those that the codecs make. */
static void
test_table(void **state)
{
	const struct inside_row *r, *o;
	static struct sample s;
	size_t i, k;

	(void)state;
	for (i = 0; (r = inside_row(i)) != NULL; i++) {
		assert_true(r->letter > ' ' && r->letter < 0x7f);
		assert_true(r->min >= 1 && r->min <= r->max);
		assert_true(r->minfds <= r->maxfds);
		assert_int_not_equal(r->from, r->to);
		for (k = 0; k < i; k++) {
			o = inside_row(k);
			assert_int_not_equal(r->letter, o->letter);
			assert_string_not_equal(r->name, o->name);
		}
	}
	assert_true(i >= 15);
	for (i = 0; i < NELEM(fixed); i++) {
		put(&s, fixed[i]);
		for (k = 0; inside_row(k)->letter != fixed[i]; k++)
			;
		assert_true(s.b.len >= inside_row(k)->min &&
		    s.b.len <= inside_row(k)->max);
		if (fixed[i] != INSIDE_TROUBLE &&
		    fixed[i] != INSIDE_UNPLANNED)
			assert_int_equal(inside_row(k)->min,
			    inside_row(k)->max);
	}
	put(&s, INSIDE_PLAN);
	assert_int_equal(s.b.len, INSIDE_PLAN_MIN);
	put(&s, INSIDE_RESULT);
	assert_int_equal(s.b.len, INSIDE_RESULT_MIN);
	put(&s, INSIDE_HELD);
	assert_int_equal(s.b.len, INSIDE_HELD_MIN);
	put(&s, INSIDE_CONF);
	assert_int_equal(s.b.len, INSIDE_CONF_MIN);
}

/* By way, sender, size and descriptors; nothing else is one. */
static void
test_type(void **state)
{
	const struct inside_row *r;
	static uint8_t m[INSIDE_CONF_MAX + 1];
	unsigned way, who;
	size_t i;

	(void)state;
	assert_int_equal(inside_type(IN_CONTROL, IW_EXECUTOR, m, 0, 0),
	    INSIDE_NONE);
	for (i = 0; (r = inside_row(i)) != NULL; i++) {
		m[0] = r->letter;
		for (way = IN_FILE; way <= IN_REPORT; way++)
			for (who = IW_EXECUTOR; who <= IW_COMMAND; who++)
				assert_int_equal(inside_type(way, who, m,
				    r->min, r->minfds), way == r->way &&
				    (who == r->from ||
				    (r->letter == INSIDE_TROUBLE &&
				    who == IW_COMMAND)) ? (int)r->letter :
				    INSIDE_NONE);
		assert_int_equal(inside_type(r->way, r->from, m, r->max,
		    r->maxfds), r->letter);
		assert_int_equal(inside_type(r->way, r->from, m, r->min - 1,
		    r->minfds), INSIDE_NONE);
		assert_int_equal(inside_type(r->way, r->from, m, r->max + 1,
		    r->minfds), INSIDE_NONE);
		assert_int_equal(inside_type(r->way, r->from, m, r->min,
		    r->maxfds + 1), INSIDE_NONE);
		if (r->minfds != 0)
			assert_int_equal(inside_type(r->way, r->from, m,
			    r->min, r->minfds - 1), INSIDE_NONE);
	}
	m[0] = '?';
	assert_int_equal(inside_type(IN_CONTROL, IW_EXECUTOR, m, 1, 0),
	    INSIDE_NONE);
}

/* Taken, it is the same message again. */
static int
taken(const void *m, size_t len)
{
	static uint8_t again[INSIDE_ROOM];
	struct buf b;

	if (inside_recode(m, len, again, &b) == -1)
		return (0);
	assert_false(b.bad);
	assert_int_equal(b.len, len);
	assert_memory_equal(again, m, len);
	return (1);
}

static void
test_codecs(void **state)
{
	static struct sample s;
	size_t i, k;

	(void)state;
	for (i = 0; i < NELEM(fixed); i++) {
		put(&s, fixed[i]);
		assert_true(taken(s.m, s.b.len));
		for (k = 1; k < s.b.len; k++)
			assert_false(taken(s.m, k));
		s.m[s.b.len] = 0;
		assert_false(taken(s.m, s.b.len + 1));
		for (k = 0; k < 8 * s.b.len; k++) {
			s.m[k / 8] ^= (uint8_t)(1U << k % 8);
			(void)taken(s.m, s.b.len);
			s.m[k / 8] ^= (uint8_t)(1U << k % 8);
		}
	}
	put(&s, INSIDE_CONF);
	assert_true(taken(s.m, s.b.len));
	for (k = 1; k < s.b.len; k++)
		assert_false(taken(s.m, k));
	put(&s, INSIDE_RESULT);
	assert_true(taken(s.m, s.b.len));
	assert_false(taken(s.m, 1));
}

/* Values that there are not, from the less trusted side. */
static void
test_values(void **state)
{
	static const int bad[] = { 0x007f, 0x137f, 0xffff, 0x10000, -1 };
	static const int good[] = { 0, 0x0100, 0xff00, 9, 0x80 | 11 };
	static struct sample s;
	struct trouble t;
	struct ended e;
	size_t i;

	(void)state;
	memset(&e, 0, sizeof(e));
	for (i = 0; i < NELEM(bad); i++) {
		e.status = bad[i];
		inside_begin(&s.b, s.m, sizeof(s.m), INSIDE_ENDED);
		ended_put(&s.b, &e);
		assert_false(taken(s.m, s.b.len));
	}
	for (i = 0; i < NELEM(good); i++) {
		e.status = good[i];
		inside_begin(&s.b, s.m, sizeof(s.m), INSIDE_ENDED);
		ended_put(&s.b, &e);
		assert_true(taken(s.m, s.b.len));
	}
	put(&s, INSIDE_KILL);
	s.m[1] = 0;
	assert_false(taken(s.m, 2));
	s.m[1] = OUTCOME_MAX;
	assert_false(taken(s.m, 2));
	put(&s, INSIDE_TROUBLE);
	s.m[s.b.len - 1] = '\0';
	assert_false(taken(s.m, s.b.len));
	put(&s, INSIDE_TROUBLE);
	s.m[1] = s.m[2] = 0;	/* no trouble */
	assert_false(taken(s.m, s.b.len));
	/* places that there are not, and one that is none */
	put(&s, INSIDE_HELD);
	s.m[17] = HELD_PLACES >> 8;
	assert_false(taken(s.m, s.b.len));
	s.m[17] = s.m[18] = 0xff;
	assert_true(taken(s.m, s.b.len));
	put(&s, INSIDE_REPEATED);
	s.m[1] = s.m[2] = 0xff;
	assert_false(taken(s.m, s.b.len));
	put(&s, INSIDE_REPEATED);
	s.m[3] = FATE_MAX;
	assert_false(taken(s.m, s.b.len));
	s.m[3] = 0;
	assert_false(taken(s.m, s.b.len));
	/* the longest */
	t.err = CBE_INTERNAL;
	memset(t.text, 'x', sizeof(t.text));
	inside_begin(&s.b, s.m, INSIDE_TROUBLE_MAX, INSIDE_TROUBLE);
	trouble_put(&s.b, &t);
	assert_false(s.b.bad);
	assert_int_equal(s.b.len, INSIDE_TROUBLE_MAX);
	assert_int_equal(trouble_get(s.m, s.b.len, &t), 0);
	assert_int_equal(strlen(t.text), sizeof(t.text) - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_type),
		cmocka_unit_test(test_codecs),
		cmocka_unit_test(test_values),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
