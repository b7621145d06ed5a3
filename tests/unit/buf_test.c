/* SPDX-License-Identifier: ISC */
/* The bounded buffer, and the lists of strings that travel in it. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "common/buf.h"

static void
test_integers(void **state)
{
	static const uint8_t want[] = {
		0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
		0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
	};
	struct buf b;
	struct rd r;

	(void)state;
	buf_init(&b, 64);
	buf_put_u8(&b, 0x01);
	buf_put_u16(&b, 0x0203);
	buf_put_u32(&b, 0x04050607);
	buf_put_u64(&b, UINT64_C(0x08090a0b0c0d0e0f));
	assert_int_equal(b.bad, 0);
	assert_int_equal(b.len, sizeof(want));
	assert_memory_equal(b.data, want, sizeof(want));
	rd_init(&r, b.data, b.len);
	assert_int_equal(rd_u8(&r), 0x01);
	assert_int_equal(rd_u16(&r), 0x0203);
	assert_int_equal(rd_u32(&r), 0x04050607);
	assert_int_equal(rd_u64(&r), UINT64_C(0x08090a0b0c0d0e0f));
	assert_int_equal(rd_end(&r), 0);
	buf_free(&b);
}

/* A writer stops at its limit, says so, and stays that way. */
static void
test_limit(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	buf_put(&b, "abcde", 5);
	assert_int_equal(b.bad, 0);
	buf_put_u8(&b, 'f');
	assert_int_equal(b.bad, 1);
	assert_int_equal(b.len, 5);
	assert_memory_equal(b.data, "abcde", 5);
	buf_free(&b);

	buf_init(&b, 5);
	buf_put(&b, "abcdef", 6);
	assert_int_equal(b.bad, 1);
	assert_int_equal(b.len, 0);
	buf_put(&b, "a", 1);	/* the first error is kept */
	assert_int_equal(b.bad, 1);
	assert_int_equal(b.len, 0);
	buf_reset(&b);
	buf_put(&b, "a", 1);
	assert_int_equal(b.bad, 0);
	assert_int_equal(b.len, 1);
	buf_free(&b);
	assert_null(b.data);
	assert_int_equal(b.max, 5);

	buf_init(&b, 64);
	buf_put(&b, "x", 1);
	buf_put(&b, "", SIZE_MAX);	/* must not wrap */
	assert_int_equal(b.bad, 1);
	buf_free(&b);
}

static void
test_growth(void **state)
{
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 100000);
	for (i = 0; i < 100000; i++)
		buf_put_u8(&b, (uint8_t)(i * 7));
	assert_int_equal(b.bad, 0);
	for (i = 0; i < 100000; i++)
		assert_int_equal(b.data[i], (uint8_t)(i * 7));
	buf_put_u8(&b, 0);
	assert_int_equal(b.bad, 1);
	buf_free(&b);
}

static void
test_set(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 64);
	buf_put(&b, "abcdefgh", 8);
	buf_set_u32(&b, 4, 0x30313233);
	assert_int_equal(b.bad, 0);
	assert_memory_equal(b.data, "abcd0123", 8);
	buf_set_u32(&b, 5, 0);
	assert_int_equal(b.bad, 1);
	assert_memory_equal(b.data, "abcd0123", 8);
	buf_reset(&b);
	buf_put(&b, "abc", 3);
	buf_set_u32(&b, 0, 0);
	assert_int_equal(b.bad, 1);
	buf_reset(&b);
	buf_put(&b, "abcdefgh", 8);
	buf_set_u32(&b, SIZE_MAX, 0);
	assert_int_equal(b.bad, 1);
	buf_free(&b);
}

static void
test_printf(void **state)
{
	struct buf b;
	char big[1000];

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	buf_init(&b, 2000);
	buf_printf(&b, "%d-%s", 42, "a");
	assert_int_equal(b.len, 4);
	assert_memory_equal(b.data, "42-a", 4);
	buf_printf(&b, "%s", big);
	assert_int_equal(b.len, 4 + 999);
	assert_memory_equal(b.data + 4, big, 999);
	assert_int_equal(b.bad, 0);
	buf_printf(&b, "%s", big);
	assert_int_equal(b.bad, 1);
	assert_int_equal(b.len, 4 + 999);
	buf_free(&b);
}

/* A reader past its end gives zeros, and never recovers. */
static void
test_short(void **state)
{
	uint8_t out[4] = { 1, 2, 3, 4 };
	struct rd r;

	(void)state;
	rd_init(&r, "\xff\xff\xff", 3);
	assert_int_equal(rd_u32(&r), 0);
	assert_int_equal(r.bad, 1);
	assert_int_equal(rd_u8(&r), 0);
	assert_int_equal(rd_end(&r), -1);

	rd_init(&r, "\xff\xff\xff", 3);
	rd_copy(&r, out, 4);
	assert_int_equal(r.bad, 1);
	assert_int_equal(out[0] | out[1] | out[2] | out[3], 0);

	rd_init(&r, "abc", 3);
	assert_null(rd_view(&r, SIZE_MAX));
	assert_int_equal(r.bad, 1);

	rd_init(&r, "abc", 3);
	assert_int_equal(rd_u8(&r), 'a');
	assert_int_equal(rd_end(&r), -1);	/* something is left */
	assert_non_null(rd_view(&r, 2));
	assert_int_equal(rd_end(&r), 0);

	rd_init(&r, NULL, 0);
	assert_int_equal(rd_end(&r), 0);
	rd_copy(&r, out, 0);
	assert_int_equal(rd_end(&r), 0);
}

static void
test_strings(void **state)
{
	const uint8_t *p;
	struct buf b;
	struct rd r;
	size_t len;
	char *s;

	(void)state;
	buf_init(&b, 64);
	buf_put_str(&b, "hello");
	buf_put_bytes(&b, "a\0b", 3);
	buf_put_str(&b, "");
	rd_init(&r, b.data, b.len);
	s = rd_str(&r, 5);
	assert_string_equal(s, "hello");
	free(s);
	p = rd_bytes(&r, &len, 3);
	assert_int_equal(len, 3);
	assert_memory_equal(p, "a\0b", 3);
	p = rd_bytes(&r, &len, 0);
	assert_non_null(p);
	assert_int_equal(len, 0);
	assert_int_equal(rd_end(&r), 0);

	/* one byte over what the caller takes */
	rd_init(&r, b.data, b.len);
	s = rd_str(&r, 4);
	assert_string_equal(s, "");
	assert_int_equal(r.bad, 1);
	free(s);
	/* NUL is no part of a string */
	rd_init(&r, b.data + 9, b.len - 9);
	s = rd_str(&r, 64);
	assert_string_equal(s, "");
	assert_int_equal(r.bad, 1);
	free(s);
	/* longer than the message */
	rd_init(&r, "\0\0\0\x05" "abc", 7);
	assert_null(rd_bytes(&r, &len, 64));
	assert_int_equal(len, 0);
	assert_int_equal(r.bad, 1);
	rd_init(&r, "\xff\xff\xff\xff" "abc", 7);
	assert_null(rd_bytes(&r, &len, SIZE_MAX));
	assert_int_equal(r.bad, 1);
	buf_free(&b);
}

static void
test_strv(void **state)
{
	struct strv sv = { NULL, 0 }, got = { NULL, 0 };
	char num[16];
	struct buf b;
	struct rd r;
	size_t i, n;

	(void)state;
	for (n = 0; n < 200; n += n < 40 ? 1 : 53) {
		for (i = 0; i < n; i++) {
			(void)snprintf(num, sizeof(num), "%zu", i);
			strv_add(&sv, num);
			assert_null(sv.v[sv.n]);
		}
		assert_int_equal(sv.n, n);
		buf_init(&b, 8192);
		buf_put_strv(&b, &sv);
		rd_init(&r, b.data, b.len);
		rd_strv(&r, &got, n, 3);
		assert_int_equal(rd_end(&r), 0);
		assert_int_equal(got.n, n);
		for (i = 0; i < n; i++)
			assert_string_equal(got.v[i], sv.v[i]);
		/* one string too many for the caller */
		if (n != 0) {
			rd_init(&r, b.data, b.len);
			rd_strv(&r, &got, n - 1, 3);
			assert_int_equal(r.bad, 1);
			assert_int_equal(got.n, 0);
		}
		buf_free(&b);
		strv_free(&sv);
		strv_free(&got);
	}
	assert_null(sv.v);
}

/* A count that the message cannot hold allocates nothing. */
static void
test_strv_hostile(void **state)
{
	struct strv got = { NULL, 0 };
	struct rd r;

	(void)state;
	rd_init(&r, "\xff\xff\xff\xff", 4);
	rd_strv(&r, &got, SIZE_MAX, SIZE_MAX);
	assert_int_equal(r.bad, 1);
	assert_null(got.v);
	rd_init(&r, "\0\0\0\2\0\0\0\1a", 9);
	rd_strv(&r, &got, 8, 8);
	assert_int_equal(r.bad, 1);
	strv_free(&got);
	rd_init(&r, "\0\0\0\1\0\0\0\1\0", 9);
	rd_strv(&r, &got, 8, 8);
	assert_int_equal(r.bad, 1);
	strv_free(&got);
}

static void
test_strv_tools(void **state)
{
	struct strv sv = { NULL, 0 };

	(void)state;
	strv_add(&sv, "pear");
	strv_addn(&sv, "apple pie", 5);
	strv_add(&sv, "fig");
	assert_true(strv_has(&sv, "apple"));
	assert_false(strv_has(&sv, "apple pie"));
	strv_sort(&sv);
	assert_string_equal(sv.v[0], "apple");
	assert_string_equal(sv.v[1], "fig");
	assert_string_equal(sv.v[2], "pear");
	assert_null(sv.v[3]);
	strv_free(&sv);
	strv_sort(&sv);
	assert_false(strv_has(&sv, "apple"));
}

static void
test_text(void **state)
{
	struct buf b;
	char *s;

	(void)state;
	buf_init(&b, 4);
	s = buf_text(&b);
	assert_string_equal(s, "");
	free(s);
	buf_init(&b, 4);
	buf_put(&b, "abc", 3);
	s = buf_text(&b);
	assert_string_equal(s, "abc");
	free(s);
	assert_null(b.data);
	buf_init(&b, 3);
	buf_put(&b, "abc", 3);
	assert_null(buf_text(&b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_printf),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_strv),
		cmocka_unit_test(test_strv_hostile),
		cmocka_unit_test(test_strv_tools),
		cmocka_unit_test(test_text),
	};

	return (cmocka_run_group_tests_name("buf", tests, NULL, NULL));
}
