/* SPDX-License-Identifier: ISC */
/*
 * Names that init tells its runner: in order, many in a message, the first
 * FILES_ROWS, and never so that a runner that reads nothing could hold it up.
 * Each test is a process of its own: init has one run.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/files.h"
#include "executor/inside.h"
#include "executor/watch/changes.h"
#include "executor/watch/watch_priv.h"

static const char *const no_place[] = { NULL };
static struct strv grants, none;
static struct watch w;
static struct call c;
static int sv[2];

/* In a child: what is asserted there counts here. */
static void
apart(void (*what)(void))
{
	int status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv),
		    0);
		strv_add(&grants, "/w");
		assert_int_equal(protect_init(&w.names, &none, &grants,
		    no_place), 0);
		c.w = &w;
		c.n.pid = 7;
		what();
		_exit(0);
	}
	assert_int_not_equal(pid, -1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
change(enum file_what what, const char *thing, const char *name)
{
	(void)snprintf(c.where[AT_THING], WHERE_MAX, "%s", thing);
	(void)snprintf(c.where[AT_NAME], WHERE_MAX, "%s", name);
	changes_add(&c, what);
}

/* The next message, or 0: there is none. */
static int
next(struct file_rows *v)
{
	static uint8_t m[INSIDE_CHANGES_MAX + 1];
	ssize_t n = recv(sv[1], m, sizeof(m), MSG_DONTWAIT);

	if (n == -1)
		return (0);
	assert_int_equal(inside_type(IN_INIT, IW_INIT, m, (size_t)n, 0),
	    INSIDE_CHANGES);
	assert_int_equal(shape_get(&file_rows_shape, v, m + 1, (size_t)n - 1),
	    0);
	return (1);
}

static void
expect(const struct file_row *r, uint32_t seq, enum file_what what,
    const char *path, const char *to)
{
	assert_int_equal(r->seq, seq);
	assert_int_equal(r->what, what);
	assert_string_equal(r->path, path);
	assert_string_equal(r->to, to);
	assert_false(file_row_wrong(r));
}

static void
each(void)
{
	struct file_rows v;

	change(FILE_MADE, "", "/w/before");
	changes_start(sv[0]);
	change(FILE_MADE, "/w/not", "/w/a");
	change(FILE_WRITTEN, "/w/a", "");	/* of the same process */
	change(FILE_MARKED, "/w/a", "");
	change(FILE_RENAMED, "/w/a", "/w/b");
	change(FILE_RENAMED, "/w/b", "/tmp/b");	/* out of the grant */
	change(FILE_RENAMED, "/tmp/b", "/w/b");
	change(FILE_RENAMED, "/tmp/b", "/tmp/c");	/* nowhere in it */
	change(FILE_MADE, "", "/wide");
	change(FILE_REMOVED, "", "/w/b");
	(void)snprintf(c.path[1], PATH_MAX, "../text");
	change(FILE_SYMLINKED, "", "/w/soft");
	change(FILE_EXCHANGED, "/w/y", "/w/x");
	change(FILE_WRITTEN, "/w/x", "");
	change(FILE_MARKED, "/w/x", "");	/* not said by writing it */
	c.n.pid = 8;
	change(FILE_MARKED, "/w/x", "");	/* another one */
	assert_false(next(&v));
	changes_tell();
	assert_true(next(&v));
	assert_int_equal(v.n, 10);
	expect(&v.rows[0], 1, FILE_MADE, "/w/a", "");
	expect(&v.rows[1], 2, FILE_RENAMED, "/w/a", "/w/b");
	expect(&v.rows[2], 3, FILE_RENAMED, "/w/b", "/tmp/b");
	expect(&v.rows[3], 4, FILE_RENAMED, "/tmp/b", "/w/b");
	expect(&v.rows[4], 5, FILE_REMOVED, "/w/b", "");
	expect(&v.rows[5], 6, FILE_SYMLINKED, "/w/soft", "../text");
	expect(&v.rows[6], 7, FILE_EXCHANGED, "/w/x", "/w/y");
	expect(&v.rows[7], 8, FILE_WRITTEN, "/w/x", "");
	expect(&v.rows[8], 9, FILE_MARKED, "/w/x", "");
	expect(&v.rows[9], 10, FILE_MARKED, "/w/x", "");
	assert_int_equal(v.rows[8].pid, 7);
	assert_int_equal(v.rows[9].pid, 8);
	assert_false(next(&v));
	changes_tell();
	assert_false(next(&v));
	assert_int_equal(changes_count(), 10);
}

/* The longest names there are, and as many as do not count any more. */
static void
many(void)
{
	char name[WHERE_MAX];
	struct file_rows v;
	uint32_t i, k, seen = 0;

	changes_start(sv[0]);
	for (i = 1; i <= FILES_ROWS + 500; i++) {
		memset(name, 'x', sizeof(name));
		name[sizeof(name) - 1] = '\0';
		(void)memcpy(name, "/w/", 3);
		if (i % 50 != 0)
			(void)snprintf(name, sizeof(name), "/w/%u", i);
		change(FILE_RENAMED, name, name);
		while (next(&v)) {
			for (k = 0; k < v.n; k++)
				assert_int_equal(v.rows[k].seq, ++seen);
			if (v.rows[v.n - 1].path[3] == 'x')
				assert_int_equal(strlen(v.rows[v.n - 1].path),
				    PLAN_MAXPATH);
		}
	}
	changes_tell();
	while (next(&v))
		for (k = 0; k < v.n; k++)
			assert_int_equal(v.rows[k].seq, ++seen);
	assert_int_equal(seen, FILES_ROWS);
	assert_int_equal(changes_count(), FILES_ROWS + 500);
}

/* Long names are fewer, and a short one behind them is none any more. */
static void
bytes(void)
{
	char name[4000];
	struct file_rows v;
	uint32_t i, seen = 0;

	changes_start(sv[0]);
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	(void)memcpy(name, "/w/", 3);
	for (i = 0; i < FILES_ROWS; i++) {
		change(FILE_REMOVED, "", i % 2 == 0 || i < 200 ? name :
		    "/w/short");
		while (next(&v))
			seen += (uint32_t)v.n;
	}
	changes_tell();
	while (next(&v))
		seen += (uint32_t)v.n;
	assert_int_equal(seen, FILES_BYTES / (17 + sizeof(name) - 1));
	assert_int_equal(changes_count(), FILES_ROWS);
}

/* Nobody reads: what there is room for is told, and the rest counted. */
static void
full(void)
{
	const int small = 4096;
	char name[4000];
	struct file_rows v;
	uint32_t i, seen = 0;

	assert_int_equal(setsockopt(sv[0], SOL_SOCKET, SO_SNDBUF, &small,
	    sizeof(small)), 0);
	changes_start(sv[0]);
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	(void)memcpy(name, "/w/", 3);
	(void)alarm(300);	/* it waits once, and not for each */
	for (i = 0; i < FILES_ROWS; i++)
		change(FILE_REMOVED, "", name);
	changes_tell();
	while (next(&v)) {
		assert_int_equal(v.rows[0].seq, seen + 1);
		seen += (uint32_t)v.n;
	}
	assert_true(seen < FILES_ROWS);
	assert_int_equal(changes_count(), FILES_ROWS);
	/* the order would have a hole */
	change(FILE_MADE, "", "/w/late");
	changes_tell();
	assert_false(next(&v));
	assert_int_equal(changes_count(), FILES_ROWS + 1);
}

/* Without a runner there is no run. */
static void
alone(void)
{
	changes_start(sv[0]);
	(void)close(sv[1]);
	change(FILE_MADE, "", "/w/x");
	changes_tell();
	_exit(1);
}

static void
test_each(void **state)
{
	(void)state;
	apart(each);
}

static void
test_many(void **state)
{
	(void)state;
	apart(many);
}

static void
test_bytes(void **state)
{
	(void)state;
	apart(bytes);
}

static void
test_full(void **state)
{
	(void)state;
	apart(full);
}

static void
test_alone(void **state)
{
	(void)state;
	apart(alone);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_alone),
	};

	return (cmocka_run_group_tests_name("executor changes", tests, NULL,
	    NULL));
}
