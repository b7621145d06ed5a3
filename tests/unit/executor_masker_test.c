/* SPDX-License-Identifier: ISC */
/*
 * Values in the output of runs: masked as a search of all of it at once finds
 * them, in whatever pieces it comes.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/plan.h"
#include "executor/runner/masker.h"

#define VALUES_MAX	4
#define OUTPUT_MAX	4096
#define TURNS		4000

struct values {
	char	v[VALUES_MAX][24];
	size_t	n;
};

/* Few letters, so that values begin in each other. */
static void
any_text(char *p, size_t n, int letters)
{
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = (char)('a' + random() % letters);
}

static void
any_values(struct values *vs, int letters)
{
	size_t i, len;

	memset(vs, 0, sizeof(*vs));
	vs->n = 1 + (size_t)(random() % VALUES_MAX);
	for (i = 0; i < vs->n; i++) {
		len = MASKER_MIN + (size_t)(random() % 8);
		any_text(vs->v[i], len, letters);
	}
}

/* Text, with values here and there, one in the other. */
static size_t
any_output(char *out, const struct values *vs, int letters)
{
	size_t len = (size_t)(random() % OUTPUT_MAX), n, at;
	const char *v;
	int i;

	any_text(out, len, letters);
	for (i = (int)(random() % 6); i > 0; i--) {
		v = vs->v[random() % (long)vs->n];
		n = strlen(v);
		if (n >= len)
			continue;
		at = (size_t)(random() % (long)(len - n));
		memcpy(out + at, v, n);
	}
	return (len);
}

/* What is to be seen of it: each byte of a value is hidden, runs as one. */
static void
expected(struct buf *b, const char *out, size_t len, const struct values *vs)
{
	static uint8_t hide[OUTPUT_MAX];
	size_t i, k, n;

	memset(hide, 0, sizeof(hide));
	for (k = 0; k < vs->n; k++)
		for (i = 0, n = strlen(vs->v[k]); i + n <= len; i++)
			if (memcmp(out + i, vs->v[k], n) == 0)
				memset(hide + i, 1, n);
	for (i = 0; i < len; i++) {
		if (!hide[i])
			buf_put(b, out + i, 1);
		else if (i == 0 || !hide[i - 1])
			buf_put(b, MASK_MARK, strlen(MASK_MARK));
	}
}

/* A runner has one for its life, so that they do not end. */
static struct masker *all[TURNS];

static void
masked(struct buf *b, const char *out, size_t len, const struct values *vs,
    struct masker *h)
{
	struct masker_stream *s;
	size_t i, n;

	for (i = 0; i < vs->n; i++)
		masker_add(h, (const uint8_t *)vs->v[i], strlen(vs->v[i]));
	s = masker_open(h);
	for (i = 0; i < len; i += n) {
		n = 1 + (size_t)(random() % 200);
		if (random() % 8 == 0)
			n = OUTPUT_MAX;
		if (n > len - i)
			n = len - i;
		masker_feed(s, (const uint8_t *)out + i, n, b);
	}
	masker_finish(s, b);
	masker_close(s);
}

static void
test_masked(void **state)
{
	static char out[OUTPUT_MAX];
	struct buf want, got;
	struct values vs;
	int i, letters;
	size_t len;

	(void)state;
	srandom(1);
	for (i = 0; i < TURNS; i++) {
		letters = i % 3 == 0 ? 2 : i % 3 == 1 ? 5 : 26;
		any_values(&vs, letters);
		len = any_output(out, &vs, letters);
		buf_init(&want, 16 * OUTPUT_MAX);
		buf_init(&got, 16 * OUTPUT_MAX);
		expected(&want, out, len, &vs);
		all[i] = masker_new();
		masked(&got, out, len, &vs, all[i]);
		assert_int_equal(got.len, want.len);
		assert_true(want.len == 0 ||
		    memcmp(got.data, want.data, want.len) == 0);
		buf_free(&want);
		buf_free(&got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_masked),
	};

	return (cmocka_run_group_tests_name("executor masks", tests, NULL,
	    NULL));
}
