/* SPDX-License-Identifier: ISC */
/* Versions of secrets that were, and many secrets at once. */
#include "config.h"

#include "tests/unit/unit.h"

#include "common/field.h"
#include "common/payload.h"
#include "tests/unit/vault_util.h"
#include "vault/past.h"

/* Asks for the versions of A; their number, and the states of all of them. */
static size_t
history(struct vtest *t, uint64_t id, char *states, size_t len)
{
	struct msg_names n;
	char *state;
	size_t i, used, count;

	vtest_name(t, MSG_V_HISTORY, id, "A", -1);
	vtest_recv(t, MSG_V_NAMES, id);
	assert_int_equal(payload_get(&t->m, &msg_names_shape, &n), 0);
	states[0] = '\0';
	for (i = 0; i < n.n; i++) {
		state = field_get_str(n.names[i].fields, n.names[i].len,
		    "state");
		assert_non_null(state);
		used = strlen(states);
		(void)snprintf(states + used, len - used, "%s ", state);
		free(state);
	}
	count = n.n;
	shape_free(&msg_names_shape, &n);
	return (count);
}

static void
test_rotation(void **state)
{
	char states[512];
	struct vtest t;
	unsigned i;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	vtest_rotate(&t, 1, "A", "none of it", 60);
	vtest_done(&t, 1, CBE_NOENT);
	vtest_put(&t, 2, "A", "first");
	vtest_rotate(&t, 3, "A", " ", 60);
	vtest_done(&t, 3, CBE_USAGE);
	vtest_rotate(&t, 4, "A", "second", 3600);
	vtest_prepared(&t, 4);
	vtest_get(&t, 5, "A", "first");
	vtest_commit(&t, 4);
	vtest_recv(&t, MSG_V_PRINTS, 0);
	vtest_done(&t, 4, CBE_OK);
	vtest_get(&t, 6, "A", "second");
	assert_int_equal(history(&t, 7, states, sizeof(states)), 2);
	assert_string_equal(states, "kept current ");
	vtest_name(&t, MSG_V_EXPIRE, 8, "A", -1);
	vtest_done(&t, 8, CBE_NOENT);
	/* also behind a start */
	vtest_stop(&t);
	vtest_start(&t);
	for (i = 1; i < STORE_KEPT_MAX; i++) {
		vtest_rotate(&t, 9, "A", "another", 3600);
		vtest_prepared(&t, 9);
		vtest_commit(&t, 9);
		vtest_done(&t, 9, CBE_OK);
	}
	vtest_rotate(&t, 10, "A", "one too many", 3600);
	vtest_done(&t, 10, CBE_REFUSED);
	vtest_put(&t, 11, "A", "the end of them");
	assert_int_equal(history(&t, 12, states, sizeof(states)),
	    STORE_KEPT_MAX + 2);
	assert_string_equal(states, "ended ended ended ended ended ended "
	    "ended ended ended current ");
	vtest_stop(&t);
	vtest_end(&t);
}

/* A value that was made for another version is not stored. */
static void
test_from(void **state)
{
	struct vtest t;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	vtest_put(&t, 1, "A", "first");
	vtest_rotate_from(&t, 2, "A", "second", 60, 2);
	vtest_done(&t, 2, CBE_REFUSED);
	vtest_rotate_from(&t, 3, "A", "second", 60, 1);
	vtest_prepared(&t, 3);
	vtest_commit(&t, 3);
	vtest_done(&t, 3, CBE_OK);
	vtest_rotate_from(&t, 4, "A", "third", 60, 1);
	vtest_done(&t, 4, CBE_REFUSED);
	vtest_get(&t, 5, "A", "second");
	vtest_rotate_from(&t, 6, "B", "none", 60, 1);
	vtest_done(&t, 6, CBE_NOENT);
	/* one that is set, too, and one that begins anew */
	vtest_put(&t, 7, "A", "set");
	vtest_rotate_from(&t, 8, "A", "third", 60, 2);
	vtest_done(&t, 8, CBE_REFUSED);
	vtest_rotate_from(&t, 9, "A", "third", 60, 3);
	vtest_prepared(&t, 9);
	vtest_commit(&t, 9);
	vtest_done(&t, 9, CBE_OK);
	vtest_stop(&t);
	vtest_end(&t);
}

/* What it says is what V_ROTATE would, and nothing comes of it. */
static void
test_may_rotate(void **state)
{
	char states[512];
	struct vtest t;
	unsigned i;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	vtest_may_rotate(&t, 1, "A", 60);
	vtest_done(&t, 1, CBE_NOENT);
	vtest_put(&t, 2, "A", "first");
	for (i = 0; i < 100; i++) {
		vtest_may_rotate(&t, 3, "A", 60);
		vtest_done(&t, 3, CBE_OK);
	}
	assert_int_equal(vtest_count(&t, "secrets.env.new-"), 0);
	assert_int_equal(history(&t, 4, states, sizeof(states)), 1);
	vtest_get(&t, 5, "A", "first");
	/* while another change is under way */
	vtest_rotate(&t, 6, "A", "second", 3600);
	vtest_prepared(&t, 6);
	vtest_may_rotate(&t, 7, "A", 60);
	vtest_done(&t, 7, CBE_AGAIN);
	vtest_commit(&t, 6);
	vtest_recv(&t, MSG_V_PRINTS, 0);
	vtest_done(&t, 6, CBE_OK);
	for (i = 1; i < STORE_KEPT_MAX; i++) {
		vtest_may_rotate(&t, 8, "A", 3600);
		vtest_done(&t, 8, CBE_OK);
		vtest_rotate(&t, 9, "A", "another", 3600);
		vtest_prepared(&t, 9);
		vtest_commit(&t, 9);
		vtest_done(&t, 9, CBE_OK);
	}
	vtest_may_rotate(&t, 10, "A", 3600);
	vtest_done(&t, 10, CBE_REFUSED);
	vtest_may_rotate(&t, 11, "A", 0);
	vtest_done(&t, 11, CBE_OK);
	vtest_stop(&t);
	vtest_end(&t);
}

/* One secret of a bundle. */
static void
add_secret(struct buf *b, const char *name, const char *value)
{
	buf_put_str(b, name);
	buf_put_str(b, value);
}

static void
import(struct vtest *t, uint64_t id, const struct buf *b)
{
	int p[2];

	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], b->data, b->len), (ssize_t)b->len);
	(void)close(p[1]);
	vtest_send(t, MSG_V_IMPORT, id, NULL, 0, p[0]);
}

/* Cut anywhere, or with something wrong, nothing of it is prepared. */
static void
test_import(void **state)
{
	static const char *const bad[][2] = { { "A", "again" },
	    { "PATH", "value" }, { "C", "" }, { "C", " \n" }, { "1", "x" } };
	struct vtest t;
	struct buf b;
	size_t i, len;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	vtest_put(&t, 1, "A", "before");
	buf_init(&b, 4096);
	add_secret(&b, "A", "first");
	add_secret(&b, "B", "second");
	len = b.len;
	for (i = 0; i < NELEM(bad); i++) {
		b.len = len;
		add_secret(&b, bad[i][0], bad[i][1]);
		buf_put_u32(&b, 0);
		import(&t, 2, &b);
		vtest_done(&t, 2, CBE_USAGE);
	}
	b.len = len;
	buf_put_u32(&b, 0);
	for (len = b.len, i = 0; i < len; i++) {
		b.len = i;
		import(&t, 3, &b);
		vtest_done(&t, 3, CBE_USAGE);
	}
	b.len = len;
	buf_put_u8(&b, 0);
	import(&t, 4, &b);
	vtest_done(&t, 4, CBE_USAGE);
	assert_int_equal(vtest_count(&t, VFILE_NEW), 0);
	vtest_get(&t, 5, "A", "before");
	b.len = len;
	import(&t, 6, &b);
	vtest_prepared(&t, 6);
	assert_int_equal(t.names, 2);
	vtest_commit(&t, 6);
	vtest_done(&t, 6, CBE_OK);
	vtest_get(&t, 7, "A", "first");
	vtest_get(&t, 8, "B", "second");
	buf_free(&b);
	vtest_stop(&t);
	vtest_end(&t);
}

/* What is over is told of, and told of again; nothing else is removed. */
static void
test_due(void **state)
{
	struct store_entry *e;
	struct vtest t;
	char states[512];
	struct rd r;
	char *name;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	vtest_put(&t, 1, "A", "first");
	vtest_put(&t, 2, "B", "of another name");
	vtest_rotate(&t, 3, "A", "second", 3600);
	vtest_prepared(&t, 3);
	vtest_commit(&t, 3);
	vtest_done(&t, 3, CBE_OK);
	e = store_find(t.v.st, "A");
	past_set_until(e - 1, 1000);
	due_arm(&t.v);
	vtest_recv(&t, MSG_V_DUE, 0);
	rd_init(&r, t.m.data, t.m.len);
	name = rd_str(&r, 128);
	assert_string_equal(name, "A");
	free(name);
	vtest_name(&t, MSG_V_EXPIRE, 4, "A", -1);
	vtest_prepared(&t, 4);
	vtest_commit(&t, 4);
	vtest_done(&t, 4, CBE_OK);
	assert_int_equal(history(&t, 5, states, sizeof(states)), 2);
	assert_string_equal(states, "ended current ");
	vtest_get(&t, 6, "A", "second");
	vtest_get(&t, 7, "B", "of another name");
	vtest_stop(&t);
	vtest_start(&t);
	assert_int_equal(history(&t, 8, states, sizeof(states)), 2);
	vtest_stop(&t);
	vtest_end(&t);
}

/* A release of name is these values and nothing more, the newest first. */
static void
gives(struct vtest *t, uint64_t run, const char *name,
    const char *const *values, size_t n)
{
	int fd = vtest_release(t, run, name);
	char got[64], c;
	size_t i;

	vtest_done(t, run, CBE_OK);
	for (i = 0; i < n; i++) {
		assert_int_equal(vtest_version(fd, got, sizeof(got)),
		    strlen(values[i]));
		assert_memory_equal(got, values[i], strlen(values[i]));
	}
	assert_int_equal(vtest_version(fd, got, sizeof(got)), 0);
	assert_int_equal(read(fd, &c, 1), 0);
	(void)close(fd);
}

/* What is kept goes along with a release, to be hidden. */
static void
test_release(void **state)
{
	static const char *const first[] = { "first-value-1" }, *const all[] =
	    { "third-value-3", "second-value-2", "first-value-1" },
	    *const other[] = { "other-value-9" };
	struct vtest t;
	size_t i;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	vtest_put(&t, 1, "A", first[0]);
	vtest_put(&t, 2, "B", other[0]);
	gives(&t, 3, "A", first, 1);
	for (i = 2; i-- > 0;) {
		vtest_rotate(&t, 4, "A", all[i], 3600);
		vtest_prepared(&t, 4);
		vtest_commit(&t, 4);
		vtest_done(&t, 4, CBE_OK);
	}
	gives(&t, 5, "A", all, 3);
	gives(&t, 6, "B", other, 1);
	/* one that is not kept any more is not given to anybody */
	vtest_put(&t, 7, "A", other[0]);
	gives(&t, 8, "A", other, 1);
	vtest_stop(&t);
	vtest_end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rotation),
		cmocka_unit_test(test_from),
		cmocka_unit_test(test_may_rotate),
		cmocka_unit_test(test_release),
		cmocka_unit_test(test_due),
		cmocka_unit_test(test_import),
	};

	if (sodium_init() == -1)
		return (1);
	return (cmocka_run_group_tests_name("vault_past", tests, NULL,
	    NULL));
}
