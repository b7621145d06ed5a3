/* SPDX-License-Identifier: ISC */
/*
 * The table of limits: whoever reads one refuses what is out of its range,
 * be it the configuration or a message, and takes both ends of it.
 */
#include "config.h"

#include "tests/unit/conf_util.h"
#include "tests/sample.h"

#include "common/msg.h"

static void
test_rows(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < LIMITS_N; i++) {
		assert_true(limit_rows[i].min <= limit_rows[i].dflt);
		assert_true(limit_rows[i].dflt <= limit_rows[i].max);
		assert_true(limit_rows[i].max < LIMITS_UNSET);
		/* a channel could not leave a word out */
		if (limit_rows[i].words != NULL)
			assert_int_equal(limit_rows[i].narrow, NARROW_NOT);
		for (k = 0; k < i; k++)
			assert_string_not_equal(limit_rows[i].key,
			    limit_rows[k].key);
	}
}

/* Everything that carries limits, with one of them set; what it says. */
static int
in_resolve(size_t row, uint32_t v)
{
	struct resolve q, got;
	struct buf b;
	int r;

	sample_resolve(&q);
	q.limits.v[row] = v;
	buf_init(&b, MSG_PLAN_MAX);
	resolve_put(&b, &q);
	r = resolve_get(b.data, b.len, &got);
	if (r == 0)
		assert_true(limits_same(&q.limits, &got.limits));
	resolve_free(&q);
	resolve_free(&got);
	buf_free(&b);
	return (r);
}

static int
in_plan(size_t row, uint32_t v)
{
	struct plan p, got;
	struct buf b;
	int r;

	sample_plan(&p);
	p.limits.v[row] = v;
	buf_init(&b, MSG_PLAN_MAX);
	plan_put(&b, &p);
	r = plan_get(b.data, b.len, &got);
	if (r == 0)
		assert_true(limits_same(&p.limits, &got.limits));
	plan_free(&p);
	plan_free(&got);
	buf_free(&b);
	return (r);
}

static int
in_xconf(size_t row, uint32_t v)
{
	struct xconf x, got;
	struct buf b;
	int r;

	sample_xconf(&x);
	x.skills[1].limits.v[row] = v;
	buf_init(&b, MSG_CONFIG_MAX);
	xconf_put(&b, &x);
	r = xconf_get(b.data, b.len, &got);
	if (r == 0)
		assert_true(limits_same(&x.skills[1].limits,
		    &got.skills[1].limits));
	xconf_free(&x);
	xconf_free(&got);
	buf_free(&b);
	return (r);
}

static int
in_conf(const char *where, size_t row, uint32_t v)
{
	const struct limit_row *l = &limit_rows[row];
	char *text, *errs;
	struct conf *c;
	int r;

	if (l->words != NULL)
		xasprintf(&text, "{%s\"limits\": {\"%s\": \"%s\"}}}}", where,
		    l->key, v <= l->max ? l->words[v] : "more");
	else
		xasprintf(&text, "{%s\"limits\": {\"%s\": %u}}}}", where,
		    l->key, v);
	c = load(text, &errs);
	r = c == NULL ? -1 : 0;
	if (r == -1)
		assert_non_null(strstr(errs, l->key));
	conf_free(c);
	free(errs);
	free(text);
	return (r);
}

static int
in_skill(size_t row, uint32_t v)
{
	return (in_conf("\"skills\": {\"a\": {", row, v));
}

static int
in_channel(size_t row, uint32_t v)
{
	if (limit_rows[row].narrow == NARROW_NOT)
		return (v > limit_rows[row].max ? -1 : 0);
	return (in_conf("\"channels\": {\"a\": {\"users\": [\"bob\"], "
	    "\"skills\": \"*\", ", row, v));
}

static void
test_range(void **state)
{
	static int (*const in[])(size_t, uint32_t) = { in_resolve, in_plan,
	    in_xconf, in_skill, in_channel };
	const struct limit_row *l;
	size_t i, row;

	(void)state;
	for (i = 0; i < NELEM(in); i++)
		for (row = 0; row < LIMITS_N; row++) {
			l = &limit_rows[row];
			assert_int_equal(in[i](row, l->min), 0);
			assert_int_equal(in[i](row, l->max), 0);
			if (in[i](row, l->max + 1) != -1 ||
			    (l->min != 0 && in[i](row, l->min - 1) != -1) ||
			    in[i](row, LIMITS_UNSET) != -1)
				fail_msg("%s out of range passed reader %zu",
				    l->key, i);
		}
}

static void
dflt_limits(struct limits *l)
{
	size_t i;

	for (i = 0; i < LIMITS_N; i++)
		l->v[i] = limit_rows[i].dflt;
}

static void
test_narrow(void **state)
{
	struct limits a, b;

	(void)state;
	dflt_limits(&a);
	limits_unset(&b);
	limits_narrow(&a, &b);
	dflt_limits(&b);
	assert_true(limits_same(&a, &b));
	a.cpu_s = 0;
	b.cpu_s = 5;
	b.memory_mb = a.memory_mb + 1;
	b.output_mb = 0;
	a.nice = 3;
	b.nice = 2;
	b.excess = LIMITS_EXCESS_DISCARD;
	limits_narrow(&a, &b);
	assert_int_equal(a.cpu_s, 5);
	assert_int_equal(a.memory_mb, 2048);
	assert_int_equal(a.output_mb, 16);
	assert_int_equal(a.nice, 3);
	assert_int_equal(a.excess, LIMITS_EXCESS_PIPE);
	b.nice = 4;
	limits_narrow(&a, &b);
	assert_int_equal(a.nice, 4);
	assert_false(limits_same(&a, &b));
}

static void
test_none(void **state)
{
	struct limits l;
	size_t i;

	(void)state;
	limits_none(&l);
	assert_int_equal(l.timeout_s, 604800);
	for (i = 0; i < LIMITS_N; i++)
		if (limit_rows[i].min == 0)
			assert_int_equal(l.v[i], 0);
		else
			assert_int_equal(l.v[i], limit_rows[i].max);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_none),
	};

	conf_ops = &fake;
	return (cmocka_run_group_tests_name("limits", tests, NULL, NULL));
}
