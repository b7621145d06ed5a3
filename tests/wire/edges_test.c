/* SPDX-License-Identifier: ISC */
/*
 * Every payload of the table, from its shape alone: every member at its least
 * and its greatest, and one beyond.  What is within its bounds arrives as it
 * was sent, what is not does not decode.  A row that is new is tried here
 * without a word about it.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdlib.h>

#include "common/ipc.h"
#include "common/payload.h"
#include "common/plan.h"
#include "tests/gen.h"

/* What a receiver makes of it. */
static int
arrives(const struct shape *s, const void *v, const char *what,
    const char *member)
{
	const char *name;
	struct buf b;
	void *got;
	int r;

	buf_init(&b, SIZE_MAX / 2);
	shape_put(s, &b, v);
	assert_int_equal(b.bad, 0);
	got = xcalloc(1, s->size);
	r = shape_get(s, got, b.data, b.len);
	if (r == 0 && (name = shape_differ(s, v, got)) != NULL)
		fail_msg("%s: %s at an edge: another %s arrives", what,
		    member, name);
	shape_free(s, got);
	free(got);
	buf_free(&b);
	return (r);
}

/* Number n of the edges; 0 if there are no more. */
static int
edge(const struct shape *s, const char *what, unsigned n, unsigned *refused)
{
	struct gen_edge e;
	void *v = xcalloc(1, s->size);
	int more, want;

	gen_fill(s, v);
	more = gen_edge(s, v, &n, &e);
	if (more) {
		want = e.ok && !gen_wrong(s, v) ? 0 : -1;
		if (arrives(s, v, what, e.name) != want)
			fail_msg("%s: %s at an edge: %s", what, e.name,
			    want == 0 ? "does not decode" : "decodes");
		*refused += want == -1;
	}
	shape_free(s, v);
	free(v);
	return (more);
}

static void
all_edges(const struct shape *s, const char *what, unsigned *tried,
    unsigned *refused)
{
	void *v = xcalloc(1, s->size);
	unsigned n;

	gen_fill(s, v);
	assert_false(gen_wrong(s, v));
	if (arrives(s, v, what, "nothing") == -1)
		fail_msg("%s: does not decode", what);
	shape_free(s, v);
	free(v);
	for (n = 0; edge(s, what, n, refused); n++)
		;
	*tried += n;
}

static void
test_edges(void **state)
{
	unsigned tried = 0, refused = 0;
	const struct msg_row *row;
	size_t i;

	(void)state;
	for (i = 0; (row = msg_row_at(i)) != NULL; i++)
		if (row->shape != NULL)
			all_edges(row->shape, row->name, &tried, &refused);
	/* goes along as bytes */
	all_edges(&plan_shape, "plan", &tried, &refused);
	assert_true(tried > 700);
	assert_true(refused > 200);
}

/* A payload of the middle fits into its message, and the table is of one
 * mind with itself about what has none. */
static void
test_table(void **state)
{
	const struct msg_row *row;
	struct ipc_msg m;
	struct payload p;
	struct buf b;
	size_t i;
	void *v;

	(void)state;
	for (i = 0; (row = msg_row_at(i)) != NULL; i++) {
		assert_int_equal(row->shape == NULL, row->max == 0);
		if (row->shape == NULL)
			continue;
		v = xcalloc(1, row->shape->size);
		gen_fill(row->shape, v);
		payload_put(&b, row->type, row->shape, v);
		if (b.bad || b.len < row->min || b.len > row->max)
			fail_msg("%s: %zu bytes, of %zu to %zu", row->name,
			    b.len, row->min, row->max);
		memset(&m, 0, sizeof(m));
		m.type = row->type;
		m.data = b.data;
		m.len = b.len;
		assert_int_equal(payload_open(&p, &m), 0);
		assert_null(shape_differ(row->shape, v,
		    payload_as(&p, row->shape)));
		payload_close(&p);
		/* one byte less, where no end is as good as another */
		m.len--;
		if (payload_open(&p, &m) == 0)
			assert_true(p.shape->rows[p.shape->nrows - 1].kind ==
			    SHAPE_REST);
		payload_close(&p);
		shape_free(row->shape, v);
		free(v);
		buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_edges),
	};

	return (cmocka_run_group_tests_name("edges", tests, NULL, NULL));
}
