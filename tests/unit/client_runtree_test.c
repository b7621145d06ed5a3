/* SPDX-License-Identifier: ISC */
/*
 * The tree of what a run has executed: in any order, with parents that are not
 * there or come later, and cut where it is long.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sodium.h>
#include <string.h>

#include "client/runtree.h"
#include "common/field.h"

static void
add(struct runtree *t, uint64_t seq, uint64_t parent, const char *verdict)
{
	struct strv argv = { NULL, 0 };
	struct record_head head;
	struct record_view v;
	struct buf f, line;

	buf_init(&f, 65536);
	strv_add(&argv, "prog");
	field_str(&f, "ev", "exec");
	field_u64(&f, "seq", seq);
	field_u64(&f, "parent", parent);
	field_str(&f, "verdict", verdict);
	field_list(&f, "argv", &argv);
	field_str(&f, "rule", "one");
	record_start(&head);
	buf_init(&line, RECORD_MAX);
	assert_int_equal(record_line(&line, &head, 1, RECORD_EXEC, f.data,
	    f.len), 0);
	assert_int_equal(record_view(&v, (char *)line.data, line.len), 0);
	runtree_add(t, &v);
	strv_free(&argv);
	buf_free(&line);
	buf_free(&f);
}

static void
shows(struct runtree *t, const char *want, size_t more)
{
	struct buf b;
	char *s;

	buf_init(&b, 1U << 20);
	assert_int_equal(runtree_show(t, &b), more);
	s = buf_text(&b);
	assert_string_equal(s, want);
	free(s);
	runtree_free(t);
}

static void
test_order(void **state)
{
	struct runtree *t = runtree_new(0);

	(void)state;
	add(t, 4, 2, "allow");
	add(t, 1, 0, "allow");
	add(t, 3, 1, "deny");
	add(t, 2, 1, "allow");
	add(t, 5, 0, "allow");
	shows(t, "#1 prog\n  #2 prog\n    #4 prog\n"
	    "  #3 deny: prog  by one\n#5 prog\n", 0);
}

/* What a log must not say, but might. */
static void
test_odd(void **state)
{
	struct runtree *t = runtree_new(0);

	(void)state;
	add(t, 2, 3, "allow");
	add(t, 3, 2, "allow");
	add(t, 7, 7, "allow");
	add(t, 9, 5, "allow");
	shows(t, "#2 prog\n  #3 prog\n#7 prog\n#9 prog\n", 0);
	shows(runtree_new(1), "", 0);
}

static void
test_cut(void **state)
{
	struct runtree *t = runtree_new(0), *all = runtree_new(1);
	struct buf b;
	uint64_t i;

	(void)state;
	for (i = 1; i <= RUNTREE_FEW + 1000; i++) {
		add(t, i, 0, i % 2 ? "allow" : "deny");
		add(all, i, i - 1, "allow");
	}
	buf_init(&b, 1U << 20);
	assert_int_equal(runtree_count(t), RUNTREE_FEW + 1000);
	assert_int_equal(runtree_show(t, &b), 1000 - RUNTREE_REFUSED);
	buf_reset(&b);
	/* one below the other, and none is lost */
	assert_int_equal(runtree_show(all, &b), 0);
	buf_put_u8(&b, 0);
	assert_non_null(strstr((char *)b.data, "#1040 prog\n"));
	buf_free(&b);
	runtree_free(t);
	runtree_free(all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_cut),
	};

	return (sodium_init() == -1 ? 1 :
	    cmocka_run_group_tests(tests, NULL, NULL));
}
