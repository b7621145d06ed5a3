/* SPDX-License-Identifier: ISC */
/* Emergency stops: what they cover, their places, and their ways. */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "common/estop.h"
#include "common/field.h"

static struct estop
one(unsigned scope, uint32_t user, const char *name)
{
	struct estop e;

	memset(&e, 0, sizeof(e));
	e.scope = (uint8_t)scope;
	e.user = user;
	(void)snprintf(e.name, sizeof(e.name), "%s", name);
	(void)snprintf(e.why, sizeof(e.why), "because of %s", name);
	e.by = 12;
	e.time_us = 1700000000000000;
	return (e);
}

static void
add(struct estops *s, unsigned scope, uint32_t user, const char *name)
{
	struct estop e = one(scope, user, name);

	assert_non_null(estops_add(s, &e));
}

static void
test_covers(void **state)
{
	static const struct {
		unsigned	 scope;
		uint32_t	 user;
		const char	*name;
		int		 cli_web_7, mcp_web_7, cli_db_7, cli_web_8;
	} t[] = {
		{ ESTOP_ALL, 0, "", 1, 1, 1, 1 },
		{ ESTOP_USER, 7, "", 1, 1, 1, 0 },
		{ ESTOP_SKILL, 0, "web", 1, 1, 0, 1 },
		{ ESTOP_CHANNEL, 0, "cli", 1, 0, 1, 1 },
		/* names of one are not those of another, nor beginnings */
		{ ESTOP_SKILL, 0, "cli", 0, 0, 0, 0 },
		{ ESTOP_CHANNEL, 0, "web", 0, 0, 0, 0 },
		{ ESTOP_SKILL, 0, "we", 0, 0, 0, 0 },
		{ ESTOP_USER, 0, "", 0, 0, 0, 0 },
	};
	static struct estops s;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(t); i++) {
		s.n = 0;
		assert_null(estops_covers(&s, "cli", "web", 7));
		add(&s, t[i].scope, t[i].user, t[i].name);
		assert_int_equal(estops_covers(&s, "cli", "web", 7) != NULL,
		    t[i].cli_web_7);
		assert_int_equal(estops_covers(&s, "mcp", "web", 7) != NULL,
		    t[i].mcp_web_7);
		assert_int_equal(estops_covers(&s, "cli", "db", 7) != NULL,
		    t[i].cli_db_7);
		assert_int_equal(estops_covers(&s, "cli", "web", 8) != NULL,
		    t[i].cli_web_8);
	}
}

/* However many there are of others, there is a place for that of all. */
static void
test_places(void **state)
{
	static struct estops s;
	struct estop e;
	uint32_t i;

	(void)state;
	s.n = 0;
	for (i = 0; i < ESTOPS_MAX - 1; i++)
		add(&s, ESTOP_USER, i + 1, "");
	e = one(ESTOP_USER, 9999, "");
	assert_null(estops_add(&s, &e));
	assert_int_equal(s.n, ESTOPS_MAX - 1);
	/* the same scope again is no other one */
	add(&s, ESTOP_USER, 3, "");
	assert_int_equal(s.n, ESTOPS_MAX - 1);
	add(&s, ESTOP_ALL, 0, "");
	add(&s, ESTOP_ALL, 0, "");
	assert_int_equal(s.n, ESTOPS_MAX);
	assert_null(estops_add(&s, &e));
	assert_non_null(estops_covers(&s, "c", "s", 9999));
	estops_del(&s, estops_find(&s, ESTOP_ALL, 0, ""));
	assert_null(estops_covers(&s, "c", "s", 9999));
	assert_non_null(estops_covers(&s, "c", "s", ESTOPS_MAX - 1));
	estops_del(&s, estops_find(&s, ESTOP_USER, 1, ""));
	assert_null(estops_covers(&s, "c", "s", 1));
	assert_non_null(estops_covers(&s, "c", "s", 2));
}

static void
test_fields(void **state)
{
	static struct estops s, got;
	struct estop e;
	struct buf b;
	size_t i;

	(void)state;
	s.n = 0;
	add(&s, ESTOP_SKILL, 0, "web");
	add(&s, ESTOP_USER, UINT32_MAX - 1, "");
	add(&s, ESTOP_ALL, 0, "");
	add(&s, ESTOP_CHANNEL, 0, "cli");
	s.v[2].by_signal = 1;
	buf_init(&b, 65536);
	field_str(&b, "before", "x");
	estops_put(&b, "stops", &s);
	field_str(&b, "behind", "x");
	estops_get(b.data, b.len, "stops", &got);
	assert_int_equal(got.n, s.n);
	for (i = 0; i < s.n; i++) {
		assert_int_equal(got.v[i].scope, s.v[i].scope);
		assert_int_equal(got.v[i].user, s.v[i].user);
		assert_string_equal(got.v[i].name, s.v[i].name);
		assert_string_equal(got.v[i].why, s.v[i].why);
		assert_int_equal(got.v[i].by_signal, s.v[i].by_signal);
		assert_int_equal(got.v[i].by, 12);
		assert_int_equal(got.v[i].time_us, s.v[i].time_us);
	}
	estops_get(b.data, b.len, "none", &got);
	assert_int_equal(got.n, 0);
	estops_get(b.data, b.len, "before", &got);
	assert_int_equal(got.n, 0);
	buf_reset(&b);
	field_str(&b, "scope", "al");
	assert_int_equal(estop_get(b.data, b.len, &e), -1);
	assert_int_equal(estop_get(NULL, 0, &e), -1);
	buf_free(&b);
}

static void
test_sound(void **state)
{
	static char none[] = "", name[] = "web";
	static const struct {
		unsigned	 scope;
		uint32_t	 user;
		char		*name;
		int		 sound;
	} t[] = {
		{ ESTOP_ALL, 0, none, 1 }, { ESTOP_ALL, 0, name, 0 },
		{ ESTOP_ALL, 1, none, 0 }, { ESTOP_USER, 0, none, 1 },
		{ ESTOP_USER, 1, none, 1 }, { ESTOP_USER, 1, name, 0 },
		{ ESTOP_SKILL, 0, name, 1 }, { ESTOP_SKILL, 0, none, 0 },
		{ ESTOP_SKILL, 1, name, 0 }, { ESTOP_CHANNEL, 0, name, 1 },
		{ ESTOP_CHANNEL, 0, none, 0 },
	};
	struct msg_estop v;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(t); i++) {
		memset(&v, 0, sizeof(v));
		v.scope = (uint8_t)t[i].scope;
		v.user = t[i].user;
		v.name = t[i].name;
		assert_int_equal(!msg_estop_shape.wrong(&v), t[i].sound);
	}
}

static void
test_words(void **state)
{
	char text[64];

	(void)state;
	assert_null(estop_word(0));
	assert_null(estop_word(ESTOP_SCOPES));
	assert_string_equal(estop_word(ESTOP_CHANNEL), "channel");
	estop_text(text, sizeof(text), ESTOP_ALL, 0, "");
	assert_string_equal(text, "everything");
	estop_text(text, sizeof(text), ESTOP_USER, 8, "");
	assert_string_equal(text, "user 8");
	estop_text(text, sizeof(text), ESTOP_SKILL, 0, "web");
	assert_string_equal(text, "skill web");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_covers),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_words),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
