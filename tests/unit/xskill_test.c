/* SPDX-License-Identifier: ISC */
/*
 * What a reload may change of the runs of a skill, member by member: a spawner
 * takes nothing that would change what they can reach.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "common/shape.h"
#include "common/xconf.h"

/* Those that only a start can change; all others a reload can. */
static const char *const fixed[] = { "name", "env", "run_as_caller", "uid",
    "gid", "account", "home", "files", "trace" };

static int
is_fixed(const char *name)
{
	size_t i;

	for (i = 0; i < NELEM(fixed); i++)
		if (strcmp(fixed[i], name) == 0)
			return (1);
	return (0);
}

static void
make(struct xskill *s)
{
	memset(s, 0, sizeof(*s));
	s->name = xstrdup("dev");
	s->account = xstrdup("clawbot");
	s->inner_channel = xstrdup("");
	s->home = xstrdup("/var/lib/clawbot/home/dev");
	s->uid = s->gid = 900;
	s->limits.timeout_s = 60;
	strv_add(&s->read, "/srv/a");
	strv_add(&s->secrets, "TOKEN");
	s->secret_how[0] = PLAN_SECRET_ENV;
}

/* Something else in this row. */
static void
change(struct xskill *s, const struct shape_row *r)
{
	char *at = (char *)s + r->off, **text;

	switch (r->kind) {
	case SHAPE_U8:
		*(uint8_t *)at ^= 1;
		break;
	case SHAPE_U32:
		(*(uint32_t *)at)++;
		break;
	case SHAPE_STR:
		text = (char **)(void *)at;
		free(*text);
		*text = xstrdup("other");
		break;
	case SHAPE_STRV:
		strv_add((struct strv *)(void *)at, "more");
		break;
	default:
		fail_msg("%s is of a kind that this test does not know",
		    r->name);
	}
}

static void
test_rows(void **state)
{
	const struct shape_row *r;
	struct xskill a, b;
	size_t i, n = 0;

	(void)state;
	for (i = 0; i < xskill_shape.nrows; i++) {
		r = &xskill_shape.rows[i];
		if (r->kind == SHAPE_OF)	/* terms, below */
			continue;
		make(&a);
		make(&b);
		assert_null(xskill_fixed_differs(&a, &b));
		change(&b, r);
		if ((xskill_fixed_differs(&a, &b) != NULL) !=
		    is_fixed(r->name))
			fail_msg("%s", r->name);
		n += is_fixed(r->name) != 0;
		shape_free(&xskill_shape, &a);
		shape_free(&xskill_shape, &b);
	}
	assert_int_equal(n, NELEM(fixed));
}

/* Of its terms, limits alone. */
static void
test_terms(void **state)
{
	struct xskill a, b;
	size_t i;

	(void)state;
	make(&a);
	make(&b);
	for (i = 0; i < LIMITS_N; i++)
		b.limits.v[i]++;
	assert_null(xskill_fixed_differs(&a, &b));
	strv_add(&b.read, "/srv/b");
	assert_string_equal(xskill_fixed_differs(&a, &b), "read");
	strv_add(&a.read, "/srv/b");
	strv_add(&b.write, "/srv/b");
	assert_string_equal(xskill_fixed_differs(&a, &b), "write");
	strv_add(&a.write, "/srv/b");
	strv_add(&b.protect, ".git");
	assert_string_equal(xskill_fixed_differs(&a, &b), "protect");
	strv_add(&a.protect, ".git");
	strv_add(&b.sockets, "/srv/b.sock");
	assert_string_equal(xskill_fixed_differs(&a, &b), "sockets");
	strv_add(&a.sockets, "/srv/b.sock");
	free(b.inner_channel);
	b.inner_channel = xstrdup("cli");
	assert_string_equal(xskill_fixed_differs(&a, &b), "inner_channel");
	free(a.inner_channel);
	a.inner_channel = xstrdup("cli");
	b.network = PLAN_NET_HOST;
	assert_string_equal(xskill_fixed_differs(&a, &b), "network");
	b.network = a.network;
	b.secret_how[0] = PLAN_SECRET_FILE;
	assert_string_equal(xskill_fixed_differs(&a, &b), "secret_how");
	b.secret_how[0] = a.secret_how[0];
	assert_null(xskill_fixed_differs(&a, &b));
	shape_free(&xskill_shape, &a);
	shape_free(&xskill_shape, &b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_terms),
	};

	return (cmocka_run_group_tests_name("rules of a skill", tests, NULL,
	    NULL));
}
