/* SPDX-License-Identifier: ISC */
/* Lines out of pieces: the same ones, wherever the pieces were cut. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/record/lines.h"
#include "common/record/record.h"
#include "tests/unit/unit.h"

struct seen {
	struct buf	 text;		/* lines, a | behind each */
	int		 n;
	int		 stop_at;
};

static int
see(const char *line, size_t len, void *arg)
{
	struct seen *s = arg;

	assert_true(len != 0 && line[len - 1] == '\n');
	assert_ptr_equal(memchr(line, '\n', len), line + len - 1);
	buf_put(&s->text, line, len);
	buf_put_u8(&s->text, '|');
	return (++s->n == s->stop_at ? 7 : 0);
}

static void
test_cuts(void **state)
{
	static const char in[] = "one\n\ntwo words\n3\nwith no end";
	static const char want[] = "one\n|\n|two words\n|3\n|";
	struct record_lines l;
	struct seen s;
	size_t a, b, n = sizeof(in) - 1;

	(void)state;
	for (a = 0; a <= n; a++)
		for (b = a; b <= n; b++) {
			memset(&s, 0, sizeof(s));
			buf_init(&s.text, 256);
			record_lines_init(&l);
			assert_int_equal(record_lines_feed(&l, in, a, see,
			    &s), 0);
			assert_int_equal(record_lines_feed(&l, in + a, b - a,
			    see, &s), 0);
			assert_int_equal(record_lines_feed(&l, in + b, n - b,
			    see, &s), 0);
			assert_true(record_lines_inside(&l));
			assert_int_equal(s.text.len, sizeof(want) - 1);
			assert_memory_equal(s.text.data, want, s.text.len);
			buf_free(&s.text);
			record_lines_free(&l);
		}
}

/* What stopped it is told, and the rest of the piece is forgotten. */
static void
test_stop(void **state)
{
	struct record_lines l;
	struct seen s;

	(void)state;
	memset(&s, 0, sizeof(s));
	s.stop_at = 2;
	buf_init(&s.text, 256);
	record_lines_init(&l);
	assert_int_equal(record_lines_feed(&l, "a", 1, see, &s), 0);
	assert_int_equal(record_lines_feed(&l, "b\nc\nd\ne", 7, see, &s), 7);
	assert_false(record_lines_inside(&l));
	assert_int_equal(record_lines_feed(&l, "f\n", 2, see, &s), 0);
	assert_false(record_lines_inside(&l));
	assert_int_equal(s.text.len, 10);
	assert_memory_equal(s.text.data, "ab\n|c\n|f\n|", 10);
	buf_free(&s.text);
	record_lines_free(&l);
}

/* The longest line, and one that is longer, whole and in pieces. */
static void
test_longest(void **state)
{
	struct record_lines l;
	struct seen s;
	char *big;
	size_t cut;

	(void)state;
	big = malloc(RECORD_MAX + 1);
	assert_non_null(big);
	memset(big, 'a', RECORD_MAX + 1);
	for (cut = 0; cut <= RECORD_MAX; cut += RECORD_MAX / 2) {
		memset(&s, 0, sizeof(s));
		buf_init(&s.text, 2U * RECORD_MAX);
		record_lines_init(&l);
		big[RECORD_MAX - 1] = '\n';
		(void)record_lines_feed(&l, big, cut, see, &s);
		assert_int_equal(record_lines_feed(&l, big + cut,
		    RECORD_MAX - cut, see, &s), 0);
		assert_int_equal(s.n, 1);
		big[RECORD_MAX - 1] = 'a';
		big[RECORD_MAX] = '\n';
		(void)record_lines_feed(&l, big, cut, see, &s);
		assert_int_equal(record_lines_feed(&l, big + cut,
		    RECORD_MAX + 1 - cut, see, &s), -1);
		assert_int_equal(s.n, 1);
		record_lines_free(&l);
		buf_free(&s.text);
	}
	/* without an end it is too long all the same */
	record_lines_init(&l);
	assert_int_equal(record_lines_feed(&l, big, RECORD_MAX, see, &s), 0);
	assert_int_equal(record_lines_feed(&l, "a", 1, see, &s), -1);
	record_lines_free(&l);
	free(big);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_longest),
	};

	return (cmocka_run_group_tests_name("record_lines", tests, NULL,
	    NULL));
}
