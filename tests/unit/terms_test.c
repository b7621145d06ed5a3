/* SPDX-License-Identifier: ISC */
/* Terms: each one is read, carried, compared and shown. */
#include "config.h"

#include "tests/unit/conf_util.h"
#include "tests/sample.h"

#include "common/field.h"
#include "common/msg.h"

static const char text[] = "{\"skills\": {\"a\": {"
    "\"read\": [\"/srv\"], \"write\": [\"/srv/work\"],"
    "\"protect\": [\".x\"], \"network\": \"host\","
    "\"secrets\": {\"B\": \"file\", \"A\": \"env\"},"
    "\"limits\": {\"nice\": 7, \"outputExcess\": \"discard\"}}},"
    "\"sandbox\": {\"hostNetwork\": true}}";

/* From the configuration to the executor, as bootconf.c does it. */
static void
test_way(void **state)
{
	static char name[] = "";
	struct xconf x, got;
	struct xskill s;
	struct conf *c;
	struct buf b;

	(void)state;
	c = good(text);
	memset(&x, 0, sizeof(x));
	memset(&s, 0, sizeof(s));
	x.nskills = 1;
	x.skills = &s;
	s.name = c->skills[0].name;
	s.account = c->skills[0].account;
	s.home = name;
	s.terms = c->skills[0].terms;
	buf_init(&b, MSG_CONFIG_MAX);
	xconf_put(&b, &x);
	assert_int_equal(xconf_get(b.data, b.len, &got), 0);
	assert_null(terms_differ(&c->skills[0].terms, &got.skills[0].terms));
	assert_string_equal(got.skills[0].protect.v[0], ".x");
	assert_string_equal(got.skills[0].secrets.v[0], "A");
	assert_int_equal(got.skills[0].secret_how[0], PLAN_SECRET_ENV);
	assert_int_equal(got.skills[0].secret_how[1], PLAN_SECRET_FILE);
	assert_int_equal(got.skills[0].network, PLAN_NET_HOST);
	assert_int_equal(got.skills[0].limits.nice, 7);
	xconf_free(&got);
	buf_free(&b);
	conf_free(c);
}

/* Whatever is changed is found, and only then. */
static void
test_differ(void **state)
{
	struct terms a, b;
	struct plan p;
	void *at;
	size_t i;

	(void)state;
	sample_plan(&p);
	for (i = 0; i < TERMS_N; i++) {
		terms_copy(&a, &p.terms);
		terms_copy(&b, &p.terms);
		assert_null(terms_differ(&a, &b));
		at = (char *)&b + term_rows[i].off;
		if (term_rows[i].kind == TERM_CHOICE)
			*(uint32_t *)at = *(uint32_t *)at == 0;
		else if (term_rows[i].kind == TERM_CHANNEL)
			(*(char **)at)[0]++;
		else
			strv_add(at, "/more");
		assert_string_equal(terms_differ(&a, &b), term_rows[i].kind ==
		    TERM_CHANNEL ? "inner_channel" : term_rows[i].key);
		shape_free(&terms_shape, &a);
		shape_free(&terms_shape, &b);
	}
	for (i = 0; i < LIMITS_N; i++) {
		a = b = p.terms;
		b.limits.v[i]++;
		assert_string_equal(terms_differ(&a, &b), "limits");
	}
	a = b = p.terms;
	b.secret_how[1] = PLAN_SECRET_ENV;
	assert_string_equal(terms_differ(&a, &b), "secret_how");
	plan_free(&p);
}

static void
test_show(void **state)
{
	struct field f;
	struct plan p;
	struct buf b;
	size_t i;

	(void)state;
	sample_plan(&p);
	buf_init(&b, 65536);
	terms_show(&b, &p.terms);
	for (i = 0; i < TERMS_N; i++)
		assert_int_equal(field_find(b.data, b.len,
		    term_rows[i].kind == TERM_CHANNEL ? "inner_channel" :
		    term_rows[i].key, &f), 1);
	buf_reset(&b);
	/* who has neither is not told of either */
	strv_free(&p.sockets);
	p.inner_channel[0] = '\0';
	terms_show(&b, &p.terms);
	assert_int_equal(field_find(b.data, b.len, "sockets", &f), 0);
	assert_int_equal(field_find(b.data, b.len, "inner_channel", &f), 0);
	buf_reset(&b);
	strv_free(&p.write);
	terms_show(&b, &p.terms);
	assert_int_equal(field_find(b.data, b.len, "protect", &f), 0);
	buf_reset(&b);
	limits_show(&b, &p.limits);
	assert_int_equal(field_find(b.data, b.len, "limits", &f), 1);
	for (i = 0; i < LIMITS_N; i++) {
		struct field l;

		assert_int_equal(field_find(f.val, f.len, limit_rows[i].key,
		    &l), 1);
		assert_int_equal(l.type, limit_rows[i].words != NULL ?
		    FIELD_STR : FIELD_U64);
	}
	buf_free(&b);
	plan_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_way),
		cmocka_unit_test(test_differ),
		cmocka_unit_test(test_show),
	};

	conf_ops = &fake;
	return (cmocka_run_group_tests_name("terms", tests, NULL, NULL));
}
